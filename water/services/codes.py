"""Activation codes: issued in batches for the mail-merge, exported once, reissued (s1.5)."""

from .sealing import digest_of, grouped, new_code, normalise_code, normalise_reference

__all__ = ["digest_of", "grouped", "new_code", "normalise_code", "normalise_reference"]

"""Activation codes as secrets: how they are drawn, read as people type them, digested and sealed. No database."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings

# No 0 O 1 I L (alike on paper), no U V (alike by hand), no 5 S, no 2 Z, no 8 B.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 10


def new_code():
    """Return a new code of LENGTH characters, drawn by the operating system's generator."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise_code(typed):
    """Return `typed` as codes are compared: capitals and digits only, whatever the spaces, dashes and case."""
    return "".join(character for character in typed.upper() if character.isalnum())


def normalise_reference(typed):
    """Return a customer reference as compared: no blank, capitals. Leading zeros count."""
    return "".join(typed.split()).upper()


def grouped(code):
    """Return `code` as printed and mailed, in two halves that are easier to copy: `ABCDE-FGHJK`."""
    half = (len(code) + 1) // 2
    return f"{code[:half]}-{code[half:]}" if len(code) == LENGTH else code


def digest_of(reference, code):
    """Return the keyed digest under which the code of the contract `reference` is stored.

    Bound to the reference: the digest of one contract proves nothing for another. Without ACTIVATION_CODE_KEY, a stolen
    database gives no code back.
    """
    message = f"{normalise_reference(reference)}\0{normalise_code(code)}".encode()
    return hmac.new(_key("digest"), message, hashlib.sha256).hexdigest()


def seal(code):
    """Return `code` encrypted, until its batch is exported."""
    return _fernet().encrypt(code.encode())


def unseal(sealed):
    """Return the code that `seal` gave. Raises cryptography.fernet.InvalidToken when the key has changed since."""
    return _fernet().decrypt(bytes(sealed)).decode()


def _fernet():
    return Fernet(base64.urlsafe_b64encode(_key("seal")))


def _key(purpose):
    return _derived(settings.ACTIVATION_CODE_KEY, purpose)


@lru_cache(maxsize=8)
def _derived(secret, purpose):
    # One secret, two independent keys: what reads a seal can't forge a digest.
    return hmac.new(secret.encode(), f"water.activation-code.{purpose}".encode(), hashlib.sha256).digest()

"""Who may do what in a profile, asked by pages and services of every domain. Each takes a Membership or None."""

from .enums import Role

WRITERS = {Role.HOLDER, Role.CO_HOLDER, Role.MEMBER}
MANAGERS = {Role.HOLDER, Role.CO_HOLDER}


def is_active(membership):
    """Return whether the membership still holds."""
    return membership is not None and membership.ended_at is None


def can_write(membership):
    """Return whether the member may act for the profile: attach, pay, book, submit."""
    return is_active(membership) and membership.role in WRITERS


def can_manage(membership):
    """Return whether the member may change the profile itself: its address, its members."""
    return is_active(membership) and membership.role in MANAGERS

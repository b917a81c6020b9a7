"""Who may do what with money. Pages, services and the back office all ask here."""

from accounts.models import Membership
from accounts.perms import can_write


def can_pay(membership):
    """Return whether a member of a profile may pay its invoices: everyone but those who only read."""
    return can_write(membership)


def can_pay_for(user, profile):
    """Return whether `user` may pay the invoices of `profile` now."""
    return can_pay(Membership.objects.active().filter(user=user, profile=profile).first())


def can_refund(user):
    """Return whether a staff member may give money back."""
    return user.has_perm("billing.refund_payment")


def can_check(user):
    """Return whether a staff member may ask the provider about a payment."""
    return user.has_perm("billing.check_payment")


def can_create_mandate(user):
    """Return whether a staff member may record that invoices are taken from a bank account."""
    return user.is_active and user.is_staff and user.has_perm("billing.create_sepamandate")


def can_revoke_mandate(user):
    """Return whether a staff member may end a mandate."""
    return user.is_active and user.is_staff and user.has_perm("billing.revoke_sepamandate")

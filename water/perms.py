"""Who may do what with water contracts: asked by the pages, the back office and the services alike."""

from accounts.models import Membership
from accounts.perms import can_write


def can_act_for(user, profile):
    """Whether `user` may act for `profile` today: an active member, and not one who may only read."""
    return user.is_active and can_write(Membership.objects.active().filter(user=user, profile=profile).first())


def can_issue_codes(user):
    """Whether `user` may issue, reissue and export activation codes."""
    return user.is_active and user.is_staff and user.has_perm("water.issue_codes")


def can_handle_requests(user):
    """Whether `user` may answer those who ask for a code."""
    return user.is_active and user.is_staff and user.has_perm("water.handle_coderequest")


def can_detach(user):
    """Whether `user` may end the attachment of a contract to a profile."""
    return user.is_active and user.is_staff and user.has_perm("water.detach_watercontract")


def can_open(user):
    """Whether `user` may open a contract in a resident's name."""
    return user.is_active and user.is_staff and user.has_perm("water.open_watercontract")


def can_terminate(user):
    """Whether `user` may terminate a contract."""
    return user.is_active and user.is_staff and user.has_perm("water.terminate_watercontract")


def can_record_reading(user):
    """Whether `user` may record an index that a resident gives."""
    return user.is_active and user.is_staff and user.has_perm("water.record_meterreading")

"""Who may do what with private files and supporting documents: asked by the pages, the back office and the services."""

from accounts.enums import Role
from accounts.models import Membership
from accounts.perms import WRITERS

from .enums import ScanState


def can_send(user, profile):
    """Whether `user` may send files for `profile` today: an active member, and not one who may only read."""
    return user.is_active and Membership.objects.active().filter(user=user, profile=profile, role__in=WRITERS).exists()


def can_open(user, file):
    """Whether `user`, already known as a member of the file's profile, may open it: until the antivirus passed it,
    its sender only; never what it refused."""
    return file.released or (file.scan == ScanState.PENDING and file.sent_by_id == user.pk)


def can_check(user):
    """Whether `user` may see the supporting documents in the back office."""
    return user.is_active and user.is_staff and user.has_perm("documents.view_supportingdocument")


def can_decide(user):
    """Whether `user` may validate or refuse supporting documents."""
    return can_check(user) and user.has_perm("documents.decide_supportingdocument")


def addressees(profile):
    """The users who are written to about the documents of `profile`: its members who may act for it."""
    members = profile.memberships.active().filter(role__in=WRITERS, user__is_active=True).select_related("user")
    return [membership.user for membership in sorted(members, key=lambda m: (m.role != Role.HOLDER, m.pk))]

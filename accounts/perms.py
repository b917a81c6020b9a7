"""Who may do what, asked by pages and services of every domain. In a profile, each function takes a Membership or None;
in the back office, a User."""

from .enums import Role
from .models import Membership

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


def can_act_for(user, profile):
    """Return whether `user` may act for `profile` today: an active member, and not one who may only read."""
    return user.is_active and can_write(Membership.objects.active().filter(user=user, profile=profile).first())


def _staff_with(user, permission):
    return user.is_active and user.is_staff and user.has_perm(permission)


def can_read_children(user):
    """Return whether the member of staff may open the children's files, health apart."""
    return _staff_with(user, "accounts.view_child")


def can_decide_children(user):
    """Return whether the member of staff may accept, refuse, archive or merge children."""
    return _staff_with(user, "accounts.decide_child")


def can_change_guardianships(user):
    """Return whether the member of staff may say which households raise a child, and what each may see."""
    return _staff_with(user, "accounts.change_guardianship")


def can_read_health(user):
    """Return whether the member of staff may read health data; `services.health` writes down each read."""
    return _staff_with(user, "accounts.view_healthrecord")

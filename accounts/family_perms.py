"""Who may change what of a family, and which staff decide: asked by the pages, the back office and the services."""

from django.utils import timezone

from .enums import FamilyForm, ProfileKind
from .models import Guardianship, Membership
from .perms import can_manage, can_write

# What a guardianship must allow for each form about a child, beside changing the file.
SIGHT = {FamilyForm.HEALTH: "sees_health", FamilyForm.CONTACT: "sees_contacts", FamilyForm.PICKUP: "sees_contacts"}


def membership_of(user, profile):
    """Return the active Membership of `user` in `profile`, or None."""
    return Membership.objects.active().filter(user=user, profile=profile).first() if user.is_active else None


def can_change_family(user, profile):
    """Whether `user` may change the family file of `profile`: who holds the household."""
    return profile.kind == ProfileKind.HOUSEHOLD and can_manage(membership_of(user, profile))


def can_change_child(user, profile, child, form):
    """Whether `user` may change the part `form` of the child's file: an acting member of a household that raises the
    child today, as far as staff let that household."""
    if not can_write(membership_of(user, profile)):
        return False
    guardianships = Guardianship.objects.on(timezone.localdate()).filter(child=child, profile=profile, may_edit=True)
    return guardianships.filter(**({SIGHT[form]: True} if form in SIGHT else {})).exists()


def _staff(user, permission):
    return user.is_active and user.is_staff and user.has_perm(permission)


def can_decide_changes(user):
    """Whether `user` may accept or refuse what families ask to change."""
    return _staff(user, "accounts.decide_changerequest")


def can_decide_change(user, request):
    """Whether `user` may decide this ChangeRequest: those about health, only who may read health data."""
    return can_decide_changes(user) and can_see_values(user, request)


def can_see_values(user, request):
    """Whether `user` may read what the request asks for."""
    return request.form != FamilyForm.HEALTH or _staff(user, "accounts.view_healthrecord")


def can_verify_quotients(user):
    """Whether `user` may say that a family quotient is right."""
    return _staff(user, "accounts.verify_familyquotient")


def can_configure_fields(user):
    """Whether `user` may say how the fields of the family forms behave."""
    return _staff(user, "accounts.change_fieldrule")


def can_publish_text(user):
    """Whether `user` may publish the text behind « J’accepte »."""
    return _staff(user, "accounts.add_acceptancetext")

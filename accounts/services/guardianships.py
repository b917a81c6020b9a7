"""Which households raise a child, since when and until when, and what each may see: staff decide."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import perms
from ..enums import ProfileKind
from ..models import Child, Guardianship
from .child_decisions import tell_household

RIGHTS = ("may_edit", "sees_health", "sees_contacts", "sees_other_bookings")


@transaction.atomic
def add_household(*, by, child, profile, started_on, ended_on=None, **rights):
    """Record that the household `profile` raises `child` too, from `started_on` on, to `ended_on` if it ends.

    `rights`: the boxes of RIGHTS. Returns the Guardianship. Raises PermissionDenied without the right, ValidationError
    for a profile that is no household, dates in the wrong order or a span that meets another of this household.
    """
    child = _lock(by, child)
    if profile.kind != ProfileKind.HOUSEHOLD:
        raise ValidationError(_("Ce profil n’est pas un foyer."))
    holds = Guardianship(child=child, profile=profile, started_on=started_on, ended_on=ended_on, **_boxes(rights))
    _check_dates(holds)
    holds.full_clean()
    holds.save()
    log(instance=child, action="accounts.guardianship.add", user=by, data={"profile": profile.pk})
    tell_household(
        profile,
        "guardianship_added",
        title=_("%s est dans votre foyer") % child,
        source=f"accounts.guardianship:{holds.pk}:added",
        child=child,
        guardianship=holds,
    )
    return holds


@transaction.atomic
def change_rights(*, by, guardianship, **rights):
    """Change what a household may do and see of the child's file. `rights`: the boxes of RIGHTS. Returns it.

    Raises PermissionDenied without the right.
    """
    _lock(by, guardianship.child)
    guardianship.refresh_from_db()
    changed = {name: value for name, value in _boxes(rights).items() if getattr(guardianship, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(guardianship, name, value)
        guardianship.save(update_fields=list(changed))
        log(
            instance=guardianship.child,
            action="accounts.guardianship.change",
            user=by,
            data={"profile": guardianship.profile_id, **changed},
        )
    return guardianship


@transaction.atomic
def end_guardianship(*, by, guardianship, ended_on):
    """End a guardianship on `ended_on`, its last day. The household sees the child until that day. Returns it.

    Raises PermissionDenied without the right, ValidationError when it has ended, before its start, into another of this
    household, or when nobody would raise the child any longer: archive the file instead.
    """
    child = _lock(by, guardianship.child)
    guardianship.refresh_from_db()
    if guardianship.ended_on and guardianship.ended_on < timezone.localdate():
        raise ValidationError(_("Cette garde est déjà terminée."))
    others = child.guardianships.exclude(pk=guardianship.pk)
    if not others.filter(Q(ended_on=None) | Q(ended_on__gt=ended_on)).exists():
        raise ValidationError(
            _("C’est le seul foyer de cet enfant. Ajoutez l’autre foyer d’abord, ou archivez la fiche.")
        )
    guardianship.ended_on = ended_on
    _check_dates(guardianship)
    guardianship.full_clean()
    guardianship.save(update_fields=["ended_on"])
    log(
        instance=child,
        action="accounts.guardianship.end",
        user=by,
        data={"profile": guardianship.profile_id, "on": ended_on.isoformat()},
    )
    tell_household(
        guardianship.profile,
        "guardianship_ended",
        title=_("%s : fin de garde enregistrée") % child,
        source=f"accounts.guardianship:{guardianship.pk}:{ended_on.isoformat()}",
        child=child,
        guardianship=guardianship,
    )
    return guardianship


def _lock(by, child):
    if not perms.can_change_guardianships(by):
        raise PermissionDenied
    return Child.objects.select_for_update().get(pk=child.pk)


def _boxes(rights):
    return {name: bool(rights[name]) for name in RIGHTS if name in rights}


def _check_dates(holds):
    if holds.ended_on and holds.ended_on < holds.started_on:
        raise ValidationError({"ended_on": _("La fin de garde ne peut pas précéder son début.")})
    others = Guardianship.objects.filter(child=holds.child, profile=holds.profile).exclude(pk=holds.pk)
    meets = others.filter(Q(ended_on=None) | Q(ended_on__gte=holds.started_on))
    if holds.ended_on:
        meets = meets.filter(started_on__lte=holds.ended_on)
    if meets.exists():
        raise ValidationError({"started_on": _("Ce foyer a déjà la garde de cet enfant à ces dates.")})

"""Children: added by parents, decided by the services, edited by both households that may (s3.2, s4.3, s4.10)."""

from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from .. import perms
from ..enums import ChildState, FamilyForm, ProfileKind
from ..locks import lock_profile
from ..models import AuthorisedPickup, Child, EmergencyContact, Guardianship
from ..queries.children import child_in
from . import consents, family, health, people
from .files import locked_child, save_part

BOTH_PEOPLE = {"contacts": EmergencyContact, "pickups": AuthorisedPickup}


@dataclass(frozen=True, slots=True)
class Person:
    """Someone around a child as the whole form holds them: whose file it changes (None for a new one), the values, and
    for an emergency contact whether they may also come and take the child."""

    values: dict
    person: object = None
    may_pick_up: bool = False


@dataclass(frozen=True, slots=True)
class ChildFile:
    """What a household enters in the child's form, by block (s4.3). A block that it may not see stays None."""

    child: dict | None = None
    health: dict | None = None
    contacts: list[Person] | None = None
    pickups: list[Person] | None = None
    consents: dict | None = None
    accepted: int | None = None  # the version of the text that « J’accepte » stood under


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submitted file: the child, and the changes that wait for the services."""

    child: Child
    pending: list = field(default_factory=list)


@transaction.atomic
def add_child(*, by, profile, file):
    """Add a child to a household, with its whole file (a ChildFile). The child waits for the services (s3.2).

    A form sent twice adds one child, and gets the first answer again. Raises PermissionDenied for who may not act for
    the household, ValidationError when the household already has this child, when « J’accepte » is missing or when a
    value can't be.
    """
    if not perms.can_act_for(by, profile):
        raise PermissionDenied
    # The household's row is the lock that two clicks meet on.
    profile = lock_profile(profile.pk)
    if profile.kind != ProfileKind.HOUSEHOLD:
        raise ValidationError(_("Créez d’abord votre foyer : vous y ajouterez ensuite vos enfants."))
    today = timezone.localdate()
    values = file.child
    known = child_in(profile, values["first_name"], values["last_name"], values["birth_date"], today)
    if known and known.state == ChildState.PENDING and known.created_by_id == by.pk and _holds(known, values):
        return Submitted(known)
    if known:
        raise ValidationError(_("%(first_name)s est déjà dans votre foyer.") % values)
    child = Child(created_by=by)
    save_part(by=by, profile=profile, child=child, form=FamilyForm.CHILD, target=child, values=values)
    Guardianship.objects.create(child=child, profile=profile, started_on=today)
    log(instance=child, action="accounts.child.add", user=by)
    _write_rest(by, profile, child, file)
    return Submitted(child)


@transaction.atomic
def submit_file(*, by, profile, child, file):
    """Change the file of `child` with what the household entered (a ChildFile); returns Submitted.

    A child that was refused and whose first block is corrected waits for the services again. Fields whose change staff
    moderate wait, the others are written (`changes.propose`). Raises PermissionDenied for who may not change the file
    or a block of it, ValidationError when « J’accepte » is missing or when a value can't be.
    """
    child = locked_child(by=by, profile=profile, child_id=child.pk, form=FamilyForm.CHILD)
    pending = []
    if file.child is not None and child.state == ChildState.REFUSED:
        child.state, child.refused_reason = ChildState.PENDING, ""
        child.save(update_fields=["state", "refused_reason"])
        log(instance=child, action="accounts.child.add", user=by)
    if file.child is not None:
        proposal = save_part(
            by=by, profile=profile, child=child, form=FamilyForm.CHILD, target=child, values=file.child
        )
        pending.append(proposal.pending)
    pending += _write_rest(by, profile, child, file)
    return Submitted(child, [request for request in pending if request])


def _holds(child, values):
    return all(getattr(child, name) == value for name, value in values.items())


def _write_rest(by, profile, child, file):
    """Write every block but the first; return the ChangeRequests that wait (and Nones)."""
    pending = []
    if file.health is not None:
        pending.append(health.save(by=by, profile=profile, child=child, values=file.health).pending)
    for block, model in BOTH_PEOPLE.items():
        for entry in getattr(file, block) or ():
            person = entry.person or model(child=child)
            proposal = people.save_person(
                by=by, profile=profile, person=person, values=entry.values, may_pick_up=entry.may_pick_up
            )
            pending.append(proposal.pending)
    if file.consents is not None:
        consents.answer(by=by, profile=profile, child=child, answers=file.consents)
    family.accept_text(by=by, profile=profile, child=child, version=file.accepted)
    return pending

"""The people around a child (s4.5, s4.8): whom to call in an emergency, and who may come and take the child."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..enums import FamilyForm
from ..models import AuthorisedPickup, EmergencyContact
from ..queries.children import picked_contacts
from . import changes
from .files import locked_child, save_part

FORMS = {EmergencyContact: FamilyForm.CONTACT, AuthorisedPickup: FamilyForm.PICKUP}
PERSON_FIELDS = (
    "first_name",
    "last_name",
    "relationship",
    "phone",
    "second_phone",
    "address",
    "address_complement",
    "postcode",
    "town",
)
MAX_PEOPLE = 20


@transaction.atomic
def save_person(*, by, profile, person, values, may_pick_up=False):
    """Add `person` (an unsaved EmergencyContact or AuthorisedPickup of a child) or change it with `values`; returns the
    Proposal: what is written, what waits for the services, and the person as it is (None while it waits whole).

    `may_pick_up`: an emergency contact may come and take the child too. Raises PermissionDenied for who may not change
    the child's people, ValidationError for values that can't be.
    """
    kind = FORMS[type(person)]
    child = locked_child(by=by, profile=profile, child_id=person.child_id, form=kind)
    adding = person.pk is None
    if adding:
        _check_room(child, type(person))
    proposal = save_part(by=by, profile=profile, child=child, form=kind, target=person, values=values)
    if adding and proposal.target is not None:
        _place(proposal.target)
    log(instance=child, action="accounts.child.person.save", user=by, data={"kind": person._meta.model_name})
    if may_pick_up and proposal.target is not None:
        pick_contacts(by=by, profile=profile, child=child, contacts=[proposal.target.public_id])
    elif may_pick_up:
        # The contact waits for the services: there is nobody to pick yet, and the answer is not lost.
        save_person(by=by, profile=profile, person=AuthorisedPickup(child=child), values=values)
    return proposal


@transaction.atomic
def pick_contacts(*, by, profile, child, contacts):
    """Let emergency contacts of `child` come and take the child too (s4.8). `contacts`: their public ids.

    Those who already may, or for whom it was asked, are left as they are. Returns the Proposals of the others. Raises
    PermissionDenied for who may not change the child's people; another child's contact is not found and adds nobody.
    """
    child = locked_child(by=by, profile=profile, child_id=child.pk, form=FamilyForm.PICKUP)
    chosen = EmergencyContact.objects.filter(child=child, public_id__in=contacts)
    return [
        save_person(
            by=by,
            profile=profile,
            person=AuthorisedPickup(child=child),
            values={**model_to_dict(contact, PERSON_FIELDS), "contact": contact},
        )
        for contact in chosen.exclude(pk__in=picked_contacts(profile, child))
    ]


@transaction.atomic
def remove_person(*, by, profile, person):
    """Take `person` away from the child's file, with what was asked about them and still waits.

    Someone picked from the contacts stays a contact, and the other way round. Raises PermissionDenied for who may not
    change the child's people.
    """
    kind = FORMS[type(person)]
    child = locked_child(by=by, profile=profile, child_id=person.child_id, form=kind)
    changes.drop_for(kind, person.pk)
    person.delete()
    log(instance=child, action="accounts.child.person.remove", user=by, data={"kind": person._meta.model_name})


def _place(person):
    """Put a new person at the end of the list."""
    person.position = type(person).objects.filter(child=person.child_id).exclude(pk=person.pk).count()
    person.save(update_fields=["position"])


def _check_room(child, model):
    if model.objects.filter(child=child).count() >= MAX_PEOPLE:
        raise ValidationError(
            _("La liste compte déjà %(count)s personnes. Supprimez-en une d’abord.") % {"count": MAX_PEOPLE}
        )

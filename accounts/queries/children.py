"""What the screens about children read: their files, their people, who read their health, who is known twice."""

from dataclasses import dataclass

from django.db.models import Count, Min, Prefetch
from django.utils import timezone

from ..enums import ChangeState, ChildState, FamilyForm
from ..models import AuthorisedPickup, ChangedField, Child, Consent, ConsentType, Guardianship, HealthAccess
from ..rules import same_name


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """An authorisation that staff ask for, and what the parents answered ("" as long as they did not)."""

    type: ConsentType
    answer: str = ""
    label: str = ""
    answered_at: object = None


def consents_of(child):
    """Return a ConsentAnswer for each authorisation asked of families today, in the order that staff chose (s4.9).

    `child` may be unsaved: nothing is answered then.
    """
    answers = {consent.type_id: consent for consent in Consent.objects.filter(child=child)} if child.pk else {}
    found = []
    for kind in ConsentType.objects.filter(active=True):
        consent = answers.get(kind.pk)
        found.append(
            ConsentAnswer(kind, consent.answer, consent.get_answer_display(), consent.answered_at)
            if consent
            else ConsentAnswer(kind)
        )
    return found


def picked_contacts(profile, child):
    """Return the keys of the emergency contacts of `child` who may come and take the child too, or for whom `profile`
    asked it and waits."""
    picked = AuthorisedPickup.objects.filter(child=child).exclude(contact=None).values_list("contact", flat=True)
    asked = ChangedField.objects.filter(
        request__profile=profile,
        request__child=child,
        request__form=FamilyForm.PICKUP,
        request__state=ChangeState.PENDING,
        field="contact",
    )
    return {*picked, *asked.values_list("new", flat=True)}


def health_log(child):
    """Return the accesses of staff to the health data of `child`, last first: what the parents are shown."""
    return HealthAccess.objects.filter(child=child)


def households_today(child):
    """Return the guardianships of `child` that hold today, with their households."""
    return list(Guardianship.objects.on(timezone.localdate()).filter(child=child).select_related("profile"))


def guardianships_of(child):
    """Return every guardianship of `child`, past ones too, with its household."""
    return list(Guardianship.objects.filter(child=child).select_related("profile"))


def child_in(profile, first_name, last_name, birth_date, today):
    """Return the child of that name and birth whom `profile` already raises, accepted or waiting, or None."""
    children = Child.objects.filter(
        birth_date=birth_date, pk__in=Guardianship.objects.on(today).filter(profile=profile).values("child")
    ).exclude(state__in=[ChildState.REFUSED, ChildState.ARCHIVED])
    same = (c for c in children if same_name(c.first_name, first_name) and same_name(c.last_name, last_name))
    return next(same, None)


def likely_duplicates(child):
    """Return the children who may be `child` under another file: born the same day, with the same first or last name
    however it is spelled. Two queries; refused files are left out."""
    born = (
        Child.objects.filter(birth_date=child.birth_date)
        .exclude(pk=child.pk)
        .exclude(state=ChildState.REFUSED)
        .prefetch_related("guardianships__profile")
    )
    return [
        other
        for other in born
        if same_name(other.first_name, child.first_name) or same_name(other.last_name, child.last_name)
    ]


def pending_children():
    """Return the children that parents added and that wait for the services' word."""
    return Child.objects.filter(state=ChildState.PENDING)


def pending_count():
    """Return {count, since} of the children who wait: how many, and when the first was added."""
    return pending_children().aggregate(count=Count("pk"), since=Min("created_at"))


def children_for_staff():
    """Return the children as the back office lists them, each with `current_guardianships`: two queries."""
    today = timezone.localdate()
    holds = Guardianship.objects.on(today).select_related("profile")
    return Child.objects.prefetch_related(Prefetch("guardianships", holds, to_attr="current_guardianships"))

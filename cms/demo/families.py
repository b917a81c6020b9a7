"""Families of the demonstration, entered by the parents at the end of August and accepted by the childcare service."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.enums import Answer, BenefitFund, ChangeState, FamilySituation, SchoolLevel, Sex
from accounts.models import ChangeRequest, Child, ConsentType, Diet, Guardian, Membership
from accounts.queries.family import current_text
from accounts.services import changes, children, family, guardianships
from accounts.services.child_decisions import decide_child
from accounts.services.children import ChildFile, Person
from documents.models import DocumentRequirement
from documents.services import supporting

from .childcare import TERRITORY, school_year
from .clock import at
from .papers import paper
from .people import NEIGHBOURS, neighbour_email, person

STREETS = ["rue du Lavoir", "rue des Écoliers", "chemin du Moulin", "place du Jardin", "allée des Tilleuls"]


@transaction.atomic
def load_families():
    """Create the households with their children, their papers, and what waits for the service; once."""
    if Child.objects.exists():
        return
    manager = person("enfance@demo.test")
    with at(late_august()):
        _lopez(manager)
        _roux_and_petit(manager)
        for rank, neighbour in enumerate(NEIGHBOURS):
            _neighbour(manager, rank, *neighbour)
        for request in ChangeRequest.objects.filter(state=ChangeState.PENDING):
            names = request.fields.values_list("field", flat=True)
            changes.decide(by=manager, change_request=request, accepted=set(names))
    _what_waits()


def late_august():
    """The end of the summer before the school year; last week when the demonstration is built before it."""
    august = datetime.combine(date(school_year(), 8, 25), time(10), tzinfo=timezone.get_default_timezone())
    return min(august, timezone.now() - timedelta(days=7))


def household(email):
    """Return (user, household) of the resident whose login is `email`."""
    user = person(email)
    return user, Membership.objects.active().get(user=user, profile__kind="household").profile


def child(first_name):
    """Return the child of the demonstration called `first_name`."""
    return Child.objects.get(first_name=first_name)


def _lopez(manager):
    """Three children in three services: school and Wednesdays, canteen, nursery."""
    user, profile = _household(
        "parent@demo.test",
        "Foyer Lopez",
        "Mère",
        address="8 rue des Écoliers",
        situation=FamilySituation.MARRIED,
        benefit_number="4821077",
    )
    family.save_guardian(
        by=user,
        profile=profile,
        guardian=Guardian(profile=profile),
        values={
            "first_name": "Marc",
            "last_name": "Lopez",
            "relationship": "Père",
            "phone": "06 39 98 45 21",
            "email": "marc.lopez@demo.test",
        },
        version=_version(),
    )
    grandmother = _person("Josette", "Lopez", "Grand-mère", "04 65 71 45 77")
    neighbour = _person("Farid", "Haddad", "Voisin", "06 39 98 45 60")
    mia = _child(
        (user, profile),
        ("Mia", "Lopez", Sex.GIRL, 8, SchoolLevel.CE2),
        health={"diet": Diet.objects.get(label="Sans porc"), "has_care_plan": False, **_doctor()},
        contacts=[Person(values=grandmother, may_pick_up=True), Person(values=neighbour)],
    )
    tom = _child(
        (user, profile),
        ("Tom", "Lopez", Sex.BOY, 5, SchoolLevel.GS),
        health={
            "has_care_plan": True,
            "care_plan_details": "Allergie à l’arachide. Trousse d’urgence dans la classe : stylo auto-injecteur.",
            "observations": "Porte des lunettes.",
            **_doctor(),
        },
        contacts=[Person(values=grandmother, may_pick_up=True)],
    )
    zoe = _child(
        (user, profile),
        ("Zoé", "Lopez", Sex.GIRL, 1, SchoolLevel.NONE),
        health={"has_care_plan": False, "observations": "Fait la sieste de 13 h à 15 h.", **_doctor()},
        contacts=[Person(values=grandmother, may_pick_up=True)],
    )
    for one in (mia, tom, zoe):
        decide_child(by=manager, child=one, accept=True)
    _quotient(manager, profile, "720")
    for name in ("Justificatif de domicile", "Attestation de quotient familial"):
        _send(user, profile, name, decided_by=manager)
    for one in (mia, tom, zoe):
        _send(user, profile, "Carnet de vaccination", child=one, decided_by=manager)
    _send(user, profile, "Assurance scolaire et extrascolaire", child=mia, decided_by=manager)
    _send(user, profile, "Certificat médical pour la collectivité", child=mia, decided_by=manager)


def _roux_and_petit(manager):
    """Separated parents: Léa lives in two households; each books and pays for itself."""
    user, profile = _household(
        "parent2@demo.test",
        "Foyer Roux",
        "Père",
        address="21 chemin du Moulin",
        situation=FamilySituation.SEPARATED,
        benefit_number="3310942",
    )
    _, other = _household(
        "parent3@demo.test",
        "Foyer Petit",
        "Mère",
        address="5 place du Jardin",
        situation=FamilySituation.SEPARATED,
        benefit_number="5120368",
    )
    lea = _child(
        (user, profile),
        ("Léa", "Roux", Sex.GIRL, 9, SchoolLevel.CM1),
        health={"has_care_plan": False, **_doctor()},
        contacts=[Person(values=_person("Claire", "Petit", "Mère", "06 39 98 45 33"), may_pick_up=True)],
    )
    decide_child(by=manager, child=lea, accept=True)
    guardianships.add_household(
        by=manager, child=lea, profile=other, started_on=timezone.localdate(), sees_other_bookings=True
    )
    _quotient(manager, profile, "980")
    _quotient(manager, other, "610")


def _neighbour(manager, rank, last_name, first_name, child_name, level, age):
    user, profile = _household(
        neighbour_email(last_name),
        f"Foyer {last_name}",
        "Parent",
        address=f"{rank + 2} {STREETS[rank % len(STREETS)]}",
        situation=FamilySituation.MARRIED,
        benefit_number=f"60{rank:05d}",
    )
    one = _child(
        (user, profile),
        (child_name, last_name, "", age, level),
        health={"has_care_plan": False, **({"diet": Diet.objects.get(label="Sans viande")} if rank == 3 else {})},
        contacts=[Person(values=_person(first_name, last_name, "Parent", f"06 39 98 46 {rank:02d}"), may_pick_up=True)],
    )
    decide_child(by=manager, child=one, accept=True)
    _quotient(manager, profile, str(450 + 130 * rank))


def _what_waits():
    """What the childcare manager finds in the morning: a new child, a change to decide, a paper to check."""
    user, profile = household(neighbour_email("Bernard"))
    _child(
        (user, profile),
        ("Louise", "Bernard", Sex.GIRL, 3, SchoolLevel.PS),
        health={"has_care_plan": False},
        contacts=[Person(values=_person("Lucie", "Bernard", "Mère", "06 39 98 46 00"), may_pick_up=True)],
    )
    user, profile = household("parent2@demo.test")
    family.save_file(
        by=user,
        profile=profile,
        values={**_home("3 allée des Tilleuls"), "situation": FamilySituation.SEPARATED, "benefit_number": "3310942"},
        version=_version(),
    )
    _send(user, profile, "Justificatif de domicile")
    user, profile = household("parent@demo.test")
    _send(user, profile, "Assurance scolaire et extrascolaire", child=child("Tom"))
    _send(
        user,
        profile,
        "Assurance scolaire et extrascolaire",
        child=child("Zoé"),
        refused="L’attestation est celle de l’an dernier. Envoyez celle de cette année scolaire.",
    )


def _household(email, name, relationship, *, address, situation, benefit_number):
    """The user opens the household and fills the family file in; returns (user, household)."""
    user = person(email)
    profile = family.open_household(by=user, name=name, relationship=relationship).profile
    family.save_file(
        by=user,
        profile=profile,
        values={
            **_home(address),
            "phone": "06 39 98 45 12",
            "situation": situation,
            "benefit_fund": BenefitFund.CAF,
            "benefit_number": benefit_number,
        },
        version=_version(),
    )
    return user, profile


def _child(parent, identity, *, health, contacts):
    user, profile = parent
    first_name, last_name, sex, age, level = identity
    values = {
        "first_name": first_name,
        "last_name": last_name,
        "sex": sex or Sex.GIRL,
        "birth_date": date(school_year() - age, 3, 4 + age),
        "school": "École des Tilleuls" if level != SchoolLevel.NONE else "",
        "school_level": level,
    }
    answers = dict.fromkeys(ConsentType.objects.values_list("pk", flat=True), Answer.YES)
    file = ChildFile(child=values, health=health, contacts=contacts, consents=answers, accepted=_version())
    return children.add_child(by=user, profile=profile, file=file).child


def _quotient(manager, profile, amount):
    family.record_quotient(
        by=manager,
        profile=profile,
        amount=Decimal(amount),
        valid_from=date(school_year(), 9, 1),
        valid_until=date(school_year() + 1, 8, 31),
    )


def _send(user, profile, name, *, child=None, decided_by=None, refused=""):
    """Send a paper; have it decided at once when `decided_by` says by whom, or refused for the reason `refused`."""
    file = paper(by=user, profile=profile, name=name, text=f"{profile.name}{f', {child}' if child else ''}")
    requirement = DocumentRequirement.objects.get(name=name)
    documents = supporting.send(by=user, profile=profile, file=file, answers=[(requirement, child)])
    for document in documents if decided_by or refused else ():
        supporting.decide(
            by=decided_by or person("enfance@demo.test"), document=document, accept=not refused, reason=refused
        )


def _home(address):
    postcode, town = TERRITORY.splitlines()[0].split(" ", 1)
    return {"address": address, "postcode": postcode, "town": town}


def _person(first_name, last_name, relationship, phone):
    return {
        "first_name": first_name,
        "last_name": last_name,
        "relationship": relationship,
        "phone": phone,
        **_home("12 rue du Lavoir"),
    }


def _doctor():
    return {"doctor_name": "Dr Vidal", "doctor_phone": "04 65 71 45 90", "doctor_address": "2 place du Jardin"}


def _version():
    return current_text().version

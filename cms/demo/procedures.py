"""The procedures that the demonstration's authority put online, built with what its editors have."""

import copy
import datetime as dt

from django.db import transaction
from django.utils import timezone

from accounts.models import Department
from procedures.models import (
    AppointmentClosure,
    AppointmentKind,
    AppointmentRange,
    LetterTemplate,
    ProcedureIndexPage,
    ProcedurePage,
)
from procedures.services.versions import freeze

from ..models import ContactPoint
from ..typography import french_spaces
from .forms import FORMS, KINDS, LETTERS
from .tree import put

# key, name, its contact point, e-mail
DEPARTMENTS = [
    ("eau", "Relations usagers de l’eau", "Eau et assainissement", "relations-usagers@garance.example"),
    ("associations", "Vie associative", "Vie associative", "associations@garance.example"),
    ("accueil", "Accueil et vie pratique", "Accueil du Pays de Garance", "accueil@garance.example"),
]
# Contact points that the public site doesn't have yet.
CONTACTS = {
    "Vie associative": {"free_number": "01 99 00 45 30", "email": "associations@garance.example"},
    "Accueil du Pays de Garance": {"free_number": "01 99 00 45 00", "email": "accueil@garance.example"},
}
ADDRESS = "4 place du Lavoir\n00000 Garance-sur-Lierre"
SLUGS = tuple(FORMS)


@transaction.atomic
def load_procedures():
    """Add to the catalogue's pages their forms, with the departments, appointments and letters they need.

    Safe to run again: a page that has a form keeps it, as do the departments and the letters.
    """
    departments = {key: _department(name, contact, email) for key, name, contact, email in DEPARTMENTS}
    kinds = {row[0]: _kind(row, departments) for row in KINDS}
    index = ProcedureIndexPage.objects.get()
    for slug, content in FORMS.items():
        page = ProcedurePage.objects.child_of(index).get(slug=slug)
        if not page.form:
            _put_online(index, slug, content, departments, kinds)
    _letters(index)


def _department(name, contact, email):
    department, created = Department.objects.get_or_create(name=name, defaults={"email": email})
    if created:
        department.contact = ContactPoint.objects.filter(name=contact).first() or ContactPoint.objects.create(
            name=contact, address=ADDRESS, **CONTACTS[contact]
        )
        department.save(update_fields=["contact"])
    return department


def _kind(row, departments):
    slug, name, department, place, instructions, minutes, capacity, week = row
    kind, created = AppointmentKind.objects.get_or_create(
        name=name,
        defaults={
            "department": departments[department],
            "place": place,
            "instructions": instructions,
            "minutes": minutes,
            "capacity": capacity,
        },
    )
    if created:
        ranges = [(day, *hours) for day, found in week.items() for hours in found]
        for order, (weekday, opens, closes) in enumerate(ranges):
            AppointmentRange.objects.create(
                kind=kind,
                weekday=weekday,
                opens=dt.time.fromisoformat(opens),
                closes=dt.time.fromisoformat(closes),
                sort_order=order,
            )
        year = timezone.localdate().year
        AppointmentClosure.objects.create(
            kind=kind, first=dt.date(year, 12, 28), last=dt.date(year, 12, 31), reason="inventaire"
        )
    return kind


def _put_online(index, slug, content, departments, kinds):
    values = copy.deepcopy(content)
    for _type, step in values["form"]:
        for field in step["fields"]:
            if field["type"] == "appointment":
                field["value"]["appointment"] = kinds[field["value"]["appointment"]].pk
    values["department"] = departments[values["department"]]
    values["routing"] = [
        ("route", {"field": field, "value": value, "department": departments[department].pk})
        for field, value, department in values.get("routing", [])
    ]
    values.setdefault("inputs", [])
    if slug == "demander-une-subvention":
        values["opens_on"], values["closes_on"] = _season(timezone.localdate())
    page = put(index, ProcedurePage, slug, overwrite=True, **values)
    freeze(page)


def _season(today):
    """From October to the fifteenth of January: the season that is on, or the next."""
    year = today.year if today > dt.date(today.year, 1, 15) else today.year - 1
    return dt.date(year, 10, 1), dt.date(year + 1, 1, 15)


def _letters(index):
    pages = {page.slug: page for page in ProcedurePage.objects.child_of(index).filter(slug__in=SLUGS)}
    for letter in LETTERS:
        values = {name: french_spaces(letter[name]) for name in ("title", "body", "signatory")}
        template, created = LetterTemplate.objects.get_or_create(name=letter["name"], defaults=values)
        if created:
            template.procedures.set([pages[slug] for slug in letter["procedures"]])

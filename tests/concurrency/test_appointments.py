"""The last places of a slot, asked for by many at once, on PostgreSQL. The race has its control, without the lock."""

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from wagtail.models import Locale, Page

from procedures.models import Appointment, AppointmentKind, AppointmentRange
from procedures.queries.appointments import open_slots
from procedures.services import appointments
from tests.factories.cases import AppointmentKindFactory, CaseFactory, OnlineProcedureFactory, field, step

from .test_booking import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RESIDENTS, PLACES = 40, 3


@pytest.fixture
def without_locked_kinds(monkeypatch):
    lock = QuerySet.select_for_update

    def unlocked(self, *args, **kwargs):
        return self if self.model is AppointmentKind else lock(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)


@pytest.fixture
def rush(transactional_db):
    """Return `rush()`: 40 residents file for the same slot, of 3 places, at once; how often each outcome came."""
    # The flush of the test before took the root page, and gave the content types other keys.
    ContentType.objects.clear_cache()
    if not Page.objects.exists():
        Locale.objects.get_or_create(language_code="fr")
        Page.add_root(title="Racine")
    kind = AppointmentKindFactory(notice_hours=0, capacity=PLACES, horizon_days=7)
    for weekday in range(7):
        AppointmentRange.objects.create(kind=kind, weekday=weekday, opens=dt.time(9), closes=dt.time(10))
    page = OnlineProcedureFactory(
        department=kind.department,
        form=[step("Rendez-vous", field("appointment", "Créneau", key="creneau", appointment=kind.pk))],
    )
    answers = {"creneau": open_slots(kind)[-1].value}
    cases = [CaseFactory(page=page, profile=None, answers=answers) for _ in range(RESIDENTS)]

    def take(case):
        appointments.take_all(case=case)
        return "taken"

    return lambda: at_once([lambda case=case: take(case) for case in cases])


def test_s1_9_40_residents_share_the_3_places_of_a_slot(rush):
    assert rush() == {"taken": PLACES, "refused": RESIDENTS - PLACES}
    assert Appointment.objects.count() == PLACES


def test_control_without_the_lock_there_are_more_than_3(rush, without_locked_kinds):
    assert rush()["taken"] > PLACES

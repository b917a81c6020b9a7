"""The blocks of « Mon compte famille » on the dashboard (s3.2, s4.1)."""

import datetime as dt
import html

import pytest
from django.utils import timezone

from booking.eligibility import school_year_of
from booking.enums import ActivityKind, EnrolmentState
from booking.queries.enrolments import children_in_services
from portal_pages.tiles_family import FamilyServiceTile
from tests.factories.booking import (
    ActivityFactory,
    EnrolmentFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
)
from tests.factories.families import ChildFactory

pytestmark = pytest.mark.django_db


def year():
    return school_year_of(timezone.localdate())


@pytest.fixture
def household(alice):
    return alice.profiles.get()


@pytest.fixture
def see(dashboard, login, alice):
    """Return `see()`: the text of Alice's dashboard."""
    client = login(alice)

    def look():
        return " ".join(html.unescape(client.get("/mon-compte/").text).replace("\u00a0", " ").split())

    return look


def book(household, child, activity, date):
    reservation = ReservationFactory(profile=household, child=child, period__activity=activity)
    session = SessionFactory(period=reservation.period, date=date)
    return ReservationDayFactory(reservation=reservation, session=session)


def test_s4_1_each_block_shows_the_children_of_its_services(see, household):
    baby, pupil = (ChildFactory(first_name=name, profile=household) for name in ("Zoé", "Mia"))
    nursery = ActivityFactory(kind=ActivityKind.NURSERY, name="Accueil régulier")
    EnrolmentFactory(child=baby, activity=nursery, profile=household, school_year=year())
    canteen = ActivityFactory(kind=ActivityKind.CANTEEN, name="Cantine")
    day = timezone.localdate() + dt.timedelta(days=3)
    book(household, pupil, canteen, day)
    page = see()
    for block in ("Mes enfants", "Petite enfance", "Périscolaire et restauration scolaire"):
        assert f"{block}</h2>" in page, block
    assert "Accueil de loisirs</h2>" not in page  # nobody goes there
    first = page.index("Petite enfance</h2>")
    assert first < page.index("Accueil régulier") < page.index("Périscolaire et restauration scolaire</h2>")
    assert "Prochain jour réservé" in page and "/mon-compte/reservations/nouvelle/?nature=nursery" in page
    assert f"/mon-compte/famille/enfants/{baby.public_id}/" in page


def test_s3_2_a_new_family_is_led_to_its_account_then_to_enrolments(see, household):
    assert "Ouvrir mon compte famille" in see()
    ChildFactory(first_name="Mia", profile=household)
    page = see()
    assert "/mon-compte/inscriptions/demander/" in page and "/mon-compte/famille/enfants/ajouter/" in page
    assert "Par où commencer" not in page


def test_what_is_over_or_another_household_s_is_left_out(household):
    child = ChildFactory(profile=household)
    activity = ActivityFactory(kind=ActivityKind.CANTEEN)
    EnrolmentFactory(child=child, profile=household, school_year=year() - 1)
    EnrolmentFactory(child=child, profile=household, school_year=year(), state=EnrolmentState.REFUSED)
    today = timezone.localdate()
    book(household, child, activity, today - dt.timedelta(days=1))
    other = ReservationFactory(child=child, period__activity=activity)
    session = SessionFactory(period=other.period, date=today)
    ReservationDayFactory(reservation=other, session=session)
    (found,) = children_in_services(household, [child], today)
    assert found.within(ActivityKind.values) == ([], None)


def test_the_blocks_cost_two_queries_whatever_there_is(household, sql_count):
    child, today = ChildFactory(profile=household), timezone.localdate()
    children = [child, ChildFactory(profile=household)]
    for number in range(3):
        activity = ActivityFactory(kind=ActivityKind.CANTEEN)
        EnrolmentFactory(child=child, activity=activity, profile=household, school_year=year())
        book(household, child, activity, today + dt.timedelta(days=number))
    assert sql_count(lambda: children_in_services(household, children, today)) == 2
    first, _second = children_in_services(household, children, today)
    assert first.next_dates == {ActivityKind.CANTEEN: today} and len(first.enrolments) == 3


def test_staff_choose_the_services_of_a_block():
    block = FamilyServiceTile()
    assert dict(block.child_blocks["kinds"].field.choices) == dict(ActivityKind.choices)

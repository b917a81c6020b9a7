"""The calendar of a child by secret address: what it says, who reads it, until when."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from icalendar import Calendar

from accounts.enums import ChildState, Role
from accounts.models import Guardianship, Membership
from accounts.services import end_membership
from booking.enums import DayState
from booking.models import CalendarFeed
from booking.services import feeds
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.booking import PARIS, ReservationDayFactory, ReservationFactory, SessionFactory, UnitFactory
from tests.factories.families import ChildFactory, HealthRecordFactory

pytestmark = pytest.mark.django_db


def soon(days=7):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def household(alice):
    return alice.profiles.get()


@pytest.fixture
def child(household):
    return ChildFactory(first_name="Mia", profile=household)


@pytest.fixture
def unit():
    return UnitFactory(
        name="Repas",
        activity__name="Cantine",
        activity__facility__name="École des Tilleuls",
        activity__facility__town="Octon",
    )


@pytest.fixture
def book(household, child, unit):
    """Return `book(date, **fields)`: a day of Mia's, booked by the household unless told otherwise."""

    def add(date, profile=household, **fields):
        reservation = ReservationFactory(profile=profile, child=child, period__activity=unit.activity)
        session = SessionFactory(period=reservation.period, unit=unit, date=date)
        return ReservationDayFactory(reservation=reservation, session=session, **fields)

    return add


@pytest.fixture
def address(alice, household, child):
    return feeds.create(by=alice, profile=household, child=child)[1]


def path_of(address):
    return address[address.index("/agenda/") :]


def events(client, address):
    answer = client.get(path_of(address))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def test_a_calendar_reads_the_days_booked_without_a_login(client, address, book):
    day = soon()
    book(day)
    (event,) = events(client, address)
    assert str(event["summary"]) == "Mia : Repas (Cantine)"
    assert str(event["location"]) == "École des Tilleuls, Octon"
    assert event.start == dt.datetime.combine(day, dt.time(12), tzinfo=PARIS)
    assert event.end == dt.datetime.combine(day, dt.time(13, 30), tzinfo=PARIS)
    assert str(event["status"]) == "CONFIRMED"


def test_the_hours_that_the_family_chose_are_those_of_the_event(client, address, book):
    book(soon(), starts_at=dt.time(8, 15), ends_at=dt.time(17))
    (event,) = events(client, address)
    assert (event.start.time(), event.end.time()) == (dt.time(8, 15), dt.time(17))


def test_what_is_not_certain_is_said_and_what_is_not_booked_is_left_out(client, address, book):
    book(soon(1), state=DayState.REQUESTED)
    book(soon(2), state=DayState.OFFERED)
    for number, state in enumerate((DayState.WAITING, DayState.REFUSED, DayState.CANCELLED, DayState.EXPIRED), 3):
        book(soon(number), state=state)
    book(soon(-61))
    found = events(client, address)
    assert [str(event["status"]) for event in found] == ["TENTATIVE", "TENTATIVE"]
    assert "en attente" in found[0]["description"]


def test_an_event_keeps_its_name_between_two_reads_and_cost_does_not_grow(client, address, book, sql_count):
    book(soon())
    first = events(client, address)[0]["uid"]
    assert first == events(client, address)[0]["uid"]
    one = sql_count(lambda: client.get(path_of(address)))
    for number in range(8, 14):
        book(soon(number))
    assert sql_count(lambda: client.get(path_of(address))) == one <= 6


def test_the_file_says_nothing_of_health_nor_of_the_family(client, address, book, child):
    HealthRecordFactory(child=child, has_care_plan=True, care_plan_details="Allergie aux arachides")
    book(soon())
    content = client.get(path_of(address)).content.decode()
    for secret in ("arachides", "PAI", "Durand", "alice@"):
        assert secret not in content


def test_the_other_household_s_days_show_only_when_staff_let_them(client, address, book, household):
    other = MembershipFactory().profile
    book(soon(), profile=other)
    assert events(client, address) == []
    Guardianship.objects.filter(profile=household).update(sees_other_bookings=True)
    assert len(events(client, address)) == 1


def test_only_a_digest_of_the_secret_is_kept_and_nobody_caches_the_file(client, address):
    secret = path_of(address).removeprefix("/agenda/").removesuffix(".ics")
    assert len(secret) >= 43 and secret not in str(CalendarFeed.objects.values())
    answer = client.get(path_of(address))
    assert "no-store" in answer["Cache-Control"] and answer["X-Robots-Tag"] == "noindex"
    assert client.post(path_of(address)).status_code == 405
    assert client.get("/agenda/nothing.ics").status_code == 404


def test_a_revoked_address_is_dead_at_once(client, alice, bob, charlie, household, address):
    feed = CalendarFeed.objects.get()
    with pytest.raises(PermissionDenied):
        feeds.revoke(by=charlie, profile=charlie.profiles.get(), feed=feed)
    feeds.revoke(by=bob, profile=household, feed=feed)
    feeds.revoke(by=alice, profile=household, feed=feed)
    assert client.get(path_of(address)).status_code == 404


def test_an_address_dies_with_the_right_of_who_made_it(client, alice, bob, household, child):
    _feed, address = feeds.create(by=bob, profile=household, child=child)
    assert client.get(path_of(address)).status_code == 200
    end_membership(by=alice, membership=bob.memberships.get())
    assert client.get(path_of(address)).status_code == 404


def test_an_address_dies_with_the_guardianship_and_with_the_file(client, address, household, child):
    Guardianship.objects.filter(profile=household).update(ended_on=soon(-1))
    assert client.get(path_of(address)).status_code == 404
    Guardianship.objects.filter(profile=household).update(ended_on=None)
    assert client.get(path_of(address)).status_code == 200
    child.state = ChildState.ARCHIVED
    child.save()
    assert client.get(path_of(address)).status_code == 404


def test_who_may_not_act_makes_no_address(alice, charlie, household, child):
    with pytest.raises(PermissionDenied):
        feeds.create(by=charlie, profile=household, child=child)
    with pytest.raises(ValidationError):
        feeds.create(by=charlie, profile=charlie.profiles.get(), child=child)
    reader = MembershipFactory(user=UserFactory(), profile=household, role=Role.READ_ONLY).user
    with pytest.raises(PermissionDenied):
        feeds.create(by=reader, profile=household, child=child)
    assert Membership.objects.count() == 3


def test_addresses_are_not_made_without_end(alice, household, child):
    for _ in range(feeds.LIMIT):
        feeds.create(by=alice, profile=household, child=child)
    with pytest.raises(ValidationError, match="dix adresses"):
        feeds.create(by=alice, profile=household, child=child)

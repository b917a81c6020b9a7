"""Reminders before a deadline: to whom, when, once. The week of 11 January 2027 is booked until Thursday 7, noon."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.enums import ChildState, Role
from accounts.models import Notification, OutgoingMail
from booking.enums import Act, Audience, DayState, DeadlineKind, EnrolmentState, Outcome, Weekday
from booking.models import BookingSettings, BookingWindow, Closure, Deadline, DeadlineReminder, Facility, Session
from booking.services.reminders import due_weeks, remind
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    DeadlineFactory,
    EnrolmentFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
    UnitFactory,
)
from tests.factories.families import ChildFactory, GuardianshipFactory, HouseholdFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2027, 1, 11)
DEADLINE = datetime(2027, 1, 7, 12, tzinfo=PARIS)
TUESDAY = datetime(2027, 1, 5, 13, tzinfo=PARIS)


@pytest.fixture
def activity(db):
    """An activity for enrolled children, its sessions on Monday and Wednesday."""
    activity = ActivityFactory(name="Mercredis", needs_enrolment=True)
    DeadlineFactory(
        activity=activity, act=Act.ADD, outcome=Outcome.AT_ONCE, kind=DeadlineKind.WEEKDAY, weekday=Weekday.THURSDAY
    )
    period = BookingPeriodFactory(activity=activity)
    unit = UnitFactory(activity=activity)
    for day in (0, 2):
        SessionFactory(period=period, unit=unit, date=MONDAY + timedelta(days=day))
    return activity


def household(activity, *names, email=None, **enrolment):
    """A household with a parent, its children enrolled."""
    profile = HouseholdFactory(name=f"Foyer {names[0] if names else 'Mia'}")
    MembershipFactory(user=UserFactory(**({"email": email} if email else {})), profile=profile)
    for name in names or ["Mia"]:
        child = ChildFactory(first_name=name, profile=profile)
        EnrolmentFactory(child=child, profile=profile, activity=activity, **enrolment)
    return profile


def book(profile, state=DayState.ACCEPTED, session=None, **fields):
    session = session or Session.objects.order_by("date").last()
    reservation = ReservationFactory(profile=profile, child=profile.children.first(), period=session.period)
    return ReservationDayFactory(reservation=reservation, session=session, state=state, **fields)


def test_a_family_that_booked_nothing_is_told_once_naming_its_children(activity):
    household(activity, "Mia", "Léo", email="parent@example.test")
    assert remind(now=TUESDAY) == 1
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == ("parent@example.test", "Pensez à réserver pour Mia et Léo")
    text = " ".join(mail.text.replace("\u00a0", " ").split())
    assert "semaine du lundi 11 janvier, à réserver avant le jeudi 7 janvier 2027 à 12 h" in text
    assert "/mon-compte/reservations/" in text and "Mercredis" in text
    assert remind(now=TUESDAY + timedelta(hours=1)) == 0
    assert OutgoingMail.objects.count() == DeadlineReminder.objects.count() == 1
    assert Notification.objects.get().title == mail.subject


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (DEADLINE - timedelta(days=2, minutes=1), 0),
        (DEADLINE - timedelta(days=2), 1),
        (DEADLINE - timedelta(minutes=1), 1),
        (DEADLINE, 0),
    ],
)
def test_only_in_the_days_before_the_deadline(activity, now, told):
    household(activity)
    assert remind(now=now) == told


def test_the_settings_say_how_long_before_and_0_stops_it(activity):
    household(activity)
    settings = BookingSettings.load()
    settings.reminder_days = 0
    settings.save()
    assert remind(now=TUESDAY) == 0
    settings.reminder_days = 10
    settings.save()
    assert remind(now=DEADLINE - timedelta(days=9)) == 1


@pytest.mark.parametrize("state", [DayState.ACCEPTED, DayState.REQUESTED, DayState.WAITING, DayState.OFFERED])
def test_who_booked_or_asked_for_a_day_of_the_week_is_left_alone(activity, state):
    book(household(activity), state)
    assert remind(now=TUESDAY) == 0


@pytest.mark.parametrize("state", [DayState.CANCELLED, DayState.REFUSED, DayState.EXPIRED])
def test_a_day_that_came_to_nothing_is_no_booking(activity, state):
    book(household(activity), state)
    assert remind(now=TUESDAY) == 1


def test_booked_for_another_week_is_not_booked_for_this_one(activity):
    profile = household(activity)
    first = Session.objects.first()
    later = SessionFactory(period=first.period, unit=first.unit, date=MONDAY + timedelta(weeks=1))
    book(profile, session=later)
    assert remind(now=TUESDAY) == 1


def test_a_child_booked_by_the_other_household_is_booked(activity):
    profile = household(activity)
    other = HouseholdFactory()
    GuardianshipFactory(child=profile.children.get(), profile=other)
    day = book(profile)
    day.reservation.profile = other
    day.reservation.save()
    assert remind(now=TUESDAY) == 0


@pytest.mark.parametrize(
    "enrolment", [{"state": EnrolmentState.REQUESTED}, {"state": EnrolmentState.ENDED}, {"school_year": 2025}]
)
def test_who_is_not_enrolled_that_year_is_left_alone(activity, enrolment):
    household(activity, **enrolment)
    assert remind(now=TUESDAY) == 0


def test_a_child_who_left_is_not_mentioned(activity):
    profile = household(activity)
    child = profile.children.get()
    child.state = ChildState.ARCHIVED
    child.save()
    ended = household(activity, "Léo")
    ended.guardianships.update(ended_on=date(2026, 12, 31))
    assert remind(now=TUESDAY) == 0


def test_who_may_only_read_gets_no_mail(activity):
    profile = household(activity, email="parent@example.test")
    MembershipFactory(profile=profile, role=Role.READ_ONLY)
    remind(now=TUESDAY)
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["parent@example.test"]


@pytest.mark.parametrize("closed", ["window", "sessions", "closure", "activity", "facility", "deadline"])
def test_what_cannot_be_booked_is_not_recalled(activity, closed):
    household(activity)
    match closed:
        case "window":
            BookingWindow.objects.update(closes_at=TUESDAY)
        case "sessions":
            Session.objects.update(closed_reason="Pont")
        case "closure":
            week = {"starts_on": MONDAY, "ends_on": MONDAY + timedelta(days=6)}
            Closure.objects.create(facility=activity.facility, reason="Travaux", **week)
        case "facility":
            Facility.objects.update(active=False)
        case "activity":
            activity.active = False
            activity.save()
        case "deadline":
            Deadline.objects.all().delete()
    assert remind(now=TUESDAY) == 0


def test_a_window_for_the_territory_recalls_its_families_only(activity):
    BookingWindow.objects.update(audience=Audience.RESIDENTS)
    settings = BookingSettings.load()
    settings.territory = "49000 Vallon-sur-Loire"
    settings.save()
    household(activity, "Mia", email="near@example.test")
    far = household(activity, "Léo")
    far.postcode, far.town = "75001", "Paris"
    far.save()
    remind(now=TUESDAY)
    assert [mail.to for mail in OutgoingMail.objects.all()] == ["near@example.test"]


def test_without_enrolment_those_who_came_lately_are_told(activity):
    activity.needs_enrolment = False
    activity.save()
    session = Session.objects.first()
    past = SessionFactory(period=session.period, unit=session.unit, date=date(2026, 12, 7))
    profile = household(ActivityFactory(), "Mia", email="lately@example.test")
    book(profile, session=past)
    household(ActivityFactory(), "Léo")
    assert remind(now=TUESDAY) == 1
    assert OutgoingMail.objects.get().to == "lately@example.test"


def test_the_first_day_of_the_week_to_close_counts(activity):
    Deadline.objects.update(kind=DeadlineKind.DAYS, count=2)
    (week,) = due_weeks(now=datetime(2027, 1, 8, 9, tzinfo=PARIS), within=timedelta(days=2))
    assert (week.monday, week.until) == (MONDAY, datetime(2027, 1, 9, 12, tzinfo=PARIS))


def test_on_request_counts_when_nothing_is_accepted_at_once(activity):
    Deadline.objects.update(outcome=Outcome.ON_REQUEST)
    assert [week.until for week in due_weeks(now=TUESDAY, within=timedelta(days=2))] == [DEADLINE]


def test_finding_whom_to_tell_costs_the_same_for_one_family_and_many(activity, sql_count):
    """Then each household costs its own mail."""
    book(household(activity, "Mia"))
    remind(now=TUESDAY)
    one = sql_count(lambda: remind(now=TUESDAY))
    for name in ("Léo", "Inès", "Malo"):
        book(household(activity, name))
    assert sql_count(lambda: remind(now=TUESDAY)) == one


def test_old_reminders_are_forgotten_and_the_task_runs(activity, monkeypatch):
    from booking import tasks

    profile = household(activity)
    DeadlineReminder.objects.create(profile=profile, activity=activity, week=MONDAY - timedelta(weeks=20))
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY)
    tasks.remind()
    assert [reminder.week for reminder in DeadlineReminder.objects.all()] == [MONDAY]

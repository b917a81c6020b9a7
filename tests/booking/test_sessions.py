"""Sessions of a period: planned as pure functions, created once, closed, given other places."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import ModelLogEntry

from accounts.rights import CHILDCARE_MANAGER, COMMUNICATION
from billing.enums import ChargeState
from billing.models import Charge
from booking import plans
from booking.calendars import Calendar
from booking.enums import DaysKind, DayState, ReservationState
from booking.models import BookingPeriod, Closure, Session
from booking.plans import Slot
from booking.services import charges, sessions
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    GroupFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
    UnitFactory,
)
from tests.factories.families import HouseholdFactory

ZONE_B = Calendar(zone="B")


def period_of(start, end, kind=DaysKind.SCHOOL_DAYS, weekdays=(0, 1, 2, 3, 4)):
    return BookingPeriod(starts_on=start, ends_on=end, days_kind=kind, weekdays=list(weekdays))


# Plans ---------------------------------------------------------------------------------------------------------------


def test_wednesdays_of_school_leave_out_holidays_and_public_holidays():
    period = period_of(date(2027, 2, 1), date(2027, 5, 31), weekdays=[2])
    assert [f"{day:%d/%m}" for day in plans.open_dates(period, ZONE_B)] == [
        *("03/02", "10/02", "17/02", "10/03", "17/03", "24/03", "31/03", "07/04", "14/04"),
        *("05/05", "12/05", "19/05", "26/05"),
    ]


def test_holidays_leave_out_new_year_s_day():
    period = period_of(date(2026, 12, 14), date(2027, 1, 8), DaysKind.HOLIDAYS)
    days = plans.open_dates(period, ZONE_B)
    assert (days[0], days[-1], len(days)) == (date(2026, 12, 21), date(2026, 12, 31), 8)


def test_what_has_no_session_is_told_by_stretches():
    period = period_of(date(2027, 2, 17), date(2027, 3, 30))
    assert plans.days_without(period, ZONE_B) == [
        ("Vacances d’hiver", date(2027, 2, 22), date(2027, 3, 5)),
        ("Lundi de Pâques", date(2027, 3, 29), date(2027, 3, 29)),
    ]


class Thing:
    def __init__(self, pk, capacity=30):
        self.pk, self.capacity = pk, capacity


def test_each_unit_has_a_session_for_each_group_with_its_places():
    period = period_of(date(2027, 1, 11), date(2027, 1, 12))
    slots = plans.wanted_slots(period, [Thing(1), Thing(2, 12)], [Thing(7, None), Thing(8, 5)], ZONE_B)
    assert [(slot.unit_id, slot.group_id, slot.capacity) for slot in slots[:4]] == [
        (1, 7, 30),
        (1, 8, 5),
        (2, 7, 12),
        (2, 8, 5),
    ]
    assert len(slots) == 8
    assert {slot.group_id for slot in plans.wanted_slots(period, [Thing(1)], [], ZONE_B)} == {None}


@st.composite
def worlds(draw):
    """Slots wanted and sessions held, over the same few units, groups and dates."""
    keys = st.sets(
        st.tuples(st.integers(1, 2), st.sampled_from([None, 1, 2]), st.dates(date(2027, 1, 4), date(2027, 1, 8)))
    )
    slots = [Slot(day, unit, group, 10) for unit, group, day in sorted(draw(keys), key=str)]
    held = []
    for unit, group, day in sorted(draw(keys), key=str):
        session = Session(unit_id=unit, group_id=group, date=day, capacity=draw(st.integers(8, 10)))
        session.booked = draw(st.booleans())
        held.append(session)
    others = [(*key, "Autre") for key in draw(keys) - {(one.unit_id, one.group_id, one.date) for one in held}]
    return slots, held, others


@given(worlds(), st.booleans())
def test_a_plan_never_touches_what_is_booked_and_done_twice_changes_nothing(world, resize):
    slots, held, others = world
    plan = plans.compare(slots, held, others, resize=resize)
    touched = plan.remove + [session for session, _places in plan.resize]
    assert not any(session.booked for session in touched)
    after = [session for session in held if session not in plan.remove]
    for session, places in plan.resize:
        session.capacity = places
    for slot in plan.create:
        session = Session(unit_id=slot.unit_id, group_id=slot.group_id, date=slot.date, capacity=slot.capacity)
        session.booked = False
        after.append(session)
    again = plans.compare(slots, after, others, resize=resize)
    assert again.changes == 0 and again.stuck == plan.stuck
    # No place twice: neither with another period, nor with a booked session of another division in groups.
    keys = [(session.unit_id, session.group_id, session.date) for session in after]
    assert len(keys) == len(set(keys)) and not set(keys) & {row[:3] for row in others}


# Services ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def manager(staff):
    return staff(CHILDCARE_MANAGER)


@pytest.fixture
def period(db):
    """Two weeks of January 2027, an activity with a unit of 24 places."""
    activity = ActivityFactory()
    UnitFactory(activity=activity, name="Repas", capacity=24)
    return BookingPeriodFactory(activity=activity, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 15))


def test_sessions_are_created_once(manager, period):
    plan = sessions.generate(by=manager, period=period)
    assert len(plan.create) == period.sessions.count() == 10
    assert set(period.sessions.values_list("capacity", flat=True)) == {24}
    again = sessions.generate(by=manager, period=period)
    assert (again.changes, again.keep, period.sessions.count()) == (0, 10, 10)
    period.refresh_from_db()
    assert period.generated_at
    assert ModelLogEntry.objects.filter(action="booking.sessions.generate", user=manager).count() == 2


def test_a_new_closure_takes_away_what_nobody_booked_and_reports_the_rest(manager, period):
    sessions.generate(by=manager, period=period)
    booked = period.sessions.get(date=date(2027, 1, 5))
    ReservationDayFactory(reservation=ReservationFactory(period=period), session=booked, state=DayState.CANCELLED)
    Closure.objects.create(
        facility=period.activity.facility, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 6), reason="Travaux"
    )
    plan = sessions.generate(by=manager, period=period)
    assert ([session.date.day for session in plan.remove], plan.stuck) == ([4, 6], [booked])
    assert plan.without == [("Travaux", date(2027, 1, 4), date(2027, 1, 6))]
    assert period.sessions.filter(pk=booked.pk).exists() and period.sessions.count() == 8


def test_what_an_agent_set_stays_unless_asked(manager, period):
    sessions.generate(by=manager, period=period)
    first = period.sessions.first()
    sessions.set_capacity(by=manager, sessions=[first.pk], capacity=10)
    sessions.close(by=manager, sessions=[first.pk], reason="Sortie scolaire")
    assert sessions.generate(by=manager, period=period).changes == 0
    first.refresh_from_db()
    assert (first.capacity, first.closed_reason) == (10, "Sortie scolaire")
    assert len(sessions.generate(by=manager, period=period, resize=True).resize) == 1
    first.refresh_from_db()
    assert (first.capacity, first.closed_reason) == (24, "Sortie scolaire")


def test_two_periods_never_share_a_session(manager, period):
    sessions.generate(by=manager, period=period)
    other = BookingPeriodFactory(
        activity=period.activity, name="Janvier", starts_on=date(2027, 1, 11), ends_on=date(2027, 1, 22)
    )
    plan = sessions.generate(by=manager, period=other)
    assert (len(plan.create), plan.elsewhere) == (5, {period.name: 5})


def test_groups_added_later_do_not_double_the_places_of_a_booked_day(manager, period):
    sessions.generate(by=manager, period=period)
    booked = period.sessions.get(date=date(2027, 1, 5))
    ReservationDayFactory(reservation=ReservationFactory(period=period), session=booked)
    GroupFactory(activity=period.activity, name="Petits", capacity=8)
    GroupFactory(activity=period.activity, name="Grands")
    plan = sessions.generate(by=manager, period=period)
    assert (len(plan.create), len(plan.remove), plan.stuck) == (18, 9, [booked])
    assert set(period.sessions.exclude(pk=booked.pk).values_list("group__name", "capacity")) == {
        ("Petits", 8),
        ("Grands", 24),
    }


def test_an_activity_without_units_says_so(manager, db):
    with pytest.raises(ValidationError, match="unité de réservation"):
        sessions.generate(by=manager, period=BookingPeriodFactory())


def test_a_year_of_sessions_takes_as_many_queries_as_a_week(manager, period, sql_count):
    short = sql_count(lambda: sessions.generate(by=manager, period=period))
    UnitFactory(activity=period.activity, starts_at=time(16), ends_at=time(18))
    year = BookingPeriodFactory(activity=period.activity, starts_on=date(2027, 1, 18), ends_on=date(2027, 12, 31))
    long = sql_count(lambda: sessions.generate(by=manager, period=year))
    assert year.sessions.count() > 250
    assert long <= short + 1


def test_places_cannot_go_under_what_is_taken(manager, period):
    session = SessionFactory(period=period, capacity=10, taken=6)
    with pytest.raises(ValidationError, match="6 places prises"):
        sessions.set_capacity(by=manager, sessions=[session.pk], capacity=5)
    session.refresh_from_db()
    assert session.capacity == 10
    sessions.set_capacity(by=manager, sessions=[session.pk], capacity=6)
    session.refresh_from_db()
    assert session.capacity == 6


@pytest.mark.usefixtures("clock")
def test_more_places_go_to_the_waiting_list(manager, period):
    session = SessionFactory(period=period, capacity=1, taken=1, last_rank=1)
    waiting = ReservationDayFactory(
        reservation=ReservationFactory(period=period), session=session, state=DayState.WAITING, rank=1
    )
    sessions.set_capacity(by=manager, sessions=[session.pk], capacity=2)
    waiting.refresh_from_db()
    session.refresh_from_db()
    assert (waiting.state, session.taken) == (DayState.OFFERED, 2)


def test_closing_and_opening_again(manager, period):
    session = SessionFactory(period=period)
    sessions.close(by=manager, sessions=[session.pk], reason="Grève")
    session.refresh_from_db()
    assert session.closed_reason == "Grève"
    assert sessions.reopen(by=manager, sessions=[session.pk]) == [session]
    assert sessions.reopen(by=manager, sessions=[session.pk]) == []
    session.refresh_from_db()
    assert session.closed_reason == ""
    with pytest.raises(ValidationError, match="motif"):
        sessions.close(by=manager, sessions=[session.pk], reason=" ")


@pytest.fixture
def booked(period):
    """A household, one of whose parents may act, with a day that it booked and pays for."""
    membership = MembershipFactory(profile=HouseholdFactory(), user=UserFactory(email="parent@example.test"))
    session = SessionFactory(period=period, date=timezone.localdate() + timedelta(days=30), taken=1)
    reservation = ReservationFactory(period=period, profile=membership.profile)
    price = {"quantity": "1.000", "unit_price": "3.1000"}
    day = ReservationDayFactory(reservation=reservation, session=session, computed_from=price)
    charges.sell([day])
    return day


def test_closing_where_children_are_booked_asks_first(manager, booked):
    with pytest.raises(ValidationError, match="Un jour est réservé"):
        sessions.close(by=manager, sessions=[booked.session_id], reason="Grève")
    booked.session.refresh_from_db()
    assert not booked.session.closed_reason


def test_closing_cancels_takes_back_the_charge_and_tells_the_family(manager, booked, run_queue):
    request = ReservationDayFactory(
        reservation=ReservationFactory(profile=booked.reservation.profile, act="cancel", state="requested"),
        session=booked.session,
        child=booked.child,
        cancels=booked,
        state=DayState.REQUESTED,
    )
    closed, cancelled = sessions.close(
        by=manager, sessions=[booked.session_id], reason="Grève nationale", cancel_days=True
    )
    assert (closed, cancelled) == ([booked.session], [booked])
    for thing in (booked, booked.session, booked.reservation, request):
        thing.refresh_from_db()
    assert (booked.state, booked.reason) == (DayState.CANCELLED, "Grève nationale")
    assert (booked.session.taken, booked.session.closed_reason) == (0, "Grève nationale")
    assert booked.reservation.state == ReservationState.CANCELLED
    assert request.state == DayState.ACCEPTED
    assert Charge.objects.get(source=charges.source_of(booked)).state == ChargeState.CANCELLED
    run_queue()
    [message] = mail.outbox
    assert message.to == ["parent@example.test"]
    assert booked.child.first_name in message.subject and "Grève nationale" in message.body


def test_a_day_gone_by_is_not_closed_on_those_who_came(manager, period):
    session = SessionFactory(period=period, date=date(2025, 1, 13), taken=1)
    ReservationDayFactory(reservation=ReservationFactory(period=period), session=session)
    with pytest.raises(ValidationError, match="passée"):
        sessions.close(by=manager, sessions=[session.pk], reason="Grève", cancel_days=True)


def test_sessions_are_for_those_with_the_right(staff, alice, period):
    session = SessionFactory(period=period)
    for user in (alice, staff(COMMUNICATION)):
        for act in (
            lambda user=user: sessions.generate(by=user, period=period),
            lambda user=user: sessions.close(by=user, sessions=[session.pk], reason="Grève"),
            lambda user=user: sessions.reopen(by=user, sessions=[session.pk]),
            lambda user=user: sessions.set_capacity(by=user, sessions=[session.pk], capacity=1),
        ):
            with pytest.raises(PermissionDenied):
                act()

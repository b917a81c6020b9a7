"""Cancelling dates: a reservation of its own (s3.15, s3.16, s4.13)."""

import uuid
from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import OutgoingMail
from billing.enums import ChargeState
from billing.models import Charge
from booking.enums import Act, Outcome, ReservationState
from booking.models import Reservation
from tests.booking.households import MONDAY, PARIS, Household, fresh, sessions_of, states
from tests.factories.booking import DeadlineFactory
from tests.factories.families import GuardianshipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def family():
    return Household("Mia")


@pytest.fixture
def late(clock):
    """Return `late(sessions)`: cancelling these is on request from now on, and closed from 10 January at noon on."""

    def late(sessions):
        activity = sessions[0].period.activity
        DeadlineFactory(activity=activity, act=Act.CANCEL, outcome=Outcome.AT_ONCE, count=10, at_time=time(12))
        DeadlineFactory(activity=activity, act=Act.CANCEL, outcome=Outcome.ON_REQUEST, count=1, at_time=time(12))
        clock.set(datetime(2027, 1, 8, 9, tzinfo=PARIS))

    return late


def test_s3_15_a_cancellation_is_a_reservation_with_its_own_number_and_state(family):
    one, two = sessions_of(2)
    booking = family.book(one, two)
    cancellation = family.cancel(two)
    assert (booking.number, cancellation.number) == ("D2026-000001", "D2026-000002")
    assert (cancellation.act, cancellation.state) == (Act.CANCEL, ReservationState.ACCEPTED)
    day = cancellation.days.get()
    assert (day.cancels.reservation, day.session) == (booking, two)
    booking.refresh_from_db()
    assert states(booking) == ["accepted", "cancelled"]
    assert booking.state == ReservationState.ACCEPTED
    assert [fresh(session).taken for session in (one, two)] == [1, 0]


def test_a_cancellation_in_time_takes_the_charge_back(family):
    one, two = sessions_of(2)
    family.book(one, two)
    family.cancel(two)
    charges = {charge.service_date: charge for charge in Charge.objects.all()}
    assert charges[one.date].state == ChargeState.PENDING
    assert (charges[two.date].state, charges[two.date].cancelled_reason) == (ChargeState.CANCELLED, "Annulation")


def test_a_reservation_whose_days_are_all_cancelled_is_cancelled(family):
    [session] = sessions_of()
    booking = family.book(session)
    family.cancel(session)
    booking.refresh_from_db()
    assert booking.state == ReservationState.CANCELLED


def test_a_cancelled_day_can_be_booked_again_and_is_charged_again(family):
    [session] = sessions_of()
    family.book(session)
    family.cancel(session)
    assert states(family.book(session)) == ["accepted"]
    assert fresh(session).taken == 1
    assert [charge.state for charge in Charge.objects.order_by("pk")] == [ChargeState.CANCELLED, ChargeState.PENDING]


def test_the_mail_names_the_child_and_the_days(family):
    [session] = sessions_of()
    family.book(session)
    cancellation = family.cancel(session)
    mail = OutgoingMail.objects.get(kind="booking/cancellation_made")
    assert mail.subject == f"Annulation {cancellation.number} pour Mia"
    assert "janvier 2027" in mail.text


def test_late_a_cancellation_is_on_request_and_nothing_moves(family, late):
    sessions = sessions_of()
    booking = family.book(*sessions)
    late(sessions)
    cancellation = family.cancel(*sessions)
    assert cancellation.state == ReservationState.REQUESTED
    assert states(booking) == ["accepted"]
    assert fresh(sessions[0]).taken == 1
    assert Charge.objects.get().state == ChargeState.PENDING
    with pytest.raises(ValidationError, match="déjà demandée"):
        family.cancel(*sessions)


def test_too_late_a_day_is_not_cancelled(family, late, clock):
    sessions = sessions_of()
    family.book(*sessions)
    late(sessions)
    clock.set(datetime(2027, 1, 10, 12, 0, 1, tzinfo=PARIS))
    with pytest.raises(ValidationError, match="délai d’annulation est dépassé"):
        family.cancel(*sessions)
    assert Reservation.objects.count() == 1


def test_what_was_only_asked_for_is_given_up_whatever_the_deadline(family, late):
    sessions = sessions_of(capacity=1)
    Household().book(*sessions)
    waiting = family.book(*sessions)
    late(sessions)
    assert family.cancel(*sessions).state == ReservationState.ACCEPTED
    assert states(waiting) == ["cancelled"]
    assert fresh(sessions[0]).taken == 1


def test_a_freed_place_is_offered_in_the_same_transaction(family):
    [session] = sessions_of(capacity=1)
    family.book(session)
    second, third = Household("Tom"), Household("Zoé")
    waits = second.book(session), third.book(session)
    family.cancel(session)
    assert [states(reservation) for reservation in waits] == [["offered"], ["waiting"]]
    assert fresh(session).taken == 1
    assert states(Household().book(session)) == ["waiting"]


# Whatever is posted --------------------------------------------------------------------------------------------------


def test_another_family_s_days_are_not_cancelled(family):
    [session] = sessions_of()
    family.book(session)
    other = Household()
    with pytest.raises(ValidationError, match="n’est pas ou plus réservé"):
        other.cancel(session)
    with pytest.raises(ValidationError, match="n’est pas ou plus réservé"):
        other.cancel(session, child=family.child)
    with pytest.raises(PermissionDenied):
        family.cancel(session, by=other.user)
    assert fresh(session).taken == 1


def test_the_other_household_of_a_child_cancels_only_what_it_booked(family):
    [session] = sessions_of()
    other = Household()
    GuardianshipFactory(child=family.child, profile=other.profile)
    family.book(session)
    with pytest.raises(ValidationError, match="n’est pas ou plus réservé"):
        other.cancel(session, child=family.child)


def test_a_day_never_booked_or_of_another_period_is_not_cancelled(family):
    [mine], [other] = sessions_of(), sessions_of(start=MONDAY + timedelta(weeks=1))
    family.book(mine)
    family.book(other)
    with pytest.raises(ValidationError, match="n’est pas ou plus réservé"):
        family.cancel(mine, other)
    family.cancel(mine)
    with pytest.raises(ValidationError, match="n’est pas ou plus réservé"):
        family.cancel(mine)


def test_a_form_sent_twice_gives_the_first_answer_again(family):
    [session] = sessions_of()
    family.book(session)
    key = uuid.uuid4()
    assert family.cancel(session, key=key) == family.cancel(session, key=key)
    assert Reservation.objects.filter(act=Act.CANCEL).count() == 1


def test_a_charge_that_is_invoiced_stays(family):
    [session] = sessions_of()
    family.book(session)
    Charge.objects.update(state=ChargeState.INVOICED)
    family.cancel(session)
    assert Charge.objects.get().state == ChargeState.INVOICED


def test_twenty_dates_are_cancelled_in_as_many_queries_as_two(family, sql_count, settings):
    settings.KEPT_SECONDS = 10
    sessions = sessions_of(25)
    family.book(*sessions)
    family.cancel(sessions[0])
    few = sql_count(lambda: family.cancel(*sessions[1:3]))
    many = sql_count(lambda: family.cancel(*sessions[3:23]))
    assert many == few <= 30

"""What agents decide of days on request: places under lock, charges, and a reason that the family reads."""

from datetime import datetime, time

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import ModelLogEntry

from accounts.models import Notification, OutgoingMail
from accounts.rights import CHILDCARE_MANAGER, COMMUNICATION
from billing.enums import ChargeState
from billing.models import Charge
from booking.enums import Act, DayState, Outcome, ReservationState
from booking.models import ReservationDay
from booking.services.decisions import decide
from tests.booking.households import PARIS, Household, fresh, sessions_of, states
from tests.factories.booking import DeadlineFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def manager(staff):
    return staff(CHILDCARE_MANAGER)


@pytest.fixture
def on_request():
    """Return `on_request(sessions, act)`: from now on, adding or cancelling these is on request."""

    def on_request(sessions, act=Act.ADD):
        DeadlineFactory(
            activity=sessions[0].period.activity, act=act, outcome=Outcome.ON_REQUEST, count=1, at_time=time(12)
        )
        return sessions

    return on_request


def days_of(*reservations):
    return list(ReservationDay.objects.filter(reservation__in=reservations).values_list("pk", flat=True))


def test_an_accepted_day_takes_its_place_and_is_charged(manager, on_request):
    sessions, family = on_request(sessions_of(2)), Household("Mia")
    reservation = family.book(*sessions)
    assert (states(reservation), Charge.objects.count()) == (["requested", "requested"], 0)
    OutgoingMail.objects.all().delete()
    decided = decide(by=manager, days=days_of(reservation), accept=True)
    assert len(decided.accepted) == 2
    reservation.refresh_from_db()
    assert (states(reservation), reservation.state) == (["accepted", "accepted"], ReservationState.ACCEPTED)
    assert [fresh(session).taken for session in sessions] == [1, 1]
    assert Charge.objects.count() == 2
    [mail] = OutgoingMail.objects.all()
    assert (mail.to, mail.subject) == (
        family.user.email,
        f"Réponse à la réservation {reservation.number} pour Mia",
    )
    day = reservation.days.first()
    assert (day.decided_by, bool(day.decided_at)) == (manager, True)
    assert ModelLogEntry.objects.filter(action="booking.reservation.decide", user=manager).count() == 1


def test_a_refusal_says_why_and_asks_for_a_reason(manager, on_request):
    reservation = Household().book(*on_request(sessions_of()))
    with pytest.raises(ValidationError, match="motif du refus"):
        decide(by=manager, days=days_of(reservation), accept=False, reason=" ")
    OutgoingMail.objects.all().delete()
    decide(by=manager, days=days_of(reservation), accept=False, reason="Encadrement insuffisant")
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.REFUSED
    assert reservation.days.get().reason == "Encadrement insuffisant"
    assert "Encadrement insuffisant" in OutgoingMail.objects.get().text
    assert Notification.objects.get().text == "Encadrement insuffisant"
    assert not Charge.objects.exists()


def test_days_are_answered_one_by_one(manager, on_request):
    reservation = Household().book(*on_request(sessions_of(2)))
    first, second = days_of(reservation)
    decide(by=manager, days=[first], accept=True)
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.REQUESTED
    decide(by=manager, days=[second], accept=False, reason="Sortie")
    reservation.refresh_from_db()
    assert reservation.state == ReservationState.PARTLY


def test_a_whole_is_answered_as_a_whole(manager, on_request):
    reservation = Household().book(*on_request(sessions_of(2)), whole=True)
    decide(by=manager, days=days_of(reservation)[:1], accept=True)
    assert states(reservation) == ["accepted", "accepted"]


def test_a_whole_without_room_for_each_day_is_left_to_decide(manager, on_request):
    sessions = on_request(sessions_of(2, capacity=1))
    reservation, other = Household().book(*sessions, whole=True), Household().book(sessions[1])
    decide(by=manager, days=days_of(other), accept=True)
    decided = decide(by=manager, days=days_of(reservation), accept=True)
    assert (len(decided.full), decided.accepted) == (2, [])
    assert states(reservation) == ["requested", "requested"]
    assert fresh(sessions[0]).taken == 0


def test_siblings_together_are_answered_together(manager, on_request):
    [session] = on_request(sessions_of(capacity=1))
    family = Household("Mia", "Tom")
    made = family.book_together({child: [session] for child in family.children})
    # One place for two: neither has it.
    assert [states(one) for one in made] == [["waiting"], ["waiting"]]
    [session] = on_request(sessions_of(capacity=2))
    other = Household("Zoé", "Léo")
    made = other.book_together({child: [session] for child in other.children})
    decide(by=manager, days=days_of(made[0]), accept=True)
    assert [states(one) for one in made] == [["accepted"], ["accepted"]]


def test_accepted_without_a_place_goes_to_the_waiting_list(manager, on_request):
    [session] = on_request(sessions_of(capacity=1))
    reservations = [Household().book(session) for _ in range(3)]
    decided = decide(by=manager, days=days_of(*reservations), accept=True)
    assert (len(decided.accepted), len(decided.waiting)) == (1, 2)
    assert [states(one)[0] for one in reservations] == ["accepted", "waiting", "waiting"]
    assert [one.days.get().rank for one in reservations] == [None, 1, 2]
    assert fresh(session).taken == 1


def test_without_a_list_what_has_no_place_is_left_to_decide(manager, on_request):
    [session] = on_request(sessions_of(capacity=1, waiting_list=False))
    reservations = [Household().book(session) for _ in range(2)]
    decided = decide(by=manager, days=days_of(*reservations), accept=True)
    assert (len(decided.accepted), len(decided.full)) == (1, 1)
    assert states(reservations[1]) == ["requested"]


def test_decided_by_somebody_else_meanwhile_changes_nothing(manager, on_request):
    reservation = Household().book(*on_request(sessions_of()))
    ids = days_of(reservation)
    decide(by=manager, days=ids, accept=True)
    decided = decide(by=manager, days=[*ids, 999_999], accept=False, reason="Trop tard")
    assert (decided.untouched, decided.refused) == ([*ids, 999_999], [])
    assert states(reservation) == ["accepted"]


def test_without_the_right_nothing_is_decided(staff, on_request):
    reservation = Household().book(*on_request(sessions_of()))
    for user in (staff(COMMUNICATION), Household().user):
        with pytest.raises(PermissionDenied):
            decide(by=user, days=days_of(reservation), accept=True)


# Cancellations -------------------------------------------------------------------------------------------------------


@pytest.fixture
def late(on_request, clock):
    """A household whose cancellation of a booked day is on request; another waits for the place."""

    class Late:
        [session] = sessions_of(capacity=1)
        family, next = Household("Mia"), Household("Tom")

        def __init__(self):
            self.booking = self.family.book(self.session)
            self.waits = self.next.book(self.session)
            on_request([self.session], Act.CANCEL)
            clock.set(datetime(2027, 1, 8, tzinfo=PARIS))
            self.cancellation = self.family.cancel(self.session)

        def charge(self):
            return Charge.objects.get(profile=self.family.profile).state

    return Late()


def test_a_late_cancellation_accepted_frees_the_place_and_stays_charged(manager, late):
    decide(by=manager, days=days_of(late.cancellation), accept=True)
    assert (states(late.booking), states(late.cancellation)) == (["cancelled"], ["accepted"])
    assert states(late.waits) == ["offered"]
    assert fresh(late.session).taken == 1
    assert late.charge() == ChargeState.PENDING
    mail = OutgoingMail.objects.get(kind="booking/days_decided")
    assert "restent facturés" in mail.text
    assert "l’annulation" in mail.subject


def test_a_late_cancellation_may_be_waived(manager, late):
    decide(by=manager, days=days_of(late.cancellation), accept=True, waive=True)
    assert late.charge() == ChargeState.CANCELLED
    assert "restent facturés" not in OutgoingMail.objects.get(kind="booking/days_decided").text


def test_of_a_day_that_cost_nothing_no_mail_says_that_it_stays_charged(manager, late):
    ReservationDay.objects.update(price=None)
    decide(by=manager, days=days_of(late.cancellation), accept=True)
    assert "restent facturés" not in OutgoingMail.objects.get(kind="booking/days_decided").text


def test_a_cancellation_refused_leaves_the_day_booked(manager, late):
    decide(by=manager, days=days_of(late.cancellation), accept=False, reason="Repas déjà commandé")
    late.cancellation.refresh_from_db()
    assert late.cancellation.state == ReservationState.REFUSED
    assert (states(late.booking), states(late.waits)) == (["accepted"], ["waiting"])
    assert late.charge() == ChargeState.PENDING
    # And it may be asked again.
    assert states(late.family.cancel(late.session)) == ["requested"]


def test_many_days_are_decided_in_as_many_queries_as_few(manager, on_request, sql_count, settings):
    settings.KEPT_SECONDS = 10
    sessions = on_request(sessions_of(14))
    family = Household()
    first, few, many = family.book(sessions[0]), family.book(*sessions[1:3]), family.book(*sessions[3:])
    decide(by=manager, days=days_of(first), accept=True)
    two = sql_count(lambda: decide(by=manager, days=days_of(few), accept=True))
    assert sql_count(lambda: decide(by=manager, days=days_of(many), accept=True)) == two
    assert ReservationDay.objects.filter(state=DayState.ACCEPTED).count() == 14

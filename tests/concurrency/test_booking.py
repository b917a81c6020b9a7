"""Places under a rush, on PostgreSQL, where rows are locked. Each race has its control: it fails without the lock.

Parents are threads; as many work at once as a server has connections for them.
"""

import random
import threading
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.test import Client
from wagtail.models import Locale, ModelLogEntry, Page, Site

from billing import conflicts
from billing.models import Charge
from booking import locks
from booking.enums import Act, DayState
from booking.models import PlanningDraft, Reservation, ReservationDay, Session
from booking.services import notices, reservations, waiting
from cms.demo.space import load_space
from tests.booking.households import Household, fresh, sessions_of, states
from tests.factories.booking import SessionFactory, UnitFactory
from tests.factories.families import GuardianshipFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PARENTS, PLACES = 200, 30
AT_WORK = 40


def at_once(calls):
    """Run `calls` at the same time; returns how often each outcome came: what a call returned, or how it failed."""
    everyone, at_work, outcomes = threading.Barrier(len(calls)), threading.Semaphore(AT_WORK), []

    def run(call):
        everyone.wait(timeout=60)
        with at_work:
            try:
                outcomes.append(call())
            except ValidationError:
                outcomes.append("refused")
            except DatabaseError as error:
                outcomes.append(type(error).__name__)
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=300)
    assert len(outcomes) == len(calls)
    return Counter(outcomes)


@pytest.fixture
def without_locked_sessions(monkeypatch):
    lock = QuerySet.select_for_update

    def unlocked(self, *args, **kwargs):
        return self if self.model is Session else lock(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", unlocked)


@pytest.fixture
def tried_once(monkeypatch):
    """What the database could not put in order is seen, rather than tried again."""
    monkeypatch.setattr(conflicts, "ATTEMPTS", 1)


# 200 parents, 30 places ----------------------------------------------------------------------------------------------


@pytest.fixture
def drafts_of_parents(transactional_db):
    """Return `drafts_of_parents(parents, **activity)`: a session of 30 places, and [(household, draft for it)]."""

    def drafts_of_parents(parents, **activity):
        [session] = sessions_of(capacity=PLACES, **activity)
        families = [Household() for _ in range(parents)]
        drafts = PlanningDraft.objects.bulk_create(
            PlanningDraft(
                profile=family.profile,
                user=family.user,
                period=session.period,
                act=Act.ADD,
                days={str(family.child.public_id): {str(session.pk): ""}},
            )
            for family in families
        )
        return session, list(zip(families, drafts, strict=True))

    return drafts_of_parents


@pytest.fixture
def rush(drafts_of_parents):
    """Return `rush(**activity)`: the session, and what the drafts of 200 parents became, all confirmed at once."""

    def rush(**activity):
        session, pairs = drafts_of_parents(PARENTS, **activity)

        def confirm(family, draft):
            [reservation] = reservations.confirm(by=family.user, draft=draft)
            return str(reservation.state)

        return session, at_once([lambda pair=pair: confirm(*pair) for pair in pairs])

    return rush


def test_200_parents_have_30_places_and_the_others_a_rank(rush):
    session, outcomes = rush()
    assert outcomes == {"accepted": PLACES, "waiting": PARENTS - PLACES}
    assert (fresh(session).taken, fresh(session).last_rank) == (PLACES, PARENTS - PLACES)
    ranks = ReservationDay.objects.filter(state=DayState.WAITING).order_by("rank").values_list("rank", flat=True)
    assert list(ranks) == list(range(1, PARENTS - PLACES + 1))
    numbers = sorted(int(number[6:]) for number in Reservation.objects.values_list("number", flat=True))
    assert numbers == list(range(1, PARENTS + 1)), "without a gap"
    assert Charge.objects.count() == PLACES


def test_200_parents_have_30_places_and_the_others_a_clear_refusal(rush):
    session, outcomes = rush(waiting_list=False)
    assert outcomes == {"accepted": PLACES, "refused": PARENTS - PLACES}
    assert (fresh(session).taken, Reservation.objects.count()) == (PLACES, PLACES)


def test_control_without_the_lock_there_are_more_than_30(rush, without_locked_sessions):
    session, outcomes = rush()
    assert outcomes["accepted"] > PLACES
    assert fresh(session).taken < outcomes["accepted"]


# Several days by many families ---------------------------------------------------------------------------------------

FAMILIES, DAYS, PLACES_A_DAY = 40, 6, 25


@pytest.fixture
def week():
    """Return `week()`: the sessions, and what became of 40 families who book them all at once, each in its order."""

    def week():
        sessions = sessions_of(DAYS, capacity=PLACES_A_DAY)
        families = [Household() for _ in range(FAMILIES)]
        shuffled = random.Random(7)

        def book(family, order):
            return str(family.book(*order).state)

        orders = [(family, shuffled.sample(sessions, DAYS)) for family in families]
        return sessions, at_once([lambda pair=pair: book(*pair) for pair in orders])

    return week


def test_40_families_book_several_days_without_a_deadlock(week, tried_once):
    sessions, outcomes = week()
    assert outcomes == {"accepted": PLACES_A_DAY, "waiting": FAMILIES - PLACES_A_DAY}
    placed = ReservationDay.objects.filter(state=DayState.ACCEPTED)
    assert [placed.filter(session=session).count() for session in sessions] == [PLACES_A_DAY] * DAYS
    assert {fresh(session).taken for session in sessions} == {PLACES_A_DAY}


def test_control_locked_one_by_one_in_any_order_they_deadlock(week, tried_once, monkeypatch):
    lock = locks.lock_sessions

    def one_by_one(session_ids, **options):
        ids = list(session_ids)
        random.shuffle(ids)
        return [session for pk in ids for session in lock([pk], **options)]

    monkeypatch.setattr(reservations, "lock_sessions", one_by_one)
    _, outcomes = week()
    assert outcomes["OperationalError"] > 0


def test_what_deadlocks_all_the_same_is_tried_again():
    """A deadlock that nothing avoids: two rows locked in opposite orders, once."""
    [one], [two] = sessions_of(), sessions_of()
    both, tries = threading.Barrier(2), []

    @conflicts.retry_on_conflict
    def take(first, second):
        tries.append(first)
        Session.objects.select_for_update().get(pk=first)
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=2)
        Session.objects.select_for_update().get(pk=second)
        return "done"

    outcomes = at_once([lambda: take(one.pk, two.pk), lambda: take(two.pk, one.pk)])
    assert outcomes == {"done": 2}
    assert len(tries) == 3


# A cancellation races the public -------------------------------------------------------------------------------------

PUBLIC = 50


@pytest.fixture
def freed():
    """Return `freed()`: what became of who waited, and of 50 who book while the only place is given up."""

    def freed():
        [session] = sessions_of(capacity=1)
        first, second = Household(), Household()
        first.book(session)
        waits = second.book(session)
        public = [Household() for _ in range(PUBLIC)]

        def cancel():
            return f"cancellation {first.cancel(session).state}"

        def book(family):
            return str(family.book(session).state)

        calls = [lambda family=family: book(family) for family in public]
        calls.insert(PUBLIC // 3, cancel)
        outcomes = at_once(calls)
        return session, states(waits)[0], outcomes

    return freed


def test_a_freed_place_goes_to_the_waiting_list_before_the_public(freed):
    session, waiter, outcomes = freed()
    assert waiter == "offered"
    assert outcomes == {"cancellation accepted": 1, "waiting": PUBLIC}
    assert fresh(session).taken == 1
    ranks = ReservationDay.objects.exclude(rank=None).values_list("rank", flat=True)
    assert sorted(ranks) == list(range(1, PUBLIC + 2))


def test_control_without_the_lock_the_public_shares_ranks(freed, without_locked_sessions):
    freed()
    ranks = list(ReservationDay.objects.exclude(rank=None).values_list("rank", flat=True))
    assert len(set(ranks)) < len(ranks)


def test_control_offered_after_the_transaction_the_public_comes_first(freed, monkeypatch):
    monkeypatch.setattr(waiting, "offer", lambda places, *, now: [])
    _, waiter, outcomes = freed()
    assert waiter == "waiting"
    assert outcomes["accepted"] == 1


# The same form, the same child, the same offer -----------------------------------------------------------------------


def test_a_double_click_is_one_reservation():
    family, [session] = Household(), sessions_of()
    key = uuid.uuid4()
    outcomes = at_once([lambda: family.book(session, key=key).number] * 5)
    assert list(outcomes.values()) == [5]
    assert (Reservation.objects.count(), fresh(session).taken) == (1, 1)


def test_two_households_of_a_child_book_the_same_hours_once():
    [morning] = sessions_of()
    day = SessionFactory(period=morning.period, unit=UnitFactory(activity=morning.period.activity))
    one, two = Household(), Household()
    GuardianshipFactory(child=one.child, profile=two.profile)
    outcomes = at_once([lambda: str(one.book(morning).state), lambda: str(two.book(day, child=one.child).state)])
    assert outcomes == {"accepted": 1, "refused": 1}


def test_an_offer_accepted_while_the_clock_takes_it_back_has_one_answer():
    [session] = sessions_of(capacity=1)
    first, second = Household(), Household()
    first.book(session)
    waits = second.book(session)
    first.cancel(session)
    day = waits.days.get()

    def accept():
        return str(waiting.accept_offer(by=second.user, profile=second.profile, day_id=day.pk).state)

    def expire():
        return f"expired {waiting.expire_offers(now=day.offered_until + timedelta(seconds=1))}"

    outcomes = at_once([accept, expire])
    day.refresh_from_db()
    if day.state == DayState.ACCEPTED:
        assert outcomes == {"accepted": 1, "expired 0": 1}
        assert fresh(session).taken == 1
    else:
        assert outcomes == {"refused": 1, "expired 1": 1}
        assert fresh(session).taken == 0


def test_the_same_day_cancelled_twice_at_once_is_cancelled_once():
    family, [session] = Household(), sessions_of()
    family.book(session)
    outcomes = at_once([lambda: str(family.cancel(session).state)] * 2)
    assert outcomes == {"accepted": 1, "refused": 1}
    assert fresh(session).taken == 0


def test_what_fails_in_the_middle_leaves_neither_a_place_taken_nor_a_number_used(monkeypatch):
    [session], family = sessions_of(), Household()

    def broken(*args, **kwargs):
        raise RuntimeError("broken")

    with monkeypatch.context() as patched, pytest.raises(RuntimeError):
        patched.setattr(notices, "reservation_made", broken)
        family.book(session)
    assert fresh(session).taken == 0
    assert not ModelLogEntry.objects.filter(action="booking.reservation.submit").exists()
    assert family.book(session).number.endswith("-000001")


# Through HTTP --------------------------------------------------------------------------------------------------------


@pytest.fixture
def space(transactional_db):
    """The pages of the residents' space, over an empty database."""
    Locale.objects.create(language_code="fr")
    home = Page.add_root(title="Racine").add_child(title="Accueil", slug="accueil")
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    return load_space()


@pytest.fixture
def rush_of_forms(space, drafts_of_parents):
    """Return `rush_of_forms(parents, **activity)`: the session, and what parents who confirm at once are answered."""

    def rush_of_forms(parents, **activity):
        session, pairs = drafts_of_parents(parents, **activity)
        clients = []
        for family, draft in pairs:
            client = Client(raise_request_exception=False)
            client.force_login(family.user)
            clients.append((client, f"/mon-compte/reservations/planning/{draft.public_id}/verifier/"))

        def confirm(client, address):
            # What else is posted decides of nothing.
            answer = client.post(address, {"faire": "confirmer", "prix": "0", "places": "999"})
            if answer.status_code == 200:
                assert "n’y a plus de place" in answer.content.decode()
            return answer.status_code

        return session, at_once([lambda pair=pair: confirm(*pair) for pair in clients])

    return rush_of_forms


def test_200_parents_confirm_30_places_through_http_and_the_others_wait(rush_of_forms):
    session, outcomes = rush_of_forms(PARENTS)
    assert outcomes == {302: PARENTS}
    counts = Counter(ReservationDay.objects.values_list("state", flat=True))
    assert counts == {"accepted": PLACES, "waiting": PARENTS - PLACES}
    assert fresh(session).taken == PLACES


def test_200_parents_confirm_30_places_through_http_and_the_others_are_refused_in_words(rush_of_forms):
    session, outcomes = rush_of_forms(PARENTS, waiting_list=False)
    assert outcomes == {302: PLACES, 200: PARENTS - PLACES}
    assert (fresh(session).taken, ReservationDay.objects.count()) == (PLACES, PLACES)


def test_control_through_http_without_the_lock_there_are_more_than_30(rush_of_forms, without_locked_sessions):
    session, _ = rush_of_forms(PARENTS // 2)
    assert ReservationDay.objects.filter(state=DayState.ACCEPTED).count() > PLACES

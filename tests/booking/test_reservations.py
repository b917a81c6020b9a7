"""Booking: what the server decides, whatever is posted."""

import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import Schedule
from wagtail.models import ModelLogEntry

from accounts.enums import ChildState, Role
from accounts.models import OutgoingMail
from billing.models import Charge
from booking import tasks
from booking.enums import Act, Audience, CellState, EnrolmentState, Outcome, ReservationState, UnitKind
from booking.models import BookingPeriod, Closure, PlanningDraft, Reservation, ReservationDay
from booking.queries.planning import Planning
from booking.services import drafts, reservations
from booking.services.reservations import Asked
from tests.booking.households import NOW, PARIS, PRICE, Household, fresh, sessions_of, states
from tests.factories.accounts import MembershipFactory
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    BookingWindowFactory,
    DeadlineFactory,
    EnrolmentFactory,
    GroupFactory,
    SessionFactory,
    UnitFactory,
)
from tests.factories.families import ChildFactory, GuardianshipFactory
from theme.formats import NBSP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def family():
    return Household("Mia")


def refused(call, *sentences):
    """Assert that `call` is refused with these words, and that nothing was written."""
    before = (Reservation.objects.count(), ReservationDay.objects.count(), Charge.objects.count())
    with pytest.raises(ValidationError) as caught:
        call()
    said = " ".join(caught.value.messages).replace(NBSP, " ")
    assert all(sentence in said for sentence in sentences), said
    assert (Reservation.objects.count(), ReservationDay.objects.count(), Charge.objects.count()) == before


# What is booked ------------------------------------------------------------------------------------------------------


def test_s3_13_a_reservation_has_a_number_and_an_answer_to_each_day(family):
    sessions = sessions_of(2)
    first = family.book(*sessions)
    assert (first.number, first.state, first.act) == ("D2026-000001", ReservationState.ACCEPTED, Act.ADD)
    assert states(first) == ["accepted", "accepted"]
    assert [fresh(session).taken for session in sessions] == [1, 1]
    assert {(day.price, day.explanation[0][:11]) for day in first.days.all()} == {(PRICE, "Prix unique")}
    assert Household().book(sessions[0]).number == "D2026-000002"
    entry = ModelLogEntry.objects.get(action="booking.reservation.submit", object_id=str(first.pk))
    assert entry.data == {"days": {"accepted": 2}}


def test_s3_13_the_mail_names_the_child_the_days_and_the_price(family):
    sessions = sessions_of(2)
    OutgoingMail.objects.all().delete()
    family.book(*sessions)
    [mail] = OutgoingMail.objects.all()
    assert mail.to == family.user.email
    assert mail.subject == "Réservation D2026-000001 pour Mia"
    for text in (mail.text.replace(NBSP, " "), mail.html.replace(NBSP, " ")):
        assert "lundi 11 janvier 2027" in text
        assert "6,20 €" in text
        assert "/mon-compte/reservations/" in text


def test_each_accepted_day_is_a_charge_of_the_household(family):
    [session] = sessions_of()
    reservation = family.book(session)
    charge = Charge.objects.get()
    day = reservation.days.get()
    assert charge.source == f"booking.day:{day.pk}"
    assert (charge.profile, charge.amount, charge.service_date) == (family.profile, PRICE, session.date)
    assert charge.beneficiary == "Mia Durand"
    assert charge.label == f"{session.unit.activity} – {session.unit}"
    assert charge.explanation == day.explanation


def test_a_unit_without_a_tariff_costs_nothing(family):
    [session] = sessions_of()
    session.unit.tariff = None
    session.unit.save()
    assert family.book(session).days.get().price is None
    assert not Charge.objects.exists()


def test_s3_8_a_day_is_at_once_or_on_request_as_its_deadline_says(family, clock):
    sessions = sessions_of(2)
    activity = sessions[0].period.activity
    DeadlineFactory(activity=activity, outcome=Outcome.AT_ONCE, count=10, at_time=time(12))
    DeadlineFactory(activity=activity, outcome=Outcome.ON_REQUEST, count=2, at_time=time(12))
    # The deadline of the 11th is past since noon, that of the 12th comes tomorrow.
    clock.set(datetime(2027, 1, 1, 13, tzinfo=PARIS))
    reservation = family.book(*sessions)
    assert states(reservation) == ["requested", "accepted"]
    assert reservation.state == ReservationState.REQUESTED
    assert [fresh(session).taken for session in sessions] == [0, 1]
    assert Charge.objects.count() == 1


def test_a_whole_with_one_day_on_request_is_on_request_as_a_whole(family, clock):
    sessions = sessions_of(2)
    DeadlineFactory(activity=sessions[0].period.activity, outcome=Outcome.AT_ONCE, count=10)
    DeadlineFactory(activity=sessions[0].period.activity, outcome=Outcome.ON_REQUEST, count=2)
    clock.set(datetime(2027, 1, 1, 13, tzinfo=PARIS))
    assert states(family.book(*sessions, whole=True)) == ["requested", "requested"]
    assert not Charge.objects.exists()


# Full ----------------------------------------------------------------------------------------------------------------


def test_a_full_day_gives_a_rank_on_the_waiting_list(family):
    free, full = sessions_of(2)
    type(full).objects.filter(pk=full.pk).update(capacity=1)
    Household().book(full)
    reservation = family.book(free, full)
    assert states(reservation) == ["accepted", "waiting"]
    assert reservation.state == ReservationState.PARTLY
    assert reservation.days.get(session=full).rank == 1
    assert Household().book(full).days.get().rank == 2
    assert fresh(full).taken == 1
    assert Charge.objects.filter(profile=family.profile).count() == 1


def test_without_a_waiting_list_a_full_day_is_refused_and_the_others_are_booked(family):
    free, full = sessions_of(2, waiting_list=False)
    type(full).objects.filter(pk=full.pk).update(capacity=1)
    Household().book(full)
    reservation = family.book(free, full)
    assert states(reservation) == ["accepted", "refused"]
    assert reservation.state == ReservationState.PARTLY
    refused(lambda: Household().book(full), "Il n’y a plus de place", "Mia", "mardi 12 janvier")


def test_a_whole_with_a_full_day_books_nothing(family):
    free, full = sessions_of(2)
    type(full).objects.filter(pk=full.pk).update(capacity=0)
    refused(lambda: family.book(free, full, whole=True), "Complet", "mardi 12 janvier", "rien n’a été réservé")
    assert fresh(free).taken == 0
    assert fresh(full).last_rank == 0


def test_siblings_together_have_all_their_places_or_wait_together():
    family = Household("Mia", "Tom")
    one, two = sessions_of(2, capacity=2)
    Household().book(one)
    made = family.book_together({child: [one, two] for child in family.children})
    assert [states(reservation) for reservation in made] == [["waiting", "accepted"]] * 2
    assert made[0].together and made[0].together == made[1].together
    assert fresh(one).taken == 1
    assert [reservation.child.first_name for reservation in made] == ["Mia", "Tom"]


def test_siblings_who_don_t_mind_take_what_is_left():
    family = Household("Mia", "Tom")
    [session] = sessions_of(capacity=1)
    made = family.book_together({child: [session] for child in family.children}, together=False)
    assert [states(reservation) for reservation in made] == [["accepted"], ["waiting"]]
    assert made[0].together is None


# Early childhood -----------------------------------------------------------------------------------------------------


@pytest.fixture
def nursery():
    """A nursery of two places, open from 8:00 to 18:30, at 2 € an hour."""
    activity = ActivityFactory(kind="nursery")
    unit = UnitFactory(activity=activity, kind=UnitKind.HOURS, starts_at=time(8), ends_at=time(18, 30))
    unit.tariff.per_hour = True
    unit.tariff.save()
    unit.tariff.versions.update(price=Decimal("2.00"))
    [session] = sessions_of(capacity=2, unit=unit, period=BookingPeriodFactory(activity=activity))
    return session


def test_s4_11_a_range_is_booked_at_the_price_of_its_hours(family, nursery):
    day = family.book(nursery, hours=(time(8, 30), time(17, 15))).days.get()
    assert (day.starts_at, day.ends_at, day.price) == (time(8, 30), time(17, 15), Decimal("17.50"))
    assert Charge.objects.get().quantity == Decimal("8.750")


def test_s4_11_capacity_holds_at_each_moment_of_the_day(family, nursery):
    Household().book(nursery, hours=(time(8), time(12)))
    Household().book(nursery, hours=(time(8), time(12)))
    assert fresh(nursery).taken == 2
    afternoon = family.book(nursery, hours=(time(12), time(18)))
    assert states(afternoon) == ["accepted"]
    assert fresh(nursery).taken == 2
    assert states(Household().book(nursery, hours=(time(11, 45), time(14)))) == ["waiting"]
    assert states(Household().book(nursery, hours=(time(12), time(14)))) == ["accepted"]


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    [
        (None, None, "Indiquez l’heure"),
        (time(9), time(9), "doit suivre"),
        (time(9), time(8), "doit suivre"),
        (time(8, 10), time(12), "quart d’heure"),
        (time(8), time(12, 0, 30), "quart d’heure"),
        (time(7, 45), time(12), "L’accueil se fait"),
        (time(8), time(18, 45), "L’accueil se fait"),
    ],
)
def test_s4_11_opening_hours_and_quarters_are_respected(family, nursery, start, end, sentence):
    refused(lambda: family.book(nursery, hours=(start, end)), sentence)


# Whatever is posted --------------------------------------------------------------------------------------------------


def test_another_family_s_child_is_not_booked(family):
    [session] = sessions_of()
    stranger = ChildFactory(profile=Household().profile)
    with pytest.raises(PermissionDenied):
        family.book(session, child=stranger)
    assert not Reservation.objects.exists()


def test_another_family_s_profile_is_not_booked_for(family):
    [session] = sessions_of()
    with pytest.raises(PermissionDenied):
        family.book(session, by=Household().user)


@pytest.mark.parametrize("ended", [True, False])
def test_who_may_only_read_or_has_left_books_nothing(ended):
    family = Household(role=Role.HOLDER if ended else Role.READ_ONLY)
    if ended:
        family.user.memberships.update(ended_at=datetime(2026, 11, 1, tzinfo=PARIS))
    with pytest.raises(PermissionDenied):
        family.book(*sessions_of())


def test_a_child_whose_guardianship_ends_is_booked_until_then(family):
    family.child.guardianships.update(ended_on=date(2027, 1, 11))
    monday, tuesday = sessions_of(2)
    refused(lambda: family.book(monday, tuesday), "garde", "mardi 12 janvier")
    assert states(family.book(monday)) == ["accepted"]


def test_a_child_whose_file_waits_is_not_booked(family):
    family.child.state = ChildState.PENDING
    family.child.save()
    refused(lambda: family.book(*sessions_of()), "validation")


def test_s4_12_a_child_who_is_not_enrolled_is_not_booked_and_the_reason_is_said(family):
    [session] = sessions_of(needs_enrolment=True)
    refused(lambda: family.book(session), "Pas d’inscription pour l’année scolaire 2026-2027", "Mia")
    enrolment = EnrolmentFactory(child=family.child, activity=session.period.activity, state=EnrolmentState.REQUESTED)
    refused(lambda: family.book(session), "en cours d’examen")
    type(enrolment).objects.update(state=EnrolmentState.ACCEPTED)
    assert states(family.book(session)) == ["accepted"]


def test_a_day_gone_by_is_closed(family, clock):
    sessions = sessions_of(2)
    clock.set(datetime(2027, 1, 11, 12, 0, 1, tzinfo=PARIS))
    refused(lambda: family.book(*sessions), "délai de réservation est dépassé", "lundi 11 janvier")
    assert states(family.book(sessions[1])) == ["accepted"]


def test_a_closed_session_is_not_booked(family):
    [session] = sessions_of()
    type(session).objects.update(closed_reason="Grève")
    refused(lambda: family.book(session), "Fermé (Grève)")


def test_a_closure_of_the_facility_added_since_refuses_its_dates(family):
    before, during = sessions_of(2)
    facility = before.period.activity.facility
    Closure.objects.create(facility=facility, starts_on=during.date, ends_on=during.date, reason="Pont")
    refused(lambda: family.book(before, during), "Fermé (Pont)")
    draft = draft_of(family, {}, period=before.period)
    planning = Planning(draft, now=NOW, first=before.date, last=during.date)
    cells = [planning.cell(family.child, before.unit, session.date) for session in (before, during)]
    assert [(cell.state, cell.label) for cell in cells] == [(CellState.FREE, "Libre"), (CellState.CLOSED, "Pont")]
    assert states(family.book(before)) == ["accepted"]


def test_a_date_that_the_period_covers_no_more_is_refused(family):
    first, last = sessions_of(2)
    BookingPeriod.objects.update(ends_on=first.date)
    first.period.refresh_from_db()
    refused(lambda: family.book(first, last), "pas de cette période")
    assert states(family.book(first)) == ["accepted"]


@pytest.mark.parametrize("window", ["none", "not yet", "over", "residents"])
def test_a_period_that_is_not_open_is_not_booked(family, window, settings):
    period = BookingPeriodFactory(window=False)
    moments = {
        "not yet": (datetime(2026, 12, 2, tzinfo=PARIS), datetime(2027, 2, 1, tzinfo=PARIS)),
        "over": (datetime(2026, 9, 2, tzinfo=PARIS), datetime(2026, 12, 1, 9, tzinfo=PARIS)),
        "residents": (datetime(2026, 9, 2, tzinfo=PARIS), datetime(2027, 2, 1, tzinfo=PARIS)),
    }
    if window in moments:
        opens_at, closes_at = moments[window]
        audience = Audience.RESIDENTS if window == "residents" else Audience.EVERYONE
        BookingWindowFactory(period=period, opens_at=opens_at, closes_at=closes_at, audience=audience)
    from booking.models import BookingSettings

    BookingSettings.objects.update_or_create(defaults={"territory": "34800 Octon"})
    refused(lambda: family.book(*sessions_of(period=period)), "pas ouvertes")


def test_an_activity_no_longer_offered_is_not_booked(family):
    [session] = sessions_of(active=False)
    refused(lambda: family.book(session), "")


def test_sessions_of_another_period_are_not_booked(family):
    [mine], [other] = sessions_of(), sessions_of()
    refused(lambda: family.book(mine, other), "pas de cette période")
    refused(lambda: family.book(other, period=mine.period), "pas de cette période")


def test_nothing_chosen_and_far_too_much_are_refused(family, monkeypatch):
    period = BookingPeriodFactory()
    refused(lambda: family.book(period=period), "Choisissez")
    monkeypatch.setattr("booking.services.asking.MOST_DAYS", 1)
    refused(lambda: family.book(*sessions_of(2, period=period)), "au plus")


def test_the_same_day_twice_in_a_form_is_one_day(family):
    [session] = sessions_of()
    assert states(family.book(session, session)) == ["accepted"]
    assert fresh(session).taken == 1


def test_a_day_already_booked_is_not_booked_again(family):
    [session] = sessions_of()
    family.book(session)
    refused(lambda: family.book(session), "Déjà réservé ou demandé", "Mia : lundi 11 janvier")
    assert fresh(session).taken == 1


def test_the_other_household_of_a_child_does_not_book_the_same_day_again(family):
    [session] = sessions_of()
    other = Household("Zoé")
    GuardianshipFactory(child=family.child, profile=other.profile)
    family.book(session)
    refused(lambda: other.book(session, child=family.child), "Déjà réservé ou demandé")


def test_a_form_sent_twice_gives_the_first_answer_again(family):
    [session] = sessions_of()
    key = uuid.uuid4()
    first, second = family.book(session, key=key), family.book(session, key=key)
    assert first == second
    assert Reservation.objects.count() == 1
    assert OutgoingMail.objects.count() == 1
    assert Charge.objects.count() == 1
    assert fresh(session).taken == 1


def test_another_family_s_key_gives_nothing_away(family):
    [session] = sessions_of()
    key = uuid.uuid4()
    mine = family.book(session, key=key)
    other = Household().book(session, key=key)
    assert other != mine
    assert other.profile != mine.profile


def test_units_whose_hours_overlap_exclude_each_other(family):
    [morning] = sessions_of()
    day = SessionFactory(
        period=morning.period,
        unit=UnitFactory(activity=morning.period.activity, name="Journée", starts_at=time(8), ends_at=time(18)),
    )
    evening = SessionFactory(
        period=morning.period,
        unit=UnitFactory(activity=morning.period.activity, name="Soir", starts_at=time(18), ends_at=time(19)),
    )
    refused(lambda: family.book(morning, day), "mêmes heures", "Journée")
    family.book(day, evening)
    refused(lambda: family.book(morning), "mêmes heures")


def test_a_group_is_the_child_s_own(family):
    activity = ActivityFactory()
    period = BookingPeriodFactory(activity=activity)
    small = GroupFactory(activity=activity, max_age=5)
    big = GroupFactory(activity=activity, min_age=6)
    unit = UnitFactory(activity=activity)
    theirs = SessionFactory(period=period, unit=unit, group=big)
    others = SessionFactory(period=period, unit=unit, group=small)
    refused(lambda: family.book(others), "pas le groupe")
    assert states(family.book(theirs)) == ["accepted"]


def test_all_that_is_wrong_is_said_at_once(family):
    one, two, three = sessions_of(3)
    family.book(one)
    type(two).objects.filter(pk=two.pk).update(closed_reason="Grève")
    refused(lambda: family.book(one, two, three), "Déjà réservé", "Fermé (Grève)")


# Drafts --------------------------------------------------------------------------------------------------------------


def draft_of(family, days, *, act=Act.ADD, period=None, **options):
    return PlanningDraft.objects.create(
        profile=family.profile, user=family.user, period=period, act=act, days=days, **options
    )


def test_s3_12_a_draft_confirmed_twice_gives_the_same_reservations():
    family = Household("Mia", "Tom")
    one, two = sessions_of(2)
    days = {str(child.public_id): {str(one.pk): "", str(two.pk): ""} for child in family.children}
    draft = draft_of(family, days, period=one.period)
    first = reservations.confirm(by=family.user, draft=draft)
    assert [reservation.child.first_name for reservation in first] == ["Mia", "Tom"]
    assert reservations.confirm(by=family.user, draft=draft) == first
    draft.refresh_from_db()
    assert draft.confirmed_at
    assert (Reservation.objects.count(), fresh(one).taken) == (2, 2)


def test_a_draft_keeps_its_options_and_its_hours(family, nursery):
    draft = draft_of(
        family, {str(family.child.public_id): {str(nursery.pk): "08:30-17:15"}}, period=nursery.period, whole=True
    )
    [reservation] = reservations.confirm(by=family.user, draft=draft)
    assert reservation.whole
    assert reservation.draft == draft
    assert reservation.days.get().ends_at == time(17, 15)


def test_a_draft_that_cancels_gives_a_cancellation(family):
    [session] = sessions_of()
    family.book(session)
    days = {str(family.child.public_id): {str(session.pk): ""}}
    [cancellation] = reservations.confirm(
        by=family.user, draft=draft_of(family, days, act=Act.CANCEL, period=session.period)
    )
    assert (cancellation.act, cancellation.number) == (Act.CANCEL, "D2026-000002")
    assert fresh(session).taken == 0


@pytest.mark.parametrize(
    "days", [{}, {"Mia": {"1": ""}}, {"child": []}, {"child": {"x": ""}}, {"child": {"1": "25:00-26:00"}}]
)
def test_a_draft_that_says_nothing_sensible_is_refused(family, days):
    [session] = sessions_of()
    days = {key.replace("child", str(family.child.public_id)): value for key, value in days.items()}
    refused(lambda: reservations.confirm(by=family.user, draft=draft_of(family, days, period=session.period)))


def test_a_stranger_confirms_no_draft(family):
    [session] = sessions_of()
    draft = draft_of(family, {str(family.child.public_id): {str(session.pk): ""}}, period=session.period)
    with pytest.raises(PermissionDenied):
        reservations.confirm(by=Household().user, draft=draft)


def test_both_parents_of_a_household_see_and_book_for_the_same_children(family):
    other = MembershipFactory(profile=family.profile).user
    [session] = sessions_of()
    assert family.book(session, by=other).made_by == other


def test_plannings_that_nobody_touches_are_erased_after_three_months(family, clock):
    [session] = sessions_of()
    chosen = {str(family.child.public_id): {str(session.pk): ""}}
    old, confirmed, young = (draft_of(family, chosen, period=session.period) for _ in range(3))
    [reservation] = reservations.confirm(by=family.user, draft=confirmed)
    clock.set(NOW + timedelta(days=60))
    drafts.set_options(by=family.user, draft=young, whole=True, together=False)
    clock.set(NOW + timedelta(days=92))
    tasks.erase_drafts()
    assert PlanningDraft.objects.count() == 3
    clock.set(NOW + timedelta(days=92, seconds=1))
    tasks.erase_drafts()
    tasks.erase_drafts()
    assert PlanningDraft.objects.get() == young
    reservation.refresh_from_db()
    assert (reservation.draft, states(reservation)) == (None, ["accepted"])
    assert Schedule.objects.get(func="booking.tasks.erase_drafts").cron == "50 3 * * *"


# Cost ----------------------------------------------------------------------------------------------------------------


def test_twenty_dates_are_saved_in_twenty_queries(family, settings):
    settings.KEPT_SECONDS = 10
    sessions = sessions_of(20, needs_enrolment=True)
    EnrolmentFactory(child=family.child, activity=sessions[0].period.activity)
    days = {str(family.child.public_id): {str(session.pk): "" for session in sessions}}
    # What staff set up is kept, as in a process that serves a rush.
    other = Household()
    EnrolmentFactory(child=other.child, activity=sessions[0].period.activity)
    other.book(sessions[0])
    draft = draft_of(family, days, period=sessions[0].period)
    with CaptureQueriesContext(connection) as queries:
        [reservation] = reservations.confirm(by=family.user, draft=draft)
    # Savepoints stand for what a transaction is outside of a test.
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 20, statements
    assert reservation.days.count() == 20


def test_parse_of_what_a_draft_holds():
    assert Asked.parse("12", "08:30-17:15") == Asked(12, time(8, 30), time(17, 15))
    assert Asked.parse("12", "") == Asked(12)

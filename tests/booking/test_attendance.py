"""Attendance: who may note it, what two tablets do to each other, and what an absence does to the charge."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from wagtail.models import ModelLogEntry

from billing.enums import ChargeState
from billing.models import Charge
from booking.enums import AbsenceRule, Act, DayState, Presence
from booking.models import Attendance
from booking.services.attendance import Mark, fingerprint, fingerprint_of, is_charged, note, note_all_present
from booking.services.charges import source_of, unsell
from tests.factories.accounts import UserFactory
from tests.factories.billing import ChargeFactory

from .day import WEDNESDAY, FacilityDay

pytestmark = pytest.mark.django_db
TODAY = WEDNESDAY


@pytest.fixture
def manager(staff):
    return staff("Responsable enfance", first_name="Claire")


@pytest.fixture
def centre(db):
    return FacilityDay()


@pytest.fixture
def day(centre):
    return centre.book(units=[centre.day])[0]


def present(day, **fields):
    return Mark(day.pk, Presence.PRESENT, **fields)


def only_problem(noted):
    assert noted.saved == []
    (sentence,) = noted.problems.values()
    return sentence


def test_a_presence_is_noted_with_its_hours_its_author_and_a_line_in_the_log(manager, day):
    noted = note(by=manager, marks=[present(day, arrived_at=time(8, 12), left_at=time(17, 30))], today=TODAY)
    found = Attendance.objects.get(day=day)
    assert noted.saved == [day] and noted.problems == {}
    assert (found.presence, found.arrived_at, found.left_at) == (Presence.PRESENT, time(8, 12), time(17, 30))
    assert found.noted_by == manager
    entry = ModelLogEntry.objects.get(action="booking.attendance.note")
    assert entry.data == {"days": [{"day": day.pk, "was": "", "now": "present"}]}
    assert day.child.last_name not in str(entry.data) + entry.label


@pytest.mark.parametrize("group", ["Communication", "Administrateur", "Régisseur"])
def test_nobody_else_notes(staff, day, group):
    with pytest.raises(PermissionDenied):
        note(by=staff(group), marks=[present(day)], today=TODAY)
    assert not Attendance.objects.exists()


def test_a_resident_does_not_note(day):
    with pytest.raises(PermissionDenied):
        note(by=UserFactory(), marks=[present(day)], today=TODAY)


def test_the_day_before_is_too_early(manager, day):
    noted = note(by=manager, marks=[present(day)], today=TODAY - timedelta(days=1))
    assert "pas encore venu" in only_problem(noted)


def test_an_absence_with_a_reason_needs_it_and_keeps_no_hours(manager, day):
    bare = Mark(day.pk, Presence.ABSENT_JUSTIFIED, reason="  ", arrived_at=time(8))
    assert "motif" in only_problem(note(by=manager, marks=[bare], today=TODAY))
    told = Mark(day.pk, Presence.ABSENT_JUSTIFIED, reason=" Prévenue ", arrived_at=time(8))
    note(by=manager, marks=[told], today=TODAY)
    found = Attendance.objects.get()
    assert (found.reason, found.arrived_at) == ("Prévenue", None)


def test_hours_in_order(manager, day):
    noted = note(by=manager, marks=[present(day, arrived_at=time(17), left_at=time(8))], today=TODAY)
    assert "précéder" in only_problem(noted)


def test_a_presence_that_does_not_exist(manager, day):
    assert "présent ou absent" in only_problem(note(by=manager, marks=[Mark(day.pk, "maybe")], today=TODAY))


def test_one_problem_keeps_no_other_child_back(manager, centre):
    first, second = centre.book(units=[centre.day]) + centre.book(centre.child("Léo"), units=[centre.day])
    noted = note(by=manager, marks=[Mark(first.pk, Presence.ABSENT_JUSTIFIED), present(second)], today=TODAY)
    assert list(noted.problems) == [first.pk] and noted.saved == [second]


@pytest.mark.parametrize("state", [DayState.REQUESTED, DayState.WAITING, DayState.REFUSED, DayState.CANCELLED])
def test_only_booked_days_are_noted(manager, centre, state):
    (day,) = centre.book(units=[centre.day], state=state)
    assert "plus réservé" in only_problem(note(by=manager, marks=[present(day)], today=TODAY))


def test_a_cancellation_is_no_day_to_note(manager, centre, day):
    cancelling = centre.ask_to_cancel(day)
    cancelling.state = DayState.ACCEPTED
    cancelling.save()
    assert "plus réservé" in only_problem(note(by=manager, marks=[present(cancelling)], today=TODAY))


def test_two_tablets_never_overwrite_each_other_silently(manager, day):
    note(by=manager, marks=[present(day)], today=TODAY)
    stale = Mark(day.pk, Presence.ABSENT, seen="")
    assert "entre-temps" in only_problem(note(by=manager, marks=[stale], today=TODAY))
    fresh = Mark(day.pk, Presence.ABSENT, seen=fingerprint_of(Attendance.objects.get()))
    assert note(by=manager, marks=[fresh], today=TODAY).saved == [day]
    assert Attendance.objects.get().presence == Presence.ABSENT


def test_a_note_is_taken_back(manager, day):
    note(by=manager, marks=[present(day)], today=TODAY)
    note(by=manager, marks=[Mark(day.pk, seen=fingerprint(Presence.PRESENT))], today=TODAY)
    assert not Attendance.objects.exists()
    gone = Mark(day.pk, Presence.ABSENT, seen=fingerprint(Presence.PRESENT))
    assert "effacé entre-temps" in only_problem(note(by=manager, marks=[gone], today=TODAY))


def test_all_present_leaves_what_was_noted(manager, centre):
    days = [centre.book(centre.child(name), units=[centre.day])[0] for name in ("Mia", "Léo", "Inès")]
    note(by=manager, marks=[Mark(days[0].pk, Presence.ABSENT)], today=TODAY)
    noted = note_all_present(by=manager, day_ids=[day.pk for day in days], today=TODAY)
    assert noted.saved == days[1:] and noted.problems == {}
    assert list(Attendance.objects.order_by("day").values_list("presence", flat=True)) == [
        Presence.ABSENT,
        Presence.PRESENT,
        Presence.PRESENT,
    ]


def test_thirty_children_cost_as_many_queries_as_one(manager, centre, sql_count):
    def mark(count):
        days = [centre.book(units=[centre.day])[0] for _ in range(count)]
        return sql_count(lambda: note(by=manager, marks=[present(day) for day in days], today=TODAY))

    mark(1)
    assert mark(30) == mark(1)


# Charges --------------------------------------------------------------------------------------------------------------

TABLE = [
    (AbsenceRule.CHARGED, Presence.ABSENT, True),
    (AbsenceRule.CHARGED, Presence.ABSENT_JUSTIFIED, True),
    (AbsenceRule.FREE, Presence.ABSENT, False),
    (AbsenceRule.FREE, Presence.ABSENT_JUSTIFIED, False),
    (AbsenceRule.FREE_IF_JUSTIFIED, Presence.ABSENT, True),
    (AbsenceRule.FREE_IF_JUSTIFIED, Presence.ABSENT_JUSTIFIED, False),
]


@pytest.mark.parametrize(("rule", "presence", "charged"), TABLE)
def test_the_rule_of_the_activity_says_what_an_absence_costs(manager, rule, presence, charged):
    assert is_charged(rule, presence) is charged
    assert is_charged(rule, Presence.PRESENT) and is_charged(rule, "")
    centre = FacilityDay(absence_rule=rule)
    (day,) = centre.book(units=[centre.day])
    charge = ChargeFactory(source=source_of(day), amount=Decimal("9.50"))
    note(by=manager, marks=[Mark(day.pk, presence, reason="Prévenue")], today=TODAY)
    charge.refresh_from_db()
    assert (charge.state == ChargeState.PENDING) is charged
    assert charge.amount == Decimal("9.50")


def test_a_presence_noted_after_an_absence_is_charged_again(manager):
    centre = FacilityDay(absence_rule=AbsenceRule.FREE)
    (day,) = centre.book(units=[centre.day])
    ChargeFactory(source=source_of(day))
    note(by=manager, marks=[Mark(day.pk, Presence.ABSENT)], today=TODAY)
    note(by=manager, marks=[present(day, seen=fingerprint(Presence.ABSENT))], today=TODAY)
    charge = Charge.objects.get()
    assert (charge.state, charge.cancelled_at, charge.cancelled_reason) == (ChargeState.PENDING, None, "")


def test_attendance_brings_back_no_charge_that_another_cause_took(manager, centre, day):
    ChargeFactory(source=source_of(day))
    unsell([day])
    note(by=manager, marks=[present(day)], today=TODAY)
    assert Charge.objects.get().state == ChargeState.CANCELLED


def test_an_invoiced_day_is_said_not_changed(manager):
    centre = FacilityDay(absence_rule=AbsenceRule.FREE)
    (day,) = centre.book(units=[centre.day])
    ChargeFactory(source=source_of(day), state=ChargeState.INVOICED)
    noted = note(by=manager, marks=[Mark(day.pk, Presence.ABSENT)], today=TODAY)
    assert noted.invoiced == [day] and noted.saved == [day]
    assert Charge.objects.get().state == ChargeState.INVOICED


def test_29_february_is_noted_like_another(manager):
    centre = FacilityDay(on=date(2028, 2, 29))
    (day,) = centre.book(units=[centre.day], act=Act.ADD)
    assert note(by=manager, marks=[present(day)], today=date(2028, 2, 29)).saved == [day]

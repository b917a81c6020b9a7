"""Slots, and what becomes of one: taken, given back, noted, reminded of (s1.9)."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from accounts.mail import deliver
from accounts.models import Notification, OutgoingMail
from cms.models import PublicHoliday
from procedures import appointments as rules
from procedures import ics
from procedures.enums import AppointmentState, CaseState, EventKind
from procedures.forms import context_of
from procedures.forms.kinds import kind_of
from procedures.models import Appointment, AppointmentClosure, AppointmentRange
from procedures.queries.appointments import open_slots
from procedures.services import appointments
from tests.factories.cases import (
    AppointmentKindFactory,
    CaseFactory,
    OnlineProcedureFactory,
    condition,
    field,
    step,
)

PARIS = ZoneInfo("Europe/Paris")
NINE, TEN, NOON = dt.time(9), dt.time(10), dt.time(12)
EVERY_DAY = dict.fromkeys(range(7), ((NINE, NOON),))


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS)


# Pure -----------------------------------------------------------------------------------------------------------------


def values(week, taken=(), now="2026-11-23T08:00"):
    return [slot.value for slot in rules.slots(week, taken, now=at(now))]


def slot_is_open(kind, value, *, case=None):
    """Whether the answer `value` ("2026-12-01T09:30") is one of the free slots of `kind`."""
    return any(slot.value == value for slot in open_slots(kind, case=case))


def test_slots_follow_the_week_one_after_the_other():
    week = rules.Week({0: ((NINE, TEN),), 2: ((dt.time(14), dt.time(14, 50)),)}, minutes=30, horizon_days=6)
    assert values(week) == ["2026-11-23T09:00", "2026-11-23T09:30", "2026-11-25T14:00"]


def test_notice_horizon_holidays_and_closures():
    week = rules.Week(
        EVERY_DAY,
        minutes=180,
        notice_hours=24,
        horizon_days=5,
        closed=((dt.date(2026, 11, 26), dt.date(2026, 11, 27)),),
        holidays=frozenset({dt.date(2026, 11, 25)}),
    )
    # Today is too soon, Wednesday is a holiday, Thursday and Friday are closed, Sunday is beyond the horizon.
    assert values(week) == ["2026-11-24T09:00", "2026-11-28T09:00"]


def test_the_notice_is_counted_to_the_minute():
    week = rules.Week({0: ((NINE, TEN),)}, minutes=30, notice_hours=1, horizon_days=0)
    assert values(week, now="2026-11-23T08:00") == ["2026-11-23T09:00", "2026-11-23T09:30"]
    assert values(week, now="2026-11-23T08:01") == ["2026-11-23T09:30"]


def test_capacity_counts_what_is_under_way_at_once():
    week = rules.Week({0: ((NINE, TEN),)}, minutes=30, capacity=2, horizon_days=0)
    first, half, second = at("2026-11-23T09:00"), at("2026-11-23T09:30"), at("2026-11-23T10:00")
    assert [slot.left for slot in rules.slots(week, [(first, half)], now=at("2026-11-23T08:00"))] == [1, 2]
    # Taken when slots lasted an hour.
    assert [slot.left for slot in rules.slots(week, [(first, second)] * 2, now=at("2026-11-23T08:00"), full=True)] == [
        0,
        0,
    ]
    # Two short ones, one after the other, hold one of the two places.
    quarter = at("2026-11-23T09:15")
    left = rules.slots(week, [(first, quarter), (quarter, half)], now=at("2026-11-23T08:00"))[0].left
    assert left == 1


def test_nine_o_clock_is_nine_on_both_sides_of_a_change_of_clocks():
    week = rules.Week({5: ((NINE, TEN),), 0: ((NINE, TEN),)}, minutes=60, horizon_days=3)
    slots = rules.slots(week, (), now=at("2026-10-24T06:00"))
    assert [slot.value for slot in slots] == ["2026-10-24T09:00", "2026-10-26T09:00"]
    assert [slot.starts_at.utcoffset() for slot in slots] == [dt.timedelta(hours=2), dt.timedelta(hours=1)]


def test_the_night_of_a_change_of_clocks():
    night = {6: ((dt.time(1), dt.time(4)),)}
    spring = rules.slots(rules.Week(night, minutes=60, horizon_days=1), (), now=at("2026-03-28T12:00"))
    assert [slot.value for slot in spring] == ["2026-03-29T01:00", "2026-03-29T03:00"], "two o'clock is never shown"
    autumn = rules.slots(rules.Week(night, minutes=60, horizon_days=1), (), now=at("2026-10-24T12:00"))
    assert [slot.value for slot in autumn] == ["2026-10-25T01:00", "2026-10-25T02:00", "2026-10-25T03:00"]
    assert all((slot.ends_at - slot.starts_at.astimezone(dt.UTC)) == dt.timedelta(hours=1) for slot in autumn)


def test_answers_are_read_and_written():
    assert rules.value_of(rules.parse("2026-12-01T09:30")) == "2026-12-01T09:30"
    assert rules.words(rules.parse("2026-12-01T09:30")) == "mardi 1er\u00a0décembre 2026 à 9\u00a0h\u00a030"
    for wrong in ("", "demain", "2026-03-29T02:30", "2026-12-01T09:30:15", "2026-12-01T09:30+01:00", None):
        with pytest.raises(ValueError):
            rules.parse(wrong)


clocks = st.integers(0, 24 * 12 - 1).map(lambda fives: dt.time(fives // 12, fives % 12 * 5))
ranges = st.tuples(clocks, clocks).filter(lambda pair: pair[0] < pair[1])
weeks = st.builds(
    rules.Week,
    ranges=st.dictionaries(st.integers(0, 6), st.lists(ranges, max_size=2).map(tuple), max_size=3),
    minutes=st.sampled_from([5, 20, 45, 90, 480]),
    capacity=st.integers(1, 3),
    notice_hours=st.integers(0, 72),
    horizon_days=st.integers(0, 12),
)
moments = st.integers(0, 365 * 24).map(lambda hours: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hours))


@given(weeks, moments)
def test_each_slot_stands_in_its_week_and_can_be_answered(week, now):
    found = rules.slots(week, (), now=now)
    assert [slot.value for slot in found] == sorted({slot.value for slot in found})
    for slot in found:
        opening = week.ranges[slot.starts_at.weekday()]
        assert any(opens <= slot.starts_at.time() for opens, _closes in opening)
        assert rules.parse(slot.value) == slot.starts_at
        assert slot.starts_at.astimezone(dt.UTC) >= now + dt.timedelta(hours=week.notice_hours)
        assert (slot.ends_at.astimezone(dt.UTC) - slot.starts_at.astimezone(dt.UTC)).seconds == week.minutes * 60


@given(weeks, moments)
def test_a_slot_taken_to_its_capacity_is_no_longer_proposed(week, now):
    found = rules.slots(week, (), now=now)
    if found:
        taken = [(found[0].starts_at, found[0].ends_at)] * week.capacity
        assert found[0].value not in [slot.value for slot in rules.slots(week, taken, now=now)]


# Taken and given back -------------------------------------------------------------------------------------------------


@pytest.fixture
def kind(db):
    """An appointment every day from 9 to 12, without notice."""
    kind = AppointmentKindFactory(notice_hours=0, department__email="eau@example.test")
    for weekday in range(7):
        AppointmentRange.objects.create(kind=kind, weekday=weekday, opens=NINE, closes=NOON)
    return kind


@pytest.fixture
def page(kind):
    return OnlineProcedureFactory(
        department=kind.department,
        form=[
            step(
                "Rendez-vous",
                field("yes_no", "Venez-vous ?", key="venir"),
                field(
                    "appointment", "Créneau", key="creneau", appointment=kind.pk, condition=condition("venir", "yes")
                ),
            )
        ],
    )


@pytest.fixture
def case(page, alice):
    """A case of Alice's that asks for the first free slot of tomorrow."""
    return CaseFactory(page=page, profile=alice.profiles.get(), filed_by=alice, answers=asked(page, 0))


def asked(page, position):
    slots = tomorrow(page)
    return {"venir": "yes", "creneau": slots[position].value}


def tomorrow(page):
    day = timezone.localdate() + dt.timedelta(days=1)
    kind = page.department.appointment_kinds.get()
    return [slot for slot in open_slots(kind) if slot.day == day]


def taken(case):
    [appointment] = appointments.take_all(case=case)
    return appointment


def sentences(caught):
    return caught.value.messages


def test_s1_9_each_slot_says_its_day(case):
    asked_for = case.definition.fields["creneau"]
    _nothing, *days = kind_of(asked_for).widget(asked_for, context_of()).choices
    assert len(days) > 1
    for day, slots in days:
        assert [label.startswith(f"{day}, ") for _value, label in slots] == [True] * len(slots)


def test_s1_9_a_slot_is_taken_and_confirmed_once(case, run_queue, settings):
    settings.DEMONSTRATION = False
    appointment = taken(case)
    assert (appointment.state, rules.value_of(appointment.starts_at)) == ("booked", case.answers["creneau"])
    assert appointments.take_all(case=case) == [appointment], "filed twice, it is the same one"
    [mail] = OutgoingMail.objects.all()
    assert (mail.kind, mail.to) == ("procedures/appointment_booked", "alice@example.test")
    when = rules.words(appointment.starts_at)
    assert mail.subject == f"Votre rendez-vous du {when}".replace("\u00a0", " ")
    assert all(word in mail.text for word in (when, "4 place du Lavoir", appointment.kind.name))
    assert Notification.objects.filter(title__startswith="Rendez-vous pris").count() == 1
    run_queue()
    [message] = outbox.outbox
    [(name, content, kind)] = message.attachments
    assert (name, kind) == ("rendez-vous.ics", "text/calendar")
    assert "BEGIN:VEVENT" in content
    mail.refresh_from_db()
    assert mail.attachments == [{"name": "rendez-vous.ics"}], "erased with the text"


def test_what_was_taken_is_no_longer_free_to_others(case, page):
    appointment = taken(case)
    value = rules.value_of(appointment.starts_at)
    assert not slot_is_open(appointment.kind, value)
    assert slot_is_open(appointment.kind_id, value, case=case), "free to its own case"
    with pytest.raises(ValidationError) as caught:
        appointments.take_all(case=CaseFactory(page=page, answers=case.answers))
    assert caught.value.message_dict == {"creneau": ["Ce créneau n’est plus libre. Choisissez-en un autre."]}


def test_the_capacity_of_a_kind_holds(case, page, kind):
    kind.capacity = 2
    kind.save()
    taken(case)
    taken(CaseFactory(page=page, answers=case.answers))
    with pytest.raises(ValidationError):
        appointments.take_all(case=CaseFactory(page=page, answers=case.answers))
    assert Appointment.objects.count() == 2


def test_another_slot_takes_the_place_of_the_former(case, page):
    first = taken(case)
    case.answers = asked(page, 2)
    second = taken(case)
    first.refresh_from_db()
    assert (first.state, second.state) == ("cancelled", "booked")
    case.answers = {"venir": "no", "creneau": rules.value_of(second.starts_at)}
    assert appointments.take_all(case=case) == [], "the question is hidden now"
    second.refresh_from_db()
    assert second.state == "cancelled"


@pytest.mark.parametrize("value", ["2020-01-06T09:00", "n’importe quoi", "2026-03-29T02:30"])
def test_what_is_no_slot_is_refused(case, value):
    case.answers["creneau"] = value
    with pytest.raises(ValidationError):
        appointments.take_all(case=case)
    assert not Appointment.objects.exists()


def test_a_holiday_a_closure_a_kind_no_longer_proposed(kind):
    day = timezone.localdate() + dt.timedelta(days=2)
    assert day in {slot.day for slot in open_slots(kind)}
    PublicHoliday.objects.update_or_create(date=day, defaults={"name": "Fête"})
    AppointmentClosure.objects.create(kind=kind, first=day + dt.timedelta(days=1))
    found = {slot.day for slot in open_slots(kind)}
    assert found.isdisjoint({day, day + dt.timedelta(days=1)})
    assert found
    kind.active = False
    kind.save()
    assert open_slots(kind) == [] == open_slots(987654)


def test_slots_cost_the_same_whatever_was_taken(kind, page, case, sql_count):
    one = sql_count(lambda: open_slots(kind.pk))
    for position in range(3):
        CaseFactory(page=page, answers=asked(page, position))
        taken(CaseFactory(page=page, answers=asked(page, 0)))
    assert sql_count(lambda: open_slots(kind.pk)) == one <= 5


def test_the_resident_cancels_and_the_team_knows(case, alice):
    appointment = appointments.cancel(by=alice, appointment=taken(case))
    assert appointment.state == AppointmentState.CANCELLED
    mails = OutgoingMail.objects.exclude(kind="procedures/appointment_booked")
    assert sorted(mails.values_list("kind", "to")) == [
        ("procedures/appointment_cancelled", "alice@example.test"),
        ("procedures/appointment_freed", "eau@example.test"),
    ]
    event = case.events.get()
    assert (event.kind, event.public, event.by) == (EventKind.APPOINTMENT, True, alice)
    assert slot_is_open(appointment.kind, case.answers["creneau"]), "the slot is free again"
    with pytest.raises(ValidationError):
        appointments.cancel(by=alice, appointment=appointment)


def test_nobody_else_cancels(case, page, charlie, staff):
    appointment = taken(case)
    for by in (charlie, None, staff(), staff("Instructeur")):
        with pytest.raises(PermissionDenied):
            appointments.cancel(by=by, appointment=appointment)
    without_account = taken(CaseFactory(page=page, profile=None, answers=asked(page, 1)))
    with pytest.raises(PermissionDenied):
        appointments.cancel(by=charlie, appointment=without_account)
    assert appointments.cancel(by=None, appointment=without_account).state == "cancelled"


def test_an_agent_of_the_department_cancels_with_a_reason(case, kind, staff):
    agent = staff("Instructeur")
    kind.department.members.add(agent)
    appointments.cancel(by=agent, appointment=taken(case), reason="L’agent est absent.")
    mail = OutgoingMail.objects.get(kind="procedures/appointment_cancelled")
    assert "L’agent est absent." in mail.text
    assert not OutgoingMail.objects.filter(kind="procedures/appointment_freed").exists()
    assert case.events.get().text == "L’agent est absent."


def past(appointment):
    """Move an appointment to yesterday."""
    Appointment.objects.filter(pk=appointment.pk).update(
        starts_at=appointment.starts_at - dt.timedelta(days=2), ends_at=appointment.ends_at - dt.timedelta(days=2)
    )
    appointment.refresh_from_db()
    return appointment


def test_once_begun_it_is_noted_and_no_longer_cancelled(case, kind, staff, alice):
    agent = staff("Instructeur")
    kind.department.members.add(agent)
    appointment = taken(case)
    with pytest.raises(ValidationError, match="pas encore eu lieu"):
        appointments.note(by=agent, appointment=appointment, kept=True)
    past(appointment)
    with pytest.raises(ValidationError, match="passée"):
        appointments.cancel(by=alice, appointment=appointment)
    with pytest.raises(PermissionDenied):
        appointments.note(by=alice, appointment=appointment, kept=True)
    assert appointments.note(by=agent, appointment=appointment, kept=False).state == "missed"
    assert appointments.note(by=agent, appointment=appointment, kept=True).state == "kept", "a slip is put right"
    assert [event.public for event in case.events.all()] == [False, False]


def test_the_end_of_a_case_gives_its_slot_back_without_a_word(case, alice):
    appointment = taken(case)
    OutgoingMail.objects.all().delete()
    assert appointments.release(by=alice, case=case) == 1
    appointment.refresh_from_db()
    assert (appointment.state, OutgoingMail.objects.count()) == ("cancelled", 0)


def test_a_reminder_goes_out_the_day_before_once(case, page):
    appointment = taken(case)
    cancelled = taken(CaseFactory(page=page, answers=asked(page, 1)))
    appointments.release(by=None, case=cancelled.case)
    OutgoingMail.objects.all().delete()
    two_days_before = timezone.now() - dt.timedelta(days=1)
    assert appointments.remind(now=two_days_before) == 0
    assert appointments.remind() == 1
    assert appointments.remind() == 0, "the task may run twice"
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("procedures/appointment_reminder", "alice@example.test")
    appointment.refresh_from_db()
    assert appointment.reminded_at


def test_without_an_account_the_mail_goes_to_the_address_of_the_case(page):
    case = CaseFactory(page=page, profile=None, email="passant@example.test", answers=asked(page, 0))
    appointment = taken(case)
    mail = OutgoingMail.objects.get()
    assert mail.to == "passant@example.test"
    assert "code de suivi" in mail.text
    deliver(mail.pk)
    assert appointment.case == case


def test_the_calendar_file(case):
    appointment = taken(case)
    [event] = Calendar.from_ical(ics.calendar_file(appointment)).walk("VEVENT")
    assert event.decoded("dtstart") == appointment.starts_at
    assert event["location"] == "4 place du Lavoir"
    assert str(case.applicant) not in ics.calendar_file(appointment).decode()
    response = ics.ics_response(appointment)
    assert (response["Content-Type"], response["Cache-Control"]) == ("text/calendar; charset=utf-8", "no-store")


def test_a_draft_s_slot_belongs_to_nobody(page, alice):
    draft = CaseFactory(page=page, state=CaseState.DRAFT, profile=alice.profiles.get(), answers=asked(page, 0))
    assert slot_is_open(page.department.appointment_kinds.get(), draft.answers["creneau"])


@pytest.mark.django_db
def test_the_log_names_an_appointment_by_the_clock_of_paris(page):
    kind = AppointmentKindFactory(name="Urbanisme")
    moments = {"starts_at": dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC), "ends_at": at("2026-07-02T01:00")}
    assert str(Appointment(kind=kind, case=CaseFactory(page=page), **moments)) == "Urbanisme 02/07/2026 00:30"

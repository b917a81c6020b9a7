"""What the families booked since September: regular days, a full Wednesday with a waiting list, things to decide."""

import uuid
from datetime import date, time, timedelta

from django.db import transaction
from django.utils import timezone

from booking.enums import ActivityKind, DayState, Presence
from booking.models import BookingPeriod, Enrolment, ReservationDay, Session
from booking.services import cancellations, decisions, enrolments, reservations
from booking.services.attendance import Mark, note, note_all_present
from booking.services.reservations import Asked
from booking.services.sessions import set_capacity

from .childcare import CRECHE, HOLIDAYS, WEDNESDAYS, WRAPAROUND, activity, last_day, school_year
from .clock import at
from .families import child, household, late_august
from .people import NEIGHBOURS, neighbour_email, person

NURSERY_HOURS = (time(8, 30), time(17, 15))
# A Wednesday that only ten may have: La Cabane goes to the swimming pool.
FEW_PLACES = 10
DAYS_NOTED = 14


@transaction.atomic
def load_bookings():
    """Enrol the children and book their days, in the order in which it happened; once."""
    if Enrolment.objects.exists():
        return
    manager = person("enfance@demo.test")
    with at(late_august()):
        _enrol(manager)
        _book_the_year()
    _full_wednesday(manager)
    _nursery(manager)
    _attendance(manager)
    _what_waits()


def _enrol(manager):
    everyone = [("parent@demo.test", "Mia", [WRAPAROUND, WEDNESDAYS]), ("parent@demo.test", "Tom", [WRAPAROUND])]
    everyone += [("parent@demo.test", "Zoé", [CRECHE]), ("parent2@demo.test", "Léa", [WRAPAROUND, WEDNESDAYS])]
    everyone += [(neighbour_email(last), first, [WRAPAROUND, WEDNESDAYS]) for last, _, first, _, _ in NEIGHBOURS]
    for email, first_name, activities in everyone:
        _request_enrolment(email, first_name, activities)
    waiting = Enrolment.objects.values_list("pk", flat=True)
    enrolments.decide(by=manager, enrolments=list(waiting), accept=True)


def _request_enrolment(email, first_name, activities):
    user, profile = household(email)
    enrolments.request(
        by=user,
        profile=profile,
        child=child(first_name),
        activities=[activity(name).pk for name in activities],
        school_year=school_year(),
    )


def _book_the_year():
    """Meals and evenings until Christmas; Wednesdays of some."""
    christmas = date(school_year(), 12, 18)
    _book("parent@demo.test", "Mia", WRAPAROUND, until=christmas, units={"Repas": {0, 1, 3, 4}, "Soir": {1, 3}})
    _book("parent@demo.test", "Tom", WRAPAROUND, until=christmas, units={"Repas": {0, 3}})
    _book("parent@demo.test", "Mia", WEDNESDAYS, until=christmas, units={"Journée": {2}}, every=2)
    _book("parent2@demo.test", "Léa", WRAPAROUND, until=christmas, units={"Repas": {0, 1}}, every=2)
    for rank, (last_name, _, first_name, _, _) in enumerate(NEIGHBOURS):
        units = {"Repas": {rank % 2, 3}, "Matin": {4}} if rank % 3 else {"Repas": {0, 1, 3, 4}, "Soir": {0, 3}}
        _book(neighbour_email(last_name), first_name, WRAPAROUND, until=christmas, units=units)


def _book(email, first_name, activity_name, *, until, units, since=None, every=1):
    """Book, for a child, the weekdays of each unit; `every` 2: one week in two."""
    user, profile = household(email)
    one = child(first_name)
    period = _year(activity_name)
    sessions = Session.objects.filter(period=period, date__lte=until, closed_reason="").select_related("group")
    days = [
        Asked(session.pk)
        for session in sessions.select_related("unit")
        if session.date.weekday() in units.get(session.unit.name, ())
        and session.date > (since or timezone.localdate())
        and session.date.isocalendar().week % every == 0
        and _suits(session.group, one)
    ]
    if days:
        reservations.submit(
            by=user, profile=profile, child=one, period=period, days=days, whole=False, key=uuid.uuid4()
        )


def _full_wednesday(manager):
    """Ten neighbours took the ten places of a Wednesday; Mia and Léa wait, and one request is undecided."""
    sessions = [
        session for session in _sessions(WEDNESDAYS, "Journée") if session.group.min_age == 6 and not session.taken
    ]
    wanted = next(iter(sessions), None)
    if wanted is None:
        return
    set_capacity(by=manager, sessions=[wanted.pk], capacity=FEW_PLACES)
    with at(late_august()):
        for last_name, _, first_name, _, _ in NEIGHBOURS:
            _ask(neighbour_email(last_name), first_name, wanted)
    for email, first_name in (("parent@demo.test", "Mia"), ("parent2@demo.test", "Léa")):
        _ask(email, first_name, wanted)


def _ask(email, first_name, session, hours=()):
    user, profile = household(email)
    return reservations.submit(
        by=user,
        profile=profile,
        child=child(first_name),
        period=session.period,
        days=[Asked(session.pk, *hours)],
        whole=False,
        key=uuid.uuid4(),
    )


def _nursery(manager):
    """Zoé comes on Mondays, Tuesdays and Thursdays; what her parents asked for next waits for an answer."""
    days = [session for session in _sessions(CRECHE, "Accueil", past=True) if session.date.weekday() in (0, 1, 3)]
    today = timezone.localdate()
    until = today + timedelta(days=21)
    with at(late_august()):
        _book_hours([session for session in days if session.date <= until])
        asked = ReservationDay.objects.filter(
            state=DayState.REQUESTED, session__unit__activity__kind=ActivityKind.NURSERY
        )
        decisions.decide(by=manager, days=list(asked.values_list("pk", flat=True)), accept=True)
    _book_hours([session for session in days if until < session.date <= until + timedelta(days=28)])


def _book_hours(sessions):
    if not sessions:
        return
    user, profile = household("parent@demo.test")
    reservations.submit(
        by=user,
        profile=profile,
        child=child("Zoé"),
        period=sessions[0].period,
        days=[Asked(session.pk, *NURSERY_HOURS) for session in sessions],
        whole=False,
        key=uuid.uuid4(),
    )


def _attendance(manager):
    """Everybody came these last days, but for two absences."""
    today = timezone.localdate()
    past = ReservationDay.objects.filter(
        state=DayState.ACCEPTED, cancels=None, session__date__lt=today, session__date__gte=today - timedelta(DAYS_NOTED)
    ).order_by("session__date", "pk")
    days = list(past.values_list("pk", flat=True))
    marks = [
        Mark(day, presence, reason=reason)
        for day, presence, reason in zip(
            days[3::17],
            (Presence.ABSENT_JUSTIFIED, Presence.ABSENT),
            ("Certificat médical", ""),
            strict=False,
        )
    ]
    note(by=manager, marks=marks, today=today)
    note_all_present(by=manager, day_ids=days, today=today)


def _what_waits():
    """A cancellation made in time, an enrolment to decide, days that come too soon to be accepted at once."""
    user, profile = household("parent@demo.test")
    mia = child("Mia")
    meals = ReservationDay.objects.filter(
        child=mia,
        state=DayState.ACCEPTED,
        session__unit__name="Repas",
        session__date__gt=timezone.localdate() + timedelta(days=10),
    ).select_related("session__period")
    if first := meals.first():
        cancellations.submit(
            by=user,
            profile=profile,
            child=mia,
            period=first.session.period,
            sessions=[first.session_id],
            key=uuid.uuid4(),
        )
    _request_enrolment("parent@demo.test", "Tom", [HOLIDAYS])
    # Between the two deadlines of Wednesdays, a day is on request.
    soon = [
        session
        for session in _sessions(WEDNESDAYS, "Après-midi")
        if session.group.min_age == 6 and 3 <= (session.date - timezone.localdate()).days <= 6
    ]
    for session in soon[:1]:
        for last_name, _, first_name, _, _ in NEIGHBOURS[:3]:
            _ask(neighbour_email(last_name), first_name, session)


def _year(activity_name):
    return BookingPeriod.objects.select_related("activity").get(
        activity__name=activity_name, name__startswith="Année scolaire"
    )


def _sessions(activity_name, unit_name, *, past=False):
    """The open sessions of a unit, from a week on (or from the first day on)."""
    since = _year(activity_name).starts_on if past else timezone.localdate() + timedelta(days=3)
    return list(
        Session.objects.filter(
            unit__activity__name=activity_name, unit__name=unit_name, date__range=(since, last_day()), closed_reason=""
        )
        .select_related("group", "unit", "period__activity")
        .order_by("date")
    )


def _suits(group, one):
    """Whether the child is of the group that a session is for: of the demonstration's two, by age in September."""
    age = school_year() - one.birth_date.year
    return group is None or (group.min_age or 0) <= age <= (group.max_age or 99)

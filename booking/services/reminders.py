"""Before a deadline, families who booked nothing for the week concerned are told, once (the settings say how early)."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import ChildState
from accounts.models import Guardianship

from .. import deadlines
from ..calendars import Calendar
from ..eligibility import school_year_of
from ..enums import ACTIVE_DAYS, Act, Audience, EnrolmentState, Outcome
from ..models import Activity, BookingSettings, DeadlineReminder, Enrolment, ReservationDay, Session
from ..queries.prices import is_resident
from ..recipients import tell_household
from ..words import day_words, moment_words

WEEK = dt.timedelta(weeks=1)
# Deadlines count up to 180 days; the week of a "Thursday of the week before" begins three days later at most.
HORIZON = dt.timedelta(days=190)
# Who needs no enrolment is thought to come when they did lately.
LATELY = dt.timedelta(weeks=8)
KEPT = dt.timedelta(weeks=8)


@dataclass(frozen=True, slots=True)
class Due:
    """A week of an activity whose deadline for booking falls soon; `audiences` are those who may book it now."""

    activity: Activity
    monday: dt.date
    until: dt.datetime
    audiences: frozenset


def remind(*, now):
    """Remind the households of the deadlines that fall within the days of the settings; returns how many were told.

    Safe to run twice: each household is told once for an activity and a week.
    """
    settings = BookingSettings.load()
    today = timezone.localdate(now)
    DeadlineReminder.objects.filter(week__lt=today - KEPT).delete()
    due = due_weeks(now=now, within=dt.timedelta(days=settings.reminder_days)) if settings.reminder_days else []
    by_household = defaultdict(list)
    for week, profile, children in _silent(due, today):
        if Audience.EVERYONE in week.audiences or is_resident(profile, settings):
            by_household[profile].append((week, children))
    return sum(_tell(profile, weeks) for profile, weeks in by_household.items())


def due_weeks(*, now, within):
    """Return the weeks (Due) whose deadline for adding days falls in the time `within` from `now`: five queries.

    The deadline is that until which a day is accepted at once; without one, that of requests. Of a week, the first
    day to close counts.
    """
    today = timezone.localdate(now)
    dates = defaultdict(lambda: defaultdict(set))
    for activity, date, audience in _open_dates(now, today):
        dates[activity, date - dt.timedelta(days=date.weekday())][date].add(audience)
    activities = Activity.objects.select_related("facility").prefetch_related("deadlines", "facility__closures")
    activities = activities.in_bulk({activity for activity, _monday in dates})
    due = []
    for (activity_id, monday), days in sorted(dates.items()):
        activity = activities[activity_id]
        deadline, calendar = _deadline_of(activity), Calendar.of(activity.facility)
        days = {day: audiences for day, audiences in days.items() if not calendar.closure(day)}
        if deadline is None or not days:
            continue
        until = min(deadlines.moment(deadline, day, calendar.works) for day in days)
        if now < until <= now + within:
            due.append(Due(activity, monday, until, frozenset.union(*map(frozenset, days.values()))))
    return due


def _open_dates(now, today):
    """(activity's id, date, audience) of what may be booked now."""
    return (
        Session.objects.filter(
            date__gt=today,
            date__lte=today + HORIZON,
            closed_reason="",
            unit__activity__active=True,
            unit__activity__facility__active=True,
            unit__activity__deadlines__act=Act.ADD,
            period__windows__opens_at__lte=now,
            period__windows__closes_at__gt=now,
        )
        .order_by()
        .values_list("unit__activity", "date", "period__windows__audience")
        .distinct()
    )


def _deadline_of(activity):
    found = {deadline.outcome: deadline for deadline in activity.deadlines.all() if deadline.act == Act.ADD}
    return found.get(Outcome.AT_ONCE) or found.get(Outcome.ON_REQUEST)


def _silent(due, today):
    """Yield (Due, profile, children) of those who come to the activity, booked nothing that week, and were not told."""
    if not due:
        return
    activities = {week.activity.pk: week.activity for week in due}
    mondays = [week.monday for week in due]
    comers = _comers(activities.values(), today)
    booked = _booked(activities, min(mondays), max(mondays) + WEEK)
    told = set(DeadlineReminder.objects.filter(week__gte=min(mondays)).values_list("profile_id", "activity_id", "week"))
    for week in due:
        silent = defaultdict(list)
        for child, profile, year in comers[week.activity.pk]:
            in_year = year is None or year == school_year_of(week.monday)
            if in_year and (week.activity.pk, child.pk, week.monday) not in booked:
                silent[profile].append(child)
        for profile, children in silent.items():
            if (profile.pk, week.activity.pk, week.monday) not in told:
                yield week, profile, children


def _comers(activities, today):
    """{activity's id: [(child, profile, school year or None)]}: the enrolled ones, or those who booked lately."""
    comers = defaultdict(list)
    enrolments = Enrolment.objects.filter(
        activity__in=[activity for activity in activities if activity.needs_enrolment],
        state=EnrolmentState.ACCEPTED,
        child__state=ChildState.ACTIVE,
    ).select_related("child", "profile")
    for enrolment in enrolments:
        comers[enrolment.activity_id].append((enrolment.child, enrolment.profile, enrolment.school_year))
    days = ReservationDay.objects.filter(
        session__unit__activity__in=[activity for activity in activities if not activity.needs_enrolment],
        session__date__gte=today - LATELY,
        state__in=ACTIVE_DAYS,
        cancels=None,
        child__state=ChildState.ACTIVE,
    ).select_related("child", "reservation__profile", "session__unit")
    seen = {
        (day.session.unit.activity_id, day.child_id, day.reservation.profile_id): (day.child, day.reservation.profile)
        for day in days
    }
    for (activity_id, _child, _profile), (child, profile) in seen.items():
        comers[activity_id].append((child, profile, None))
    raised = set(Guardianship.objects.on(today).values_list("child_id", "profile_id"))
    return defaultdict(
        list,
        {
            activity: [comer for comer in found if (comer[0].pk, comer[1].pk) in raised]
            for activity, found in comers.items()
        },
    )


def _booked(activities, first, end):
    """{(activity's id, child's id, monday)} of what is booked or asked for, by whichever household."""
    days = ReservationDay.objects.filter(
        Q(session__date__gte=first, session__date__lt=end),
        session__unit__activity__in=activities,
        state__in=ACTIVE_DAYS,
        cancels=None,
    ).values_list("session__unit__activity", "child", "session__date")
    return {(activity, child, date - dt.timedelta(days=date.weekday())) for activity, child, date in days}


def _tell(profile, weeks):
    """Mail a household about its weeks, and write it down; returns whether it was not told meanwhile."""
    children = {child.pk: child.first_name for _week, found in weeks for child in found}
    lines = [
        {
            "children": _names([child.first_name for child in found]),
            "activity": f"{week.activity}, {week.activity.facility}",
            "week": day_words(week.monday, year=False),
            "until": moment_words(week.until),
        }
        for week, found in sorted(weeks, key=lambda pair: (pair[0].until, pair[0].monday))
    ]
    try:
        with transaction.atomic():
            DeadlineReminder.objects.bulk_create(
                DeadlineReminder(profile=profile, activity=week.activity, week=week.monday) for week, _found in weeks
            )
            names, first = _names(children.values()), weeks[0][0]
            tell_household(
                profile,
                "deadline_reminder",
                title=f"Pensez à réserver pour {names}",
                url="/mon-compte/reservations/",
                source=f"booking.deadline:{first.activity.pk}:{first.monday.isoformat()}",
                children=names,
                lines=lines,
            )
    except IntegrityError:
        # Another worker tells them.
        return False
    return True


def _names(names):
    """« Mia », « Mia et Léo », « Mia, Léo et Inès »."""
    *others, last = names
    return f"{', '.join(others)} et {last}" if others else last

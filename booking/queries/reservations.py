"""What residents read of their reservations: the list, one in detail, what is offered, the days to come."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Prefetch, Q, Sum
from django.utils import timezone

from accounts.models import Child
from accounts.queries.family import children_of

from ..eligibility import Standings, next_openings, open_periods
from ..enums import ACTIVE_DAYS, Act, ActivityKind, DayState
from ..models import Activity, BookingPeriod, PlanningDraft, Reservation, ReservationDay
from ..words import moment_words


def reservations_of(profile):
    """Return the reservations and cancellations of a household, newest first, each with its child, its activity, its
    number of days (`number_of_days`) and their first and last dates."""
    return (
        Reservation.objects.filter(profile=profile)
        .select_related("child", "period__activity__facility")
        .annotate(
            number_of_days=Count("days"),
            first_day=Min("days__session__date"),
            last_day=Max("days__session__date"),
        )
        .order_by("-made_at", "-pk")
    )


def reservation_detail(profile, public_id):
    """Return one reservation of the household with `all_days`, `by_state` and `total`. Raises Reservation.DoesNotExist.

    `by_state` is [(one of the days in a state, how many are in it)]: what the state of the whole does not say.
    """
    days = ReservationDay.objects.select_related("session__unit", "cancels__reservation").prefetch_related(
        Prefetch(
            "cancellations",
            ReservationDay.objects.filter(state__in=[DayState.REQUESTED, DayState.ACCEPTED]).select_related(
                "reservation"
            ),
            to_attr="its_cancellations",
        )
    )
    reservation = (
        Reservation.objects.select_related("child", "profile", "period__activity__facility", "made_by")
        .annotate(
            total=Sum("days__price", filter=Q(days__state__in=ACTIVE_DAYS)),
        )
        .get(profile=profile, public_id=public_id)
    )
    reservation.all_days = list(days.filter(reservation=reservation))
    found = {}
    for day in sorted(reservation.all_days, key=lambda day: list(DayState).index(day.state_enum)):
        found.setdefault(day.state, []).append(day)
    reservation.by_state = [(theirs[0], len(theirs)) for theirs in found.values()]
    return reservation


def draft_of(profile, public_id):
    """Return a draft of the household with its period. Raises PlanningDraft.DoesNotExist."""
    return PlanningDraft.objects.select_related("profile", "period__activity__facility").get(
        profile=profile, public_id=public_id
    )


def open_drafts(profile):
    """Return the plannings begun and not confirmed that hold something, the last touched first."""
    drafts = PlanningDraft.objects.filter(profile=profile, confirmed_at=None).exclude(days={})
    return drafts.select_related("period__activity__facility")


def offers_of(profile):
    """Return the days offered from the waiting list that the household can still accept, the most urgent first."""
    return (
        ReservationDay.objects.filter(
            reservation__profile=profile, cancels=None, state=DayState.OFFERED, offered_until__gt=timezone.now()
        )
        .select_related("child", "session__unit", "reservation__period__activity__facility")
        .order_by("offered_until")
    )


def day_of(profile, day_id):
    """Return a day of a reservation of the household. Raises ReservationDay.DoesNotExist."""
    return ReservationDay.objects.select_related("child", "session__unit", "reservation").get(
        pk=day_id, reservation__profile=profile, cancels=None
    )


def days_to_come(profile, until=None):
    """Return the days of the household from today on (until a date, included), with child and activity: one query."""
    days = ReservationDay.objects.filter(
        reservation__profile=profile, cancels=None, state__in=ACTIVE_DAYS, session__date__gte=timezone.localdate()
    )
    if until:
        days = days.filter(session__date__lte=until)
    return days.select_related("child", "reservation", "session__unit__activity__facility").order_by(
        "session__date", "session__unit__starts_at", "child__birth_date", "pk"
    )


def children_booked_for(profile):
    """Return the children that the household raises and, after them, those who left it with days still booked: theirs
    to cancel as long as theirs to pay. Two queries."""
    children = children_of(profile)
    booked = days_to_come(profile).order_by().values("child")
    return children + list(Child.objects.filter(pk__in=booked).exclude(pk__in=[child.pk for child in children]))


class FamilyWeek:
    """A week of a household, every child and every activity side by side: three queries."""

    def __init__(self, profile, monday):
        self.children = children_booked_for(profile)
        days = ReservationDay.objects.filter(
            reservation__profile=profile,
            cancels=None,
            state__in=ACTIVE_DAYS,
            session__date__range=(monday, monday + dt.timedelta(days=6)),
        ).select_related("reservation", "session__unit__activity__facility")
        by_cell = {}
        for day in days.order_by("session__unit__starts_at", "pk"):
            by_cell.setdefault((day.session.date, day.child_id), []).append(day)
        dates = [monday + dt.timedelta(days=n) for n in range(7)]
        busy = {date for date, _ in by_cell}
        # The weekend shows only when something is booked on it.
        self.rows = [
            (date, [(child, by_cell.get((date, child.pk), [])) for child in self.children])
            for date in dates
            if date.weekday() < 5 or date in busy
        ]
        self.number = sum(map(len, by_cell.values()))


# The first step of the wizard (s3.6, s4.12) --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChildChoice:
    """A child of the first step: `reason` says why nothing can be booked for them ("" when something can)."""

    child: object
    reason: str


@dataclass(frozen=True, slots=True)
class ActivityChoice:
    """An activity of an establishment for a child: its open periods, or why there are none."""

    activity: Activity
    periods: list
    reason: str


class Choices:
    """What a household can choose in the first step: child, then establishment, then period. Some ten queries at
    most, whatever the number of children, activities and periods."""

    def __init__(self, profile, act, *, now, kind=""):
        self.profile, self.act, self.now = profile, act, now
        self.today = timezone.localdate(now)
        self.household = children_booked_for(profile) if act == Act.CANCEL else children_of(profile)
        activities = Activity.objects.filter(active=True, facility__active=True).select_related("facility")
        if kind in ActivityKind.values:
            activities = activities.filter(kind=kind)
        self.activities = list(activities)
        self._periods = self._cancellable() if act == Act.CANCEL else None
        if act == Act.ADD:
            self._open = open_periods(profile, self.activities, now)
            self._standings = Standings(profile, self.household, self.activities)
            self._next = next_openings(profile, self.activities, now)

    def _cancellable(self):
        """{child's id: {activity's id: [periods in which something is booked from today on]}}."""
        rows = days_to_come(self.profile).order_by().values_list("child_id", "session__period_id").distinct()
        periods = BookingPeriod.objects.select_related("activity__facility").in_bulk({period for _, period in rows})
        found = {}
        for child_id, period_id in rows:
            period = periods[period_id]
            found.setdefault(child_id, {}).setdefault(period.activity_id, []).append(period)
        return found

    def children(self):
        """Return a ChildChoice for each child: greyed with why when nothing can be booked for them (s4.12)."""
        return [ChildChoice(child, self._child_reason(child)) for child in self.household]

    def _child_reason(self, child):
        choices = self.activities_of(child)
        if any(choice.periods for choice in choices):
            return ""
        if self.act == Act.CANCEL:
            return "Aucun jour réservé à annuler."
        reasons = dict.fromkeys(choice.reason for choice in choices if choice.reason)
        if not reasons:
            return "Aucune activité n’est proposée pour le moment."
        return next(iter(reasons)) if len(reasons) == 1 else "Aucune activité ouverte pour cet enfant."

    def activities_of(self, child):
        """Return an ActivityChoice for each activity, those that can be booked first."""
        if self.act == Act.CANCEL:
            mine = self._periods.get(child.pk, {})
            return [
                ActivityChoice(periods[0].activity, sorted(periods, key=lambda period: period.starts_on), "")
                for periods in mine.values()
            ]
        choices = [self._choice(child, activity) for activity in self.activities]
        return sorted(choices, key=lambda choice: not choice.periods)

    def _choice(self, child, activity):
        periods, reason = [], ""
        for period in self._open.get(activity.pk, []):
            standing = self._standings.within(child, activity, max(period.starts_on, self.today), period.ends_on)
            if standing.may_book:
                periods.append(period)
            else:
                reason = reason or standing.reason
        if periods:
            return ActivityChoice(activity, periods, "")
        if not reason:
            reason = self._standings.of(child, activity, self.today).reason or self._not_open(activity)
        return ActivityChoice(activity, [], reason)

    def _not_open(self, activity):
        window = self._next.get(activity.pk)
        if window:
            return f"Les réservations ouvriront le {moment_words(window.opens_at)}."
        return "Aucune période n’est ouverte à la réservation."

    def period(self, child, period_id):
        """Return the period of that primary key if it may be chosen for the child, else None."""
        for choice in self.activities_of(child):
            for period in choice.periods:
                if str(period.pk) == str(period_id):
                    return period
        return None

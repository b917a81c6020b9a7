"""What the childcare managers' screens read: the same number of queries with one child or three hundred."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, prefetch_related_objects

from accounts.models import Guardian, Guardianship

from ..enums import DayState
from ..models import Activity, Attendance, Group, Reservation, ReservationDay, Session, Unit

BOOKED = Q(state=DayState.ACCEPTED, cancels=None)


# A day of a facility -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Column:
    """A unit of an activity on the day: how many come, for how many places. `closed` is the reason, if it is."""

    unit: Unit
    booked: int = 0
    capacity: int = 0
    closed: str = ""
    diets: dict = field(default_factory=dict)
    care_plans: int = 0


@dataclass(slots=True)
class Row:
    """A child who comes: `days` are the booked days, one for each column (None: does not come)."""

    child: object
    group: Group | None
    days: list
    health: object = None


@dataclass(slots=True)
class Block:
    """An activity on the day: its columns, and its children in their groups."""

    activity: Activity
    columns: list[Column]
    rows: list[Row]

    @property
    def groups(self):
        """[(group or None, its rows)], in the order that staff gave."""
        found = {}
        for row in self.rows:
            found.setdefault(row.group, []).append(row)
        return list(found.items())


def day_of(facility, date):
    """Return the Blocks of `facility` on `date`, children sorted by group and name: seven queries at most."""
    sessions = list(sessions_on(facility, date))
    days = list(
        ReservationDay.objects.filter(BOOKED, session__in=sessions)
        .select_related("child", "attendance", "reservation__profile")
        .annotate(cancelling=Exists(_cancellations()))
    )
    by_id = {session.pk: session for session in sessions}
    for day in days:
        day.session = by_id[day.session_id]
    _load_people([day.child for day in days], date)
    blocks = []
    for activity in {session.unit.activity_id: session.unit.activity for session in sessions}.values():
        blocks.append(
            _block(
                activity,
                [session for session in sessions if session.unit.activity_id == activity.pk],
                [day for day in days if day.session.unit.activity_id == activity.pk],
            )
        )
    return blocks


def sessions_on(facility, date):
    """The sessions of `facility` on `date`, with their unit, activity and group."""
    return (
        Session.objects.filter(unit__activity__facility=facility, date=date)
        .select_related("unit__activity", "group")
        .order_by("unit__activity__name", "unit__activity_id", "unit__position", "unit__starts_at", "pk")
    )


def _cancellations():
    return ReservationDay.objects.filter(cancels=OuterRef("pk"), state=DayState.REQUESTED)


def _block(activity, sessions, days):
    columns = {}
    for session in sessions:
        column = columns.setdefault(session.unit_id, Column(session.unit))
        column.capacity += session.capacity
        column.closed = column.closed or session.closed_reason
    order = {unit: position for position, unit in enumerate(columns)}
    rows = {}
    for day in days:
        row = rows.setdefault(day.child_id, Row(day.child, day.session.group, [None] * len(order)))
        row.days[order[day.session.unit_id]] = day
        columns[day.session.unit_id].booked += 1
    return Block(activity, list(columns.values()), sorted(rows.values(), key=_by_group_and_name))


def _by_group_and_name(row):
    group = (row.group.position, row.group.name) if row.group else (1 << 16, "")
    return (*group, row.child.last_name.casefold(), row.child.first_name.casefold())


def _load_people(children, date):
    """Load the guardians, contacts and authorised persons of `children`: four queries.

    One row a child object: the same child booked twice is two objects, both filled.
    """
    guardians = Prefetch("profile__guardians", Guardian.objects.filter(removed_at=None), to_attr="present_guardians")
    households = Guardianship.objects.on(date).select_related("profile").prefetch_related(guardians)
    prefetch_related_objects(
        children,
        Prefetch("guardianships", households, to_attr="households"),
        "emergency_contacts",
        "authorised_pickups",
    )


def add_health(blocks, records):
    """Put `records` ({child's id: HealthRecord}), that somebody had the right to read, on the rows; count the diets."""
    for block in blocks:
        for row in block.rows:
            row.health = records.get(row.child.pk)
            if row.health is None:
                continue
            for column, day in zip(block.columns, row.days, strict=True):
                if day is not None and row.health.diet:
                    column.diets[row.health.diet] = column.diets.get(row.health.diet, 0) + 1
                if day is not None and row.health.has_care_plan:
                    column.care_plans += 1


def next_day_open(facility, date):
    """Return the first date after `date` on which `facility` has a session that is not closed, or None."""
    later = Session.objects.filter(unit__activity__facility=facility, date__gt=date, closed_reason="")
    return later.order_by("date").values_list("date", flat=True).first()


# Attendance ----------------------------------------------------------------------------------------------------------


def units_to_note(facility, date):
    """The units of `facility` that children come to on `date`, each with `expected` and `noted`: one query."""
    booked = Q(sessions__date=date, sessions__days__state=DayState.ACCEPTED, sessions__days__cancels=None)
    return list(
        Unit.objects.filter(activity__facility=facility, sessions__date=date)
        .select_related("activity")
        .annotate(
            expected=Count("sessions__days", filter=booked),
            noted=Count("sessions__days__attendance", filter=booked),
        )
        .order_by("activity__name", "activity_id", "position", "starts_at", "pk")
    )


def days_to_note(unit, date):
    """The booked days of `unit` on `date`, by group and name, with what was noted: one query."""
    days = (
        ReservationDay.objects.filter(BOOKED, session__unit=unit, session__date=date)
        .select_related("child", "session__group", "attendance__noted_by")
        .annotate(cancelling=Exists(_cancellations()))
    )
    return sorted(days, key=lambda day: _by_group_and_name(Row(day.child, day.session.group, [])))


def last_day_not_noted(until):
    """Return (date, facility's id, children not noted) of the last booked day up to `until`, or None: one query.

    Only a week back: what is older nobody remembers.
    """
    return (
        ReservationDay.objects.filter(BOOKED, session__date__lte=until, session__date__gt=until - dt.timedelta(weeks=1))
        .filter(attendance=None)
        .order_by("-session__date", "session__unit__activity__facility")
        .values_list("session__date", "session__unit__activity__facility")
        .annotate(count=Count("pk"))
        .first()
    )


def noted(day):
    """Return the Attendance of `day`, loaded with it, or None."""
    try:
        return day.attendance
    except Attendance.DoesNotExist:
        return None


# Requests to decide --------------------------------------------------------------------------------------------------


def days_to_decide(state=DayState.REQUESTED):
    """The days that wait for an agent, added or cancelled: of reservations of any state."""
    return ReservationDay.objects.filter(state=state)


def reservations_to_decide(*, facility=None, act="", waiting=False):
    """The reservations with days to decide (`asked`), the oldest first; of a facility, of an Act.

    `waiting`: those with days on a waiting list, which an agent may answer before their turn.
    """
    asked = days_to_decide(DayState.WAITING if waiting else DayState.REQUESTED)
    found = Reservation.objects.filter(pk__in=asked.values("reservation"))
    if facility:
        found = found.filter(period__activity__facility=facility)
    if act:
        found = found.filter(act=act)
    days = asked.select_related("session__unit", "session__group", "cancels").order_by(
        "session__date", "session__unit__position", "pk"
    )
    return (
        found.select_related("child", "profile", "period__activity__facility")
        .prefetch_related(Prefetch("days", days, to_attr="asked"))
        .order_by("made_at", "pk")
    )


def days_of(reservation_ids, *, waiting=False):
    """Return the ids of the days to decide of reservations."""
    state = DayState.WAITING if waiting else DayState.REQUESTED
    return list(days_to_decide(state).filter(reservation__in=reservation_ids).values_list("pk", flat=True))


def add_waiting(reservations):
    """Give each asked day its session's `waiting`: how many children are on the waiting list. One query."""
    days = [day for reservation in reservations for day in reservation.asked]
    waiting = waiting_by_session({day.session_id for day in days})
    for day in days:
        day.waiting = waiting.get(day.session_id, 0)


def waiting_by_session(session_ids):
    """Return {session's id: how many children are on its waiting list}: one query."""
    found = (
        ReservationDay.objects.filter(session__in=session_ids, cancels=None, state=DayState.WAITING)
        .order_by()
        .values_list("session")
        .annotate(Count("pk"))
    )
    return dict(found)


def counts_to_decide():
    """Return {"add", "cancel" or "waiting": how many reservations have days to decide}: one query."""
    found = (
        ReservationDay.objects.filter(state__in=[DayState.REQUESTED, DayState.WAITING])
        .order_by()
        .values_list("state", "reservation__act")
        .annotate(Count("reservation", distinct=True))
    )
    counts = {}
    for state, act, count in found:
        key = "waiting" if state == DayState.WAITING else act
        counts[key] = counts.get(key, 0) + count
    return counts


# Occupancy -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Load:
    """Places taken of the places there are, over some sessions; `full` sessions have none left."""

    taken: int = 0
    capacity: int = 0
    sessions: int = 0
    full: int = 0

    @property
    def percent(self):
        """From 0 to 100; never 100 with a place left, nor 0 with one taken."""
        if not self.capacity:
            return 0
        exact = 100 * self.taken / self.capacity
        return 99 if 99 < exact < 100 else 1 if 0 < exact < 1 else round(exact)

    @property
    def level(self):
        """quiet, busy, or full: for the colour, beside the figure."""
        return "full" if self.percent >= 100 else "busy" if self.percent >= 80 else "quiet"

    def add(self, taken, capacity):
        self.taken += taken
        self.capacity += capacity
        self.sessions += 1
        self.full += taken >= capacity


def occupancy_by_week(facility, monday, weeks):
    """Return (mondays, [(activity, [(monday, Load or None)])]) of `facility`, or of all when None: two queries."""
    mondays = [monday + dt.timedelta(weeks=week) for week in range(weeks)]
    end = monday + dt.timedelta(weeks=weeks)
    activities = Activity.objects.filter(active=True).select_related("facility")
    if facility:
        activities = activities.filter(facility=facility)
    loads = {}
    found = (
        Session.objects.filter(date__gte=monday, date__lt=end, closed_reason="", unit__activity__in=activities)
        .order_by()
        .values_list("unit__activity", "date", "taken", "capacity")
    )
    for activity, date, taken, capacity in found:
        week = (date - monday).days // 7
        loads.setdefault((activity, week), Load()).add(taken, capacity)
    return mondays, [
        (activity, [(monday, loads.get((activity.pk, week))) for week, monday in enumerate(mondays)])
        for activity in activities
    ]


def occupancy_by_day(activity, monday):
    """Return (dates, [(unit, group or None, [Session or None for each date])]) of a week: two queries.

    Dates are those of the week that have a session; each session has its `load`, and how many are `waiting`.
    """
    sessions = list(
        Session.objects.filter(unit__activity=activity, date__gte=monday, date__lt=monday + dt.timedelta(weeks=1))
        .select_related("unit", "group")
        .order_by("unit__position", "unit__starts_at", "group__position", "group__name", "date")
    )
    waiting = waiting_by_session([session.pk for session in sessions])
    dates = sorted({session.date for session in sessions})
    rows = {}
    for session in sessions:
        session.waiting = waiting.get(session.pk, 0)
        session.load = Load(session.taken, session.capacity)
        row = rows.setdefault((session.unit_id, session.group_id), (session.unit, session.group, {}))
        row[2][session.date] = session
    return dates, [(unit, group, [found.get(date) for date in dates]) for unit, group, found in rows.values()]

"""Slots of appointments, computed from a kind's week: pure functions. No database, no clock of their own.

Hours are those of the wall clock in Paris: a nine o'clock slot is at nine in winter as in summer.
"""

import datetime as dt
from dataclasses import dataclass, field
from itertools import groupby
from zoneinfo import ZoneInfo

from theme.formats import clock, long_date

PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which `left` people may still be received."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    left: int

    @property
    def value(self):
        """What the answer of an appointment field keeps: "2026-12-01T09:30"."""
        return value_of(self.starts_at)

    @property
    def day(self):
        return self.starts_at.date()

    @property
    def words(self):
        return words(self.starts_at)

    @property
    def hour(self):
        """« 9 h 30 »"""
        return clock(self.starts_at)


@dataclass(frozen=True)
class Week:
    """What staff set up: `ranges` {weekday: [(opens, closes)]}, dates `closed`, and how slots are given."""

    ranges: dict[int, tuple[tuple[dt.time, dt.time], ...]]
    minutes: int = 30
    capacity: int = 1
    notice_hours: int = 0
    horizon_days: int = 30
    closed: tuple[tuple[dt.date, dt.date], ...] = ()
    holidays: frozenset[dt.date] = field(default_factory=frozenset)

    def receives(self, day):
        """Whether people are received on `day` at all."""
        return day not in self.holidays and not any(first <= day <= last for first, last in self.closed)


def slots(week, taken, *, now, full=False):
    """Return the Slots of `week` open at `now`, oldest first, without those that are full unless `full`.

    `taken` are the (start, end) of the appointments booked, of whatever length they were then.
    """
    # Compared in UTC: two times of one zone are compared by their figures, which a change of clocks makes wrong.
    earliest = now.astimezone(dt.UTC) + dt.timedelta(hours=week.notice_hours)
    today = now.astimezone(PARIS).date()
    taken = [(start.astimezone(dt.UTC), end.astimezone(dt.UTC)) for start, end in taken]
    found = []
    for distance in range(week.horizon_days + 1):
        day = today + dt.timedelta(days=distance)
        if not week.receives(day):
            continue
        for starts_at, ends_at in _times(week, day):
            start, end = starts_at.astimezone(dt.UTC), ends_at.astimezone(dt.UTC)
            if start < earliest:
                continue
            left = week.capacity - busiest(taken, start, end)
            if left > 0 or full:
                found.append(Slot(starts_at, ends_at, max(left, 0)))
    return found


def _times(week, day):
    """The (start, end) of `day`, in order; ranges that overlap give each start once."""
    starts = set()
    for opens, closes in week.ranges.get(day.weekday(), ()):
        minute, last = _minutes(opens), _minutes(closes) - week.minutes
        while minute <= last:
            starts.add(minute)
            minute += week.minutes
    for minute in sorted(starts):
        starts_at = dt.datetime.combine(day, dt.time(*divmod(minute, 60)), tzinfo=PARIS)
        if exists(starts_at):
            yield starts_at, later(starts_at, week.minutes)


def _minutes(time):
    return time.hour * 60 + time.minute


def exists(moment):
    """Whether the wall clock ever shows `moment`: on a night of March, one hour does not."""
    return moment.astimezone(dt.UTC).astimezone(PARIS).replace(fold=0) == moment.replace(fold=0)


def later(moment, minutes):
    """Return `moment` so many true minutes later, whatever the clocks do meanwhile."""
    return (moment.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(PARIS)


def busiest(taken, starts_at, ends_at):
    """Return how many of `taken`, (start, end), are under way at once at the busiest moment of a stretch."""
    over = [(start, end) for start, end in taken if start < ends_at and starts_at < end]
    moments = {max(start, starts_at) for start, _end in over}
    return max((sum(start <= moment < end for start, end in over) for moment in moments), default=0)


def by_day(found):
    """Return [(date, [Slot])] of sorted slots."""
    return [(day, list(group)) for day, group in groupby(found, key=lambda slot: slot.day)]


def parse(value):
    """Return the aware datetime of an answer ("2026-12-01T09:30"). Raises ValueError for anything else."""
    moment = dt.datetime.fromisoformat(str(value))
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        raise ValueError(f"no time of an appointment: {value!r}")
    moment = moment.replace(tzinfo=PARIS)
    if not exists(moment):
        raise ValueError(f"the clock never shows {value!r}")
    return moment


def value_of(moment):
    """Return what `parse` reads of an aware datetime."""
    return moment.astimezone(PARIS).replace(tzinfo=None).isoformat(timespec="minutes")


def words(moment):
    """Return « mardi 1er décembre 2026 à 9 h 30 » of an aware datetime, as Paris says it."""
    local = moment.astimezone(PARIS)
    return f"{long_date(local.date())} {local.year} à {clock(local)}"

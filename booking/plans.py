"""Which sessions a period wants: pure functions over its dates, its units, its groups and the facility's calendar."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from .calendars import dates_between


@dataclass(frozen=True, slots=True)
class Slot:
    """A session wanted: one unit on one date, for one group (or for all: None), with its places."""

    date: dt.date
    unit_id: int
    group_id: int | None
    capacity: int

    @property
    def key(self):
        return self.unit_id, self.group_id, self.date


def open_dates(period, calendar):
    """Return the dates of `period` that have sessions, in order."""
    return [day for day, reason in _reasons(period, calendar) if not reason]


def days_without(period, calendar):
    """Return [(reason, first date, last date)] for the weekdays of `period` that have no session, in order.

    Dates that follow one another for the same reason are one line: « Vacances d’hiver », from the 22nd to the 5th.
    """
    reasons = [(day, reason) for day, reason in _reasons(period, calendar) if day.weekday() in period.weekdays]
    lines = []
    for reason, days in groupby(reasons, key=lambda row: row[1]):
        days = [day for day, _reason in days]
        if reason:
            lines.append((reason, days[0], days[-1]))
    return lines


def _reasons(period, calendar):
    for day in dates_between(period.starts_on, period.ends_on):
        yield day, calendar.why_no_session(day, days_kind=period.days_kind, weekdays=period.weekdays)


def wanted_slots(period, units, groups, calendar):
    """Return the Slots that `period` wants: each unit on each open date, for each group when there are any.

    A group's own places come before the unit's.
    """
    return [
        Slot(day, unit.pk, group and group.pk, _places(unit, group))
        for day in open_dates(period, calendar)
        for unit in units
        for group in (groups or [None])
    ]


def _places(unit, group):
    return unit.capacity if group is None or group.capacity is None else group.capacity


@dataclass(frozen=True)
class Plan:
    """What to do so that a period has the sessions it wants; nothing is done yet.

    `stuck` are sessions that the period does not want any more and that families have booked: left as they are, for
    an agent to close. `elsewhere` counts, for the name of another period, the slots that it already has.
    """

    create: list[Slot] = field(default_factory=list)
    remove: list = field(default_factory=list)
    resize: list[tuple] = field(default_factory=list)  # (session, places)
    keep: int = 0
    stuck: list = field(default_factory=list)
    elsewhere: dict = field(default_factory=dict)
    without: list[tuple] = field(default_factory=list)

    @property
    def changes(self):
        """How many sessions it would touch."""
        return len(self.create) + len(self.remove) + len(self.resize)

    @property
    def dates(self):
        """The dates that get new sessions."""
        return sorted({slot.date for slot in self.create})


def compare(slots, sessions, others, *, without=(), resize=False):
    """Return the Plan that brings `sessions` (the period's own, each with `booked`: any days on it?) to `slots`.

    `others` are (unit's id, group's id, date, name of the other period). A session with bookings is never touched.
    A date on which a unit has a booked session of the former division in groups gets no second set of sessions:
    the places would be counted twice. Done twice, the second plan changes nothing.
    """
    held = {(session.unit_id, session.group_id, session.date): session for session in sessions}
    taken = {(unit_id, group_id, day): name for unit_id, group_id, day, name in others}
    wanted = {slot.key: slot for slot in slots}
    unwanted = [session for key, session in held.items() if key not in wanted]
    stuck = [session for session in unwanted if session.booked]
    blocked = {(session.unit_id, session.date) for session in stuck}
    new = [slot for slot in slots if slot.key not in held and (slot.unit_id, slot.date) not in blocked]
    return Plan(
        create=[slot for slot in new if slot.key not in taken],
        remove=[session for session in unwanted if not session.booked],
        resize=[
            (held[key], slot.capacity)
            for key, slot in wanted.items()
            if resize and key in held and not held[key].booked and held[key].capacity != slot.capacity
        ],
        keep=sum(key in held for key in wanted),
        stuck=stuck,
        elsewhere=dict(Counter(taken[slot.key] for slot in new if slot.key in taken)),
        without=list(without),
    )

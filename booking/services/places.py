"""The places of locked sessions: taken and given back in memory, written once."""

from collections import defaultdict

from ..enums import PLACED_DAYS, UnitKind
from ..models import ReservationDay, Session
from ..rules import peak


def by_hours(session):
    """Return whether a session is booked by time ranges (s4.11): its capacity then holds at each moment of the day."""
    return session.unit.kind == UnitKind.HOURS


class Places:
    """Counts what is taken of `sessions`, which the caller has locked. `save` writes what changed, in one query.

    A day asked for is anything with `session_id`, `starts_at` and `ends_at`.
    """

    def __init__(self, sessions):
        self.sessions = {session.pk: session for session in sessions}
        self._changed = set()
        self._ranges = defaultdict(list)
        timed = [session.pk for session in sessions if by_hours(session)]
        if timed:
            placed = ReservationDay.objects.filter(session__in=timed, state__in=PLACED_DAYS, cancels=None)
            for session_id, *hours in placed.order_by().values_list("session_id", "starts_at", "ends_at"):
                self._ranges[session_id].append(tuple(hours))

    def fit(self, days):
        """Return whether there is a place for all of `days` at once; sessions that are not locked have none."""
        wanted = defaultdict(list)
        for day in days:
            wanted[day.session_id].append(day)
        return all(self._fit(self.sessions.get(session_id), asked) for session_id, asked in wanted.items())

    def _fit(self, session, days):
        if session is None or session.closed_reason:
            return False
        if by_hours(session):
            return peak(self._ranges[session.pk] + [_hours(day) for day in days]) <= session.capacity
        return session.taken + len(days) <= session.capacity

    def take(self, day):
        """Take the place of `day`, which fits."""
        session = self.sessions[day.session_id]
        if by_hours(session):
            self._ranges[session.pk].append(_hours(day))
        self._count(session, +1)

    def give_back(self, day):
        """Give back the place that `day` holds."""
        session = self.sessions[day.session_id]
        if by_hours(session):
            self._ranges[session.pk].remove(_hours(day))
        self._count(session, -1)

    def _count(self, session, change):
        session.taken = peak(self._ranges[session.pk]) if by_hours(session) else session.taken + change
        self._changed.add(session)

    def next_rank(self, day):
        """Return the next rank on the waiting list of the session of `day`: a number, given under its lock."""
        session = self.sessions[day.session_id]
        session.last_rank += 1
        self._changed.add(session)
        return session.last_rank

    def may_serve(self):
        """The sessions whose waiting list may be served: with places left, and somebody was on it once."""
        return [
            session
            for session in self.sessions.values()
            if session.last_rank and not session.closed_reason and (by_hours(session) or session.free > 0)
        ]

    def save(self):
        """Write the places taken and the ranks given."""
        Session.objects.bulk_update(sorted(self._changed, key=lambda session: session.pk), ["taken", "last_rank"])
        self._changed.clear()


def _hours(day):
    return day.starts_at, day.ends_at

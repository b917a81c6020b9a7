"""Until when a day is added or cancelled, and with which outcome: pure functions, `now` is passed in (s3.8, s4.12).

A deadline is anything with the fields of `booking.models.Deadline`. Moments are aware, in Europe/Paris.
"""

import datetime as dt
from dataclasses import dataclass

from .enums import Act, DeadlineKind, Outcome, Weekday
from .words import PARIS, clock, moment_words

# No stretch of days off is longer; a calendar that never works must not loop for ever.
MOST_DAYS_BACK = 1_000
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
ORDER = (Outcome.AT_ONCE, Outcome.ON_REQUEST)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What becomes of a day asked for now: `outcome` holds from `since` (None: always) until `until` (None: for ever);
    then comes `next`, another Treatment (None: nothing changes any more)."""

    outcome: Outcome
    until: dt.datetime | None = None
    since: dt.datetime | None = None
    next: "Treatment | None" = None

    @property
    def closed(self):
        return self.outcome == Outcome.CLOSED

    @property
    def sentence(self):
        """What a family reads: the outcome and its hour, then what comes after it."""
        if self.closed:
            return f"Délai dépassé depuis le {moment_words(self.since)}." if self.since else "Délai dépassé."
        words = f"{_ANSWERS[self.outcome]} jusqu’au {moment_words(self.until)}"
        if self.next and not self.next.closed:
            then = _ANSWERS[self.next.outcome]
            words += f", puis {then[0].lower()}{then[1:]} jusqu’au {moment_words(self.next.until)}"
        return f"{words}."


_ANSWERS = {Outcome.AT_ONCE: "Accepté tout de suite", Outcome.ON_REQUEST: "Sur demande"}


def moment(deadline, day, works):
    """Return the moment at which `deadline` falls for `day`; `works(date)` says which days are working days.

    An hour that the clock change skips is the one after it; an hour that comes twice is the second: families get the
    benefit of the doubt.
    """
    return _paris(_day_of(deadline, day, works), deadline.at_time)


def _day_of(deadline, day, works):
    match deadline.kind:
        case DeadlineKind.DAYS:
            return day - dt.timedelta(days=deadline.count)
        case DeadlineKind.WORKING_DAYS:
            return _working_days_before(day, deadline.count, works)
        case DeadlineKind.WEEKDAY:
            monday_before = day - dt.timedelta(days=day.weekday() + 7)
            return monday_before + dt.timedelta(days=deadline.weekday)
    raise ValueError(deadline.kind)


def _working_days_before(day, count, works):
    """The working day such that `count` of them, itself included, stand before `day`; `day` itself for 0."""
    for _ in range(MOST_DAYS_BACK):
        if count <= 0:
            break
        day -= dt.timedelta(days=1)
        count -= bool(works(day))
    return day


def _paris(day, time):
    """The latest instant that clocks in Paris call `time` on `day`."""
    moments = (dt.datetime.combine(day, time, PARIS).replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    return max(moments).astimezone(PARIS)


def begins(day, time):
    """Return the aware moment at which a unit that starts at `time` begins on `day`."""
    return _paris(day, time)


def treatment(deadlines, act, day, now, works, begins):
    """Return the Treatment at `now` of `day`, which begins at the aware datetime `begins`, for `act` (an Act).

    Of `deadlines`, whatever their order, those of `act` count. The first outcome whose moment is not past holds: at
    once, then on request, then the day is closed. Without any, at once until the day begins; nothing outlives that.
    """
    now, begins = now.astimezone(dt.UTC), begins.astimezone(dt.UTC)
    moments = {
        # In UTC: two hours of the same zone are compared by their clocks, which repeat an hour in October.
        deadline.outcome: min(moment(deadline, day, works).astimezone(dt.UTC), begins)
        for deadline in deadlines
        if deadline.act == act
    } or {Outcome.AT_ONCE: begins}
    steps, since = [], None
    for outcome in ORDER:
        until = moments.get(outcome)
        # A later outcome that ends sooner never holds.
        if until is not None and (since is None or until > since):
            steps.append((outcome, since, until))
            since = until
    answer = Treatment(Outcome.CLOSED, since=_local(since))
    for outcome, start, until in reversed(steps):
        if until <= now:
            break
        answer = Treatment(outcome, until=_local(until), since=_local(start), next=answer)
    return answer


def _local(moment):
    return moment and moment.astimezone(PARIS)


def count_words(deadline):
    """Return when a deadline falls, for any day: « 2 jours ouvrés avant, à 12 h »."""
    at = f"à {clock(deadline.at_time)}"
    if deadline.kind == DeadlineKind.WEEKDAY:
        return f"le {Weekday(deadline.weekday).label} de la semaine d’avant, {at}"
    if not deadline.count:
        return f"le jour même, {at}"
    working = deadline.kind == DeadlineKind.WORKING_DAYS
    if deadline.count == 1:
        return f"le jour ouvré d’avant, {at}" if working else f"la veille, {at}"
    return f"{deadline.count} jours {'ouvrés ' if working else ''}avant, {at}"


def sentence(deadline):
    """Return what a deadline means: « Réservation acceptée tout de suite jusqu’à 2 jours avant, à 12 h »."""
    noun = "Réservation" if deadline.act == Act.ADD else "Annulation"
    how = "acceptée tout de suite" if deadline.outcome == Outcome.AT_ONCE else "sur demande"
    words = count_words(deadline)
    until = f"jusqu’au {words[3:]}" if words.startswith("le ") else f"jusqu’à {words}"
    return f"{noun} {how} {until}"


def useless(deadlines, act, works, days, starts_at):
    """Return whether, of `deadlines`, « sur demande » never holds for `act` on any of `days` (units at `starts_at`)."""
    mine = {deadline.outcome: deadline for deadline in deadlines if deadline.act == act}
    at_once, on_request = mine.get(Outcome.AT_ONCE), mine.get(Outcome.ON_REQUEST)
    if at_once is None or on_request is None:
        return False
    return all(
        Outcome.ON_REQUEST
        not in {
            step.outcome for step in _chain(treatment(deadlines, act, day, LONG_AGO, works, begins(day, starts_at)))
        }
        for day in days
    )


def _chain(answer):
    while answer:
        yield answer
        answer = answer.next

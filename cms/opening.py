"""When a desk or a telephone answers: pure functions over civil dates and local times. No database, no clock."""

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from itertools import groupby

from theme.formats import NBSP, clock, long_date
from theme.formats import WEEKDAYS as DAYS

CLOSED = "Fermé"
HORIZON_DAYS = 60  # beyond that, "closed until further notice" is truer than a date


@dataclass(frozen=True, order=True)
class Range:
    """One stretch of the day, from `opens` (included) to `closes` (excluded). Never over midnight."""

    opens: time
    closes: time

    def __str__(self):
        return f"{clock(self.opens)} – {clock(self.closes)}"


@dataclass(frozen=True)
class ExceptionalDay:
    """A stretch of days, `first` to `last` included, that follows `ranges` instead of the week; no range: closed."""

    first: date
    last: date
    reason: str = ""
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Schedule:
    """A week (weekday 0 is Monday → ranges) and what departs from it; on one date the first exception wins."""

    week: dict[int, tuple[Range, ...]]
    exceptions: tuple[ExceptionalDay, ...] = ()

    def on(self, day):
        """Return the sorted ranges of `day`."""
        exception = self.exception_on(day)
        return tuple(sorted(exception.ranges if exception else self.week.get(day.weekday(), ())))

    def exception_on(self, day):
        """Return the ExceptionalDay that holds on `day`, or None."""
        return next((e for e in self.exceptions if e.first <= day <= e.last), None)


@dataclass(frozen=True)
class Status:
    """Whether it is open at a moment; `until` when open; else `next_day` and `next_time`, None when none is known."""

    is_open: bool
    today: date
    until: time | None = None
    next_day: date | None = None
    next_time: time | None = None
    reason: str = field(default="", compare=False)

    @property
    def sentence(self):
        """Return « Ouvert en ce moment, jusqu’à 12 h 30 » or « Fermé, ouvre lundi à 8 h »."""
        if self.is_open:
            return f"Ouvert en ce moment, jusqu’à {clock(self.until)}"
        if self.next_day is None:
            return "Fermé jusqu’à nouvel ordre"
        return f"Fermé, ouvre {day_words(self.next_day, self.today)} à {clock(self.next_time)}"


def day_words(day, today):
    """Return how to call `day` when it is `today`: « aujourd’hui », « demain », « lundi », « lundi 4 janvier »."""
    distance = (day - today).days
    if distance == 0:
        return "aujourd’hui"
    if distance == 1:
        return "demain"
    if distance < 7:
        return DAYS[day.weekday()]
    return long_date(day, today)


def status_at(schedule, now):
    """Return the Status of `schedule` at `now`, a datetime already in the local time of the place.

    Only the wall clock counts: on the night of a clock change, 8 h is 8 h whatever the offset.
    """
    today, moment = now.date(), now.time().replace(tzinfo=None)
    for stretch in schedule.on(today):
        if stretch.opens <= moment < stretch.closes:
            return Status(True, today, until=_end_of(schedule.on(today), stretch))
    exception = schedule.exception_on(today)
    reason = exception.reason if exception else ""
    for distance in range(HORIZON_DAYS + 1):
        day = today + timedelta(days=distance)
        for stretch in schedule.on(day):
            if distance or stretch.opens > moment:
                return Status(False, today, next_day=day, next_time=stretch.opens, reason=reason)
    return Status(False, today, reason=reason)


def _end_of(ranges, current):
    """Return when `current` really ends: two ranges that touch are one for the visitor."""
    closes = current.closes
    for stretch in ranges:
        if stretch.opens <= closes < stretch.closes:
            closes = stretch.closes
    return closes


def weekly_lines(schedule):
    """Return the usual week as lines `(days, hours)`, days with the same hours together, in the week's order.

    [("Du lundi au jeudi", "8 h – 12 h 30 et 14 h – 17 h"), ("Vendredi", "8 h – 12 h"), ("Samedi et dimanche", "Fermé")]
    """
    lines = []
    for ranges, days in groupby(range(7), key=lambda day: tuple(sorted(schedule.week.get(day, ())))):
        lines.append((_span([*days]), " et ".join(str(stretch) for stretch in ranges) or CLOSED))
    return lines


def _span(days):
    first, last = DAYS[days[0]], DAYS[days[-1]]
    if len(days) == 1:
        return first.capitalize()
    return f"{first.capitalize()} et {last}" if len(days) == 2 else f"Du {first} au {last}"


def upcoming(schedule, today, days=HORIZON_DAYS):
    """Return the exceptions that are under way or start within `days` days, soonest first."""
    limit = today + timedelta(days=days)
    return sorted(
        (e for e in schedule.exceptions if e.last >= today and e.first <= limit), key=lambda e: (e.first, e.last)
    )


def exception_words(exception, today):
    """Return « Du jeudi 24 au … décembre : fermé (ponts de Noël) » for one ExceptionalDay."""
    if exception.first == exception.last:
        when = long_date(exception.first, today).capitalize()
    else:
        when = f"Du {long_date(exception.first, today)} au {long_date(exception.last, today)}"
    hours = " et ".join(str(stretch) for stretch in sorted(exception.ranges)) or "fermé"
    return f"{when}{NBSP}: {hours}" + (f" ({exception.reason})" if exception.reason else "")


def french_public_holidays(year):
    """Return `[(date, name)]`, the eleven public holidays of `year` in metropolitan France.

    Alsace-Moselle and overseas have others: staff add or remove dates in the back office.
    """
    easter = _easter(year)
    fixed = [
        (1, 1, "Jour de l’An"),
        (5, 1, "Fête du Travail"),
        (5, 8, "Victoire de 1945"),
        (7, 14, "Fête nationale"),
        (8, 15, "Assomption"),
        (11, 1, "Toussaint"),
        (11, 11, "Armistice de 1918"),
        (12, 25, "Noël"),
    ]
    moving = [(1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")]
    return sorted(
        [(date(year, month, day), name) for month, day, name in fixed]
        + [(easter + timedelta(days=days), name) for days, name in moving]
    )


def _easter(year):
    """Return Easter Sunday of `year` (Meeus's Gregorian computus)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)

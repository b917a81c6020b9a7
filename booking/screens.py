"""What a screen of the planning shows: a month of a child, or a week of all the children (s3.7, s4.13). Pure."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass

from theme.formats import month_name

MONTH, WEEK = "mois", "semaine"


@dataclass(frozen=True, slots=True)
class Screen:
    """`start` is the first of the month or the Monday; `first` and `last` are what of it the period covers."""

    view: str
    start: dt.date
    first: dt.date
    last: dt.date

    @property
    def by_week(self):
        return self.view == WEEK

    @property
    def value(self):
        """How the screen is named in an address: `2027-01`, or the Monday `2027-01-11`."""
        return self.start.isoformat() if self.by_week else f"{self.start:%Y-%m}"

    @property
    def label(self):
        """« Janvier 2027 », « Semaine 2, du 11 au 17 janvier »."""
        if not self.by_week:
            return f"{month_name(self.start).capitalize()} {self.start.year}"
        return week_label(self.start)

    @property
    def short_label(self):
        """« Janvier », « Semaine 2 »."""
        return f"Semaine {week_number(self.start)}" if self.by_week else month_name(self.start).capitalize()


def week_number(date):
    """Return the ISO number of the week, the one French calendars print."""
    return date.isocalendar().week


def week_label(monday):
    """Return « Semaine 2, du 11 au 17 janvier » (« du 25 janvier au 1er février » across months)."""
    sunday = monday + dt.timedelta(days=6)
    start = "1er" if monday.day == 1 else str(monday.day)
    if monday.month != sunday.month:
        start += f" {month_name(monday)}"
    end = f"{'1er' if sunday.day == 1 else sunday.day} {month_name(sunday)}"
    return f"Semaine {week_number(monday)}, du {start} au {end}"


def date_of(text):
    """Return the date that `text` writes as 2027-01-11, or None. Years outside 2000–2100 are nobody's planning."""
    try:
        date = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return date if 2000 <= date.year <= 2100 else None


def ids_of(texts):
    """Return the primary keys among `texts`, which a form posts. The longest that a database has are of 18 digits."""
    return [int(text) for text in texts if text.isdecimal() and len(text) <= 18]


def monday_of(date):
    return date - dt.timedelta(days=date.weekday())


def month_screen(period, date):
    """Return the month of the period that `date` falls in, or the nearest one."""
    start = _within(period, date).replace(day=1)
    end = start.replace(day=monthrange(start.year, start.month)[1])
    return Screen(MONTH, start, max(start, period.starts_on), min(end, period.ends_on))


def week_screen(period, date):
    """Return the week of the period that `date` falls in, or the nearest one."""
    start = monday_of(_within(period, date))
    end = start + dt.timedelta(days=6)
    return Screen(WEEK, start, max(start, period.starts_on), min(end, period.ends_on))


def whole_screen(period):
    """Return the whole period as a screen: what a bulk action over it acts on."""
    return Screen("", period.starts_on, period.starts_on, period.ends_on)


def screens_of(period, view):
    """Return every screen of the period, in order: the months, or the weeks."""
    make = week_screen if view == WEEK else month_screen
    found, date = [], period.starts_on
    while date <= period.ends_on:
        found.append(make(period, date))
        date = found[-1].last + dt.timedelta(days=1)
    return found


def parse_screen(period, view, text, today):
    """Return the screen that an address names (`2027-01` or `2027-01-11`); that of today for anything else."""
    try:
        date = dt.date.fromisoformat(f"{text}-01" if len(text or "") == 7 else text)
    except (TypeError, ValueError):
        date = today
    return (week_screen if view == WEEK else month_screen)(period, date)


def _within(period, date):
    return min(max(date, period.starts_on), period.ends_on)

"""How figures and dates are written on the screens, in mails and in documents: French, with no-break spaces."""

import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

NBSP = "\u00a0"
THIN_NBSP = "\u202f"
MINUS = "\u2212"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


def number(value, places=0):
    """Return `value` (int or Decimal) as `1 234,50`: thin no-break spaces between thousands, a true minus sign."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise TypeError(f"a figure on a screen is an int or a Decimal, not {value!r}")
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}".replace(",", THIN_NBSP).replace(".", ",")
    return f"{MINUS}{text}" if rounded < 0 else text


def money(amount):
    """Return an amount of euros (int or Decimal) as `1 084,20 €`. Raise TypeError for a float or for nothing."""
    return f"{number(amount, 2)}{NBSP}€"


def cubic_metres(volume):
    """Return a volume (int or Decimal) as `42 m³`, with the decimals it needs, three at most."""
    exponent = volume.normalize().as_tuple().exponent if isinstance(volume, Decimal) else 0
    places = max(0, min(3, -exponent))
    return f"{number(volume, places)}{NBSP}m³"


def _local(moment):
    """Return what is read on a clock here: an aware datetime in local time, anything else as it is."""
    aware = isinstance(moment, datetime.datetime) and timezone.is_aware(moment)
    return timezone.localtime(moment) if aware else moment


def short_date(date):
    """Return a date (an aware datetime: its local date) as `31 déc. 2026`; a first of a month as `1er janv. 2027`."""
    date = _local(date)
    if not isinstance(date, datetime.date):
        raise TypeError(f"not a date: {date!r}")
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {_MONTHS[date.month - 1]} {date.year}"


def month_name(date):
    """Return the month of a date, in full: `janvier`."""
    return MONTHS[date.month - 1]


def long_date(day, today=None):
    """Return a date (an aware datetime: its local date) as `lundi 4 janvier`; a first as `lundi 1er mars`.

    With the year when it is not that of `today`.
    """
    day = _local(day)
    number = "1er" if day.day == 1 else day.day
    year = f" {day.year}" if today and day.year != today.year else ""
    return f"{WEEKDAYS[day.weekday()]} {number}{NBSP}{month_name(day)}{year}"


def full_date(day):
    """Return a date (an aware datetime: its local date) as letters write it: `4 janvier 2026`, `1er mars 2026`."""
    day = _local(day)
    return f"{'1er' if day.day == 1 else day.day} {month_name(day)} {day.year}"


def full_moment(moment):
    """Return a moment as letters write it, in local time: `1er mars 2026 à 8 h 05`."""
    return f"{full_date(moment)} à {clock(moment)}"


def clock(moment):
    """Return a time (an aware datetime: its local time) as people write it: `8 h`, `12 h 30`, with no-break spaces."""
    moment = _local(moment)
    return f"{moment.hour}{NBSP}h" + (f"{NBSP}{moment.minute:02}" if moment.minute else "")

"""How dates, hours and durations of bookings are said in sentences, on screens and in mails."""

from zoneinfo import ZoneInfo

from cms.opening import DAYS, clock, long_date
from theme.formats import NBSP, number

PARIS = ZoneInfo("Europe/Paris")

__all__ = ["DAYS", "PARIS", "clock", "day_words", "hours_words", "moment_words", "percent_words", "range_words"]


def day_words(day, *, year=True):
    """Return « mercredi 13 janvier 2027 », without the year when `year` is false."""
    words = long_date(day)
    return f"{words} {day.year}" if year else words


def moment_words(moment, *, year=True):
    """Return an aware datetime as people say it: « jeudi 7 janvier 2027 à 12 h »."""
    local = moment.astimezone(PARIS)
    return f"{day_words(local.date(), year=year)} à {clock(local)}"


def range_words(start, end):
    """Return « de 8 h 30 à 17 h 15 » of two times."""
    return f"de {clock(start)} à {clock(end)}"


def hours_words(hours):
    """Return a Decimal number of hours as « 8 h 45 »."""
    minutes = int((hours * 60).to_integral_value())
    return f"{minutes // 60}{NBSP}h" + (f"{NBSP}{minutes % 60:02}" if minutes % 60 else "")


def percent_words(percent):
    """Return a Decimal as « 12,5 % », with the decimals it needs."""
    places = max(0, -percent.normalize().as_tuple().exponent)
    return f"{number(percent, places)}{NBSP}%"

"""The bounds of a field, as editors write them and as forms read them. Pure."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from .enums import FieldKind

COUNTED = frozenset({FieldKind.SHORT_TEXT, FieldKind.LONG_TEXT, FieldKind.CHOICES, FieldKind.FILES, FieldKind.GROUP})
MEASURED = frozenset({FieldKind.NUMBER, FieldKind.AMOUNT})
BOUNDED = COUNTED | MEASURED | {FieldKind.DATE}

SHIFT = re.compile(r"[+-]\d{1,5}\Z")
FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\Z")
SPACES = str.maketrans("", "", " \u00a0\u202f")


def read_bound(kind, written):
    """Return the bound as forms read it: « 1 234,50 » is "1234.50", « 31/01/2026 » is "2026-01-31".

    Raises ValueError for what no bound of this kind can be.
    """
    text = (written or "").translate(SPACES)
    if not text:
        return ""
    if kind == FieldKind.DATE:
        return _day(text)
    if kind in COUNTED:
        if not text.isdecimal() or not text.isascii():
            raise ValueError(written)
        return str(int(text))
    if kind in MEASURED:
        return _number(text.replace("€", ""), written)
    raise ValueError(written)


def kept_bound(kind, written):
    """Return the bound as forms read it, nothing for what cannot be read: a draft may hold anything."""
    try:
        return read_bound(kind, written)
    except ValueError:
        return ""


def in_order(kind, minimum, maximum):
    """Return whether two bounds that `read_bound` gave leave room for an answer.

    A date and a number of days from today compare on no day in particular: they are taken as in order.
    """
    if not minimum or not maximum:
        return True
    if kind == FieldKind.DATE:
        shifts = SHIFT.match(minimum), SHIFT.match(maximum)
        if all(shifts):
            return int(minimum) <= int(maximum)
        return any(shifts) or minimum <= maximum
    return Decimal(minimum) <= Decimal(maximum)


def _day(text):
    if SHIFT.match(text):
        return text
    if text == "0":
        return "+0"
    if found := FRENCH_DATE.match(text):
        day, month, year = (int(part) for part in found.groups())
        return date(year, month, day).isoformat()
    return date.fromisoformat(text).isoformat()


def _number(text, written):
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(written) from error
    if not number.is_finite() or abs(number.adjusted()) > 18:
        raise ValueError(written)
    return format(number, "f")

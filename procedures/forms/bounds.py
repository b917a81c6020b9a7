"""The bounds of a field on a given day. Pure."""

import datetime as dt
from decimal import Decimal

from ..bounds import COUNTED, kept_bound
from ..enums import FieldKind


def bounds_of(field, today):
    """Return (minimum, maximum) of `field` as its kind compares them (int, Decimal or date), each None without one.

    A bound that can't be read stops nobody: the check before publishing told staff.
    """
    return _bound(field.kind, field.minimum, today), _bound(field.kind, field.maximum, today)


def _bound(kind, written, today):
    text = kept_bound(kind, written)
    if not text:
        return None
    if kind in COUNTED:
        return int(text)
    if kind == FieldKind.DATE:
        return today + dt.timedelta(days=int(text)) if text[0] in "+-" else dt.date.fromisoformat(text)
    return Decimal(text)

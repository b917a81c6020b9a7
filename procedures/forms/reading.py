"""What people type as words, figures and dates, read as data. Pure."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

# Ordinary, no-break and thin spaces, and the apostrophe of the Swiss: what stands between thousands.
_BETWEEN = re.compile(r"[\s\u00a0\u202f\u2009'’]")
_THOUSANDS = re.compile(r"-?\d{1,3}(\.\d{3})+,\d+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)", re.ASCII)
_DATE = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})", re.ASCII)
# What neither a database nor a PDF takes; lines and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
MOST_FIGURES = 15


def text(raw):
    """Return `raw` as text, without control characters; "" for nothing."""
    return _CONTROL.sub("", str(raw or ""))


def number(text):
    """Return the Decimal that `text` writes, French or not: “1 234,5”, “1234.5”, “1.234,50”. Raises ValueError."""
    text = _BETWEEN.sub("", text).replace("\u2212", "-")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(".", "")
    if not _NUMBER.fullmatch(text) or sum(c.isdigit() for c in text) > MOST_FIGURES:
        raise ValueError(text)
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation as error:  # pragma: no cover - the pattern lets none through
        raise ValueError(text) from error


def amount(text):
    """Return the Decimal of euros that `text` writes, with or without its sign. Raises ValueError."""
    return number(re.sub(r"(€|euros?)\s*$", "", text.strip(), flags=re.IGNORECASE))


def plain(value):
    """Return a Decimal as text without exponent nor useless zeros: “12.5”, “0”, “1200”."""
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "", "-") else text


def date(text):
    """Return the date that `text` writes: ISO, as browsers send it, or “31/12/2026”. Raises ValueError."""
    text = text.strip()
    if found := _DATE.fullmatch(text):
        day, month, year = map(int, found.groups())
        return dt.date(year, month, day)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(text)
    return dt.date.fromisoformat(text)

"""The widgets of the columns: each wraps a converter of `imports.cleaning`."""

from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from .. import cleaning
from .base import FrenchWidget


def remembered(convert):
    """Return `convert`, with the answers for the last texts kept: towns, dates and services come back all the time."""
    cached = lru_cache(maxsize=4096)(convert)

    def call(cell):
        # Numbers stay out: 1, 1.0 and True are one key.
        return cached(cell) if type(cell) is str else convert(cell)

    return call


def text(max_length):
    return FrenchWidget(partial(cleaning.to_text, max_length=max_length))


def repeated_text(max_length):
    return FrenchWidget(remembered(partial(cleaning.to_text, max_length=max_length)))


def reference(max_length=40):
    return FrenchWidget(partial(cleaning.to_reference, max_length=max_length))


def postcode():
    # A spreadsheet makes a number of 01100.
    return FrenchWidget(remembered(partial(cleaning.to_reference, width=5, max_length=10)))


def day():
    return FrenchWidget(remembered(cleaning.to_date), load=date.fromisoformat)


def amount(*, places=2, minimum=None):
    """A figure that fits in a column of 12 digits, `places` of which are decimals."""
    limit = Decimal(10) ** (12 - places)

    def convert(cell):
        number = cleaning.to_decimal(cell, places=places, minimum=minimum)
        if number is not None and abs(number) >= limit:
            raise cleaning.Refused(cell, "est un nombre démesuré. Vérifiez la colonne.")
        return number

    return FrenchWidget(convert, load=Decimal)


def integer(*, minimum=None):
    return FrenchWidget(remembered(partial(cleaning.to_int, minimum=minimum)))


def choices(synonyms):
    return FrenchWidget(remembered(lambda cell: cleaning.to_choice_list(cell, synonyms)))


def one_choice(synonyms):
    """A single value of `synonyms`."""

    def convert(cell):
        found = cleaning.to_choice_list(cell, synonyms)
        if len(found) > 1:
            raise cleaning.Refused(cell, "contient plusieurs valeurs. Gardez-en une seule.")
        return found[0] if found else ""

    return FrenchWidget(remembered(convert))

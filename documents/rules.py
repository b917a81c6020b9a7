"""How long a document holds, and what a family still has to give. No database, no clock of their own."""

import calendar
import datetime as dt
import math
from decimal import Decimal

from theme.formats import number

from .enums import DocumentState

# States in which nothing more is asked of the family.
GIVEN = (DocumentState.SENT, DocumentState.ACCEPTED)


def months_later(day, months):
    """Return the date `months` after `day`, its last day when the month is shorter (31 January + 1 → 28 February)."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def valid_until(requirement, accepted_on):
    """Return the last day a document accepted on `accepted_on` holds for `requirement`; None without a limit."""
    months = requirement.validity_months
    return months_later(accepted_on, months) - dt.timedelta(days=1) if months else None


def state_on(document, today):
    """Return the DocumentState of `document` on `today`, even before the nightly task; None: nothing was sent."""
    if document is None:
        return DocumentState.MISSING
    state = DocumentState(document.state)
    if state == DocumentState.ACCEPTED and document.valid_until and document.valid_until < today:
        return DocumentState.EXPIRED
    return state


# Which of several documents speaks for a requirement: one in force, else one being checked, else the newest.
_RANK = {DocumentState.ACCEPTED: 0, DocumentState.SENT: 1}


def speaking(documents, today):
    """Return the document among `documents` that says where a requirement stands on `today`, or None."""
    told = [document for document in documents if document.state != DocumentState.REPLACED]

    def rank(document):
        state = state_on(document, today)
        lasts = (document.valid_until or dt.date.max) if state == DocumentState.ACCEPTED else dt.date.min
        return (_RANK.get(state, 2), -lasts.toordinal(), -document.sent_at.timestamp(), -document.pk)

    return min(told, key=rank, default=None)


def expires_soon(document, requirement, today):
    """Whether a document in force on `today` ends within the days at which its requirement reminds of it."""
    return (
        state_on(document, today) == DocumentState.ACCEPTED
        and document.valid_until is not None
        and requirement.remind_days > 0
        and document.valid_until - dt.timedelta(days=requirement.remind_days) <= today
    )


def size_text(size):
    """Return a number of bytes as people read it, rounded up: `1,2 Mo`, `245 Ko`."""
    if size >= 1000 * 1024:
        tenths = math.ceil(size * 10 / (1024 * 1024))
        return f"{number(Decimal(tenths) / 10, 0 if tenths % 10 == 0 else 1)}\u00a0Mo"
    return f"{number(math.ceil(size / 1024), 0)}\u00a0Ko"

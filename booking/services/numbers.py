"""The numbers of reservations, « D2026-000123 »: gapless, additions and cancellations alike."""

from billing.services.ledger import next_number

SERIES = "D"


def next_reservation_number():
    """Return the next number; call it last, its row stays locked until the transaction ends."""
    return next_number(SERIES)

"""The number of a case: without a gap, on the counters that invoices and receipts use."""

from billing.services.ledger import next_number

SERIES = "DOS"


def next_case_number(year=None):
    """Return the next number of a case (`DOS2026-000123`). Under lock: call it at the end of the filing."""
    return next_number(SERIES, year)

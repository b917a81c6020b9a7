"""Entry points of the queue: they take ids, call a service, and are safe to run twice."""

from .services import codes


def issue_codes(batch_id):
    """Draw the activation codes of a batch."""
    codes.run_batch(batch_id)

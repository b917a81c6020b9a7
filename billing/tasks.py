"""Queue entry points: they take ids, call a service, and are safe to run twice."""

from . import services


def handle_event(event_id):
    """Act on a stored notification of the provider."""
    services.handle_event(event_id=event_id)


def make_receipt(payment_id):
    """Make and mail the receipt of a settled payment."""
    services.make_receipt(payment_id=payment_id)


def send_refund(refund_id):
    """Hand a refund to the provider."""
    services.send_refund(refund_id=refund_id)


def reconcile_pending():
    """Ask the provider about every payment that is not over (every five minutes)."""
    services.reconcile_pending()


def file_documents():
    """File in « Mes documents » what is not there yet (every night)."""
    services.catch_up()

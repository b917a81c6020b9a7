"""Payments of the demonstration, made as residents make them: through the stand-in's payment page, over HTTP."""

import threading
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import urlopen
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from billing.models import Invoice, Payment
from billing.services.checks import refresh_payment
from billing.services.payments import start_payment

from .people import person
from .queue import work_off


def loaded():
    """Return whether the payments are there: they are loaded last."""
    return Payment.objects.filter(paid_by__email="hugo@demo.test", excess__gt=0).exists()


def load_payments():
    """Camille paid an invoice last spring; Hugo's card was refused, then he paid what a cheque had paid already."""
    with _stand_in():
        _pay("resident@demo.test", "F2026-00107", "payer")
        work_off()
        hugo = Invoice.objects.get(number="F2026-01003")
        _pay("hugo@demo.test", hugo.number, "refuser")
        _pay("hugo@demo.test", hugo.number, "payer", meanwhile=lambda: _receive_cheque(hugo))
        work_off()


def _receive_cheque(invoice):
    """A cheque reaches the counter, as the old software's next file would say."""
    Invoice.objects.filter(pk=invoice.pk).update(paid_at_source=invoice.gross)


def _pay(email, number, choice, meanwhile=lambda: None):
    """Start the payment of an invoice, press `choice` on the payment page, and ask the provider what came of it."""
    user = person(email)
    invoice = Invoice.objects.get(number=number)
    return_url = f"{settings.PORTAL_URL}/mon-compte/factures/paiement/{{payment}}/retour/"
    payment, page = start_payment(
        by=user,
        profile=invoice.profile,
        invoices=[invoice],
        idempotency_key=uuid.uuid4(),
        return_url=return_url,
    )
    meanwhile()
    urlopen(f"{page}{choice}/", data=b"", timeout=10).close()
    refresh_payment(payment_id=payment.pk)


class _Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


@contextmanager
def _stand_in():
    """Serve the portal, and so its payment stand-in, at its own address while the demonstration loads."""
    address = urlsplit(settings.PORTAL_URL)
    with make_server("localhost", address.port or 80, get_wsgi_application(), handler_class=_Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()

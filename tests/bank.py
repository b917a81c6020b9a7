"""A bank to pay at: the stand-in, served over real HTTP, with its own books for each test."""

import json
import threading
import uuid
from decimal import Decimal

import pytest
import requests
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler

from billing.models import Payment
from billing.services import start_payment
from billing.standin.notifications import signature
from billing.standin.store import books
from tests.factories.billing import InvoiceFactory

NOTIFICATION = "/paiement/stripe/notification/"


@pytest.fixture(scope="session")
def bank_address():
    """The address of a server of its own: the stand-in never touches the portal's database."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override={})
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Bank:
    """What a test asks of the stand-in: what the payer does, what the bank does, what is announced."""

    def __init__(self, address, client):
        self.address = address
        self.client = client

    def choose(self, payment, choice):
        """Do on the payment page what the payer would; returns the answer."""
        session = Payment.objects.get(pk=payment.pk).provider_session
        url = f"{self.address}/_stripe/payer/{session}/{choice}/"
        return requests.post(url, allow_redirects=False, timeout=10)

    def order(self, payment, what):
        """Make the bank decide."""
        session = Payment.objects.get(pk=payment.pk).provider_session
        answer = requests.post(f"{self.address}/_stripe/banque/{session}/{what}/", allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text

    def events(self):
        """Return what the bank announced so far, oldest first."""
        url, key = f"{self.address}/_stripe/v1/events", {"Authorization": "Bearer sk_test_standin"}
        return requests.get(url, headers=key, timeout=10).json()["data"][::-1]

    def notify(self, event, **options):
        """Carry an event (dict) to the portal, signed as the provider signs; returns the portal's answer."""
        body = json.dumps(event)
        headers = {"stripe-signature": signature(body, **options)}
        return self.client.post(NOTIFICATION, body, content_type="application/json", headers=headers)

    def falsify(self, thing_id, **values):
        """Change an object in the provider's books: what it says is then not what was asked."""
        with books() as found:
            found.put({**found.get(thing_id), **values})


@pytest.fixture
def bank(bank_address, client, settings, tmp_path):
    """The Bank of this test. Its notifications are carried by the test, in the order that it wants."""
    settings.DATA_DIR = tmp_path
    settings.PORTAL_URL = bank_address
    settings.STRIPE_STAND_IN_NOTIFIES = False
    # The test client's requests name the bank's address: payers are sent back there, and the portal calls it there.
    client.defaults["HTTP_HOST"] = bank_address.removeprefix("http://")
    return Bank(bank_address, client)


@pytest.fixture
def invoice(alice):
    """An invoice of 84,20 € that Alice has to pay."""
    return InvoiceFactory(profile=alice.profiles.get(), gross=Decimal("84.20"))


@pytest.fixture
def begin(bank, alice):
    """Return `begin(*invoices, by=alice, **options)`: the payment begun, its page open at the bank."""

    def start(*invoices, by=alice, **options):
        options.setdefault("idempotency_key", uuid.uuid4())
        payment, _url = start_payment(
            by=by,
            profile=alice.profiles.get(),
            invoices=invoices,
            return_url=f"{bank.address}/mon-compte/factures/paiement/{{payment}}/retour/",
            **options,
        )
        return payment

    return start


@pytest.fixture
def settled(bank, begin):
    """Return `settled(*invoices)`: a payment accepted by the bank and known to the portal."""
    from billing.services import refresh_payment

    def pay(*invoices, **options):
        payment = begin(*invoices, **options)
        bank.choose(payment, "payer")
        return refresh_payment(payment_id=payment.pk)

    return pay

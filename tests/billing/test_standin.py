"""The stand-in speaks as Stripe does, keeps books of its own, and is forbidden where money is real."""

import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest
import requests
from django.core.checks import run_checks

from billing.checks import check_payment_settings
from billing.providers import current_provider, online_payment_available
from billing.standin import notifications
from billing.standin.api import decode

pytestmark = pytest.mark.django_db
KEY = {"Authorization": "Bearer sk_test_standin"}
SESSION = {
    "mode": "payment",
    "success_url": "http://portal.test/back/",
    "cancel_url": "http://portal.test/left/",
    "client_reference_id": "abc",
    "line_items[0][quantity]": "2",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": "4210",
    "line_items[0][price_data][product_data][name]": "Facture 1",
}


def call(bank, path, data=None, **headers):
    method = "POST" if data is not None else "GET"
    return requests.request(method, f"{bank.address}/_stripe/v1/{path}", data=data, headers=KEY | headers, timeout=10)


def test_stripes_form_encoding():
    assert decode("a=1&b[c][0][d]=2&b[c][1][d]=3&expand[0]=x&e[]=5&e[]=6&f=") == {
        "a": "1",
        "b": {"c": {"0": {"d": "2"}, "1": {"d": "3"}}},
        "expand": {"0": "x"},
        "e": {"0": "5", "1": "6"},
        "f": "",
    }


def test_a_session_is_opened_read_and_expired(bank):
    made = call(bank, "checkout/sessions", SESSION).json()
    assert (made["status"], made["payment_status"], made["amount_total"]) == ("open", "unpaid", 8420)
    assert not [name for name in made if name.startswith("_")]
    assert call(bank, f"checkout/sessions/{made['id']}").json() == made
    assert call(bank, f"checkout/sessions/{made['id']}/expire", {}).json()["status"] == "expired"
    again = call(bank, f"checkout/sessions/{made['id']}/expire", {})
    assert (again.status_code, again.json()["error"]["type"]) == (400, "invalid_request_error")


def test_an_idempotency_key_gives_the_first_answer_again(bank):
    first, second = (call(bank, "checkout/sessions", SESSION, **{"Idempotency-Key": "k1"}) for _ in range(2))
    assert first.json() == second.json()
    other = call(bank, "checkout/sessions", SESSION | {"client_reference_id": "x"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")


@pytest.mark.parametrize("life", [60, 25 * 3600])
def test_the_life_of_a_session_has_the_providers_limits(bank, life):
    answer = call(bank, "checkout/sessions", SESSION | {"expires_at": str(int(time.time()) + life)})
    assert answer.status_code == 400


def test_what_does_not_exist_and_who_has_no_key(bank):
    assert call(bank, "checkout/sessions/cs_test_none").status_code == 404
    assert call(bank, "payment_intents/pi_none").status_code == 404
    assert call(bank, "refunds", {"payment_intent": "pi_none"}).status_code == 400
    assert requests.get(f"{bank.address}/_stripe/v1/events", timeout=10).status_code == 401
    assert requests.get(f"{bank.address}/_stripe/v1/refunds", headers=KEY, timeout=10).status_code == 405


def test_no_more_is_refunded_than_was_paid(bank, settled, invoice):
    intent = settled(invoice).provider_payment
    assert call(bank, "refunds", {"payment_intent": intent, "amount": "8421"}).status_code == 400
    assert call(bank, "refunds", {"payment_intent": intent, "amount": "8000"}).json()["amount"] == 8000
    assert call(bank, "refunds", {"payment_intent": intent}).json()["amount"] == 420
    again = call(bank, "refunds", {"payment_intent": intent})
    assert again.json()["error"]["code"] == "charge_already_refunded"


def test_an_open_session_expires_by_itself(bank, begin, invoice):
    payment = begin(invoice)
    bank.falsify(payment.provider_session, expires_at=int(time.time()) - 1)
    assert call(bank, f"checkout/sessions/{payment.provider_session}").json()["status"] == "expired"
    assert bank.events()[-1]["type"] == "checkout.session.expired"


def test_the_banks_late_answer_comes_by_itself(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "differer")
    bank.falsify(payment.provider_session, _settles_at=time.time() - 1, status="complete", payment_status="unpaid")
    session = call(bank, f"checkout/sessions/{payment.provider_session}").json()
    assert session["payment_status"] == "paid"
    assert bank.events()[-1]["type"] == "checkout.session.async_payment_succeeded"


def test_the_pages_of_the_bank(bank, begin, invoice):
    payment = begin(invoice)
    page = f"{bank.address}/_stripe/payer/{payment.provider_session}/"
    assert requests.get(page, timeout=10).status_code == 200
    assert "refus" not in requests.get(page, timeout=10).text.split("<h3>")[0]
    bank.choose(payment, "refuser")
    assert "Votre carte a été refusée" in requests.get(page, timeout=10).content.decode()
    assert bank.choose(payment, "voler").status_code == 404
    bank.choose(payment, "payer")
    closed = requests.get(page, timeout=10)
    assert closed.status_code == 410 and "est fait" in closed.content.decode()
    assert requests.get(f"{bank.address}/_stripe/payer/cs_test_none/", timeout=10).status_code == 404
    control = requests.get(f"{bank.address}/_stripe/", timeout=10).content.decode()
    assert payment.provider_session[-8:] in control


def test_a_lost_notification_can_be_sent_later(bank, begin, invoice):
    payment = begin(invoice)
    assert "notification perdue" in bank.choose(payment, "perdre").content.decode()
    control = requests.get(f"{bank.address}/_stripe/", timeout=10).content.decode()
    assert "Envoyer la notification" in control
    bank.order(payment, "notifier")


def test_notifications_are_signed_and_sent_again_until_received(bank, begin, invoice, settings, monkeypatch):
    received = []

    class Portal(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.path, self.headers["Stripe-Signature"], body))
            self.send_response(500 if len(received) == 1 else 200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(notifications, "TRIES", (0, 0, 0))
    payment = begin(invoice)
    bank.falsify(payment.provider_session, _origin=f"http://127.0.0.1:{server.server_port}")
    bank.choose(payment, "payer")
    notifications.deliver_all()
    server.shutdown()
    server.server_close()

    assert len(received) == 4, "three events, the first of them twice"
    kinds = {json.loads(body)["type"] for _path, _signature, body in received}
    assert kinds == {"payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"}
    [(path, signed, body)] = [sent for sent in received if b"checkout.session.completed" in sent[2]]
    at, digest = (part.split("=")[1] for part in signed.split(","))
    secret = settings.STRIPE_WEBHOOK_SECRET.encode()
    assert path == "/paiement/stripe/notification/"
    assert hmac.new(secret, f"{at}.{body.decode()}".encode(), hashlib.sha256).hexdigest() == digest
    assert current_provider().verify_notification(body, signed).session == payment.provider_session


def test_its_books_are_outside_the_portals_database(bank, begin, invoice, settings):
    begin(invoice)
    assert (settings.DATA_DIR / "stripe-standin.sqlite3").exists()


# Where it may be -----------------------------------------------------------------------------------------------------


def errors():
    return [error.id for error in check_payment_settings(None)]


def test_the_stand_in_is_forbidden_where_money_is_real(settings):
    settings.DEBUG = settings.DEMONSTRATION = False
    settings.STRIPE_STAND_IN = True
    assert errors() == ["billing.E001"]
    assert "billing.E001" in [error.id for error in run_checks()]
    settings.DEMONSTRATION = True
    assert errors() == []


def test_a_key_without_the_secret_of_notifications_is_an_error(settings):
    settings.STRIPE_STAND_IN = False
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_live_x", ""
    assert errors() == ["billing.E002"]
    assert not online_payment_available()
    settings.STRIPE_WEBHOOK_SECRET = "whsec_x"
    assert errors() == []
    assert online_payment_available()


def test_no_keys_at_all_is_a_portal_without_online_payment(settings):
    settings.STRIPE_STAND_IN = False
    settings.STRIPE_API_KEY = settings.STRIPE_WEBHOOK_SECRET = ""
    assert errors() == []
    assert not online_payment_available()


def test_with_keys_the_real_provider_is_called_and_nothing_else_changes(settings):
    settings.STRIPE_STAND_IN = False
    settings.STRIPE_API_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_live_x", "whsec_x"
    real = current_provider("http://portal.test")
    assert real.client._requestor.base_addresses["api"] == "https://api.stripe.com"

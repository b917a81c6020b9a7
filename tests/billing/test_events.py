"""Notifications: signed or refused, stored once, believed never; any order, loss or repetition ends the same."""

import random
import time
from decimal import Decimal as D

import pytest

from accounts.models import OutgoingMail
from billing.enums import PaymentState
from billing.models import PaymentEvent
from billing.services import reconcile_pending
from billing.standin.notifications import signature
from tests.bank import NOTIFICATION

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(bank, begin, invoice):
    """The notification of a payment done at the bank."""
    payment = begin(invoice)
    bank.choose(payment, "payer")
    return bank.events()[-1]


# Who speaks ----------------------------------------------------------------------------------------------------------


def test_a_notification_signed_by_the_provider_settles_the_payment(bank, event, run_queue, invoice):
    assert event["type"] == "checkout.session.completed"
    assert bank.notify(event).status_code == 200
    assert PaymentEvent.objects.get().processed_at is None, "the provider gets its answer before anything is done"
    run_queue()
    stored = PaymentEvent.objects.select_related("payment").get()
    assert (stored.payment.state, stored.outcome) == (PaymentState.SETTLED, "Règlement validé")
    invoice.refresh_from_db()
    assert invoice.balance == 0


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "whsec_another"},
        {"at": int(time.time()) - 301},
        {"at": int(time.time()) - 86_400},
    ],
)
def test_a_wrong_or_an_old_signature_is_refused(bank, event, options):
    assert bank.notify(event, **options).status_code == 400
    assert PaymentEvent.objects.count() == 0


@pytest.mark.parametrize("header", ["", "t=1", "v1=abc", "t=now,v1=abc", "t=1,v1=", "é"])
def test_a_malformed_signature_is_refused(bank, client, header):
    answer = client.post(NOTIFICATION, "{}", content_type="application/json", headers={"stripe-signature": header})
    assert answer.status_code == 400


def test_a_body_changed_on_the_way_is_refused(bank, client, event):
    headers = {"stripe-signature": signature('{"id": "evt_1"}')}
    answer = client.post(NOTIFICATION, '{"id": "evt_2"}', content_type="application/json", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"id": "evt_1"}', "not json", '{"id":1,"type":"x","data":{}}'])
def test_a_signed_body_that_makes_no_sense_is_refused(bank, client, body):
    headers = {"stripe-signature": signature(body)}
    assert client.post(NOTIFICATION, body, content_type="application/json", headers=headers).status_code == 400
    assert PaymentEvent.objects.count() == 0


def test_bytes_that_are_no_text_are_refused(bank, client):
    headers = {"stripe-signature": signature("x")}
    assert client.post(NOTIFICATION, b"\xff\xfe", content_type="text/plain", headers=headers).status_code == 400


def test_only_post(client):
    assert client.get(NOTIFICATION).status_code == 405


def test_without_keys_nothing_is_listened_to(bank, event, settings):
    settings.STRIPE_STAND_IN = False
    assert bank.notify(event).status_code == 400


def test_an_event_about_nothing_of_ours_is_stored_and_does_nothing(bank, event, run_queue):
    thing = {**event["data"]["object"], "id": "cs_test_other", "metadata": {}, "payment_intent": None}
    assert bank.notify({**event, "data": {"object": thing}}).status_code == 200
    run_queue()
    stored = PaymentEvent.objects.get()
    assert (stored.payment, stored.outcome) == (None, "Aucun règlement du portail : rien à faire.")


def test_an_event_of_an_unknown_kind_is_harmless(bank, event, run_queue):
    thing = {"object": "customer", "id": "cus_1"}
    assert bank.notify({**event, "type": "customer.created", "data": {"object": thing}}).status_code == 200
    run_queue()
    assert PaymentEvent.objects.get().processed_at


def test_a_lying_event_changes_nothing(bank, begin, invoice, run_queue):
    """Well signed and false: the provider is asked, and says that the page is still open."""
    payment = begin(invoice)
    thing = {
        "object": "checkout.session",
        "id": payment.provider_session,
        "status": "complete",
        "payment_status": "paid",
        "amount_total": 8420,
    }
    bank.notify({"id": "evt_lie", "type": "checkout.session.completed", "data": {"object": thing}})
    run_queue()
    payment.refresh_from_db()
    assert payment.state == PaymentState.STARTED


def test_an_event_known_by_its_payment_only_finds_its_way(bank, begin, invoice, run_queue):
    """A refund made at the provider names the movement of money, which the portal may not know yet."""
    payment = begin(invoice)
    bank.choose(payment, "payer")
    intent = next(e["data"]["object"] for e in bank.events() if e["type"] == "payment_intent.succeeded")
    thing = {"object": "charge", "id": "ch_1", "payment_intent": intent["id"], "metadata": {}}
    bank.notify({"id": "evt_charge", "type": "charge.updated", "data": {"object": thing}})
    run_queue()
    payment.refresh_from_db()
    assert payment.state == PaymentState.SETTLED


# In what order -------------------------------------------------------------------------------------------------------

# What the payer and the bank do, and how it must end.
STORIES = {
    "paid": (["payer"], PaymentState.SETTLED),
    "refused then paid": (["refuser", "payer"], PaymentState.SETTLED),
    "delayed then accepted": (["differer", "valider"], PaymentState.SETTLED),
    "delayed then refused": (["differer", "refuser-tard"], PaymentState.REFUSED),
    "refused then closed": (["refuser", "fermer"], PaymentState.REFUSED),
    "closed": (["fermer"], PaymentState.ABANDONED),
    "refused, delayed, accepted": (["refuser", "differer", "valider"], PaymentState.SETTLED),
}
ORDERS = {"valider": "valider", "refuser-tard": "refuser", "fermer": "fermer"}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("story", STORIES)
def test_any_order_loss_or_repetition_ends_the_same(bank, begin, invoice, run_queue, story, seed):
    acts, expected = STORIES[story]
    chance = random.Random(f"{story} {seed}")
    payment = begin(invoice)
    for act in acts:
        if act in ORDERS:
            bank.order(payment, ORDERS[act])
        else:
            bank.choose(payment, act)
        carry_some(bank, chance, run_queue)
    for _ in range(2):
        carry_some(bank, chance, run_queue)
    reconcile_pending()
    run_queue()

    payment.refresh_from_db()
    invoice.refresh_from_db()
    allocation = payment.allocations.get()
    paid = expected == PaymentState.SETTLED
    assert payment.state == expected
    assert (invoice.paid_online, allocation.applied) == ((D("84.20"),) * 2 if paid else (0, 0))
    assert (bool(payment.receipt_number), payment.excess, payment.anomaly) == (paid, 0, "")
    assert OutgoingMail.objects.filter(kind="billing/receipt").count() == (1 if paid else 0)
    assert OutgoingMail.objects.filter(kind="billing/payment_refused").count() == (story == "delayed then refused")


def carry_some(bank, chance, run_queue):
    """Carry some of what the bank announced so far, in any order, some of it twice, some of it never."""
    events = [event for event in bank.events() if chance.random() < 0.6]
    events += [event for event in events if chance.random() < 0.3]
    chance.shuffle(events)
    for event in events:
        assert bank.notify(event).status_code == 200
        if chance.random() < 0.5:
            run_queue()
    run_queue()


def test_an_event_that_comes_twice_is_stored_once(bank, event, run_queue):
    for _ in range(3):
        assert bank.notify(event).status_code == 200
        run_queue()
    assert PaymentEvent.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_a_payment_believed_abandoned_settles_when_the_money_came(bank, begin, invoice, run_queue):
    from billing.models import Payment

    payment = begin(invoice)
    bank.choose(payment, "payer")
    Payment.objects.update(state=PaymentState.ABANDONED)
    bank.notify(bank.events()[-1])
    run_queue()
    payment.refresh_from_db()
    assert payment.state == PaymentState.SETTLED

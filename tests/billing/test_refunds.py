"""Money given back: by the revenue officer, or at the provider; never more than was received."""

import uuid
from decimal import Decimal as D
from itertools import permutations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail
from billing.enums import InvoiceState, PaymentState, RefundState
from billing.models import Invoice, Payment, Refund
from billing.queries import money_counts
from billing.services import reconcile_pending, refresh_payment, refund_payment, send_refund
from billing.standin import bank as bank_acts
from billing.standin.store import books
from tests.factories.billing import InvoiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(staff):
    return staff("Régisseur", email="regie@example.test")


@pytest.fixture
def give_back(officer):
    """Return `give_back(payment, whole=True, **options)`: the refund asked by the revenue officer."""

    def ask(payment, whole=True, **options):
        options = {"by": officer, "reason": "Payé deux fois", "idempotency_key": uuid.uuid4(), **options}
        return refund_payment(payment=payment, whole=whole, **options)

    return ask


@pytest.fixture
def twice(bank, begin, invoice):
    """A payment for an invoice that was paid at the desk meanwhile: all of it is in excess."""
    payment = begin(invoice)
    bank.choose(payment, "payer")
    Invoice.objects.update(paid_at_source=D("84.20"))
    return refresh_payment(payment_id=payment.pk)


def test_a_double_payment_is_given_back(twice, give_back, run_queue):
    assert money_counts() == {"refund": 1, "look": 0, "failed": 0}
    refund = give_back(twice, whole=False)
    assert (refund.amount, refund.state) == (D("84.20"), RefundState.PENDING)
    run_queue()
    refund.refresh_from_db()
    twice.refresh_from_db()
    assert (refund.state, twice.excess, twice.state) == (RefundState.DONE, 0, PaymentState.SETTLED)
    assert refund.provider_refund.startswith("re_") and refund.done_at
    mail = OutgoingMail.objects.get(kind="billing/refund_done")
    assert mail.to == "alice@example.test" and "84,20" in mail.text and "Payé deux fois" in mail.text
    assert money_counts()["refund"] == 0
    actions = ModelLogEntry.objects.for_instance(twice).order_by("pk").values_list("action", "user__email")
    assert list(actions)[-2:] == [("billing.refund.request", "regie@example.test"), ("billing.refund.done", None)]


def test_a_whole_refund_makes_the_invoices_due_again(settled, give_back, run_queue, invoice):
    payment = settled(invoice)
    give_back(payment)
    invoice.refresh_from_db()
    assert (invoice.balance, invoice.state) == (D("84.20"), InvoiceState.TO_PAY)
    run_queue()
    payment.refresh_from_db()
    assert (payment.excess, payment.allocations.get().applied) == (0, 0)


def test_the_same_key_asks_once(twice, give_back, run_queue):
    key = uuid.uuid4()
    first = give_back(twice, whole=False, idempotency_key=key)
    run_queue()
    assert give_back(twice, whole=False, idempotency_key=key) == first
    assert Refund.objects.count() == 1


def test_sending_twice_gives_back_once(twice, give_back, bank):
    refund = give_back(twice, whole=False)
    send_refund(refund_id=refund.pk)
    Refund.objects.update(state=RefundState.PENDING, provider_refund=None)
    assert send_refund(refund_id=refund.pk).state == RefundState.DONE
    assert len([event for event in bank.events() if event["type"] == "refund.created"]) == 1


def test_nothing_more_than_was_received(settled, give_back, invoice):
    payment = settled(invoice)
    with pytest.raises(ValidationError, match="pas de trop-perçu"):
        give_back(payment, whole=False)
    give_back(payment)
    with pytest.raises(ValidationError, match="déjà remboursé"):
        give_back(payment)


def test_a_reason_is_asked(twice, give_back):
    with pytest.raises(ValidationError, match="motif"):
        give_back(twice, reason="  ")


def test_a_payment_not_settled_has_nothing_to_give_back(begin, give_back, invoice):
    with pytest.raises(ValidationError, match="validé"):
        give_back(begin(invoice))


@pytest.mark.parametrize("group", ["Administrateur", "Gestionnaire de données", "Communication"])
def test_only_the_revenue_officer_gives_back(twice, give_back, staff, group):
    with pytest.raises(PermissionDenied):
        give_back(twice, by=staff(group))


def test_a_refund_refused_by_the_provider_leaves_the_money_where_it_was(bank, settled, give_back, run_queue, invoice):
    payment = settled(invoice)
    Payment.objects.update(provider_payment="pi_unknown")
    refund = give_back(payment)
    run_queue()
    refund.refresh_from_db()
    invoice.refresh_from_db()
    assert (refund.state, invoice.balance) == (RefundState.FAILED, 0)


def test_a_refund_sent_back_by_the_bank_is_in_excess_again(bank, twice, give_back, run_queue):
    refund = give_back(twice, whole=False)
    run_queue()
    refund.refresh_from_db()
    with books() as found:
        bank_acts.fail_refund(found, refund.provider_refund)
    bank.notify(bank.events()[-1])
    run_queue()
    refund.refresh_from_db()
    twice.refresh_from_db()
    assert (refund.state, twice.excess) == (RefundState.FAILED, D("84.20"))
    assert money_counts() == {"refund": 1, "look": 0, "failed": 1}


def test_a_refund_whose_call_was_lost_is_sent_by_the_scheduled_job(twice, give_back):
    refund = give_back(twice, whole=False)
    reconcile_pending()
    refund.refresh_from_db()
    assert refund.state == RefundState.DONE


def test_a_refund_made_at_the_provider_is_found(bank, settled, run_queue, alice):
    profile = alice.profiles.get()
    first, second = InvoiceFactory(profile=profile, gross=D("30")), InvoiceFactory(profile=profile, gross=D("20"))
    payment = settled(first, second)
    with books() as found:
        bank_acts.refund(found, {"payment_intent": payment.provider_payment, "amount": "2500"})
    bank.notify(bank.events()[-1])
    run_queue()
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, refund.requested_by) == (D("25.00"), RefundState.DONE, None)
    assert list(payment.allocations.order_by("pk").values_list("applied", flat=True)) == [D("25"), 0]
    assert list(Invoice.objects.order_by("pk").values_list("balance", flat=True)) == [D("5"), D("20")]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_events_of_a_refund_in_any_order(bank, twice, give_back, run_queue, order):
    refund = give_back(twice, whole=False)
    run_queue()
    events = bank.events()[-2:] + bank.events()[:1]
    for index in order:
        bank.notify(events[index])
        run_queue()
    refund.refresh_from_db()
    twice.refresh_from_db()
    assert (refund.state, twice.excess, Refund.objects.count()) == (RefundState.DONE, 0, 1)
    assert OutgoingMail.objects.filter(kind="billing/refund_done").count() == 1


def test_money_freed_by_a_failed_refund_goes_back_on_its_invoice(bank, settled, give_back, run_queue, invoice):
    payment = settled(invoice)
    refund = give_back(payment)
    run_queue()
    refund.refresh_from_db()
    with books() as found:
        bank_acts.fail_refund(found, refund.provider_refund)
    refresh_payment(payment_id=payment.pk)
    invoice.refresh_from_db()
    payment.refresh_from_db()
    assert (invoice.balance, payment.excess) == (0, 0)

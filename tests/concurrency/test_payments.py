"""Money under contention, on PostgreSQL, where rows are locked.

Each race has its control: it fails without the lock.
"""

import threading
import uuid
from contextlib import contextmanager, suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.models.signals import pre_save
from django_q.models import OrmQ
from wagtail.models import ModelLogEntry

from accounts.rights import REVENUE_OFFICER
from billing.models import Counter, Invoice, Payment, Refund
from billing.perms import can_refund
from billing.services import refresh_payment, refund_payment, start_payment
from tests.bank import bank, bank_address, begin, invoice, settled  # noqa: F401
from tests.factories.accounts import UserFactory
from tests.factories.billing import InvoiceFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@contextmanager
def held_before_saving(model, count):
    """Hold whoever is about to save a `model` until `count` are, or 3 seconds: all have checked by then, unlocked."""
    everyone = threading.Barrier(count)

    def hold(**kwargs):
        with suppress(threading.BrokenBarrierError):
            everyone.wait(timeout=3)

    pre_save.connect(hold, sender=model)
    yield
    pre_save.disconnect(hold, sender=model)


def at_once(*calls):
    """Run the calls at the same time; returns how many were done and how many refused."""
    outcomes = []

    def run(call):
        try:
            call()
            outcomes.append("done")
        except (ValidationError, DatabaseError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(outcomes) == len(calls)
    return outcomes.count("done"), outcomes.count("refused")


@pytest.fixture
def without_locks(monkeypatch):
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, *args, **kwargs: self)


# The same invoice paid twice at once ---------------------------------------------------------------------------------


@pytest.fixture
def pay_twice(bank, alice, bob, invoice):  # noqa: F811
    def pay(by):
        start_payment(
            by=by,
            profile=invoice.profile,
            invoices=[invoice],
            idempotency_key=uuid.uuid4(),
            return_url=f"{bank.address}/{{payment}}/",
        )

    def run():
        with held_before_saving(Payment, 2):
            return at_once(lambda: pay(alice), lambda: pay(bob))

    return run


def test_s4_16_the_same_invoice_paid_twice_at_once_is_one_payment(pay_twice):
    assert pay_twice() == (1, 1)
    assert Payment.objects.count() == 1


def test_control_without_the_lock_both_pay(pay_twice, without_locks):
    assert pay_twice() == (2, 0)


def test_invoices_shared_by_two_payments_in_opposite_order_do_not_deadlock(bank, alice, bob):  # noqa: F811
    first, second = InvoiceFactory.create_batch(2, profile=alice.profiles.get())

    def pay(by, *invoices):
        start_payment(
            by=by,
            profile=first.profile,
            invoices=invoices,
            idempotency_key=uuid.uuid4(),
            return_url=f"{bank.address}/{{payment}}/",
        )

    assert at_once(lambda: pay(alice, first, second), lambda: pay(bob, second, first)) == (1, 1)


# A notification and the scheduled job at once ------------------------------------------------------------------------


@pytest.fixture
def settle_twice(bank, begin, invoice):  # noqa: F811
    def run():
        payment = begin(invoice)
        bank.choose(payment, "payer")
        with held_before_saving(Counter, 2):
            at_once(*[lambda: refresh_payment(payment_id=payment.pk)] * 2)
        return ModelLogEntry.objects.for_instance(payment).filter(action="billing.payment.settle").count()

    return run


def test_a_notification_and_the_job_at_once_settle_once(settle_twice, invoice):  # noqa: F811
    assert settle_twice() == 1
    invoice.refresh_from_db()
    assert (invoice.paid_online, invoice.balance) == (invoice.gross, 0)
    assert Counter.objects.get().last == 1
    assert OrmQ.objects.count() == 1, "one receipt"


def test_control_without_the_lock_it_settles_twice(settle_twice, without_locks):
    assert settle_twice() == 2


# Receipts without a gap ----------------------------------------------------------------------------------------------

PAYMENTS = 5


@pytest.fixture
def settle_many(bank, begin, alice):  # noqa: F811
    def run():
        profile = alice.profiles.get()
        payments = [begin(InvoiceFactory(profile=profile)) for _ in range(PAYMENTS)]
        for payment in payments:
            bank.choose(payment, "payer")
        calls = [lambda pk=payment.pk: refresh_payment(payment_id=pk) for payment in payments]
        with held_before_saving(Counter, PAYMENTS):
            at_once(*calls)
        numbers = Payment.objects.exclude(receipt_number=None).values_list("receipt_number", flat=True)
        return sorted(int(number.split("-")[1]) for number in numbers)

    return run


def test_receipts_numbered_at_once_have_no_gap(settle_many):
    assert settle_many() == list(range(1, PAYMENTS + 1))


def test_control_without_the_lock_numbers_collide(settle_many, without_locks):
    assert settle_many() != list(range(1, PAYMENTS + 1))


# Two refunds at once -------------------------------------------------------------------------------------------------


@pytest.fixture
def refund_twice(settled, invoice):  # noqa: F811
    from django.contrib.auth.models import Permission

    officer = UserFactory(is_staff=True)
    # The groups of the migrations are gone once a test has emptied the tables.
    officer.user_permissions.add(Permission.objects.get(codename="refund_payment"))
    assert can_refund(officer), REVENUE_OFFICER
    payment = settled(invoice)

    def refund():
        refund_payment(by=officer, payment=payment, whole=True, reason="Erreur", idempotency_key=uuid.uuid4())

    def run():
        with held_before_saving(Refund, 2):
            at_once(refund, refund)
        return Refund.objects.count()

    return run


def test_two_refunds_at_once_give_back_once(refund_twice):
    assert refund_twice() == 1
    assert Invoice.objects.get().paid_online == 0


def test_control_without_the_lock_two_refunds_are_asked(refund_twice, without_locks):
    assert refund_twice() == 2

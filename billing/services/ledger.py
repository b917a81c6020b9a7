"""The inside of every change to a payment: locks in the house's order, numbers without a gap, money put on invoices."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from ..enums import RefundState
from ..models import Counter, Invoice, Payment
from ..rules import allocate

ZERO = Decimal("0.00")


@dataclass
class LockedPayment:
    """A payment locked with its invoices: `lines` are (allocation, invoice), by the invoices' primary keys."""

    payment: Payment
    lines: list
    refunds: list


def lock_payment(payment_id):
    """Lock the invoices of a payment in the order of their keys, then the payment. Call it in a transaction."""
    invoices = Invoice.objects.select_for_update(of=("self",)).filter(allocations__payment=payment_id).order_by("pk")
    by_id = {invoice.pk: invoice for invoice in invoices}
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    allocations = payment.allocations.order_by("invoice_id")
    lines = [(allocation, by_id[allocation.invoice_id]) for allocation in allocations]
    return LockedPayment(payment, lines, list(payment.refunds.order_by("pk")))


def reallocate(locked):
    """Put on the invoices what the payment still holds, refunds deducted, and set its excess. Twice changes nothing."""
    payment = locked.payment
    given_back = sum((refund.amount for refund in locked.refunds if refund.state != RefundState.FAILED), ZERO)
    applied, payment.excess = allocate(
        amount=payment.amount,
        # The provider can't give back more than it took; one of two refunds asked at once will be refused.
        given_back=min(given_back, payment.amount),
        lines=[(allocation.amount, _room(allocation, invoice)) for allocation, invoice in locked.lines],
    )
    for (allocation, invoice), put in zip(locked.lines, applied, strict=True):
        if put != allocation.applied:
            invoice.paid_online += put - allocation.applied
            Invoice.objects.filter(pk=invoice.pk).update(paid_online=invoice.paid_online)
            allocation.applied = put
            allocation.save(update_fields=["applied"])


def _room(allocation, invoice):
    """What the invoice can take from this payment: what is left of it, plus what the payment already put on it."""
    return max(invoice.gross - invoice.paid_at_source - invoice.paid_online + allocation.applied, ZERO)


def next_number(series, year=None):
    """Return the next number of `series` (`R2026-000001`), gapless: under lock, and undone with its transaction."""
    year = year or timezone.localdate().year
    locked = Counter.objects.select_for_update().filter(series=series, year=year)
    counter = locked.first()
    if counter is None:
        Counter.objects.get_or_create(series=series, year=year)
        counter = locked.get()
    counter.last += 1
    counter.save(update_fields=["last"])
    return str(counter)

"""Reads of money: one function for each screen, with a fixed number of SQL queries."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from .enums import MandateState, PaymentState, RefundState
from .models import Invoice, Payment, PaymentAllocation, SepaMandate

# How long a payment may wait for the bank before a revenue officer is told.
LONG_WAIT = timedelta(days=7)


@dataclass(frozen=True)
class AmountToPay:
    """What a profile can pay now: `total` euros in `count` invoices, of which `overdue` are late."""

    total: Decimal
    count: int
    overdue: int


def with_state(invoices):
    """Return the queryset `invoices`, each knowing its `state` without another query."""
    pending = PaymentAllocation.objects.filter(invoice=OuterRef("pk"), payment__state=PaymentState.PENDING)
    return invoices.annotate(processing=Exists(pending))


def invoices_of(profile):
    """Return the invoices of `profile`, latest first, each knowing its `state` without another query.

    Without a profile, none: `profile=None` would be the invoices that no account has claimed yet.
    """
    return with_state(Invoice.objects.filter(profile=profile) if profile else Invoice.objects.none())


def invoices_to_pay(profile):
    """Return the unpaid invoices of `profile`, the most urgent first; those that wait for the bank are among them."""
    return invoices_of(profile).filter(balance__gt=0).order_by("due_on", "number")


def amount_to_pay(profile, today=None):
    """Return the AmountToPay of `profile`: what waits for the bank is not counted again. Two queries at most.

    Every page of the space asks for it: two short queries cost half of what one with an aggregate does.
    """
    today = today or timezone.localdate()
    unpaid = Invoice.objects.filter(profile=profile, balance__gt=0) if profile else Invoice.objects.none()
    rows = list(unpaid.order_by().values_list("pk", "balance", "due_on"))
    if rows:
        pks = [pk for pk, _, _ in rows]
        pending = PaymentAllocation.objects.filter(invoice__in=pks, payment__state=PaymentState.PENDING)
        waiting = set(pending.values_list("invoice_id", flat=True))
        rows = [row for row in rows if row[0] not in waiting]
    return AmountToPay(
        total=sum((balance for _, balance, _ in rows), Decimal("0.00")),
        count=len(rows),
        overdue=sum(due_on < today for _, _, due_on in rows),
    )


def latest_invoices(profile, count=3):
    """Return the `count` latest invoices of `profile`."""
    return list(invoices_of(profile)[:count])


def last_invoice(profile):
    """Return the latest invoice of `profile`, or None."""
    return next(iter(latest_invoices(profile, 1)), None)


def invoice_of_slug(profile, slug):
    """Return the invoice of `profile` that `slug` names in an address. Raises Invoice.DoesNotExist."""
    if slug.startswith("_") and slug[1:].isdecimal():
        return invoices_of(profile).get(pk=int(slug[1:]))
    return invoices_of(profile).get(number=slug)


def payments_of(profile):
    """Return the payments of `profile`, latest first, with their invoices and refunds: three queries for a page."""
    return Payment.objects.filter(profile=profile).prefetch_related(
        Prefetch("allocations", PaymentAllocation.objects.select_related("invoice").order_by("invoice_id")), "refunds"
    )


def payments_shown(profile):
    """Return the payments that a resident's list shows: all but those left before anything was paid."""
    return payments_of(profile).exclude(state=PaymentState.ABANDONED)


def payments_of_invoice(invoice):
    """Return the payments that settled `invoice`, or that still may, latest first."""
    return (
        Payment.objects.filter(profile=invoice.profile_id, allocations__invoice=invoice)
        .exclude(state=PaymentState.ABANDONED)
        .distinct()
    )


def payments_to_refund():
    """Return the settled payments that hold money nobody owes: for the revenue officer."""
    return Payment.objects.filter(state=PaymentState.SETTLED, excess__gt=0)


def payments_to_look_at(now=None):
    """Return the payments that do not match what was asked, or that have waited too long for the bank."""
    now = now or timezone.now()
    waiting = Q(state=PaymentState.PENDING, created_at__lt=now - LONG_WAIT)
    return Payment.objects.filter(waiting | ~Q(anomaly=""))


def payments_with_failed_refund():
    """Return the payments with a refund that the provider or the bank refused."""
    return Payment.objects.filter(refunds__state=RefundState.FAILED, excess__gt=0).distinct()


def money_counts():
    """Return how many payments wait for the revenue officer, by why: `refund`, `look`, `failed`. Three queries."""
    return {
        "refund": payments_to_refund().count(),
        "look": payments_to_look_at().count(),
        "failed": payments_with_failed_refund().count(),
    }


def invoices_of_slugs(profile, slugs):
    """Return the invoices of `profile` that `slugs` name, the most urgent first, as a list.

    Unknown ones are left out.
    """
    ids = [int(slug[1:]) for slug in slugs if slug.startswith("_") and slug[1:].isdecimal()]
    return list(invoices_of(profile).filter(Q(number__in=slugs) | Q(pk__in=ids)).order_by("due_on", "number"))


def active_mandates(profile):
    """Return {customer reference: SepaMandate} of the direct debits in place for `profile`. One query."""
    mandates = SepaMandate.objects.filter(profile=profile, profile__isnull=False, state=MandateState.ACTIVE)
    return {mandate.customer_reference: mandate for mandate in mandates}

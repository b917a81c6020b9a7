"""Asking the provider: on a notification, on demand, and on a schedule for those of which nothing was heard."""

import logging
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils import timezone
from django_q.tasks import async_task
from wagtail.log_actions import log

from ..enums import PaymentState, RefundState
from ..models import Payment, Refund
from ..perms import can_check, can_pay_for
from ..providers import ProviderRefused, ProviderUnavailable, provider_for
from .outcomes import abandon_unopened, apply_checkout
from .refunds import send_refund

logger = logging.getLogger(__name__)

MOST_A_RUN = 500
# After its page's life, a payment that the provider still calls open is closed by us.
GRACE = timedelta(minutes=5)
# A receipt not made by then is asked for again, for as long.
RECEIPT_LATE, RECEIPT_TRIES = timedelta(minutes=30), timedelta(days=7)


def refresh_payment(*, payment_id):
    """Ask the provider about a payment and write its answer; returns the Payment. Without a page, nothing is asked.

    Raises ProviderUnavailable or ProviderRefused, with nothing changed.
    """
    payment = Payment.objects.get(pk=payment_id)
    if not payment.provider_session:
        return payment
    checkout = provider_for(payment).fetch(payment.provider_session)
    return apply_checkout(payment_id=payment.pk, checkout=checkout)


def check_payment(*, by, payment):
    """Ask the provider about a payment because somebody wants to know: its payer's profile, or a revenue officer.

    Raises PermissionDenied for anyone else, ProviderUnavailable or ProviderRefused as the provider does.
    """
    staff = can_check(by)
    if not staff and not can_pay_for(by, payment.profile):
        raise PermissionDenied
    if staff:
        log(instance=payment, action="billing.payment.check", user=by)
    return refresh_payment(payment_id=payment.pk)


def reconcile_pending(*, now=None):
    """Ask the provider about every payment that is not over, and about refunds under way; returns how many were asked.

    Runs every five minutes: a notification that never came delays a receipt, nothing else. One failure does not stop
    the others.
    """
    now = now or timezone.now()
    unfinished = Q(state__in=[PaymentState.STARTED, PaymentState.PENDING])
    # A refused card can still be followed by a good one while the page is open.
    still_open = Q(state=PaymentState.REFUSED, created_at__gt=now - timedelta(hours=2))
    refunding = Q(refunds__state=RefundState.PENDING)
    payments = (
        Payment.objects.filter(unfinished | still_open | refunding)
        .order_by(F("checked_at").asc(nulls_first=True), "pk")
        .distinct()[:MOST_A_RUN]
    )
    asked = 0
    for payment in payments:
        try:
            _settle_one(payment, now)
            asked += 1
        except (ProviderUnavailable, ProviderRefused) as error:
            logger.warning("payment not checked", extra={"payment": payment.pk, "error": type(error).__name__})
    for refund in Refund.objects.filter(state=RefundState.PENDING, provider_refund=None):
        try:
            send_refund(refund_id=refund.pk)
        except ProviderUnavailable:
            logger.warning("refund not sent", extra={"refund": refund.pk})
    _ask_late_receipts(now)
    return asked


def _ask_late_receipts(now):
    """Queue again the receipts whose task was lost or failed too often; make_receipt makes each once."""
    late = Payment.objects.filter(
        state=PaymentState.SETTLED, receipt_pdf="", settled_at__range=(now - RECEIPT_TRIES, now - RECEIPT_LATE)
    )
    for payment_id in late.values_list("pk", flat=True):
        async_task("billing.tasks.make_receipt", payment_id)


def _settle_one(payment, now):
    over = payment.expires_at + GRACE < now
    if not payment.provider_session:
        if over:
            abandon_unopened(payment_id=payment.pk)
    elif over and payment.state == PaymentState.STARTED:
        checkout = provider_for(payment).expire(payment.provider_session)
        apply_checkout(payment_id=payment.pk, checkout=checkout)
    else:
        refresh_payment(payment_id=payment.pk)

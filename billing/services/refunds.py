"""Money given back by a revenue officer."""

import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from wagtail.log_actions import log

from ..conflicts import retry_on_conflict
from ..enums import PaymentState, RefundState
from ..models import Refund
from ..perms import can_refund
from ..providers import ProviderRefused, provider_for
from .ledger import ZERO, lock_payment, reallocate
from .outcomes import follow_refunds

logger = logging.getLogger(__name__)


def refundable(payment):
    """Return how much of a payment has not been given back nor asked to be."""
    given_back = sum((refund.amount for refund in payment.refunds.exclude(state=RefundState.FAILED)), ZERO)
    return max(payment.amount - given_back, ZERO)


@retry_on_conflict
def refund_payment(*, by, payment, whole, reason, idempotency_key):
    """Ask for money of a settled payment to be given back: what is in excess, or all that is left of it (`whole`).

    The invoices are to be paid again at once when their money goes; the provider is called by the queue. The same
    `idempotency_key` gives the same Refund again. Raises PermissionDenied, or ValidationError when there is nothing
    to give back.
    """
    if not can_refund(by):
        raise PermissionDenied
    locked = lock_payment(payment.pk)
    if existing := Refund.objects.filter(idempotency_key=idempotency_key, payment=payment).first():
        return existing
    payment = locked.payment
    if payment.state != PaymentState.SETTLED:
        raise ValidationError(_("Seul un règlement validé peut être remboursé."))
    if not reason.strip():
        raise ValidationError(_("Indiquez le motif du remboursement."))
    amount = refundable(payment) if whole else payment.excess
    if amount <= 0:
        raise ValidationError(
            _("Ce règlement est déjà remboursé.") if whole else _("Ce règlement n’a pas de trop-perçu à rembourser.")
        )
    refund = Refund.objects.create(
        payment=payment, amount=amount, reason=reason.strip(), requested_by=by, idempotency_key=idempotency_key
    )
    locked.refunds.append(refund)
    reallocate(locked)
    payment.save()
    log(
        instance=payment,
        action="billing.refund.request",
        user=by,
        data={"amount": str(amount), "whole": whole},
    )
    async_task("billing.tasks.send_refund", refund.pk)
    return refund


def send_refund(*, refund_id):
    """Hand a pending refund to the provider; returns the Refund. Safe to run twice: the provider knows its key.

    Raises ProviderUnavailable, to be tried again; a refusal is written on the refund, and the money stays where it was.
    """
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    if refund.state != RefundState.PENDING or refund.provider_refund:
        return refund
    try:
        told = provider_for(refund.payment).refund(refund)
    except ProviderRefused:
        logger.warning("refund refused by the provider", extra={"refund": refund.pk})
        return _fail(refund)
    return _follow(refund, told)


@retry_on_conflict
def _follow(refund, told):
    locked = lock_payment(refund.payment_id)
    if follow_refunds(locked, [told]):
        reallocate(locked)
        locked.payment.save()
    refund.refresh_from_db()
    return refund


@retry_on_conflict
def _fail(refund):
    locked = lock_payment(refund.payment_id)
    mine = next(found for found in locked.refunds if found.pk == refund.pk)
    if mine.state == RefundState.PENDING and not mine.provider_refund:
        mine.state = RefundState.FAILED
        mine.save(update_fields=["state"])
        reallocate(locked)
        locked.payment.save()
        log(instance=locked.payment, action="billing.refund.fail", data={"amount": str(mine.amount)})
    return mine

"""What a provider's answer does to a payment. The only place where a payment is settled, refused or abandoned."""

import logging

from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from wagtail.log_actions import log

from accounts.mail import absolute_url, send_mail

from ..conflicts import retry_on_conflict
from ..enums import REFUND_TRANSITIONS, CheckoutStatus, PaymentState, RefundState
from ..models import Refund
from ..rules import mismatch, next_state, payment_state
from .ledger import lock_payment, next_number, reallocate

logger = logging.getLogger(__name__)


@retry_on_conflict
def apply_checkout(*, payment_id, checkout):
    """Write what the provider says of a payment (a Checkout), and return the Payment.

    Believes nothing that does not match what was asked: amount, currency and reference. An answer that comes twice,
    or after a newer one, changes nothing. What the payer could not see on the screen is mailed.
    """
    locked = lock_payment(payment_id)
    payment = locked.payment
    payment.checked_at = timezone.now()
    differences = mismatch(
        expected=(payment.amount, payment.currency, str(payment.public_id)),
        told=(checkout.amount, checkout.currency, checkout.reference),
    )
    if payment.provider_session and payment.provider_session != checkout.session:
        differences.append("session")
    if differences:
        _flag(payment, differences)
        return payment
    payment.anomaly = ""
    payment.provider_session = checkout.session
    payment.provider_payment = checkout.payment or payment.provider_payment
    new = next_state(payment.state, payment_state(checkout.status, declined=checkout.declined))
    if new != payment.state:
        match new:
            case PaymentState.SETTLED:
                settle_payment(locked)
            case PaymentState.REFUSED:
                refuse_payment(payment, told=checkout.status != CheckoutStatus.FAILED)
            case PaymentState.ABANDONED:
                abandon(payment)
            case PaymentState.PENDING:
                payment.state = PaymentState.PENDING
                log(instance=payment, action="billing.payment.pending")
    if payment.state == PaymentState.SETTLED and follow_refunds(locked, checkout.refunds):
        reallocate(locked)
    payment.save()
    return payment


def settle_payment(locked):
    """The money came: number the receipt, put the money on the invoices, queue the receipt.

    The caller saves the payment.
    """
    payment = locked.payment
    payment.state = PaymentState.SETTLED
    payment.settled_at = timezone.now()
    payment.receipt_number = next_number("R")
    reallocate(locked)
    log(instance=payment, action="billing.payment.settle", data={"receipt": payment.receipt_number})
    if payment.excess:
        log(instance=payment, action="billing.payment.excess", data={"excess": str(payment.excess)})
    async_task("billing.tasks.make_receipt", payment.pk)
    logger.info("payment settled", extra={"payment": payment.pk})


def refuse_payment(payment, *, told):
    """The bank said no. `told`: the payer saw it on the payment page; the bank's late refusal is mailed."""
    payment.state = PaymentState.REFUSED
    log(instance=payment, action="billing.payment.refuse")
    if not told:
        send_mail(
            kind="billing/payment_refused",
            to=payment.paid_by.email,
            context={
                "payment": payment,
                "first_name": payment.paid_by.first_name,
                "numbers": list(payment.allocations.order_by("pk").values_list("invoice__number", flat=True)),
                "invoices_url": absolute_url("/mon-compte/factures/"),
            },
        )


def abandon(payment):
    """Nobody will pay on that page any more."""
    payment.state = PaymentState.ABANDONED
    log(instance=payment, action="billing.payment.abandon")


@retry_on_conflict
def abandon_unopened(*, payment_id):
    """Abandon a payment whose page was never made: nobody has its address.

    One that got a page meanwhile stays as it is.
    """
    payment = lock_payment(payment_id).payment
    if payment.state == PaymentState.STARTED and not payment.provider_session:
        abandon(payment)
        payment.save()
    return payment


def _flag(payment, differences):
    anomaly = _("Le prestataire annonce autre chose que ce qui a été demandé : %(what)s.") % {
        "what": ", ".join(differences)
    }
    if anomaly != payment.anomaly:
        payment.anomaly = anomaly
        log(instance=payment, action="billing.payment.anomaly", data={"differences": differences})
        logger.error("payment does not match", extra={"payment": payment.pk, "differences": differences})
    payment.save(update_fields=["anomaly", "checked_at"])


def follow_refunds(locked, told):
    """Bring the refunds of a locked payment to what the provider says (`told`, ProviderRefunds).

    Return whether one changed.
    """
    changed = False
    for theirs in told:
        refund = _find_refund(locked.refunds, theirs)
        if refund is None:
            refund = Refund.objects.create(
                payment=locked.payment, amount=theirs.amount, reason=_("Remboursement fait chez le prestataire.")
            )
            locked.refunds.append(refund)
            log(instance=locked.payment, action="billing.refund.found", data={"amount": str(theirs.amount)})
            changed = True
        refund.provider_refund = theirs.id
        if theirs.state in REFUND_TRANSITIONS[RefundState(refund.state)]:
            refund.state = theirs.state
            changed = True
            _tell_refund(refund)
        refund.save()
    return changed


def _find_refund(refunds, theirs):
    for refund in refunds:
        if refund.provider_refund == theirs.id or str(refund.idempotency_key) == theirs.reference:
            return refund
    return None


def _tell_refund(refund):
    payment = refund.payment
    if refund.state != RefundState.DONE:
        log(instance=payment, action="billing.refund.fail", data={"amount": str(refund.amount)})
        return
    refund.done_at = timezone.now()
    log(instance=payment, action="billing.refund.done", data={"amount": str(refund.amount)})
    send_mail(
        kind="billing/refund_done",
        to=payment.paid_by.email,
        context={"refund": refund, "payment": payment, "first_name": payment.paid_by.first_name},
    )

"""From the invoices a resident ticked to the provider's payment page. No call to the provider inside a transaction."""

from datetime import timedelta
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from ..conflicts import retry_on_conflict
from ..enums import PaymentState
from ..models import Invoice, Payment, PaymentAllocation
from ..perms import can_pay_for
from ..providers import ProviderRefused, ProviderUnavailable, online_payment_available, provider_for
from ..rules import LARGEST_PAYMENT, MOST_INVOICES, SMALLEST_PAYMENT
from .checks import refresh_payment
from .outcomes import abandon_unopened, apply_checkout

LIVE = (PaymentState.STARTED, PaymentState.PENDING)


def start_payment(*, by, profile, invoices, idempotency_key, return_url, total=None):
    """Begin the payment of `invoices` (of `profile`) by the user `by`; returns (payment, address of the payment page).

    `idempotency_key` (UUID) comes with the form: the same one gives the same payment again. `return_url` is where the
    payer comes back; "{payment}" in it becomes the payment's public id. `total` is the amount the payer was shown.
    A payment that the same person left unfinished on one of these invoices is closed at the provider first.

    Raises PermissionDenied for somebody who may not pay, ValidationError with a sentence for the payer otherwise.
    """
    if not can_pay_for(by, profile):
        raise PermissionDenied
    if not online_payment_available():
        raise ValidationError(_("Le paiement en ligne n’est pas disponible pour le moment."))
    ids = sorted({invoice.pk for invoice in invoices})
    payment = Payment.objects.filter(idempotency_key=idempotency_key, profile=profile).first()
    if payment is None:
        _close_unfinished(by, ids)
        try:
            payment = _create_payment(
                by=by, profile=profile, ids=ids, key=idempotency_key, return_url=return_url, total=total
            )
        except IntegrityError:
            payment = Payment.objects.filter(idempotency_key=idempotency_key, profile=profile).first()
            if payment is None:
                raise
    return open_page(payment)


def resume_payment(*, by, payment):
    """Return the address of the payment page of an unfinished payment. Raises as start_payment does."""
    if not can_pay_for(by, payment.profile):
        raise PermissionDenied
    return open_page(payment)[1]


def abandon_payment(*, by, payment):
    """Give up an unfinished payment: its page is closed at the provider.

    Returns the Payment, settled if it was paid meanwhile.
    """
    if not can_pay_for(by, payment.profile):
        raise PermissionDenied
    return close_page(payment)


def open_page(payment):
    """Return (payment, address of its payment page), made at the provider if it is not yet. Raises ValidationError."""
    payment.refresh_from_db()
    provider = provider_for(payment)
    try:
        if payment.provider_session:
            checkout = provider.fetch(payment.provider_session)
        else:
            lines = [
                (_("Facture %(number)s") % {"number": allocation.invoice.number}, allocation.amount)
                for allocation in payment.allocations.select_related("invoice").order_by("invoice_id")
            ]
            checkout = provider.create_session(payment, lines)
    except (ProviderUnavailable, ProviderRefused) as error:
        raise ValidationError(
            _("Le service de paiement ne répond pas. Rien n’a été débité : réessayez dans quelques minutes.")
        ) from error
    payment = apply_checkout(payment_id=payment.pk, checkout=checkout)
    if payment.anomaly or payment.state not in (PaymentState.STARTED, PaymentState.REFUSED) or not checkout.url:
        raise ValidationError(_("Ce règlement est terminé : consultez son état dans « Mes règlements »."))
    return payment, checkout.url


def close_page(payment):
    """Close the payment page of an unfinished payment and write what the provider says of it; returns the Payment.

    Raises ValidationError when the provider does not answer: the page may still be open.
    """
    payment.refresh_from_db()
    if not payment.provider_session:
        return abandon_unopened(payment_id=payment.pk)
    try:
        checkout = provider_for(payment).expire(payment.provider_session)
    except (ProviderUnavailable, ProviderRefused) as error:
        raise ValidationError(
            _("Le service de paiement ne répond pas. Rien n’a été débité : réessayez dans quelques minutes.")
        ) from error
    return apply_checkout(payment_id=payment.pk, checkout=checkout)


def _close_unfinished(by, ids):
    """Close what stands in the way of paying the invoices `ids`: pages left open, by this person or long ago."""
    recent = timezone.now() - timedelta(hours=2)
    open_pages = Payment.objects.filter(allocations__invoice__in=ids).distinct()
    for payment in open_pages.filter(state=PaymentState.STARTED):
        if payment.paid_by_id == by.pk or payment.expires_at < timezone.now():
            close_page(payment)
        else:
            # Somebody else may be typing a card number at this moment.
            refresh_payment(payment_id=payment.pk)
    # A refused card leaves its page open for another one.
    for payment in open_pages.filter(state=PaymentState.REFUSED, created_at__gt=recent):
        close_page(payment)


@retry_on_conflict
def _create_payment(*, by, profile, ids, key, return_url, total):
    """Lock the invoices, check them again, write the payment and what it is to put on each."""
    invoices = list(Invoice.objects.select_for_update(of=("self",)).filter(pk__in=ids, profile=profile).order_by("pk"))
    if existing := Payment.objects.filter(idempotency_key=key, profile=profile).first():
        return existing
    _check_invoices(invoices, ids, by)
    amount = sum((invoice.balance for invoice in invoices), Decimal("0.00"))
    if total is not None and total != amount:
        raise ValidationError(_("Le montant à régler a changé : vérifiez-le avant de payer."))
    if amount < SMALLEST_PAYMENT:
        raise ValidationError(_("Le paiement en ligne commence à 0,50 €."))
    if amount > LARGEST_PAYMENT:
        raise ValidationError(_("Ce montant dépasse ce qui peut être payé en une fois : réglez moins de factures."))
    payment = Payment(profile=profile, paid_by=by, amount=amount, idempotency_key=key)
    payment.return_url = return_url.replace("{payment}", str(payment.public_id))
    payment.save()
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(payment=payment, invoice=invoice, amount=invoice.balance) for invoice in invoices
    )
    log(instance=payment, action="billing.payment.start", user=by, data={"invoices": ids, "amount": str(amount)})
    return payment


def _check_invoices(invoices, ids, by):
    """Raise ValidationError when one of the locked `invoices` can't be paid."""
    if not ids:
        raise ValidationError(_("Cochez au moins une facture à régler."))
    if len(ids) > MOST_INVOICES:
        raise ValidationError(
            _("Vous pouvez régler %(count)s factures au plus en une fois."), params={"count": MOST_INVOICES}
        )
    if len(invoices) != len(ids):
        raise ValidationError(_("Une de ces factures n’est plus dans votre espace."))
    if paid := [invoice.number for invoice in invoices if invoice.balance <= 0]:
        raise ValidationError(_("Déjà réglée : facture %(numbers)s."), params={"numbers": ", ".join(paid)})
    allocations = (
        PaymentAllocation.objects.filter(invoice__in=ids, payment__state__in=LIVE)
        .select_related("payment", "invoice")
        .order_by("invoice_id")
    )
    for allocation in allocations:
        number = {"number": allocation.invoice.number}
        if allocation.payment.state == PaymentState.PENDING:
            raise ValidationError(
                _("Un règlement de la facture %(number)s attend déjà la validation par la banque."), params=number
            )
        if allocation.payment.paid_by_id != by.pk:
            raise ValidationError(
                _("Une autre personne de votre profil est en train de régler la facture %(number)s."), params=number
            )
        raise ValidationError(
            _("Un règlement de la facture %(number)s vient de commencer dans une autre fenêtre."), params=number
        )

"""A provider's notifications: stored once, believed never. Each only says which payment to ask about."""

import logging
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task

from ..models import Payment, PaymentEvent
from ..providers import ProviderRefused, current_provider
from .checks import refresh_payment

logger = logging.getLogger(__name__)


def receive_notification(*, provider, notification):
    """Store a verified Notification and queue its handling; returns False for one that came already."""
    try:
        with transaction.atomic():
            event = PaymentEvent.objects.create(
                provider=provider,
                event_id=notification.event_id,
                kind=notification.kind[:100],
                object_id=notification.session or notification.payment,
                payment=_known_payment(notification.session, notification.payment, notification.reference),
            )
            async_task("billing.tasks.handle_event", event.pk)
    except IntegrityError:
        return False
    return True


def handle_event(*, event_id, portal_url=None):
    """Ask the provider about the payment that a stored event is about; returns the PaymentEvent, with its outcome.

    Safe to run twice. Raises ProviderUnavailable, to be tried again.
    """
    event = PaymentEvent.objects.get(pk=event_id)
    if event.processed_at:
        return event
    if event.payment_id is None:
        event.payment = _find_payment(event, portal_url)
    if event.payment_id is None:
        outcome = _("Aucun règlement du portail : rien à faire.")
    else:
        try:
            payment = refresh_payment(payment_id=event.payment_id)
            outcome = payment.anomaly or payment.get_state_display()
        except ProviderRefused:
            outcome = _("Le prestataire ne connaît pas ce règlement.")
    event.outcome = outcome[:300]
    event.processed_at = timezone.now()
    event.save(update_fields=["payment", "outcome", "processed_at"])
    return event


def _known_payment(session, provider_payment, reference):
    """Return the Payment that one of these names, or None."""
    if session and (found := Payment.objects.filter(provider_session=session).first()):
        return found
    if provider_payment and (found := Payment.objects.filter(provider_payment=provider_payment).first()):
        return found
    try:
        return Payment.objects.filter(public_id=UUID(reference)).first()
    except ValueError:
        return None


def _find_payment(event, portal_url):
    """Look again for the payment of an event: it may have become known, or the provider knows our reference."""
    provider_payment = event.object_id if event.object_id.startswith("pi_") else ""
    if found := _known_payment(event.object_id, provider_payment, ""):
        return found
    if not provider_payment:
        return None
    try:
        reference = current_provider(portal_url).reference_of(provider_payment)
    except ProviderRefused:
        return None
    return _known_payment("", "", reference)

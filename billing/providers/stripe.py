"""Stripe Checkout. The stand-in differs by its base address and its key only."""

import json
import logging

import stripe

from ..enums import CheckoutStatus, RefundState
from ..rules import from_cents, to_cents
from .base import (
    Checkout,
    InvalidSignature,
    Notification,
    PaymentProvider,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10
RETRIES = 2
# How old a signature may be: against one caught on the way and sent again.
TOLERANCE_SECONDS = 300
# What tells the whole story of a session in one answer.
EXPAND = ["payment_intent.latest_charge.refunds"]

REFUND_STATES = {
    "pending": RefundState.PENDING,
    "requires_action": RefundState.PENDING,
    "succeeded": RefundState.DONE,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}


class StripeProvider(PaymentProvider):
    name = "stripe"

    def __init__(self, *, api_key, webhook_secret, api_base=None):
        self.webhook_secret = webhook_secret
        self.client = stripe.StripeClient(
            api_key,
            base_addresses={"api": api_base} if api_base else None,
            http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=RETRIES,
        )

    def create_session(self, payment, lines):
        reference = str(payment.public_id)
        params = {
            "mode": "payment",
            "locale": "fr",
            "client_reference_id": reference,
            "metadata": {"payment": reference},
            "payment_intent_data": {"metadata": {"payment": reference}},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": payment.currency.lower(),
                        "unit_amount": to_cents(amount),
                        "product_data": {"name": label},
                    },
                }
                for label, amount in lines
            ],
            "success_url": payment.return_url,
            # The page of return then says at once that nothing was paid.
            "cancel_url": f"{payment.return_url}?annule=1",
            "expires_at": int(payment.expires_at.timestamp()),
            "expand": EXPAND,
        }
        return self._checkout(self._call(self.client.v1.checkout.sessions.create, params, key=f"session-{reference}"))

    def fetch(self, session):
        return self._checkout(self._call(self.client.v1.checkout.sessions.retrieve, session, {"expand": EXPAND}))

    def expire(self, session):
        try:
            return self._checkout(self._call(self.client.v1.checkout.sessions.expire, session, {"expand": EXPAND}))
        except ProviderRefused:
            # Only an open session can be expired: this one is paid, or closed already.
            return self.fetch(session)

    def refund(self, refund):
        params = {
            "payment_intent": refund.payment.provider_payment,
            "amount": to_cents(refund.amount),
            "metadata": {"refund": str(refund.idempotency_key)},
        }
        return self._refund(self._call(self.client.v1.refunds.create, params, key=f"refund-{refund.idempotency_key}"))

    def verify_notification(self, body, signature):
        try:
            stripe.WebhookSignature.verify_header(
                body.decode(), signature, self.webhook_secret, tolerance=TOLERANCE_SECONDS
            )
        except stripe.SignatureVerificationError as error:
            raise InvalidSignature(str(error)) from error
        event = json.loads(body)
        thing = event["data"]["object"]
        is_session, is_intent = thing["object"] == "checkout.session", thing["object"] == "payment_intent"
        return Notification(
            event_id=event["id"],
            kind=event["type"],
            session=thing["id"] if is_session else "",
            payment=(thing["id"] if is_intent else thing.get("payment_intent")) or "",
            reference=(thing.get("metadata") or {}).get("payment", ""),
        )

    def reference_of(self, provider_payment):
        intent = self._call(self.client.v1.payment_intents.retrieve, provider_payment, {})
        return (intent.to_dict().get("metadata") or {}).get("payment", "")

    def _call(self, method, *args, key=None):
        """Call Stripe, and translate its errors.

        An answer that can't be had and an answer that says no are not the same.
        """
        options = {"idempotency_key": key} if key else {}
        try:
            return method(*args, options=options)
        except (stripe.APIConnectionError, stripe.RateLimitError) as error:
            raise ProviderUnavailable(type(error).__name__) from error
        except stripe.StripeError as error:
            logger.warning("payment provider error", extra={"error": type(error).__name__, "code": error.code})
            if (error.http_status or 500) >= 500 or error.http_status == 409:
                raise ProviderUnavailable(type(error).__name__) from error
            raise ProviderRefused(error.user_message or str(error)) from error

    def _checkout(self, answer):
        session = answer.to_dict()
        intent = session.get("payment_intent") or {}
        if isinstance(intent, str):
            intent = {"id": intent}
        charge = intent.get("latest_charge") or {}
        refunds = (charge.get("refunds") or {}).get("data", []) if isinstance(charge, dict) else []
        status = _status(session, intent)
        cents = intent.get("amount_received") if status == CheckoutStatus.PAID else None
        return Checkout(
            session=session["id"],
            status=status,
            declined=bool(intent.get("last_payment_error")),
            amount=from_cents(session["amount_total"] if cents is None else cents),
            currency=session["currency"].upper(),
            reference=session.get("client_reference_id") or "",
            payment=intent.get("id") or "",
            url=session.get("url") or "",
            refunds=tuple(self._as_refund(refund) for refund in refunds),
        )

    def _refund(self, answer):
        return self._as_refund(answer.to_dict())

    def _as_refund(self, refund):
        return ProviderRefund(
            id=refund["id"],
            amount=from_cents(refund["amount"]),
            state=REFUND_STATES[refund["status"]],
            reference=(refund.get("metadata") or {}).get("refund", ""),
        )


def _status(session, intent):
    """Return the CheckoutStatus of a session and its payment intent (`{}` before the payer tried anything)."""
    if session["payment_status"] == "paid":
        return CheckoutStatus.PAID
    if session["status"] == "open":
        return CheckoutStatus.OPEN
    if session["status"] == "expired":
        return CheckoutStatus.EXPIRED
    # Complete and unpaid: a delayed means of payment, until the bank has answered.
    if intent.get("status") in ("requires_payment_method", "canceled"):
        return CheckoutStatus.FAILED
    return CheckoutStatus.PROCESSING

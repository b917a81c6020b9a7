"""Which provider serves: read from the settings each time, so that tests and the demonstration can move."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.crypto import salted_hmac

from .stripe import StripeProvider

STAND_IN_PATH = "/_stripe"


def online_payment_available():
    """Return whether a resident can pay online: with keys, or with the stand-in."""
    return bool(settings.STRIPE_STAND_IN or (settings.STRIPE_API_KEY and settings.STRIPE_WEBHOOK_SECRET))


def webhook_secret():
    """Return the secret that signs notifications; the stand-in has its own when none is set."""
    if settings.STRIPE_WEBHOOK_SECRET or not settings.STRIPE_STAND_IN:
        return settings.STRIPE_WEBHOOK_SECRET
    return "whsec_" + salted_hmac("billing.standin", "webhook").hexdigest()


def current_provider(portal_url=None):
    """Return the provider of new payments.

    `portal_url`: the address by which the portal is reached, for the stand-in only.
    """
    if settings.STRIPE_STAND_IN:
        base = (portal_url or settings.PORTAL_URL).rstrip("/") + STAND_IN_PATH
        return StripeProvider(api_key="sk_test_standin", webhook_secret=webhook_secret(), api_base=base)
    return StripeProvider(api_key=settings.STRIPE_API_KEY, webhook_secret=webhook_secret())


def provider_for(payment):
    """Return the provider that serves `payment`.

    The stand-in is where the payer was to come back, whatever the port.
    """
    address = urlsplit(payment.return_url)
    return current_provider(f"{address.scheme}://{address.netloc}" if address.netloc else None)

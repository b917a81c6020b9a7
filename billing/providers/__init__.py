"""Payment providers behind one interface; `provider_for(payment)` gives the one that serves a payment."""

from .base import (
    Checkout,
    InvalidSignature,
    Notification,
    PaymentProvider,
    ProviderRefund,
    ProviderRefused,
    ProviderUnavailable,
)
from .registry import current_provider, online_payment_available, provider_for

__all__ = [
    "Checkout",
    "InvalidSignature",
    "Notification",
    "PaymentProvider",
    "ProviderRefund",
    "ProviderRefused",
    "ProviderUnavailable",
    "current_provider",
    "online_payment_available",
    "provider_for",
]

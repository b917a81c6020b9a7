"""What must never start: a portal that takes the stand-in for a bank, or that can't verify what the provider says."""

from django.conf import settings
from django.core import checks


def check_payment_settings(app_configs, **kwargs):
    """System check of the payment settings; a portal without any key is fine, and hides online payment."""
    errors = []
    if settings.STRIPE_STAND_IN and not (settings.DEBUG or settings.DEMONSTRATION):
        errors.append(
            checks.Error(
                "STRIPE_STAND_IN est réservé au développement et aux tests : personne n’y paie vraiment.",
                hint="Retirez STRIPE_STAND_IN et donnez STRIPE_API_KEY et STRIPE_WEBHOOK_SECRET.",
                id="billing.E001",
            )
        )
    if bool(settings.STRIPE_API_KEY) != bool(settings.STRIPE_WEBHOOK_SECRET) and not settings.STRIPE_STAND_IN:
        errors.append(
            checks.Error(
                "STRIPE_API_KEY et STRIPE_WEBHOOK_SECRET vont ensemble.",
                hint="Sans la seconde, le portail ne peut pas vérifier qui lui annonce un paiement.",
                id="billing.E002",
            )
        )
    return errors

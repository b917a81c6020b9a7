from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


def customer_references(user):
    """Return the references of the contracts of `user`: they are printed on letters, one would try them first."""
    from .models import WaterContract

    if user.pk is None:
        return []
    contracts = WaterContract.objects.filter(profile__in=user.profiles.all())
    return list(contracts.values_list("reference", flat=True))


class WaterConfig(AppConfig):
    name = "water"
    verbose_name = _("Eau")

    def ready(self):
        from accounts.validators import register_forbidden_words

        register_forbidden_words(customer_references)

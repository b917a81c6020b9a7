from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def ensure_schedules(sender, using, **kwargs):
    """Keep the scheduled tasks of billing in step with the code."""
    from accounts.schedules import ensure_schedule

    ensure_schedule(
        "Vérification des règlements en cours", "billing.tasks.reconcile_pending", "*/5 * * * *", using=using
    )
    ensure_schedule("Rangement des factures et des reçus", "billing.tasks.file_documents", "10 4 * * *", using=using)


class BillingConfig(AppConfig):
    name = "billing"
    verbose_name = _("Facturation")

    def ready(self):
        from .checks import check_payment_settings

        checks.register(check_payment_settings)
        post_migrate.connect(ensure_schedules, sender=self)

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


def ensure_schedules(sender, using, **kwargs):
    """Keep the scheduled tasks of accounts in step with the code."""
    from .schedules import ensure_schedule

    ensure_schedule("Renvoi des courriels en échec", "accounts.tasks.resend_mails", "*/5 * * * *", using=using)
    ensure_schedule("Durées de conservation des comptes", "accounts.tasks.purge", "20 3 * * *", using=using)


def ensure_rules(sender, using, **kwargs):
    """Keep the rows of the family forms' fields in step with their registry."""
    from .family_fields import ensure_field_rules

    ensure_field_rules(using)


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Comptes")
    default = True

    def ready(self):
        post_migrate.connect(ensure_schedules, sender=self)
        post_migrate.connect(ensure_rules, sender=self)


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's users app, showing staff only and inviting them by mail."""

    user_viewset = "accounts.viewsets.StaffUserViewSet"

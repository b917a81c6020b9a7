from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def ensure_schedules(sender, using, **kwargs):
    """Keep the scheduled tasks of documents in step with the code."""
    from accounts.schedules import ensure_schedule

    ensure_schedule("Analyse des fichiers en attente", "documents.tasks.scan_waiting", "*/5 * * * *", using=using)
    ensure_schedule("Échéances des pièces justificatives", "documents.tasks.follow_dates", "30 6 * * *", using=using)
    ensure_schedule("Durées de conservation des fichiers", "documents.tasks.purge", "40 3 * * *", using=using)


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = _("Documents")
    default = True

    def ready(self):
        post_migrate.connect(ensure_schedules, sender=self)

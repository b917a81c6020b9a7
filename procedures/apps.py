from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

# (name, task of `procedures.tasks`, cron)
SCHEDULES = [
    ("Brouillons de démarches bientôt effacés", "tell_expiring_drafts", "10 6 * * *"),
    ("Brouillons de démarches à effacer", "erase_expired_drafts", "40 3 * * *"),
    ("Dossiers terminés à effacer", "purge_closed_cases", "50 3 * * *"),
    ("Dossiers proches de leur délai", "warn_of_deadlines", "0 7 * * 1-6"),
    ("Rappels de rendez-vous", "remind_appointments", "10 9-18 * * *"),
    ("Exports de dossiers à effacer", "purge_exports", "50 * * * *"),
]


def ensure_schedules(sender, using, **kwargs):
    """Keep the scheduled tasks of procedures in step with the code."""
    from accounts.schedules import ensure_schedule

    for name, task, cron in SCHEDULES:
        ensure_schedule(name, f"procedures.tasks.{task}", cron, using=using)


class ProceduresConfig(AppConfig):
    name = "procedures"
    verbose_name = _("Démarches")

    def ready(self):
        from . import signal_handlers  # noqa: F401 - connects them

        post_migrate.connect(ensure_schedules, sender=self)

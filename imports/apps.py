from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = _("Imports")

    def ready(self):
        post_migrate.connect(schedule, sender=self)


def schedule(*, using, **kwargs):
    """Have the stalled imports resumed, and the old ones erased."""
    from accounts.schedules import ensure_schedule

    ensure_schedule("imports: reprise", "imports.tasks.resume_stalled", "* * * * *", using=using)
    ensure_schedule("imports: effacement", "imports.tasks.purge", "40 3 * * *", using=using)

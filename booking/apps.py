from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


def ensure_schedules(sender, using, **kwargs):
    """Keep the scheduled tasks of bookings in step with the code."""
    from accounts.schedules import ensure_schedule

    for name, task, cron in [
        ("Places proposées restées sans réponse", "expire_offers", "*/5 * * * *"),
        ("Fin des listes d’attente", "close_lists", "20 * * * *"),
        ("Rappels avant la fin d’un délai", "remind", "30 7 * * *"),
        ("Plannings abandonnés à effacer", "erase_drafts", "50 3 * * *"),
    ]:
        ensure_schedule(name, f"booking.tasks.{task}", cron, using=using)


class BookingConfig(AppConfig):
    name = "booking"
    verbose_name = _("Réservations")

    def ready(self):
        from accounts.signals import child_merged

        from .queries.set_up import follow_changes
        from .services.enrolments import follow_merge

        follow_changes()
        child_merged.connect(follow_merge, dispatch_uid="booking.enrolments")
        post_migrate.connect(ensure_schedules, sender=self)

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from .facilities import Activity


class DeadlineReminder(models.Model):
    """A household was reminded to book an activity for a week, before its deadline: once, however often it runs."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="deadline_reminders", verbose_name=_("foyer"))
    activity = models.ForeignKey(Activity, models.CASCADE, related_name="reminders", verbose_name=_("activité"))
    week = models.DateField(_("semaine du lundi"))
    sent_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)

    class Meta:
        verbose_name = _("rappel avant un délai")
        verbose_name_plural = _("rappels avant un délai")
        ordering = ["-week", "pk"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(fields=["profile", "activity", "week"], name="deadline_reminder_unique"),
        ]

    def __str__(self):
        return f"{self.profile} – {self.activity} {self.week:%d/%m/%Y}"

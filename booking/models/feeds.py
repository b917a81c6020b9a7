from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Child, Profile


class CalendarFeed(models.Model):
    """The secret address of a child's calendar (iCalendar). Only a digest of it is kept; revoked, it answers 404."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="calendar_feeds", verbose_name=_("enfant"))
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="calendar_feeds", verbose_name=_("foyer"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_by = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("créé par"))
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    class Meta:
        verbose_name = _("agenda partagé")
        verbose_name_plural = _("agendas partagés")
        ordering = ["-created_at"]
        default_permissions = []

    def __str__(self):
        return f"{self.child}"

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .profiles import Profile


class Notification(models.Model):
    """A piece of news in a resident's account, beside the mail that says the same."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    # Whose affairs it is about; its page opens with this profile.
    profile = models.ForeignKey(Profile, models.CASCADE, null=True, blank=True, related_name="notifications")
    title = models.CharField(_("titre"), max_length=200)
    text = models.CharField(_("texte"), max_length=500, blank=True)
    url = models.CharField(_("adresse"), max_length=300, blank=True)
    # What it tells, once: the same fact told twice makes one notification.
    source = models.CharField(max_length=120)
    created_at = models.DateTimeField(_("le"), default=timezone.now)
    read_at = models.DateTimeField(_("lue le"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-created_at", "-pk"]
        default_permissions = []
        indexes = [models.Index(fields=["user", "read_at"], name="notification_unread")]
        constraints = [models.UniqueConstraint(fields=["user", "source"], name="notification_once")]

    def __str__(self):
        return self.title

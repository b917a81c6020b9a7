from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..enums import LinkPurpose


class OneTimeLink(models.Model):
    """A mailed link that sets a password: 10 minutes (s0.4), one use. Only a digest of its token is kept.

    The row is first a bare request, the same for a known and an unknown address. The queue then makes it a link
    (`digest`, `expires_at`), or drops it. Activation links have no user. `stamp` binds a link to the password of the
    moment: once that changes, by whatever way, the link is dead.
    """

    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    email = models.EmailField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="links")
    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)  # noqa: DJ001
    stamp = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lien à usage unique")
        verbose_name_plural = _("liens à usage unique")
        constraints = [
            models.CheckConstraint(
                condition=Q(digest=None) | Q(purpose=LinkPurpose.ACTIVATE) | Q(user__isnull=False),
                name="link_has_user",
            ),
            models.CheckConstraint(
                condition=Q(digest=None, expires_at=None) | Q(digest__isnull=False, expires_at__isnull=False),
                name="link_expires",
            ),
        ]
        indexes = [models.Index(fields=["email", "purpose"], name="link_email")]

    def __str__(self):
        return f"{self.get_purpose_display()} {self.pk}"

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import Act
from .periods import BookingPeriod


class PlanningDraft(models.Model):
    """A planning being filled, kept at each step: the wizard needs no JavaScript and loses nothing.

    `days` holds what is chosen: {child's public id: {session's id: "" or "08:30-17:15"}}; for a cancellation, the
    sessions to cancel. `whole` and `together` are the resident's options. Its id is the idempotency key: confirmed
    once, it gives the same reservations again.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="planning_drafts")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    period = models.ForeignKey(BookingPeriod, models.CASCADE, related_name="drafts")
    act = models.CharField(max_length=10, choices=Act)
    days = models.JSONField(default=dict)
    whole = models.BooleanField(_("tous les jours ou aucun"), default=False)
    together = models.BooleanField(_("garder la fratrie ensemble"), default=False)
    copied_range = models.CharField(max_length=11, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("planning en cours")
        verbose_name_plural = _("plannings en cours")
        ordering = ["-updated_at"]
        default_permissions = []

    def __str__(self):
        return f"{self.get_act_display()} {self.period}"

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaymentEvent(models.Model):
    """A provider's notification, stored once. A trigger, never the truth: only ids are kept of its content."""

    provider = models.CharField(_("prestataire"), max_length=20)
    event_id = models.CharField(_("événement"), max_length=200)
    kind = models.CharField(_("nature"), max_length=100)
    object_id = models.CharField(_("objet"), max_length=200, blank=True)
    payment = models.ForeignKey(
        "billing.Payment",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("règlement"),
    )
    received_at = models.DateTimeField(_("reçu le"), auto_now_add=True)
    processed_at = models.DateTimeField(_("traité le"), null=True, blank=True)
    outcome = models.CharField(_("suite"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("événement de paiement")
        verbose_name_plural = _("événements de paiement")
        ordering = ["-received_at"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="event_stored_once")]

    def __str__(self):
        return f"{self.kind} {self.event_id}"

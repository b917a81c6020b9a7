from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..enums import Presence
from .reservations import ReservationDay


class Attendance(models.Model):
    """What happened on a booked day (pointage), noted on a tablet."""

    day = models.OneToOneField(
        ReservationDay, models.PROTECT, related_name="attendance", verbose_name=_("jour réservé"), primary_key=True
    )
    presence = models.CharField(_("présence"), max_length=20, choices=Presence.choices)
    reason = models.CharField(_("motif d’absence"), max_length=200, blank=True)
    arrived_at = models.TimeField(_("arrivée"), null=True, blank=True)
    left_at = models.TimeField(_("départ"), null=True, blank=True)
    noted_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("pointé par")
    )
    noted_at = models.DateTimeField(_("pointé le"), auto_now=True)

    class Meta:
        verbose_name = _("pointage")
        verbose_name_plural = _("pointages")
        default_permissions = ["view", "change"]
        constraints = [
            models.CheckConstraint(
                condition=Q(arrived_at=None) | Q(left_at=None) | Q(left_at__gte=F("arrived_at")),
                name="attendance_hours_in_order",
                violation_error_message=_("L’heure de départ ne peut pas précéder l’heure d’arrivée."),
            ),
        ]

    def __str__(self):
        return f"{self.day} : {self.get_presence_display()}"

    @property
    def presence_enum(self):
        return Presence(self.presence)

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..enums import ReadingSource, ReadingState
from .contracts import DeliveryPoint


class Meter(models.Model):
    """A device at a delivery point; `digits` says where its index rolls over."""

    delivery_point = models.ForeignKey(
        DeliveryPoint, models.PROTECT, related_name="meters", verbose_name=_("point de livraison")
    )
    serial_number = models.CharField(_("numéro de compteur"), max_length=40, unique=True)
    diameter_mm = models.PositiveSmallIntegerField(_("diamètre (mm)"), null=True, blank=True)
    digits = models.PositiveSmallIntegerField(
        _("nombre de chiffres"), default=5, validators=[MinValueValidator(3), MaxValueValidator(9)]
    )
    installed_on = models.DateField(_("posé le"), null=True, blank=True)
    removed_on = models.DateField(_("déposé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("compteur")
        verbose_name_plural = _("compteurs")
        ordering = ["serial_number"]

    def __str__(self):
        return self.serial_number


class MeterReading(models.Model):
    """The figure shown by a meter on a date, in m³."""

    meter = models.ForeignKey(Meter, models.PROTECT, related_name="readings", verbose_name=_("compteur"))
    read_on = models.DateField(_("date de relève"))
    index = models.DecimalField(_("index (m³)"), max_digits=12, decimal_places=3)
    source = models.CharField(_("origine"), max_length=20, choices=ReadingSource, default=ReadingSource.AGENT)
    state = models.CharField(_("état"), max_length=20, choices=ReadingState, default=ReadingState.ACCEPTED)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("saisi par")
    )
    created_at = models.DateTimeField(_("enregistré le"), auto_now_add=True)

    class Meta:
        verbose_name = _("relève")
        verbose_name_plural = _("relèves")
        ordering = ["-read_on", "-pk"]
        permissions = [("record_meterreading", _("Peut enregistrer l’index donné par un usager"))]
        constraints = [
            models.UniqueConstraint(
                fields=["meter", "read_on"],
                name="reading_one_a_day",
                violation_error_message=_("Ce compteur a déjà une relève à cette date."),
            ),
            models.CheckConstraint(
                condition=Q(index__gte=0),
                name="reading_index_positive",
                violation_error_message=_("L’index ne peut pas être négatif."),
            ),
        ]

    def __str__(self):
        return f"{self.meter} {self.read_on:%d/%m/%Y}"

    @property
    def state_enum(self):
        return ReadingState(self.state)

"""Prices of childcare: by family quotient or effort rate, by residence, by sibling rank; dated, never rewritten."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from ..enums import PriceMethod

NOT_NEGATIVE = [MinValueValidator(0)]


class Tariff(models.Model):
    """The price of a unit, or of an hour of it. Its versions say how much, each from a date on."""

    name = models.CharField(_("nom"), max_length=150, unique=True)
    per_hour = models.BooleanField(_("à l’heure"), default=False, help_text=_("Sinon, à l’unité réservée."))

    class Meta:
        verbose_name = _("tarif")
        verbose_name_plural = _("tarifs")
        ordering = ["name"]

    def __str__(self):
        return self.name


class TariffVersion(ClusterableModel):
    """A tariff from a date on. Without a valid quotient, the highest price holds."""

    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="versions", verbose_name=_("tarif"))
    valid_from = models.DateField(_("à partir du"))
    method = models.CharField(_("calcul"), max_length=20, choices=PriceMethod)
    price = models.DecimalField(
        _("prix unique"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("En euros. Pour un prix unique."),
        validators=NOT_NEGATIVE,
    )
    rate = models.DecimalField(
        _("taux d’effort en %"),
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        help_text=_("Appliqué au quotient familial. Pour un taux d’effort."),
        validators=NOT_NEGATIVE,
    )
    floor = models.DecimalField(
        _("prix plancher"), max_digits=8, decimal_places=4, null=True, blank=True, validators=NOT_NEGATIVE
    )
    ceiling = models.DecimalField(
        _("prix plafond"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Il s’applique aussi aux familles sans quotient vérifié."),
        validators=NOT_NEGATIVE,
    )
    outside_surcharge = models.DecimalField(
        _("majoration hors territoire en %"), max_digits=5, decimal_places=2, default=0, validators=NOT_NEGATIVE
    )

    class Meta:
        verbose_name = _("version de tarif")
        verbose_name_plural = _("versions de tarif")
        ordering = ["tariff__name", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["tariff", "valid_from"],
                name="tariff_version_unique",
                violation_error_message=_("Ce tarif a déjà une version à cette date."),
            ),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(ceiling=None) | Q(ceiling__gte=F("floor")),
                name="tariff_floor_under_ceiling",
                violation_error_message=_("Le prix plafond ne peut pas être sous le prix plancher."),
            ),
            models.CheckConstraint(
                condition=~Q(method=PriceMethod.FIXED) | Q(price__isnull=False),
                name="tariff_fixed_has_price",
                violation_error_message=_("Indiquez le prix unique."),
            ),
            models.CheckConstraint(
                condition=~Q(method=PriceMethod.EFFORT_RATE) | Q(rate__isnull=False, ceiling__isnull=False),
                name="tariff_effort_has_rate_and_ceiling",
                violation_error_message=_(
                    "Indiquez le taux d’effort et le prix plafond : il s’applique aux familles sans quotient."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.tariff} – {self.valid_from:%d/%m/%Y}"


class TariffBand(models.Model):
    """A band of family quotient (tranche): from `quotient_from` up to the next band."""

    version = ParentalKey(TariffVersion, on_delete=models.CASCADE, related_name="bands")
    label = models.CharField(_("tranche"), max_length=30)
    quotient_from = models.DecimalField(
        _("quotient à partir de"), max_digits=8, decimal_places=2, validators=NOT_NEGATIVE
    )
    price = models.DecimalField(_("prix"), max_digits=8, decimal_places=4, validators=NOT_NEGATIVE)
    outside_price = models.DecimalField(
        _("prix hors territoire"),
        max_digits=8,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("Vide : le prix, majoré s’il y a une majoration."),
        validators=NOT_NEGATIVE,
    )

    class Meta:
        verbose_name = _("tranche")
        verbose_name_plural = _("tranches")
        ordering = ["quotient_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "quotient_from"],
                name="tariff_band_unique",
                violation_error_message=_("Deux tranches ne peuvent pas partir du même quotient."),
            )
        ]

    def __str__(self):
        return self.label


class SiblingReduction(models.Model):
    """What is taken off from a child of the family on: the second, the third …"""

    version = ParentalKey(TariffVersion, on_delete=models.CASCADE, related_name="sibling_reductions")
    rank = models.PositiveSmallIntegerField(_("à partir de l’enfant n°"), default=2, validators=[MinValueValidator(1)])
    percent = models.DecimalField(
        _("réduction en %"), max_digits=5, decimal_places=2, validators=[*NOT_NEGATIVE, MaxValueValidator(100)]
    )

    class Meta:
        verbose_name = _("réduction fratrie")
        verbose_name_plural = _("réductions fratrie")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "rank"],
                name="sibling_reduction_unique",
                violation_error_message=_("Ce rang a déjà une réduction."),
            )
        ]

    def __str__(self):
        return f"{self.rank} : {self.percent} %"

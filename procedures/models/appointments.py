"""What staff offer as appointments, and those that residents took."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from accounts.models import Department
from cms.models import Weekday

from ..enums import AppointmentState


class AppointmentKind(ClusterableModel):
    """An appointment residents may take (s1.9): how long, where, and when; slots are computed from its week."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="appointment_kinds", verbose_name=_("service")
    )
    place = models.CharField(_("lieu"), max_length=200, help_text=_("Adresse, étage, ou « par téléphone »."))
    instructions = models.TextField(_("à savoir"), blank=True, help_text=_("Ce qu’il faut apporter."))
    minutes = models.PositiveSmallIntegerField(
        _("durée en minutes"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    capacity = models.PositiveSmallIntegerField(
        _("personnes reçues à la fois"), default=1, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    notice_hours = models.PositiveSmallIntegerField(_("délai minimal en heures"), default=24)
    horizon_days = models.PositiveSmallIntegerField(
        _("ouvert combien de jours à l’avance"), default=30, validators=[MaxValueValidator(180)]
    )
    active = models.BooleanField(_("proposé"), default=True)

    class Meta:
        verbose_name = _("type de rendez-vous")
        verbose_name_plural = _("types de rendez-vous")
        ordering = ["name"]

    def __str__(self):
        return self.name


class AppointmentRange(Orderable):
    """Hours of the week in which people are received."""

    kind = ParentalKey(AppointmentKind, on_delete=models.CASCADE, related_name="ranges")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday)
    opens = models.TimeField(_("de"))
    closes = models.TimeField(_("à"))

    class Meta(Orderable.Meta):
        verbose_name = _("plage")
        verbose_name_plural = _("plages")
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=models.F("closes")),
                name="appointment_range_in_order",
                violation_error_message=_("La fin de la plage doit suivre son début."),
            )
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    def clean(self):
        if self.opens and self.closes and self.opens >= self.closes:
            raise ValidationError({"closes": _("La fin de la plage doit suivre son début.")})


class AppointmentClosure(Orderable):
    """Dates on which nobody is received, besides public holidays."""

    kind = ParentalKey(AppointmentKind, on_delete=models.CASCADE, related_name="closures")
    first = models.DateField(_("du"))
    last = models.DateField(_("au"), null=True, blank=True, help_text=_("Vide : un seul jour."))
    reason = models.CharField(_("motif"), max_length=120, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("fermeture")
        verbose_name_plural = _("fermetures")

    def __str__(self):
        return f"{self.first:%d/%m/%Y}"


class Appointment(models.Model):
    """A slot that a case took."""

    kind = models.ForeignKey(
        AppointmentKind, models.PROTECT, related_name="appointments", verbose_name=_("type de rendez-vous")
    )
    case = models.ForeignKey("procedures.Case", models.CASCADE, related_name="appointments", verbose_name=_("dossier"))
    field = models.CharField(max_length=60, help_text=_("Clé du champ qui l’a pris."))
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    state = models.CharField(
        _("état"), max_length=10, choices=AppointmentState.choices, default=AppointmentState.BOOKED
    )
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("rendez-vous")
        verbose_name_plural = _("rendez-vous")
        ordering = ["starts_at", "pk"]
        default_permissions = ["view"]
        permissions = [("note_appointment", "Noter et annuler les rendez-vous")]
        indexes = [models.Index(fields=["kind", "starts_at", "state"], name="appointment_slot")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "field"],
                condition=Q(state=AppointmentState.BOOKED),
                name="appointment_one_a_field",
                violation_error_message=_("Ce dossier a déjà un rendez-vous."),
            )
        ]

    def __str__(self):
        return f"{self.kind} {timezone.localtime(self.starts_at):%d/%m/%Y %H:%M}"

    @property
    def state_enum(self):
        return AppointmentState(self.state)

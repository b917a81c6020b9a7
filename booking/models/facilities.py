"""What staff set up once: facilities, their activities, what can be booked of them, for whom, until when."""

from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel

from accounts.enums import SchoolLevel
from documents.models import DocumentRequirement

from ..enums import AbsenceRule, Act, ActivityKind, DeadlineKind, Outcome, SchoolZone, UnitKind, Weekday


class Facility(ClusterableModel):
    """A place that runs activities."""

    name = models.CharField(_("nom"), max_length=150, unique=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    town = models.CharField(_("commune"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("courriel"), blank=True)
    zone = models.CharField(
        _("zone de vacances scolaires"), max_length=1, choices=SchoolZone, blank=True, default=SchoolZone.A
    )
    active = models.BooleanField(_("ouvert"), default=True)

    class Meta:
        verbose_name = _("établissement")
        verbose_name_plural = _("établissements")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Closure(models.Model):
    """Dates on which a facility is closed, whatever the calendar says."""

    facility = ParentalKey(Facility, on_delete=models.CASCADE, related_name="closures")
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    reason = models.CharField(_("motif"), max_length=100, help_text=_("Lu par les familles : « Pont de l’Ascension »."))

    class Meta:
        verbose_name = _("fermeture")
        verbose_name_plural = _("fermetures")
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="closure_dates_in_order",
                violation_error_message=_("La fin de la fermeture ne peut pas précéder son début."),
            ),
        ]

    def __str__(self):
        return f"{self.reason} ({self.starts_on:%d/%m/%Y} – {self.ends_on:%d/%m/%Y})"


class Activity(ClusterableModel):
    """A service run at a facility, with its booking rules. Its units are the columns of the planning."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="activities", verbose_name=_("établissement"))
    kind = models.CharField(_("nature"), max_length=20, choices=ActivityKind)
    name = models.CharField(_("nom"), max_length=150)
    description = models.TextField(_("présentation"), blank=True)
    active = models.BooleanField(_("proposée aux familles"), default=True)
    needs_enrolment = models.BooleanField(
        _("il faut être inscrit pour réserver"), default=True, help_text=_("Pour l’année scolaire.")
    )
    enrolment_open = models.BooleanField(_("inscriptions ouvertes en ligne"), default=True)
    requirements = ParentalManyToManyField(
        DocumentRequirement,
        blank=True,
        related_name="activities",
        verbose_name=_("pièces demandées à l’inscription"),
        limit_choices_to={"active": True},
    )
    min_age_months = models.PositiveSmallIntegerField(_("âge minimum en mois"), null=True, blank=True)
    max_age_months = models.PositiveSmallIntegerField(_("âge maximum en mois"), null=True, blank=True)
    waiting_list = models.BooleanField(_("liste d’attente quand un jour est complet"), default=True)
    offer_hours = models.PositiveSmallIntegerField(
        _("délai pour accepter une place libérée, en heures"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    absence_rule = models.CharField(
        _("une absence est"), max_length=20, choices=AbsenceRule, default=AbsenceRule.FREE_IF_JUSTIFIED
    )

    class Meta:
        verbose_name = _("activité")
        verbose_name_plural = _("activités")
        ordering = ["facility__name", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "name"],
                name="activity_name_unique",
                violation_error_message=_("Cet établissement a déjà une activité de ce nom."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        least, most = self.min_age_months, self.max_age_months
        if least is not None and most is not None and least > most:
            raise ValidationError({"max_age_months": _("L’âge maximum ne peut pas être sous l’âge minimum.")})

    @property
    def by_hours(self):
        """Whether families book time ranges (s4.11) rather than units."""
        return self.kind == ActivityKind.NURSERY


class Unit(models.Model):
    """What can be booked of an activity on a day. Units whose hours overlap exclude each other.

    For time ranges (`UnitKind.HOURS`), the hours are those of opening.
    """

    sort_order_field = "position"

    activity = ParentalKey(Activity, on_delete=models.CASCADE, related_name="units")
    name = models.CharField(_("nom"), max_length=60)
    kind = models.CharField(_("nature"), max_length=20, choices=UnitKind)
    starts_at = models.TimeField(_("de"))
    ends_at = models.TimeField(_("à"))
    tariff = models.ForeignKey(
        "booking.Tariff", models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("tarif")
    )
    capacity = models.PositiveSmallIntegerField(
        _("places par défaut"), default=30, help_text=_("Par séance, ou par heure pour la petite enfance.")
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("unité de réservation")
        verbose_name_plural = _("unités de réservation")
        ordering = ["position", "starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name"],
                name="unit_name_unique",
                violation_error_message=_("Cette activité a déjà une unité de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="unit_hours_in_order",
                violation_error_message=_("L’heure de fin doit suivre l’heure de début."),
            ),
        ]

    def __str__(self):
        return self.name


class Group(models.Model):
    """Children of an activity who share places: by age on the day, by school level, or both."""

    sort_order_field = "position"

    activity = ParentalKey(Activity, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(_("nom"), max_length=60, help_text=_("Par exemple : Moins de 6 ans."))
    min_age = models.PositiveSmallIntegerField(_("à partir de (ans)"), null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(_("jusqu’à (ans révolus)"), null=True, blank=True)
    from_level = models.CharField(_("du niveau"), max_length=10, choices=SchoolLevel, blank=True)
    to_level = models.CharField(_("au niveau"), max_length=10, choices=SchoolLevel, blank=True)
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, help_text=_("Vide : celles de l’unité.")
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("groupe")
        verbose_name_plural = _("groupes")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name"],
                name="group_name_unique",
                violation_error_message=_("Cette activité a déjà un groupe de ce nom."),
            )
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if self.min_age is not None and self.max_age is not None and self.min_age > self.max_age:
            raise ValidationError({"max_age": _("L’âge maximum ne peut pas être sous l’âge minimum.")})
        levels = SchoolLevel.values
        if self.from_level and self.to_level and levels.index(self.from_level) > levels.index(self.to_level):
            raise ValidationError({"to_level": _("Ce niveau vient avant le premier : inversez-les.")})


class Deadline(models.Model):
    """Until when a day is added or cancelled, with which outcome.

    Of an activity's deadlines for an act, the first outcome whose moment is not past holds: AT_ONCE, then ON_REQUEST;
    after them the day is closed. Without any deadline, AT_ONCE until the day begins.
    """

    activity = ParentalKey(Activity, on_delete=models.CASCADE, related_name="deadlines")
    act = models.CharField(_("pour"), max_length=10, choices=Act)
    outcome = models.CharField(
        _("avant ce délai"),
        max_length=10,
        choices=[choice for choice in Outcome.choices if choice[0] != Outcome.CLOSED],
    )
    kind = models.CharField(_("compté en"), max_length=20, choices=DeadlineKind, default=DeadlineKind.DAYS)
    count = models.PositiveSmallIntegerField(_("nombre de jours"), default=2, validators=[MaxValueValidator(180)])
    weekday = models.PositiveSmallIntegerField(
        _("jour de la semaine d’avant"), choices=Weekday, default=Weekday.THURSDAY
    )
    at_time = models.TimeField(_("à"), default=time(12))

    class Meta:
        verbose_name = _("délai")
        verbose_name_plural = _("délais")
        ordering = ["act", "outcome"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "act", "outcome"],
                name="deadline_unique",
                violation_error_message=_("Ce délai est déjà fixé pour cette activité."),
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()} : {self.get_outcome_display()}"

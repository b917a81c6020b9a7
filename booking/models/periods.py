"""When booking is possible, and the sessions with their places."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from ..calendars import school_known_until
from ..enums import Audience, DaysKind, Weekday
from .facilities import Activity, Group, Unit

LONGEST = timedelta(days=366)


def weekdays_default():
    return [0, 1, 2, 3, 4]


class BookingPeriod(ClusterableModel):
    """Dates of an activity that are booked together. Its windows say when booking is open, and for whom."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="periods", verbose_name=_("activité"))
    name = models.CharField(_("nom"), max_length=150, help_text=_("Par exemple : Mercredis de janvier à juillet."))
    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    days_kind = models.CharField(_("jours concernés"), max_length=10, choices=DaysKind, default=DaysKind.SCHOOL_DAYS)
    # Checked against Weekday by `clean`.
    weekdays = models.JSONField(_("jours de la semaine"), default=weekdays_default)
    generated_at = models.DateTimeField(_("séances créées le"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("période")
        verbose_name_plural = _("périodes")
        ordering = ["starts_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "name"],
                name="period_name_unique",
                violation_error_message=_("Cette activité a déjà une période de ce nom."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="period_dates_in_order",
                violation_error_message=_("La fin de la période ne peut pas précéder son début."),
            ),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        if not self.weekdays or not set(self.weekdays) <= set(Weekday.values):
            raise ValidationError({"weekdays": _("Choisissez au moins un jour de la semaine.")})
        if not self.starts_on or not self.ends_on:
            return
        if self.ends_on - self.starts_on > LONGEST:
            raise ValidationError({"ends_on": _("Une période ne dépasse pas un an : créez-en une par année.")})
        if self.days_kind != DaysKind.ALL and self.activity_id:
            self._check_school_calendar()

    def _check_school_calendar(self):
        """What is not published yet can't be left out of the sessions: better to know now."""
        if not self.activity.facility.zone and self.days_kind == DaysKind.HOLIDAYS:
            message = _(
                "L’établissement est hors zones : choisissez « Toute l’année », et saisissez les jours sans accueil "
                "comme fermetures de l’établissement."
            )
            raise ValidationError({"days_kind": message})
        known_until = school_known_until()
        if self.activity.facility.zone and self.ends_on > known_until:
            message = _("Le calendrier scolaire n’est publié que jusqu’au %(day)s.") % {
                "day": f"{known_until:%d/%m/%Y}"
            }
            raise ValidationError({"ends_on": message})


class BookingWindow(models.Model):
    """When a period may be booked, and by whom. A period without a window is not open."""

    period = ParentalKey(BookingPeriod, on_delete=models.CASCADE, related_name="windows")
    audience = models.CharField(_("pour"), max_length=20, choices=Audience, default=Audience.EVERYONE)
    opens_at = models.DateTimeField(_("ouverture des réservations"))
    closes_at = models.DateTimeField(_("fermeture des réservations"))

    class Meta:
        verbose_name = _("ouverture des réservations")
        verbose_name_plural = _("ouvertures des réservations")
        ordering = ["opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="window_in_order",
                violation_error_message=_("La fermeture doit suivre l’ouverture."),
            ),
        ]

    def __str__(self):
        return f"{self.get_audience_display()} : {timezone.localtime(self.opens_at):%d/%m/%Y %H:%M}"


class Session(models.Model):
    """One unit on one date for one group (or for all), with its places.

    `taken` is written under the row's lock only, and counts the days ACCEPTED or OFFERED; for time ranges, it is the
    number of children at the fullest moment of the day.
    """

    period = models.ForeignKey(BookingPeriod, models.CASCADE, related_name="sessions", verbose_name=_("période"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="sessions", verbose_name=_("unité"))
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("groupe")
    )
    date = models.DateField(_("date"))
    capacity = models.PositiveSmallIntegerField(_("places"))
    taken = models.PositiveSmallIntegerField(_("places prises"), default=0, editable=False)
    # The last rank given on the waiting list; under the same lock.
    last_rank = models.PositiveIntegerField(default=0, editable=False)
    closed_reason = models.CharField(
        _("fermée pour"), max_length=100, blank=True, help_text=_("Lu par les familles. Vide : ouverte.")
    )

    class Meta:
        verbose_name = _("séance")
        verbose_name_plural = _("séances")
        ordering = ["date", "unit__position", "pk"]
        indexes = [models.Index(fields=["period", "date"], name="session_period_date")]
        constraints = [
            # Two, because SQLite takes two nulls for different.
            models.UniqueConstraint(fields=["unit", "date", "group"], name="session_unique"),
            models.UniqueConstraint(
                fields=["unit", "date"], condition=Q(group=None), name="session_without_group_unique"
            ),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")),
                name="session_places",
                violation_error_message=_("Il n’y a plus de place."),
            ),
        ]

    def __str__(self):
        return f"{self.unit} – {self.date:%d/%m/%Y}"

    @property
    def free(self):
        """Places left for anybody."""
        return self.capacity - self.taken

    @property
    def weekday_label(self):
        return Weekday(self.date.weekday()).label

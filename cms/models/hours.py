"""Opening hours of a desk or of a telephone line, and how to reach a service."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from rest_framework.fields import Field
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.models import Orderable, PreviewableMixin, RevisionMixin
from wagtail.search import index

from .. import opening


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Lundi")
    TUESDAY = 1, _("Mardi")
    WEDNESDAY = 2, _("Mercredi")
    THURSDAY = 3, _("Jeudi")
    FRIDAY = 4, _("Vendredi")
    SATURDAY = 5, _("Samedi")
    SUNDAY = 6, _("Dimanche")


class HoursKind(models.TextChoices):
    DESK = "desk", _("Accueil du public")
    TELEPHONE = "telephone", _("Accueil téléphonique")


class PublicHoliday(models.Model):
    """A date on which every desk and telephone is closed, unless its own exceptional hours say otherwise."""

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("nom"), max_length=100)

    panels = [FieldRowPanel([FieldPanel("date"), FieldPanel("name")])]

    class Meta:
        verbose_name = _("jour férié")
        verbose_name_plural = _("jours fériés")
        ordering = ["date"]

    def __str__(self):
        return f"{opening.long_date(self.date)} {self.date.year} – {self.name}"


class StatusField(Field):
    """An attribute of the present Status, for the API; the public holidays are read once for a whole list."""

    def __init__(self, name):
        super().__init__(source="*", read_only=True)
        self.name = name

    def to_representation(self, hours):
        if "holidays" not in self.context:
            self.context["holidays"] = list(PublicHoliday.objects.values_list("date", "name"))
        return getattr(hours.card(holidays=self.context["holidays"])["status"], self.name)


class OpeningHours(PreviewableMixin, RevisionMixin, index.Indexed, ClusterableModel):
    """The week of one desk or telephone, and its exceptional dates."""

    name = models.CharField(_("nom"), max_length=120, help_text=_("Par exemple : Accueil de l’eau, place du Lavoir."))
    kind = models.CharField(_("accueil"), max_length=12, choices=HoursKind.choices, default=HoursKind.DESK)
    note = models.CharField(
        _("précision"), max_length=200, blank=True, help_text=_("Par exemple : sur rendez-vous le vendredi.")
    )
    open_on_holidays = models.BooleanField(
        _("ouvert les jours fériés"),
        default=False,
        help_text=_("À cocher pour une astreinte : les jours fériés suivent alors la semaine habituelle."),
    )

    panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("kind"), FieldPanel("note")], heading=_("Accueil")),
        InlinePanel(
            "ranges",
            heading=_("Semaine habituelle"),
            label=_("plage"),
            help_text=_("Une ligne par plage : le lundi de 8 h à 12 h 30, puis le lundi de 14 h à 17 h."),
        ),
        InlinePanel(
            "exceptional_dates",
            heading=_("Fermetures et horaires exceptionnels"),
            label=_("date"),
            help_text=_("Sans heures, l’accueil est fermé. Ces dates l’emportent sur la semaine et les jours fériés."),
        ),
        FieldPanel("open_on_holidays"),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]
    preview_modes = [("", _("Sur le portail"))]
    api_fields = [
        APIField("name"),
        APIField("kind"),
        APIField("is_open", serializer=StatusField("is_open")),
        APIField("sentence", serializer=StatusField("sentence")),
        APIField("week"),
        APIField("exceptional"),
        APIField("note"),
    ]

    class Meta:
        verbose_name = _("horaires d’accueil")
        verbose_name_plural = _("horaires d’accueil")
        ordering = ["kind", "name"]

    def __str__(self):
        return f"{self.name} ({self.get_kind_display().lower()})"

    def clean(self):
        """Refuse two ranges of a day that overlap."""
        super().clean()
        days = {}
        for line in self.ranges.all():
            if line.opens is None or line.closes is None:
                continue
            for opens, closes in days.setdefault(line.weekday, []):
                if line.opens < closes and opens < line.closes:
                    day = Weekday(line.weekday).label.lower()
                    raise ValidationError(_("Deux plages du %(day)s se chevauchent.") % {"day": day})
            days[line.weekday].append((line.opens, line.closes))

    def schedule(self, holidays=None):
        """Return the `opening.Schedule`. `holidays`: `[(date, name)]`, read from the database unless given."""
        exceptions = [line.as_exception() for line in self.exceptional_dates.all()]
        if not self.open_on_holidays:
            if holidays is None:
                holidays = PublicHoliday.objects.values_list("date", "name")
            exceptions += [opening.ExceptionalDay(day, day, name) for day, name in holidays]
        return opening.Schedule(OpeningRange.week_of(self.ranges.all()), tuple(exceptions))

    @property
    def short_label(self):
        """« Accueil » or « Téléphone »: what the footer says."""
        return "Téléphone" if self.kind == HoursKind.TELEPHONE else "Accueil"

    def card(self, now=None, holidays=None):
        """Return what a page shows: `{hours, status, lines, upcoming}` at `now` (aware; the present by default)."""
        now = timezone.localtime(now)
        schedule = self.schedule(holidays)
        return {
            "hours": self,
            "status": opening.status_at(schedule, now),
            "lines": opening.weekly_lines(schedule),
            "upcoming": [opening.exception_words(e, now.date()) for e in opening.upcoming(schedule, now.date())[:3]],
        }

    # What the API says, as plain values.

    @property
    def week(self):
        """`[{weekday, opens, closes}]`, 0 being Monday."""
        return [
            {
                "weekday": line.weekday,
                "opens": line.opens.isoformat("minutes"),
                "closes": line.closes.isoformat("minutes"),
            }
            for line in self.ranges.all()
        ]

    @property
    def exceptional(self):
        """`[{first, last, reason, opens, closes}]`; without hours, it is closed."""
        return [
            {
                "first": line.first.isoformat(),
                "last": (line.last or line.first).isoformat(),
                "reason": line.reason,
                "opens": line.opens and line.opens.isoformat("minutes"),
                "closes": line.closes and line.closes.isoformat("minutes"),
            }
            for line in self.exceptional_dates.all()
        ]

    def get_preview_template(self, request, mode_name):
        return "cms/previews/opening_hours.html"

    def get_preview_context(self, request, mode_name):
        return {**super().get_preview_context(request, mode_name), "card": self.card()}


class OpeningRange(Orderable):
    """From one hour to another, on one day of the week."""

    hours = ParentalKey(OpeningHours, on_delete=models.CASCADE, related_name="ranges")
    weekday = models.PositiveSmallIntegerField(_("jour"), choices=Weekday.choices)
    opens = models.TimeField(_("ouvre à"))
    closes = models.TimeField(_("ferme à"))

    panels = [FieldRowPanel([FieldPanel("weekday"), FieldPanel("opens"), FieldPanel("closes")])]

    class Meta(Orderable.Meta):
        verbose_name = _("plage d’ouverture")
        verbose_name_plural = _("plages d’ouverture")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens__lt=models.F("closes")),
                name="opening_range_ends_after_it_starts",
                violation_error_message=_("L’heure de fermeture doit suivre l’heure d’ouverture."),
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6),
                name="opening_range_weekday",
                violation_error_message=_("Ce jour de la semaine n’existe pas."),
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"

    @staticmethod
    def week_of(lines):
        """Return `lines` as the week of an `opening.Schedule`."""
        week = {}
        for line in lines:
            week.setdefault(line.weekday, []).append(opening.Range(line.opens, line.closes))
        return {day: tuple(ranges) for day, ranges in week.items()}

    @classmethod
    def lines(cls, lines):
        """Return the open days of the week of `lines`, as `opening.weekly_lines`."""
        told = opening.weekly_lines(opening.Schedule(cls.week_of(lines)))
        return [(days, hours) for days, hours in told if hours != opening.CLOSED]


class ExceptionalDate(Orderable):
    """One or several days closed, or with other hours."""

    hours = ParentalKey(OpeningHours, on_delete=models.CASCADE, related_name="exceptional_dates")
    first = models.DateField(_("du"))
    last = models.DateField(_("au"), null=True, blank=True, help_text=_("Vide : un seul jour."))
    reason = models.CharField(_("motif"), max_length=120, blank=True, help_text=_("Par exemple : inventaire."))
    opens = models.TimeField(_("ouvre à"), null=True, blank=True)
    closes = models.TimeField(_("ferme à"), null=True, blank=True)

    panels = [
        FieldRowPanel([FieldPanel("first"), FieldPanel("last"), FieldPanel("reason")]),
        FieldRowPanel([FieldPanel("opens"), FieldPanel("closes")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("date exceptionnelle")
        verbose_name_plural = _("dates exceptionnelles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__isnull=True) | models.Q(last__gte=models.F("first")),
                name="exceptional_date_ends_after_it_starts",
                violation_error_message=_("La dernière date doit suivre la première."),
            ),
            models.CheckConstraint(
                # "Not null" is said too: a comparison with nothing is neither true nor false, and would pass.
                condition=models.Q(opens__isnull=True, closes__isnull=True)
                | models.Q(opens__isnull=False, closes__isnull=False, opens__lt=models.F("closes")),
                name="exceptional_date_hours",
                violation_error_message=_(
                    "Donnez l’heure d’ouverture et une heure de fermeture qui la suit, ou aucune des deux."
                ),
            ),
        ]

    def __str__(self):
        return opening.exception_words(self.as_exception(), self.first)

    def as_exception(self):
        """Return the `opening.ExceptionalDay` of this row."""
        ranges = (opening.Range(self.opens, self.closes),) if self.opens else ()
        return opening.ExceptionalDay(self.first, self.last or self.first, self.reason, ranges)


class ContactPoint(PreviewableMixin, RevisionMixin, index.Indexed, models.Model):
    """How to reach a service: address, telephone, e-mail, and the hours of its desk and of its telephone."""

    name = models.CharField(_("nom"), max_length=120)
    address = models.TextField(_("adresse"), blank=True)
    free_number = models.CharField(
        _("téléphone"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9][0-9 .\u00a0]{2,}\Z", _("Écrivez des chiffres, comme 0 800 00 00 00."))],
    )
    is_free = models.BooleanField(_("numéro vert"), default=False, help_text=_("Service et appel gratuits."))
    emergency_number = models.CharField(
        _("téléphone d’urgence"),
        max_length=20,
        blank=True,
        help_text=_("Hors des heures d’accueil : fuite, coupure …"),
        validators=[RegexValidator(r"^\+?[0-9][0-9 .\u00a0]{2,}\Z", _("Écrivez des chiffres, comme 0 800 00 00 00."))],
    )
    email = models.EmailField(_("courriel"), blank=True)
    access_note = models.CharField(
        _("accès"), max_length=200, blank=True, help_text=_("Par exemple : entrée de plain-pied, boucle magnétique.")
    )
    desk_hours = models.ForeignKey(
        OpeningHours,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": HoursKind.DESK},
        verbose_name=_("horaires de l’accueil"),
    )
    telephone_hours = models.ForeignKey(
        OpeningHours,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": HoursKind.TELEPHONE},
        verbose_name=_("horaires du téléphone"),
    )

    panels = [
        FieldPanel("name"),
        MultiFieldPanel(
            [
                FieldPanel("address"),
                FieldPanel("access_note"),
                FieldRowPanel([FieldPanel("free_number"), FieldPanel("is_free")]),
                FieldRowPanel([FieldPanel("email"), FieldPanel("emergency_number")]),
            ],
            heading=_("Coordonnées"),
        ),
        MultiFieldPanel([FieldPanel("desk_hours"), FieldPanel("telephone_hours")], heading=_("Horaires")),
    ]
    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("coordonnées d’un service")
        verbose_name_plural = _("coordonnées des services")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def cards(self, now=None):
        """Return the cards of the desk's then the telephone's hours, see OpeningHours.card. Fixed number of queries."""
        pks = [pk for pk in (self.desk_hours_id, self.telephone_hours_id) if pk]
        if not pks:
            return []
        found = OpeningHours.objects.filter(pk__in=pks).prefetch_related("ranges", "exceptional_dates").in_bulk()
        holidays = list(PublicHoliday.objects.values_list("date", "name"))
        return [found[pk].card(now, holidays) for pk in pks if pk in found]

    def get_preview_template(self, request, mode_name):
        return "cms/previews/contact_point.html"

"""Alert banners: what the public must know now, between two dates."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import PreviewableMixin, RevisionMixin
from wagtail.search import index

from ..addresses import is_address


class Tone(models.TextChoices):
    INFO = "info", _("Information")
    WARNING = "warning", _("Attention")
    DANGER = "danger", _("Urgence")
    SUCCESS = "success", _("Retour à la normale")


# The gravest first, when several alerts are shown at once.
GRAVITY = [Tone.DANGER, Tone.WARNING, Tone.INFO, Tone.SUCCESS]


class AlertQuerySet(models.QuerySet):
    def current(self, now=None):
        """Return the alerts shown at `now`: begun, and not over (an alert ends at its end date, excluded)."""
        now = now or timezone.now()
        return self.filter(starts_at__lte=now).filter(models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=now))

    def by_gravity(self):
        """Order by tone, the gravest first, then the most recent."""
        rank = models.Case(
            *(models.When(tone=tone, then=rank) for rank, tone in enumerate(GRAVITY)), default=len(GRAVITY)
        )
        return self.order_by(rank, "-starts_at")


class AlertBanner(PreviewableMixin, RevisionMixin, index.Indexed, models.Model):
    """Shown on the home page and every public page between its dates."""

    title = models.CharField(
        _("titre"), max_length=160, help_text=_("Quoi, où et quand : « Coupure d’eau à Octon, mardi de 9 h à 12 h. »")
    )
    text = RichTextField(_("texte"), blank=True, features=["bold", "link"])
    tone = models.CharField(_("gravité"), max_length=10, choices=Tone.choices, default=Tone.WARNING)
    starts_at = models.DateTimeField(_("affichée à partir du"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("jusqu’au"), null=True, blank=True, help_text=_("Vide : jusqu’à ce que vous la supprimiez.")
    )
    linked_page = models.ForeignKey(
        "wagtailcore.Page", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("page liée")
    )
    link_url = models.CharField(_("ou adresse"), max_length=300, blank=True, validators=[is_address])
    link_label = models.CharField(_("texte du lien"), max_length=60, default="En savoir plus", blank=True)

    panels = [
        MultiFieldPanel([FieldPanel("title"), FieldPanel("text"), FieldPanel("tone")], heading=_("Message")),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")], heading=_("Dates")),
        MultiFieldPanel(
            [FieldPanel("linked_page"), FieldPanel("link_url"), FieldPanel("link_label")], heading=_("Lien")
        ),
    ]
    search_fields = [index.SearchField("title"), index.AutocompleteField("title")]
    api_fields = [
        APIField("title"),
        APIField("text"),
        APIField("tone"),
        APIField("starts_at"),
        APIField("ends_at"),
        APIField("link"),
    ]

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alerte")
        verbose_name_plural = _("alertes")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=models.F("starts_at")),
                name="alert_ends_after_it_starts",
                violation_error_message=_("La date de fin doit suivre la date de début."),
            ),
        ]

    def __str__(self):
        return self.title

    @classmethod
    def shown(cls, request):
        """Return the alerts to show now, the gravest first; one query a request, with their pages."""
        if not hasattr(request, "_cms_alerts"):
            request._cms_alerts = list(cls.objects.current().by_gravity().select_related("linked_page"))
        return request._cms_alerts

    @property
    def url(self):
        """Where « En savoir plus » leads, or an empty string."""
        if self.linked_page and self.linked_page.live:
            return self.linked_page.url or ""
        return self.link_url

    @property
    def link(self):
        """`{url, label}` for the API, or None."""
        return {"url": self.url, "label": self.link_label} if self.url else None

    @property
    def is_current(self):
        """Whether the public sees it now: shown in the back office's list."""
        now = timezone.now()
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)

    def get_preview_template(self, request, mode_name):
        return "cms/previews/alert.html"

    def get_preview_context(self, request, mode_name):
        request._cms_alerts = [self]
        return super().get_preview_context(request, mode_name)

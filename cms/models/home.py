"""The home page."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.models import Orderable

from ..blocks import BodyBlock
from ..featured import tiles_of
from ..icons import IconField
from .alerts import AlertBanner
from .base import EditorialPage
from .news import NewsIndexPage, NewsPage

FEATURED_MIN, FEATURED_MAX = 1, 8


class HomePage(EditorialPage):
    """Hero with a search, « Démarches à la Une », alerts, news, then what editors compose."""

    hero_title = models.CharField(_("accroche"), max_length=90, default=_("Vos démarches, en un seul compte"))
    hero_text = models.CharField(_("texte"), max_length=240, blank=True)
    hero_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image de fond"),
        help_text=_("Facultative. Décorative : elle ne porte aucune information."),
    )
    search_hint = models.CharField(
        _("exemple de recherche"), max_length=60, blank=True, default=_("Par exemple : relever mon compteur")
    )
    featured_title = models.CharField(_("titre"), max_length=60, default=_("Démarches à la Une"))
    show_featured_title = models.BooleanField(_("montrer le titre"), default=False)
    news_title = models.CharField(_("titre"), max_length=60, default=_("Actualités"))
    news_count = models.PositiveSmallIntegerField(
        _("nombre d’actualités"), default=3, validators=[MaxValueValidator(9)], help_text=_("0 : aucune.")
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    kind = _("Accueil")
    template = "cms/home_page.html"
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 1
    searched_fields = ("hero_text", "body")

    content_panels = [
        *EditorialPage.content_panels,
        MultiFieldPanel(
            [FieldPanel("hero_title"), FieldPanel("hero_text"), FieldPanel("hero_image"), FieldPanel("search_hint")],
            heading=_("Bandeau d’accueil"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("featured_title"),
                FieldPanel("show_featured_title"),
                InlinePanel(
                    "featured",
                    heading=_("Démarches à la Une"),
                    label=_("démarche"),
                    min_num=FEATURED_MIN,
                    max_num=FEATURED_MAX,
                    help_text=_("Dans l’ordre affiché. Le titre, le texte et l’icône viennent de la page choisie."),
                ),
            ],
            heading=_("Démarches à la Une"),
        ),
        MultiFieldPanel([FieldPanel("news_title"), FieldPanel("news_count")], heading=_("Actualités")),
        FieldPanel("body"),
    ]
    api_fields = [
        *EditorialPage.api_fields,
        APIField("hero_title"),
        APIField("hero_text"),
        APIField("body"),
    ]

    class Meta:
        verbose_name = _("page d’accueil")
        verbose_name_plural = _("pages d’accueil")

    def get_tiles(self, request=None):
        """Return the tiles of « Démarches à la Une », in the editors' order."""
        chosen = [(line.page, line.title, line.text, line.icon) for line in self.featured.select_related("page")]
        return tiles_of(chosen, request)

    def get_crumbs(self, request):
        return []

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tiles"] = self.get_tiles(request)
        context["news"] = NewsPage.latest(self.news_count) if self.news_count else []
        context["news_index"] = NewsIndexPage.objects.live().first() if context["news"] else None
        context["alerts"] = AlertBanner.shown(request)
        context["alerts_in_page"] = True
        return context


class FeaturedPage(Orderable):
    """One of « Démarches à la Une »: a page, with another title, text or icon if the editor wants."""

    home = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="featured")
    page = models.ForeignKey("wagtailcore.Page", models.CASCADE, related_name="+", verbose_name=_("page"))
    title = models.CharField(_("autre titre"), max_length=60, blank=True, help_text=_("Vide : le titre de la page."))
    text = models.CharField(_("autre texte"), max_length=140, blank=True, help_text=_("Vide : le résumé de la page."))
    icon = IconField(_("autre icône"), blank=True)

    panels = [FieldPanel("page"), FieldPanel("title"), FieldPanel("text"), FieldPanel("icon")]

    class Meta(Orderable.Meta):
        verbose_name = _("démarche à la Une")
        verbose_name_plural = _("démarches à la Une")

    def __str__(self):
        return self.title or str(self.page)

"""Pages the law asks for, from structured answers: accessibility statement, cookies, site map."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField

from ..blocks import SHORT_FEATURES, BodyBlock
from .base import EditorialPage, public_page_types


class Conformity(models.TextChoices):
    FULL = "full", _("totalement conforme")
    PARTIAL = "partial", _("partiellement conforme")
    NONE = "none", _("non conforme")


class AccessibilityPage(EditorialPage):
    """The accessibility statement, after RGAA's model; the footer names its conformity."""

    conformity = models.CharField(
        _("état de conformité"), max_length=10, choices=Conformity.choices, default=Conformity.NONE
    )
    rate = models.PositiveSmallIntegerField(
        _("taux de conformité (%)"), null=True, blank=True, help_text=_("Part des critères du RGAA respectés.")
    )
    audited_by = models.CharField(
        _("audit réalisé par"), max_length=120, blank=True, help_text=_("Vide : aucun audit n’a encore été réalisé.")
    )
    established_on = models.DateField(_("déclaration établie le"), null=True, blank=True)
    non_conformities = RichTextField(_("non-conformités"), blank=True, features=SHORT_FEATURES)
    exemptions = RichTextField(_("dérogations pour charge disproportionnée"), blank=True, features=SHORT_FEATURES)
    out_of_scope = RichTextField(_("contenus non soumis à l’obligation"), blank=True, features=SHORT_FEATURES)
    technologies = models.CharField(
        _("technologies utilisées"), max_length=200, default="HTML, CSS, SVG, JavaScript", blank=True
    )
    tested_with = RichTextField(_("outils et agents utilisateurs"), blank=True, features=SHORT_FEATURES)
    tested_pages = RichTextField(_("pages vérifiées"), blank=True, features=SHORT_FEATURES)
    contact_email = models.EmailField(_("courriel pour signaler un défaut"), blank=True)
    contact_phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    contact_address = models.TextField(_("adresse"), blank=True)
    action_plan_url = models.URLField(_("adresse du schéma pluriannuel"), blank=True)

    kind = _("Page")
    template = "cms/accessibility_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    max_count_per_parent = 1
    searched_fields = ("non_conformities", "exemptions", "out_of_scope", "tested_with", "tested_pages")

    content_panels = [
        *EditorialPage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("conformity"), FieldPanel("rate")]),
                FieldRowPanel([FieldPanel("audited_by"), FieldPanel("established_on")]),
            ],
            heading=_("État de conformité"),
        ),
        MultiFieldPanel(
            [FieldPanel("non_conformities"), FieldPanel("exemptions"), FieldPanel("out_of_scope")],
            heading=_("Contenus non accessibles"),
        ),
        MultiFieldPanel(
            [FieldPanel("technologies"), FieldPanel("tested_with"), FieldPanel("tested_pages")],
            heading=_("Établissement de la déclaration"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("contact_email"),
                FieldPanel("contact_phone"),
                FieldPanel("contact_address"),
                FieldPanel("action_plan_url"),
            ],
            heading=_("Retour d’information et contact"),
        ),
    ]
    api_fields = [
        *EditorialPage.api_fields,
        APIField("conformity"),
        APIField("rate"),
        APIField("established_on"),
        APIField("non_conformities"),
    ]

    class Meta:
        verbose_name = _("déclaration d’accessibilité")
        verbose_name_plural = _("déclarations d’accessibilité")


class CookiesPage(EditorialPage):
    """Which cookies the portal sets: the strictly necessary ones, named from the settings, so that it stays true."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    template = "cms/cookies_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    max_count_per_parent = 1
    searched_fields = ("body",)

    content_panels = [*EditorialPage.content_panels, FieldPanel("body")]
    api_fields = [*EditorialPage.api_fields, APIField("body")]

    class Meta:
        verbose_name = _("page des cookies")
        verbose_name_plural = _("pages des cookies")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        hours = settings.SESSION_COOKIE_AGE // 3600
        context["columns"] = [
            {"label": _("Nom"), "key": "name"},
            {"label": _("À quoi il sert"), "key": "purpose"},
            {"label": _("Durée"), "key": "lifetime"},
        ]
        context["cookies"] = [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "purpose": _("Garder votre connexion ouverte pendant votre visite"),
                "lifetime": _("%(hours)d heures au plus, ou jusqu’à la déconnexion") % {"hours": hours},
            },
            {
                "name": settings.CSRF_COOKIE_NAME,
                "purpose": _("Vérifier que les formulaires viennent bien de vous"),
                "lifetime": _("1 an"),
            },
            {
                "name": "messages",
                "purpose": _("Afficher une fois un message de confirmation"),
                "lifetime": _("Jusqu’à la page suivante"),
            },
        ]
        return context


class SiteMapPage(EditorialPage):
    """Every public page, as a tree."""

    template = "cms/site_map_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("plan du site")
        verbose_name_plural = _("plans du site")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        home = self.get_parent()
        pages = home.get_descendants().live().public().type(*public_page_types()).order_by("path")
        context["tree"] = [
            {"page": page, "url": page.get_url(request), "level": page.depth - home.depth} for page in pages
        ]
        context["sections"] = _nested(context.pop("tree"))
        return context


def _nested(entries):
    """Turn `entries` in tree order, each with its `level`, into nested lists under `children`."""
    root = {"children": [], "level": 0}
    path = [root]
    for entry in entries:
        entry["children"] = []
        while path[-1]["level"] >= entry["level"]:
            path.pop()
        path[-1]["children"].append(entry)
        path.append(entry)
    return root["children"]

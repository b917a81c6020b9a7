"""The catalogue of procedures, and the page that describes one."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField

from cms.addresses import is_address
from cms.blocks import SHORT_FEATURES, BodyBlock
from cms.models import ContactPoint, EditorialPage
from cms.search import query_of

from .taxonomy import ProcedureTheme, Situation


class ProcedureIndexPage(EditorialPage):
    """The catalogue: by theme (`?theme=eau`), by situation (`?situation=j-emmenage`), by words (`?q=`)."""

    kind = _("Rubrique")
    template = "procedures/procedure_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["procedures.ProcedurePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("catalogue des démarches")
        verbose_name_plural = _("catalogues des démarches")

    def get_procedures(self):
        """Return the published procedures, by title."""
        return ProcedurePage.objects.child_of(self).live().public().order_by("title")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        procedures = self.get_procedures().defer("body")
        context["themes"] = themes = list(ProcedureTheme.objects.filter(procedures__live=True).distinct())
        context["situations"] = situations = list(Situation.objects.filter(procedures__live=True).distinct())
        context["query"] = query = request.GET.get("q", "").strip()[:100]
        context["theme"] = theme = _chosen(themes, request.GET.get("theme"))
        context["situation"] = situation = _chosen(situations, request.GET.get("situation"))
        context["filtered"] = bool(query or theme or situation)
        if theme:
            procedures = procedures.filter(themes=theme)
        if situation:
            procedures = procedures.filter(situations=situation)
        if query:
            words = query_of(query)
            wanted = procedures.values_list("pk", flat=True)
            found = ProcedurePage.objects.filter(pk__in=list(wanted)).search(words) if words else []
            context["procedures"] = list(found)
        elif context["filtered"]:
            context["procedures"] = list(procedures)
        else:
            context["groups"] = _by_theme(themes, procedures.prefetch_related("themes"))
        return context


def _chosen(entries, slug):
    return next((entry for entry in entries if entry.slug == slug), None)


def _by_theme(themes, procedures):
    """Return `[(theme or None, procedures)]`: each procedure under its first theme, those without one at the end."""
    groups = {theme.pk: (theme, []) for theme in themes}
    rest = []
    for page in procedures:
        own = sorted(page.themes.all(), key=lambda theme: (theme.sort_order, theme.name))
        groups[own[0].pk][1].append(page) if own else rest.append(page)
    found = [group for group in groups.values() if group[1]]
    return [*found, (None, rest)] if rest else found


class ProcedurePage(EditorialPage):
    """What a procedure is for, what it takes, and how to do it: online, at the desk, by post."""

    themes = ParentalManyToManyField(ProcedureTheme, blank=True, related_name="procedures", verbose_name=_("thèmes"))
    situations = ParentalManyToManyField(Situation, blank=True, related_name="procedures", verbose_name=_("situations"))

    for_whom = RichTextField(_("pour qui"), blank=True, features=SHORT_FEATURES)
    duration = models.CharField(_("temps à prévoir"), max_length=60, blank=True, help_text=_("Ex. : 5 minutes."))
    answer_time = models.CharField(
        _("délai de réponse"), max_length=80, blank=True, help_text=_("Par exemple : sous 5 jours ouvrés.")
    )
    cost = models.CharField(_("coût"), max_length=120, blank=True, help_text=_("Par exemple : gratuit."))
    documents = RichTextField(
        _("pièces à préparer"), blank=True, features=SHORT_FEATURES, help_text=_("Une liste, une pièce par ligne.")
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("description"))

    online_page = models.ForeignKey(
        "wagtailcore.Page",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page où la faire en ligne"),
        help_text=_("Le bouton « Commencer » apparaît si une page publiée ou une adresse est donnée."),
    )
    online_url = models.CharField(_("ou adresse"), max_length=300, blank=True, validators=[is_address])
    online_label = models.CharField(_("texte du bouton"), max_length=40, default=_("Commencer"))
    at_desk = RichTextField(_("à l’accueil"), blank=True, features=SHORT_FEATURES)
    by_post = RichTextField(_("par courrier"), blank=True, features=SHORT_FEATURES)
    contact = models.ForeignKey(
        ContactPoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("service responsable"),
    )
    legal_notice = RichTextField(
        _("données personnelles et textes"),
        blank=True,
        features=SHORT_FEATURES,
        help_text=_("À quoi servent les réponses, qui les lit, combien de temps elles sont gardées."),
    )

    kind = _("Démarche")
    template = "procedures/procedure_page.html"
    parent_page_types = ["procedures.ProcedureIndexPage"]
    subpage_types = []
    searched_fields = ("for_whom", "documents", "body", "at_desk", "by_post")

    content_panels = [
        *EditorialPage.content_panels,
        MultiFieldPanel([FieldPanel("themes"), FieldPanel("situations")], heading=_("Classement")),
        MultiFieldPanel(
            [
                FieldPanel("for_whom"),
                FieldRowPanel([FieldPanel("duration"), FieldPanel("answer_time"), FieldPanel("cost")]),
                FieldPanel("documents"),
            ],
            heading=_("En bref"),
        ),
        FieldPanel("body"),
        MultiFieldPanel(
            [
                FieldPanel("online_page"),
                FieldPanel("online_url"),
                FieldPanel("online_label"),
                FieldPanel("at_desk"),
                FieldPanel("by_post"),
            ],
            heading=_("Comment faire"),
        ),
        MultiFieldPanel([FieldPanel("contact"), FieldPanel("legal_notice")], heading=_("Service et mentions")),
    ]
    api_fields = [
        *EditorialPage.api_fields,
        APIField("themes"),
        APIField("situations"),
        APIField("for_whom"),
        APIField("duration"),
        APIField("answer_time"),
        APIField("cost"),
        APIField("documents"),
        APIField("body"),
        APIField("at_desk"),
        APIField("by_post"),
        APIField("legal_notice"),
    ]

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")

    def get_online_url(self, request=None):
        """Return where the procedure is done online, or an empty string: no button then."""
        page = self.online_page
        if page is not None and page.live:
            return page.get_url(request) or ""
        return self.online_url

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["online_url"] = self.get_online_url(request)
        context["cards"] = self.contact.cards() if self.contact else []
        facts = [
            (_("Temps à prévoir"), self.duration),
            (_("Délai de réponse"), self.answer_time),
            (_("Coût"), self.cost),
        ]
        context["facts"] = [{"label": label, "value": value} for label, value in facts if value]
        themes = [theme.pk for theme in self.themes.all()]
        others = ProcedurePage.objects.sibling_of(self, inclusive=False).live().public().filter(themes__in=themes)
        context["others"] = list(others.distinct().order_by("title").defer("body")[:4]) if themes else []
        return context

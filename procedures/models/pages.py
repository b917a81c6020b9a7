"""The page of a procedure: it describes it, and carries the form, the statuses and the handling that staff build."""

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.api import APIField
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField, StreamField

from accounts.enums import ProfileKind
from accounts.models import Department
from cms.addresses import is_address
from cms.blocks import SHORT_FEATURES, BodyBlock
from cms.models import ContactPoint, EditorialPage

from ..building.blocks import FormBlock
from ..building.forms import ProcedurePageForm
from ..building.handling_blocks import InputsBlock, RoutingBlock, StatusesBlock
from ..building.panels import CheckPanel, HandlerPanel
from ..building.saving import settle
from ..enums import Access, Silence
from ..opening import opening_of
from .taxonomy import ProcedureTheme, Situation

# What a list of procedures needn't read.
HEAVY = ("body", "form", "statuses", "routing", "inputs")
# What `procedures.urls` answers under the catalogue's address.
RESERVED_SLUGS = ("confirmer", "courriel-envoye", "dossier", "suivi")
# The preview mode in which the form is tried.
TRIAL = "trial"
AUDIENCES = {
    ProfileKind.INDIVIDUAL: _("Les particuliers"),
    ProfileKind.HOUSEHOLD: _("Les foyers"),
    ProfileKind.ORGANISATION: _("Les organismes"),
}


class ProcedurePage(RoutablePageMixin, EditorialPage):
    """What a procedure is for, what it takes, how to do it: online (with the form built here), at the desk, by post.

    Publishing freezes the form, its statuses and its handling in a new ProcedureVersion (`services.versions`).
    """

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

    # Filing online
    form = StreamField(FormBlock(), blank=True, verbose_name=_("formulaire"))
    access = models.CharField(_("qui peut la déposer"), max_length=10, choices=Access, default=Access.ACCOUNT)
    for_individuals = models.BooleanField(_("pour les particuliers"), default=True)
    for_households = models.BooleanField(_("pour les foyers"), default=True)
    for_organisations = models.BooleanField(_("pour les organismes"), default=True)
    needs_contract = models.BooleanField(_("réservée aux titulaires d’un contrat d’eau"), default=False)
    needs_child = models.BooleanField(_("réservée aux parents"), default=False)
    opens_on = models.DateField(_("ouverte à partir du"), null=True, blank=True)
    closes_on = models.DateField(_("ouverte jusqu’au"), null=True, blank=True)
    one_at_a_time = models.BooleanField(
        _("un seul dossier en cours par profil"), default=False, help_text=_("Les brouillons ne comptent pas.")
    )

    # Handling
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="procedures",
        verbose_name=_("service qui traite"),
    )
    routing = StreamField(
        RoutingBlock(),
        blank=True,
        verbose_name=_("orientation"),
        help_text=_("La première règle qui convient choisit le service ; sans elle, c’est celui ci-dessus."),
    )
    statuses = StreamField(
        StatusesBlock(), blank=True, verbose_name=_("statuts"), help_text=_("Vide : les statuts habituels.")
    )
    time_limit_days = models.PositiveSmallIntegerField(_("délai de traitement en jours"), null=True, blank=True)
    warning_days = models.PositiveSmallIntegerField(_("alerte combien de jours avant"), default=5)
    silence = models.CharField(_("sans réponse dans le délai"), max_length=10, choices=Silence, default=Silence.NOTHING)
    retention_months = models.PositiveSmallIntegerField(
        _("conservation après la fin, en mois"),
        default=12,
        help_text=_("Le dossier et ses pièces sont ensuite effacés."),
    )
    handler = models.CharField(
        _("effet de l’acceptation"), max_length=60, blank=True, help_text=_("Ce que le portail fait de lui-même.")
    )
    inputs = StreamField(
        InputsBlock(),
        blank=True,
        verbose_name=_("données de l’effet"),
        help_text=_("Quel champ du formulaire donne chaque donnée."),
    )
    what_next = models.CharField(
        _("et ensuite"), max_length=300, blank=True, help_text=_("Lu sur l’accusé de réception, après le dépôt.")
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
        APIField("is_online"),
        APIField("is_open"),
        APIField("opens_on"),
        APIField("closes_on"),
        APIField("access"),
        APIField("audience"),
        APIField("department_name"),
    ]
    base_form_class = ProcedurePageForm
    preview_modes = [*EditorialPage.DEFAULT_PREVIEW_MODES, (TRIAL, _("Essayer le formulaire"))]

    form_panels = [
        FieldPanel("form", classname="procedure-form"),
    ]
    filing_panels = [
        MultiFieldPanel(
            [
                FieldPanel("access"),
                FieldRowPanel(
                    [FieldPanel("for_individuals"), FieldPanel("for_households"), FieldPanel("for_organisations")]
                ),
                FieldRowPanel([FieldPanel("needs_contract"), FieldPanel("needs_child")]),
                FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
                FieldPanel("one_at_a_time"),
            ],
            heading=_("Dépôt"),
        ),
        FieldPanel("what_next"),
    ]
    handling_panels = [
        MultiFieldPanel([FieldPanel("department"), FieldPanel("routing")], heading=_("Service")),
        FieldPanel("statuses"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("time_limit_days"), FieldPanel("warning_days")]),
                FieldPanel("silence"),
                FieldPanel("retention_months"),
            ],
            heading=_("Délais"),
        ),
        MultiFieldPanel([FieldPanel("handler"), HandlerPanel(), FieldPanel("inputs")], heading=_("Effet")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Description")),
            ObjectList(form_panels, heading=_("Formulaire")),
            ObjectList(filing_panels, heading=_("Dépôt")),
            ObjectList(handling_panels, heading=_("Traitement")),
            ObjectList([CheckPanel()], heading=_("Vérification")),
            ObjectList(EditorialPage.promote_panels, heading=_("Promotion")),
            ObjectList(EditorialPage.settings_panels, heading=_("Réglages")),
        ]
    )

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")

    def clean(self):
        """Make the missing keys, and the words of questions into their keys. Refuse an address that is taken."""
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("Le portail se sert déjà de cette adresse : choisissez-en une autre.")})
        settle(self, revision=self.latest_revision)

    # Filing online ----------------------------------------------------------------------------------------------------

    @property
    def is_online(self):
        """Whether it has a form to file: what is published was frozen in a version."""
        return bool(self.form)

    @property
    def is_open(self):
        """Whether it is online and today within its dates."""
        return self.is_online and self.opening().is_open

    def opening(self, today=None):
        """Return the Opening of the procedure on `today`, the civil date by default."""
        return opening_of(self.opens_on, self.closes_on, today or timezone.localdate())

    @property
    def start_url(self):
        """Where filing begins, without the host."""
        return f"{self.get_url() or ''}commencer/"

    @property
    def audience(self):
        """For whom it is, in words; nothing when it is for everybody."""
        chosen = [label for kind, label in AUDIENCES.items() if self.is_for_kind(kind)]
        return [] if len(chosen) == len(AUDIENCES) else chosen

    def is_for_kind(self, kind):
        """Whether profiles of this ProfileKind may file it."""
        return {
            ProfileKind.INDIVIDUAL: self.for_individuals,
            ProfileKind.HOUSEHOLD: self.for_households,
            ProfileKind.ORGANISATION: self.for_organisations,
        }[ProfileKind(kind)]

    def is_for(self, profile):
        """Whether `profile` is of a kind that may file it."""
        return self.is_for_kind(profile.kind)

    @property
    def conditions_to_file(self):
        """What one must have to file it, in words."""
        found = []
        if self.needs_contract:
            found.append(_("Il faut être titulaire d’un contrat d’eau."))
        if self.needs_child:
            found.append(_("Il faut avoir un enfant dans son compte."))
        return found

    @property
    def department_name(self):
        """Who handles it."""
        return self.department.name if self.department else ""

    @path("commencer/", name="start")
    def start(self, request):
        """Where « Commencer » leads: who may file goes to the form."""
        from ..filing.start import start

        if not self.is_online:
            raise Http404
        return start(self, request)

    def serve_preview(self, request, mode_name):
        """Show the page, or its form to be tried (`procedures.building.preview`)."""
        if mode_name == TRIAL:
            from ..building.preview import first_screen

            return first_screen(request, self)
        return super().serve_preview(request, mode_name)

    # The page ---------------------------------------------------------------------------------------------------------

    def get_online_url(self, request=None):
        """Return where the procedure is done online, or an empty string: no button then."""
        if self.is_online:
            return self.start_url
        page = self.online_page
        if page is not None and page.live:
            return page.get_url(request) or ""
        return self.online_url

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["online_url"] = self.get_online_url(request)
        context["opening"] = self.opening()
        context["contact"] = contact = self.contact or (self.department.contact if self.department else None)
        context["cards"] = contact.cards() if contact else []
        facts = [
            (_("Temps à prévoir"), self.duration),
            (_("Délai de réponse"), self.answer_time),
            (_("Coût"), self.cost),
            (_("Service qui traite"), self.department_name),
        ]
        context["facts"] = [{"label": label, "value": value} for label, value in facts if value]
        themes = [theme.pk for theme in self.themes.all()]
        others = ProcedurePage.objects.sibling_of(self, inclusive=False).live().public().filter(themes__in=themes)
        context["others"] = list(others.distinct().order_by("title").defer(*HEAVY)[:4]) if themes else []
        return context

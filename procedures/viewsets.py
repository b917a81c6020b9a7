"""« Démarches » in the back office: the catalogue's themes and situations, letters, appointments."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.set_up import SetUpViewSet

from .building.set_up_forms import AppointmentKindForm, LetterTemplateForm
from .building.set_up_panels import SlotsPanel, WordsPanel
from .models import AppointmentKind, LetterTemplate, ProcedureTheme, Situation


class ProcedureThemeViewSet(SnippetViewSet):
    model = ProcedureTheme
    icon = "tag"
    menu_label = _("Thèmes")
    list_display = ["name", "sort_order"]


class SituationViewSet(SnippetViewSet):
    model = Situation
    icon = "user"
    menu_label = _("Situations")
    list_display = ["name", "sort_order"]


class LetterTemplateViewSet(SetUpViewSet):
    model = LetterTemplate
    icon = "mail"
    menu_label = _("Modèles de courrier")
    list_display = [
        "name",
        Column("title", label=_("Objet")),
        Column(
            "procedures",
            label=_("Démarches"),
            accessor=lambda letter: ", ".join(page.title for page in letter.procedures.all()) or _("Toutes"),
        ),
        BooleanColumn("active", label=_("Utilisé")),
    ]
    list_filter = ["active"]
    search_fields = ["name", "title"]
    ordering = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            MultiFieldPanel(
                [FieldPanel("title"), FieldPanel("body"), WordsPanel(), FieldPanel("signatory")],
                heading=_("Le courrier"),
            ),
            MultiFieldPanel(
                [FieldPanel("procedures", widget=CheckboxSelectMultiple), FieldPanel("folder"), FieldPanel("active")],
                heading=_("Son usage"),
            ),
        ],
        base_form_class=LetterTemplateForm,
    )

    def get_queryset(self, request):
        return LetterTemplate.objects.prefetch_related("procedures")


class AppointmentKindViewSet(SetUpViewSet):
    model = AppointmentKind
    icon = "calendar-alt"
    menu_label = _("Types de rendez-vous")
    list_display = [
        "name",
        Column("department", label=_("Service"), sort_key="department__name"),
        Column("minutes", label=_("Durée"), accessor=lambda kind: f"{kind.minutes} min"),
        Column("place", label=_("Lieu")),
        BooleanColumn("active", label=_("Proposé")),
    ]
    list_filter = ["department", "active"]
    search_fields = ["name", "place"]
    ordering = ["name"]
    edit_handler = ObjectList(
        [
            SlotsPanel(heading=_("Prochains créneaux libres")),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("name"), FieldPanel("department")]),
                    FieldPanel("place"),
                    FieldPanel("instructions"),
                    FieldPanel("active", help_text=_("Décochée, plus aucun créneau n’est proposé.")),
                ],
                heading=_("Le rendez-vous"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("minutes"), FieldPanel("capacity")]),
                    FieldRowPanel([FieldPanel("notice_hours"), FieldPanel("horizon_days")]),
                ],
                heading=_("Les créneaux"),
            ),
            InlinePanel(
                "ranges",
                heading=_("Semaine"),
                label=_("plage"),
                help_text=_("Une ligne par plage : le lundi de 9 h à 12 h, puis le lundi de 14 h à 17 h."),
                panels=[FieldRowPanel([FieldPanel("weekday"), FieldPanel("opens"), FieldPanel("closes")])],
            ),
            InlinePanel(
                "closures",
                heading=_("Fermetures"),
                label=_("fermeture"),
                help_text=_("Les jours fériés sont déjà fermés. Les rendez-vous déjà pris ne sont pas annulés."),
                panels=[FieldRowPanel([FieldPanel("first"), FieldPanel("last")]), FieldPanel("reason")],
            ),
        ],
        base_form_class=AppointmentKindForm,
    )

    def get_queryset(self, request):
        return AppointmentKind.objects.select_related("department")


class CatalogueGroup(SnippetViewSetGroup):
    """What procedures are made of, beside their pages."""

    menu_label = _("Démarches")
    menu_name = "procedures"
    menu_icon = "form"
    menu_order = 160
    items = (ProcedureThemeViewSet, SituationViewSet, LetterTemplateViewSet, AppointmentKindViewSet)

"""The back office of documents: what is asked for and the folders, by hand; what is sent, decided by actions."""

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from accounts.back_office import ReadOnlyViewSet, StateColumn
from accounts.set_up import SetUpViewSet

from . import admin_views as views
from .enums import DocumentState
from .models import DocumentRequirement, Folder, SupportingDocument
from .rules import state_on

SENDABLE = [(state.value, state.label) for state in DocumentState if state != DocumentState.MISSING]


class SupportingDocumentFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=SENDABLE)
    requirement = django_filters.ModelChoiceFilter(label=_("Pièce"), queryset=DocumentRequirement.objects.all())

    class Meta:
        model = SupportingDocument
        fields = ["state", "requirement"]


class SupportingDocumentViewSet(ReadOnlyViewSet):
    model = SupportingDocument
    icon = "doc-full"
    menu_label = _("Pièces reçues")
    index_view_class = views.DocumentIndexView
    inspect_view_class = views.DocumentSheetView
    filterset_class = SupportingDocumentFilterSet
    search_fields = ["requirement__name", "profile__name", "child__first_name", "child__last_name", "file__name"]
    list_display = [
        "requirement",
        Column("child", label=_("Pour"), accessor=lambda document: document.child or _("La famille")),
        Column("profile", label=_("Foyer")),
        Column("sent_at", label=_("Envoyée le"), accessor=lambda document: timezone.localtime(document.sent_at)),
        StateColumn("state", label=_("État"), accessor=lambda document: state_on(document, timezone.localdate())),
    ]
    # What waits longest comes first.
    ordering = "sent_at"
    action_paths = [
        ("valider/<int:pk>/", views.AcceptView, "accept"),
        ("refuser/<int:pk>/", views.RefuseView, "refuse"),
        ("fichier/<int:pk>/", views.FileView, "file"),
    ]

    def get_queryset(self, request):
        return SupportingDocument.objects.select_related(*views.SHOWN)


class DocumentRequirementViewSet(SnippetViewSet):
    model = DocumentRequirement
    icon = "doc-empty"
    menu_label = _("Pièces à demander")
    copy_view_enabled = False
    search_fields = ["name", "description"]
    list_filter = ["scope", "active"]
    list_display = [
        "name",
        Column("get_scope_display", label=_("Demandée pour")),
        BooleanColumn("mandatory", label=_("Obligatoire")),
        Column(
            "validity_months",
            label=_("Validité"),
            accessor=lambda one: _("%d mois") % one.validity_months if one.validity_months else _("Sans limite"),
        ),
        BooleanColumn("active", label=_("Demandée")),
    ]
    ordering = ["position", "name"]
    panels = [
        FieldPanel("name"),
        FieldPanel("description"),
        MultiFieldPanel(
            [
                FieldPanel(
                    "scope",
                    help_text=_("« Certaines activités » : choisissez-les ensuite sur la fiche de chaque activité."),
                ),
                FieldRowPanel([FieldPanel("mandatory"), FieldPanel("active")]),
                FieldPanel("proves_quotient"),
            ],
            heading=_("À qui elle est demandée"),
        ),
        FieldRowPanel(
            [FieldPanel("validity_months"), FieldPanel("remind_days")], heading=_("Combien de temps elle vaut")
        ),
        FieldPanel("position"),
    ]


class FolderViewSet(SetUpViewSet):
    """The folders of « Mes documents », the same for every resident. Those the portal files into can't be deleted."""

    model = Folder
    icon = "folder-open-1"
    menu_label = _("Dossiers de documents")
    delete_view_class = views.FolderDeleteView
    list_display = [
        "name",
        "description",
        BooleanColumn("residents_add", label=_("Les usagers y ajoutent")),
        BooleanColumn("kind", label=_("Rangé par le portail"), accessor=lambda folder: bool(folder.kind)),
        "position",
    ]
    ordering = ["position", "name"]
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("description", help_text=_("Lue par les usagers sous le nom du dossier.")),
        FieldPanel("residents_add"),
        FieldPanel("position"),
    ]


class DocumentsViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Fichiers")
    menu_icon = "folder-open-inverse"
    menu_order = 290
    items = (SupportingDocumentViewSet, DocumentRequirementViewSet, FolderViewSet)

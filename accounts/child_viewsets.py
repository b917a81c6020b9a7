"""Children in the back office: a list and a sheet to read, decisions by actions; what families are asked, set up."""

import django_filters
from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column, DateColumn
from wagtail.snippets.views.snippets import DeleteView, IndexView, SnippetViewSet

from . import child_actions as actions
from . import perms, records
from .back_office import ReadOnlyIndexView, ReadOnlyViewSet, SheetView, StateColumn
from .enums import ChangeState, ChildState, FamilyForm, SchoolLevel
from .family_fields import rules_of
from .models import Child, ConsentType, Diet
from .queries import children as queries
from .services import health

PREFIX = "wagtailsnippets_accounts_child"
SHEET = "Fiche de l’enfant"


def _in(*states):
    return lambda child: child.state in states


CHILD_ACTIONS = (
    ("Valider", f"{PREFIX}:accept", "check", perms.can_decide_children, _in(ChildState.PENDING)),
    ("Refuser", f"{PREFIX}:refuse", "cross", perms.can_decide_children, _in(ChildState.PENDING)),
    ("Enfant déjà connu", f"{PREFIX}:merge", "group", perms.can_change_guardianships, _in(ChildState.PENDING)),
    ("Ajouter un foyer", f"{PREFIX}:household", "home", perms.can_change_guardianships, _in(ChildState.ACTIVE)),
    ("Archiver", f"{PREFIX}:archive", "folder-inverse", perms.can_decide_children, _in(ChildState.ACTIVE)),
    ("Sortir des archives", f"{PREFIX}:restore", "undo", perms.can_decide_children, _in(ChildState.ARCHIVED)),
)


class ChildFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=ChildState.choices)
    school_level = django_filters.ChoiceFilter(label=_("Niveau scolaire"), choices=SchoolLevel.choices)
    school = django_filters.AllValuesFilter(label=_("École"))

    class Meta:
        model = Child
        fields = ["state", "school_level", "school"]


class ChildIndexView(ReadOnlyIndexView):
    actions = CHILD_ACTIONS


class ChildSheetView(SheetView):
    """The child's file in the blocks that families fill in. Health is opened on purpose, and each time written down."""

    page_title = SHEET
    template_name = "accounts/admin/child.html"
    actions = CHILD_ACTIONS

    def get_context_data(self, **kwargs):
        child, user = self.object, self.request.user
        may_read_health = perms.can_read_health(user)
        opened = may_read_health and "sante" in self.request.GET
        return super().get_context_data(
            facts=facts(FamilyForm.CHILD, child),
            households=self.households(),
            duplicates=queries.likely_duplicates(child) if child.state == ChildState.PENDING else [],
            asked=list(child.change_requests.filter(state=ChangeState.PENDING).select_related("profile")),
            contacts=list(child.emergency_contacts.all()),
            pickups=list(child.authorised_pickups.all()),
            consents=queries.consents_of(child),
            may_read_health=may_read_health,
            health_opened=opened,
            health_facts=self.health_facts() if opened else [],
            **kwargs,
        )

    def health_facts(self):
        """Return the health block, and write down that it was read."""
        record = health.read(by=self.request.user, children=[self.object], where=SHEET).get(self.object.pk)
        return facts(FamilyForm.HEALTH, record) if record else []

    def households(self):
        """Return the guardianships with what each shows and the addresses of what may be done: no query in the page."""
        may = perms.can_change_guardianships(self.request.user)
        rows = []
        for holds in queries.guardianships_of(self.object):
            arguments = [self.object.pk, holds.pk]
            rows.append(
                {
                    "guardianship": holds,
                    "sees": [label for name, label in actions.RIGHTS_LABELS.items() if getattr(holds, name)],
                    "rights_url": reverse(f"{PREFIX}:rights", args=arguments) if may else "",
                    "end_url": reverse(f"{PREFIX}:end", args=arguments) if may and not holds.ended_on else "",
                }
            )
        return rows


def facts(form, record):
    """Return (label, value in words) of the fields of `form`, hidden ones too: staff see everything."""
    return [(rule.label, records.shown(form, name, getattr(record, name))) for name, rule in rules_of(form).items()]


class ChildViewSet(ReadOnlyViewSet):
    model = Child
    icon = "user"
    menu_label = _("Enfants")
    index_view_class = ChildIndexView
    inspect_view_class = ChildSheetView
    filterset_class = ChildFilterSet
    search_fields = ["first_name", "last_name", "school"]
    list_display = [
        "__str__",
        DateColumn("birth_date", label=_("Né·e le"), sort_key="birth_date"),
        Column("school", label=_("École"), sort_key="school"),
        Column("get_school_level_display", label=_("Niveau")),
        Column(
            "households",
            label=_("Foyers"),
            accessor=lambda child: ", ".join(str(holds.profile) for holds in child.current_guardianships),
        ),
        StateColumn("state_enum", label=_("État")),
    ]
    ordering = ["last_name", "first_name"]
    action_paths = [
        ("valider/<int:pk>/", actions.AcceptChildView, "accept"),
        ("refuser/<int:pk>/", actions.RefuseChildView, "refuse"),
        ("reunir/<int:pk>/", actions.MergeChildView, "merge"),
        ("archiver/<int:pk>/", actions.ArchiveChildView, "archive"),
        ("restaurer/<int:pk>/", actions.RestoreChildView, "restore"),
        ("foyer/<int:pk>/", actions.AddHouseholdView, "household"),
        ("foyer/<int:pk>/<int:guardianship>/droits/", actions.HouseholdRightsView, "rights"),
        ("foyer/<int:pk>/<int:guardianship>/terminer/", actions.EndGuardianshipView, "end"),
    ]

    def get_queryset(self, request):
        return queries.children_for_staff()


# What families are asked ----------------------------------------------------------------------------------------------


class OfferIndexView(IndexView):
    @cached_property
    def columns(self):
        # One by one: an answer of the families may hang on each.
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]


class OfferDeleteView(DeleteView):
    """What families already answered stays: it is no longer offered instead."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except ProtectedError:
            messages.error(
                self.request,
                f"Des familles ont déjà répondu à « {self.object} ». Décochez plutôt la case qui le propose.",
            )
            return redirect(self.get_success_url())


class OfferViewSet(SnippetViewSet):
    index_view_class = OfferIndexView
    delete_view_class = OfferDeleteView
    copy_view_enabled = False
    search_backend_name = None
    search_fields = ["label"]
    ordering = ["position", "label"]


class ConsentTypeViewSet(OfferViewSet):
    model = ConsentType
    icon = "check"
    menu_label = _("Autorisations demandées")
    list_display = ["label", BooleanColumn("mandatory"), BooleanColumn("active"), "position"]


class DietViewSet(OfferViewSet):
    model = Diet
    icon = "list-ul"
    menu_label = _("Régimes alimentaires")
    list_display = ["label", BooleanColumn("active"), "position"]


CHILD_VIEWSETS = (ChildViewSet, ConsentTypeViewSet, DietViewSet)

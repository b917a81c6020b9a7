"""The back office of families: what they ask to change, their files and quotients, the forms' fields, « J’accepte »."""

import django_filters
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import HeaderButton

from . import family_actions as actions
from . import family_perms as perms
from .back_office import ReadOnlyIndexView, ReadOnlyViewSet, SheetView, StateColumn
from .enums import ChangeState, FamilyForm
from .models import (
    AcceptanceText,
    ChangeRequest,
    FamilyFile,
    FamilyQuotient,
    FieldRule,
    Guardianship,
    Membership,
)
from .panels import Waiting
from .queries.family import guardians_of, last_acceptance, quotients_of

PREFIX = "wagtailsnippets_accounts_"


# What families ask to change ------------------------------------------------------------------------------------------

CHANGE_ACTIONS = (
    (
        _("Traiter"),
        f"{PREFIX}changerequest:decide",
        "edit",
        perms.can_decide_changes,
        lambda change: change.is_pending,
    ),
)


class ChangeFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=ChangeState.choices)
    form = django_filters.ChoiceFilter(label=_("Formulaire"), choices=FamilyForm.choices)

    class Meta:
        model = ChangeRequest
        fields = ["state", "form"]


class ChangeIndexView(ReadOnlyIndexView):
    actions = CHANGE_ACTIONS


class ChangeSheetView(SheetView):
    model = ChangeRequest
    template_name = "accounts/admin/change_request.html"
    actions = CHANGE_ACTIONS

    def get_context_data(self, **kwargs):
        seen = perms.can_see_values(self.request.user, self.object)
        actions.note_read(self.request.user, self.object)
        return super().get_context_data(
            seen=seen, lines=actions.lines_of(self.object) if seen else (), family=self.object.profile, **kwargs
        )


class ChangeRequestViewSet(ReadOnlyViewSet):
    model = ChangeRequest
    icon = "edit"
    menu_label = _("Demandes de modification")
    index_view_class = ChangeIndexView
    inspect_view_class = ChangeSheetView
    filterset_class = ChangeFilterSet
    search_fields = ["profile__name", "child__first_name", "child__last_name"]
    list_display = [
        "__str__",
        Column("profile", label=_("Foyer")),
        Column("requested_by", label=_("Demandé par")),
        "requested_at",
        StateColumn("state_enum", label=_("État")),
    ]
    ordering = "-requested_at"
    action_paths = [("traiter/<int:pk>/", actions.DecideChangeView, "decide")]

    def get_queryset(self, request):
        return ChangeRequest.objects.select_related("profile", "child", "requested_by")


# Families -------------------------------------------------------------------------------------------------------------


class FamilySheetView(SheetView):
    """All that the services know of a household, on one sheet."""

    model = FamilyFile
    template_name = "accounts/admin/family.html"
    actions = (
        (
            _("Enregistrer un quotient"),
            f"{PREFIX}familyfile:record_quotient",
            "plus",
            perms.can_verify_quotients,
            lambda file: True,
        ),
    )

    def get_context_data(self, **kwargs):
        profile, today = self.object.profile, timezone.localdate()
        members = Membership.objects.active().filter(profile=profile).select_related("user")
        guardianships = Guardianship.objects.on(today).filter(profile=profile).select_related("child")
        return super().get_context_data(
            family=profile,
            members=members.order_by("started_at"),
            guardians=guardians_of(profile),
            guardianships=guardianships.order_by("child__birth_date"),
            quotients=[(quotient, quotient.state_on(today)) for quotient in quotients_of(profile)],
            changes=ChangeRequest.objects.filter(profile=profile)
            .select_related("child")
            .order_by("-requested_at")[:10],
            acceptance=last_acceptance(profile),
            **kwargs,
        )


class FamilyFileViewSet(ReadOnlyViewSet):
    model = FamilyFile
    icon = "group"
    menu_label = _("Foyers")
    inspect_view_class = FamilySheetView
    search_fields = [
        "profile__name",
        "profile__town",
        "benefit_number",
        "profile__guardians__last_name",
        "profile__guardianships__child__first_name",
        "profile__guardianships__child__last_name",
    ]
    list_display = [
        "__str__",
        Column("profile.town", label=_("Commune"), accessor="profile.town"),
        Column("profile.phone", label=_("Téléphone"), accessor="profile.phone"),
        Column("children", label=_("Enfants"), accessor="children_count"),
        "updated_at",
    ]
    ordering = "profile__name"
    action_paths = [("quotient/<int:pk>/", actions.RecordQuotientView, "record_quotient")]

    def get_queryset(self, request):
        today = timezone.localdate()
        raised = Q(profile__guardianships__started_on__lte=today) & (
            Q(profile__guardianships__ended_on=None) | Q(profile__guardianships__ended_on__gte=today)
        )
        count = Count("profile__guardianships__child", filter=raised, distinct=True)
        return FamilyFile.objects.select_related("profile").annotate(children_count=count)


class QuotientFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("État"),
        method="filter_state",
        choices=[("declared", _("À vérifier")), ("verified", _("Vérifiés")), ("refused", _("Refusés"))],
    )

    class Meta:
        model = FamilyQuotient
        fields = []

    def filter_state(self, queryset, name, value):
        if value == "verified":
            return queryset.filter(verified_at__isnull=False)
        declared = queryset.filter(verified_at=None)
        return declared.filter(refused_reason="") if value == "declared" else declared.exclude(refused_reason="")


def _undecided(quotient):
    return quotient.verified_at is None and not quotient.refused_reason


QUOTIENT_ACTIONS = (
    (_("Valider"), f"{PREFIX}familyquotient:verify", "check", perms.can_verify_quotients, _undecided),
    (_("Refuser"), f"{PREFIX}familyquotient:refuse", "cross", perms.can_verify_quotients, _undecided),
)


class QuotientIndexView(ReadOnlyIndexView):
    actions = QUOTIENT_ACTIONS


class QuotientSheetView(SheetView):
    model = FamilyQuotient
    template_name = "accounts/admin/quotient.html"
    actions = QUOTIENT_ACTIONS

    def get_context_data(self, **kwargs):
        return super().get_context_data(state=self.object.state_on(timezone.localdate()), **kwargs)


class FamilyQuotientViewSet(ReadOnlyViewSet):
    model = FamilyQuotient
    icon = "decimal"
    menu_label = _("Quotients familiaux")
    index_view_class = QuotientIndexView
    inspect_view_class = QuotientSheetView
    filterset_class = QuotientFilterSet
    search_fields = ["profile__name"]
    list_display = [
        Column("profile", label=_("Foyer")),
        "amount",
        "valid_from",
        "valid_until",
        StateColumn("state", label=_("État"), accessor=lambda quotient: quotient.state_on(timezone.localdate())),
    ]
    ordering = "-declared_at"
    action_paths = [
        ("valider/<int:pk>/", actions.VerifyQuotientView, "verify"),
        ("refuser/<int:pk>/", actions.RefuseQuotientView, "refuse"),
    ]

    def get_queryset(self, request):
        return FamilyQuotient.objects.select_related("profile")


# The forms' fields, the text to accept --------------------------------------------------------------------------------


class FieldRuleIndexView(ReadOnlyIndexView):
    """The fields, with one button for each form."""

    @cached_property
    def header_more_buttons(self):
        if not perms.can_configure_fields(self.request.user):
            return []
        return [
            HeaderButton(
                _("Régler : %s") % form.label,
                url=reverse(f"{PREFIX}fieldrule:configure", args=[form.value]),
                icon_name="form",
            )
            for form in FamilyForm
        ]


class FieldRuleViewSet(ReadOnlyViewSet):
    model = FieldRule
    icon = "form"
    menu_label = _("Champs des formulaires")
    index_view_class = FieldRuleIndexView
    inspect_view_enabled = False
    list_filter = ["form"]
    list_display = [
        Column("label", label=_("Champ")),
        Column("form", label=_("Formulaire"), accessor="get_form_display"),
        *(BooleanColumn(box, label=label) for box, label in actions.HEADS.items()),
    ]
    list_per_page = 100
    ordering = ["form", "position"]
    action_paths = [("regler/<str:kind>/", actions.ConfigureFieldsView, "configure")]


class TextIndexView(ReadOnlyIndexView):
    @cached_property
    def header_buttons(self):
        if not perms.can_publish_text(self.request.user):
            return []
        url = reverse(f"{PREFIX}acceptancetext:publish")
        return [HeaderButton(_("Publier un nouveau texte"), url=url, icon_name="plus")]


class TextSheetView(SheetView):
    """A version, and the last who accepted it."""

    model = AcceptanceText
    template_name = "accounts/admin/acceptance_text.html"

    def get_context_data(self, **kwargs):
        may_see = self.request.user.has_perm("accounts.view_acceptance")
        accepted = self.object.acceptances.select_related("profile", "child", "accepted_by")
        return super().get_context_data(
            count=self.object.acceptances.count(), acceptances=accepted[:50] if may_see else (), **kwargs
        )


class AcceptanceTextViewSet(ReadOnlyViewSet):
    model = AcceptanceText
    icon = "doc-full"
    menu_label = _("Textes à accepter")
    index_view_class = TextIndexView
    inspect_view_class = TextSheetView
    list_display = ["__str__", "published_at", Column("count", label=_("Acceptations"))]
    ordering = "-version"
    action_paths = [("publier/", actions.PublishTextView, "publish")]

    def get_queryset(self, request):
        return AcceptanceText.objects.annotate(count=Count("acceptances"))


FAMILY_VIEWSETS = (
    FamilyFileViewSet,
    ChangeRequestViewSet,
    FamilyQuotientViewSet,
    FieldRuleViewSet,
    AcceptanceTextViewSet,
)


def waiting_for(user):
    """Return what waits for `user`: the changes that families ask for, the quotients they declare."""
    lines = []
    if perms.can_decide_changes(user):
        pending = ChangeRequest.objects.filter(state=ChangeState.PENDING)
        found = pending.aggregate(count=Count("pk"), since=Min("requested_at"))
        url = f"{reverse(f'{PREFIX}changerequest:list')}?state={ChangeState.PENDING}"
        lines.append(Waiting(_("Demandes de modification des familles"), found["count"], url, found["since"]))
    if perms.can_verify_quotients(user):
        declared = FamilyQuotient.objects.filter(verified_at=None, refused_reason="")
        found = declared.aggregate(count=Count("pk"), since=Min("declared_at"))
        url = f"{reverse(f'{PREFIX}familyquotient:list')}?state=declared"
        lines.append(Waiting(_("Quotients familiaux à vérifier"), found["count"], url, found["since"]))
    return lines

"""The back office of water: lists and sheets to read; what changes goes by actions that call a service."""

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from accounts.back_office import ReadOnlyViewSet, StateColumn

from . import admin_actions as actions
from . import admin_views as views
from .enums import CodeRequestState
from .models import CodeBatch, CodeRequest, DeliveryPoint, Meter, MeterReading, WaterContract
from .queries import contracts_without_code


class ContractFilterSet(WagtailFilterSet):
    attached = django_filters.ChoiceFilter(
        label=_("Rattachement"),
        method="filter_attached",
        choices=[
            ("yes", _("Rattaché à un compte")),
            ("no", _("Non rattaché")),
            ("no_code", _("Non rattaché, sans code valable")),
        ],
    )
    running = django_filters.ChoiceFilter(
        label=_("État"), method="filter_running", choices=[("yes", _("En cours")), ("no", _("Résilié"))]
    )

    class Meta:
        model = WaterContract
        fields = []

    def filter_attached(self, queryset, name, value):
        if value == "no_code":
            return queryset.filter(pk__in=contracts_without_code().values("pk"))
        return queryset.filter(profile__isnull=value == "no")

    def filter_running(self, queryset, name, value):
        return queryset.filter(terminated_on__isnull=value == "yes")


class WaterContractViewSet(ReadOnlyViewSet):
    model = WaterContract
    icon = "doc-full"
    menu_label = _("Contrats")
    index_view_class = views.ContractIndexView
    inspect_view_class = views.ContractSheetView
    filterset_class = ContractFilterSet
    search_fields = [
        "reference",
        "holder_name",
        "delivery_point__address",
        "delivery_point__town",
        "delivery_point__meters__serial_number",
    ]
    list_display = [
        "reference",
        "holder_name",
        Column("delivery_point", label=_("Point de livraison")),
        Column("profile", label=_("Rattaché à")),
        StateColumn("state", label=_("État")),
    ]
    ordering = "reference"
    action_paths = [
        ("nouveau-code/<int:pk>/", actions.ReissueCodeView, "reissue"),
        ("detacher/<int:pk>/", actions.DetachContractView, "detach"),
    ]

    def get_queryset(self, request):
        return WaterContract.objects.select_related("delivery_point", "profile")


class CodeRequestFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=CodeRequestState.choices)

    class Meta:
        model = CodeRequest
        fields = ["state"]


class CodeRequestViewSet(ReadOnlyViewSet):
    model = CodeRequest
    icon = "mail"
    menu_label = _("Demandes de code")
    index_view_class = views.RequestIndexView
    inspect_view_class = views.RequestSheetView
    filterset_class = CodeRequestFilterSet
    search_fields = ["reference", "email", "profile__name"]
    list_display = [
        "reference",
        Column("requested_by", label=_("Demandé par")),
        "email",
        "created_at",
        StateColumn("state_enum", label=_("État")),
    ]
    ordering = "created_at"
    action_paths = [
        ("envoyer/<int:pk>/", actions.SendCodeView, "send"),
        ("refuser/<int:pk>/", actions.RefuseCodeView, "refuse"),
    ]

    def get_queryset(self, request):
        return CodeRequest.objects.select_related("requested_by", "profile")


class CodeBatchViewSet(ReadOnlyViewSet):
    model = CodeBatch
    icon = "key"
    menu_label = _("Codes d’activation")
    index_view_class = views.BatchIndexView
    inspect_view_class = views.BatchSheetView
    list_display = [
        "__str__",
        "issued_by",
        "issued_at",
        Column("count", label=_("Codes")),
        StateColumn("state", label=_("État")),
    ]
    ordering = "-issued_at"
    action_paths = [
        ("emettre/", actions.IssueCodesView, "issue"),
        ("exporter/<int:pk>/", actions.ExportCodesView, "export"),
        ("reprendre/<int:pk>/", actions.ResumeBatchView, "resume"),
    ]

    def get_queryset(self, request):
        return CodeBatch.objects.select_related("issued_by")


class DeliveryPointViewSet(ReadOnlyViewSet):
    model = DeliveryPoint
    icon = "site"
    menu_label = _("Points de livraison")
    inspect_view_class = views.DeliveryPointSheetView
    search_fields = ["reference", "address", "town"]
    list_filter = ["town"]
    list_display = ["reference", "address", "postcode", "town"]


class MeterViewSet(ReadOnlyViewSet):
    model = Meter
    icon = "order"
    menu_label = _("Compteurs")
    inspect_view_class = views.MeterSheetView
    search_fields = ["serial_number", "delivery_point__address"]
    list_display = ["serial_number", Column("delivery_point", label=_("Point de livraison")), "diameter_mm", "digits"]

    def get_queryset(self, request):
        return Meter.objects.select_related("delivery_point")


class MeterReadingViewSet(ReadOnlyViewSet):
    model = MeterReading
    icon = "history"
    menu_label = _("Relèves")
    search_fields = ["meter__serial_number"]
    list_filter = ["source", "state"]
    list_display = [
        "__str__",
        "read_on",
        "index",
        Column("get_source_display", label=_("Origine")),
        StateColumn("state_enum", label=_("État")),
    ]

    def get_queryset(self, request):
        return MeterReading.objects.select_related("meter")


class WaterViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Eau")
    menu_icon = "water"
    menu_order = 300
    items = (
        WaterContractViewSet,
        CodeRequestViewSet,
        CodeBatchViewSet,
        DeliveryPointViewSet,
        MeterViewSet,
        MeterReadingViewSet,
    )

"""The back office of money: lists and sheets to read. What changes goes by action views that call a service."""

import django_filters
from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from accounts.back_office import ReadOnlyViewSet, StateColumn
from accounts.registers import Register
from theme.formats import money

from . import admin_views as views
from . import queries
from .enums import ChargeState, MandateState, PaymentState, RefundState
from .models import Charge, Invoice, Payment, PaymentEvent, Refund, SepaMandate


class MoneyColumn(Column):
    """An amount in euros."""

    def get_value(self, instance):
        return money(super().get_value(instance))


class InvoiceFilterSet(WagtailFilterSet):
    paid = django_filters.ChoiceFilter(
        label=_("Règlement"), method="filter_paid", choices=[("no", _("À payer")), ("yes", _("Réglées"))]
    )
    attached = django_filters.ChoiceFilter(
        label=_("Compte"), method="filter_attached", choices=[("yes", _("Dans un espace")), ("no", _("Non rattachées"))]
    )

    class Meta:
        model = Invoice
        fields = ["kind"]

    def filter_paid(self, queryset, name, value):
        return queryset.filter(balance=0) if value == "yes" else queryset.filter(balance__gt=0)

    def filter_attached(self, queryset, name, value):
        return queryset.filter(profile__isnull=value == "no")


class InvoiceViewSet(ReadOnlyViewSet):
    model = Invoice
    icon = "doc-full"
    menu_label = _("Factures")
    inspect_view_class = views.InvoiceSheetView
    filterset_class = InvoiceFilterSet
    search_fields = ["number", "customer_reference", "holder_name", "profile__name"]
    list_display = [
        "number",
        "customer_reference",
        "holder_name",
        "due_on",
        MoneyColumn("gross", label=_("Montant")),
        MoneyColumn("balance", label=_("Reste à payer")),
        StateColumn("state", label=_("État")),
    ]

    def get_queryset(self, request):
        return queries.with_state(Invoice.objects.all())

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("pdf/<int:pk>/", views.invoice_pdf, name="pdf")]


class PaymentFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=PaymentState.choices)
    look = django_filters.ChoiceFilter(
        label=_("À traiter"),
        method="filter_look",
        choices=[
            ("refund", _("Trop-perçu à rembourser")),
            ("look", _("Anomalie ou attente trop longue")),
            ("failed", _("Remboursement refusé")),
        ],
    )

    class Meta:
        model = Payment
        fields = ["state"]

    def filter_look(self, queryset, name, value):
        wanted = {
            "refund": queries.payments_to_refund,
            "look": queries.payments_to_look_at,
            "failed": queries.payments_with_failed_refund,
        }[value]()
        return queryset.filter(pk__in=wanted.values("pk"))


class PaymentViewSet(ReadOnlyViewSet):
    model = Payment
    icon = "tick-inverse"
    menu_label = _("Règlements")
    inspect_view_class = views.PaymentSheetView
    filterset_class = PaymentFilterSet
    search_fields = ["receipt_number", "profile__name", "paid_by__email", "provider_payment", "provider_session"]
    list_display = [
        "__str__",
        Column("created_at", label=_("Date"), sort_key="created_at"),
        Column("profile", label=_("Profil")),
        MoneyColumn("amount", label=_("Montant")),
        MoneyColumn("excess", label=_("Trop-perçu")),
        StateColumn("state_enum", label=_("État")),
    ]
    action_paths = [("rembourser/<int:pk>/", views.RefundPaymentView, "refund")]

    def get_queryset(self, request):
        return Payment.objects.select_related("profile")

    def get_urlpatterns(self):
        return [
            *super().get_urlpatterns(),
            path("verifier/<int:pk>/", views.VerifyPaymentView.as_view(), name="verify"),
            path("recu/<int:pk>/", views.receipt_pdf, name="receipt"),
        ]


class RefundFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=RefundState.choices)

    class Meta:
        model = Refund
        fields = ["state"]


class RefundViewSet(ReadOnlyViewSet):
    model = Refund
    icon = "undo"
    menu_label = _("Remboursements")
    filterset_class = RefundFilterSet
    search_fields = ["payment__receipt_number", "reason"]
    list_display = [
        "__str__",
        Column("created_at", label=_("Date"), sort_key="created_at"),
        Column("payment", label=_("Règlement")),
        MoneyColumn("amount", label=_("Montant")),
        "reason",
        Column("requested_by", label=_("Demandé par")),
        StateColumn("state_enum", label=_("État")),
    ]

    def get_queryset(self, request):
        return Refund.objects.select_related("payment", "requested_by")


class ChargeFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=ChargeState.choices)
    service_date = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)

    class Meta:
        model = Charge
        fields = ["state", "service_date"]


class ChargeViewSet(ReadOnlyViewSet):
    """What domains handed over and no invoice has yet, with what each amount was computed from."""

    model = Charge
    icon = "list-ul"
    menu_label = _("Sommes à facturer")
    inspect_view_class = views.ChargeSheetView
    filterset_class = ChargeFilterSet
    search_fields = ["label", "beneficiary", "profile__name"]
    list_display = [
        "label",
        "beneficiary",
        Column("profile", label=_("Profil")),
        "service_date",
        MoneyColumn("amount", label=_("Montant")),
        StateColumn("state_enum", label=_("État")),
    ]
    ordering = "-service_date"

    def get_queryset(self, request):
        return Charge.objects.select_related("profile")


class MandateFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=_("État"), choices=MandateState.choices)

    class Meta:
        model = SepaMandate
        fields = ["state"]


class MandateViewSet(ReadOnlyViewSet):
    """The direct debits in place and those revoked; the IBAN is shown in part only."""

    model = SepaMandate
    icon = "lock"
    menu_label = _("Mandats de prélèvement")
    index_view_class = views.MandateIndexView
    inspect_view_class = views.MandateSheetView
    filterset_class = MandateFilterSet
    search_fields = ["reference", "customer_reference", "holder_name", "profile__name"]
    list_display = [
        "reference",
        "customer_reference",
        Column("profile", label=_("Profil")),
        "holder_name",
        Column("masked_iban", label=_("IBAN")),
        Column("signed_on", label=_("Signé le"), sort_key="signed_on"),
        StateColumn("state_enum", label=_("État")),
    ]
    action_paths = [("revoquer/<int:pk>/", views.RevokeMandateView, "revoke")]

    def get_queryset(self, request):
        return SepaMandate.objects.select_related("profile")


class BillingViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Facturation")
    menu_icon = "banknotes"
    menu_order = 310
    items = (PaymentViewSet, InvoiceViewSet, RefundViewSet, ChargeViewSet, MandateViewSet)


class PaymentEventAdmin(Register):
    """The register of the provider's notifications, as they came."""

    model = PaymentEvent
    menu_label = _("Événements de paiement")
    menu_icon = "history"
    menu_order = 660
    add_to_settings_menu = True
    list_display = ["received_at", "kind", "payment", "processed_at", "outcome"]
    list_filter = ["kind"]
    list_select_related = ["payment"]
    search_fields = ["event_id", "object_id"]

"""Back office: lists and sheets to read, with the actions open to who reads them."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.widgets.button import HeaderButton, ListingButton

from accounts.back_office import ReadOnlyIndexView, SheetView

from . import perms, queries
from .admin_actions import compared
from .models import CodeBatch, CodeRequest, WaterContract

CONTRACT_ACTIONS = (
    (
        "Émettre un nouveau code",
        "wagtailsnippets_water_watercontract:reissue",
        "key",
        perms.can_issue_codes,
        lambda contract: contract.profile_id is None,
    ),
    (
        "Mettre fin au rattachement",
        "wagtailsnippets_water_watercontract:detach",
        "cross",
        perms.can_detach,
        lambda contract: contract.profile_id is not None,
    ),
)
REQUEST_ACTIONS = (
    (
        "Vérifier et envoyer le code",
        "wagtailsnippets_water_coderequest:send",
        "mail",
        perms.can_handle_requests,
        lambda request: request.state == "pending",
    ),
    (
        "Refuser",
        "wagtailsnippets_water_coderequest:refuse",
        "cross",
        perms.can_handle_requests,
        lambda request: request.state == "pending",
    ),
)


class ContractIndexView(ReadOnlyIndexView):
    actions = CONTRACT_ACTIONS


class ContractSheetView(SheetView):
    template_name = "water/admin/contract.html"
    actions = CONTRACT_ACTIONS

    def get_object(self, queryset=None):
        contracts = WaterContract.objects.select_related("delivery_point", "profile")
        return get_object_or_404(contracts, pk=self.pk)

    def get_context_data(self, **kwargs):
        history = queries.ContractHistory(self.object)
        codes_given = list(self.object.codes.select_related("batch")[:10])
        return super().get_context_data(history=history, codes=codes_given, **kwargs)


class BatchIndexView(ReadOnlyIndexView):
    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if can_export(self.request.user, instance):
            url = reverse("wagtailsnippets_water_codebatch:export", args=[instance.pk])
            buttons.insert(0, ListingButton("Exporter les codes", url=url, icon_name="download"))
        return buttons

    @cached_property
    def header_buttons(self):
        if not perms.can_issue_codes(self.request.user):
            return []
        return [
            HeaderButton(
                "Émettre les codes manquants", url=reverse("wagtailsnippets_water_codebatch:issue"), icon_name="key"
            )
        ]


class BatchSheetView(SheetView):
    model = CodeBatch
    template_name = "water/admin/batch.html"

    @cached_property
    def header_buttons(self):
        if not self.object.ready_at and perms.can_issue_codes(self.request.user):
            url = reverse("wagtailsnippets_water_codebatch:resume", args=[self.object.pk])
            return [HeaderButton("Reprendre l’émission", url=url, icon_name="resubmit")]
        if not can_export(self.request.user, self.object):
            return []
        url = reverse("wagtailsnippets_water_codebatch:export", args=[self.object.pk])
        return [HeaderButton("Exporter les codes", url=url, icon_name="download")]


def can_export(user, batch):
    """Whether the export of `batch` is open to `user`: who issued it, once, when it is ready."""
    return batch.issued_by_id == user.pk and batch.ready_at and not batch.exported_at and perms.can_issue_codes(user)


class RequestIndexView(ReadOnlyIndexView):
    actions = REQUEST_ACTIONS


class RequestSheetView(SheetView):
    model = CodeRequest
    template_name = "water/admin/request.html"
    actions = REQUEST_ACTIONS

    def get_context_data(self, **kwargs):
        return super().get_context_data(comparison=compared(self.object), **kwargs)


class MeterSheetView(SheetView):
    template_name = "water/admin/meter.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(readings=self.object.readings.all()[:100], **kwargs)


class DeliveryPointSheetView(SheetView):
    template_name = "water/admin/delivery_point.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            contracts=self.object.contracts.select_related("profile").order_by("-subscribed_on"),
            meters=self.object.meters.order_by("-installed_on"),
            **kwargs,
        )

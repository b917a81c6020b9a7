"""Back office: actions that call a service after a page that says what will happen, and sheets to read."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.views.generic.base import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton, ListingButton
from wagtail.snippets.views.snippets import IndexView as SnippetIndexView

from . import exports, perms, queries
from .forms import RefusalForm
from .models import CodeBatch, CodeRequest, WaterContract
from .services import attachment, codes, requests


class ActionView(WagtailAdminTemplateMixin, TemplateView):
    """A confirmation (GET) and an act (POST). Subclasses set the texts, `allowed`, and `act()`."""

    model = None
    index_url_name = ""
    inspect_url_name = ""
    template_name = "water/admin/action.html"
    header_icon = "warning"
    button = ""
    serious = False
    form_class = None
    success = ""

    @staticmethod
    def allowed(user):
        """Whether `user` may do this at all; the service checks again."""
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if not self.allowed(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def object(self):
        return get_object_or_404(self.model, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    @cached_property
    def form(self):
        return self.form_class(self.request.POST or None) if self.form_class else None

    def explanation(self):
        """What will happen, as paragraphs."""
        return []

    def act(self):
        """Call the service and return the address to go to, or a response."""
        raise NotImplementedError

    def post(self, request, *args, **kwargs):
        if self.form is not None and not self.form.is_valid():
            return self.get(request, *args, **kwargs)
        try:
            result = self.act()
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return redirect(self.back_url)
        if isinstance(result, HttpResponse):
            return result
        if self.success:
            messages.success(request, self.success)
        return redirect(result)

    @property
    def back_url(self):
        if self.object is not None and self.inspect_url_name:
            return reverse(self.inspect_url_name, args=[self.object.pk])
        return reverse(self.index_url_name)

    def get_page_subtitle(self):
        return str(self.object) if self.object is not None else ""

    def get_breadcrumbs_items(self):
        label = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": label},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            explanation=self.explanation(),
            form=self.form,
            button=self.button,
            serious=self.serious,
            back_url=self.back_url,
            object=self.object,
            **kwargs,
        )


# Codes ---------------------------------------------------------------------------------------------------------------


class IssueCodesView(ActionView):
    """Issue codes for the contracts that have none; says how many first."""

    page_title = "Émettre des codes d’activation"
    header_icon = "key"
    success = "L’émission est lancée. Le lot sera prêt à exporter dans quelques instants."
    allowed = staticmethod(perms.can_issue_codes)

    @cached_property
    def counts(self):
        return queries.code_counts()

    @property
    def button(self):
        count = self.counts["without_code"]
        return f"Émettre {count} code{'s' if count > 1 else ''}" if count else ""

    def explanation(self):
        counts = self.counts
        if not counts["without_code"]:
            return ["Chaque contrat en cours est déjà rattaché à un compte ou a déjà un code d’activation."]
        return [
            f"Contrats en cours sans code d’activation : {counts['without_code']}. Un code sera émis pour chacun.",
            f"Laissés de côté : {counts['attached']} déjà rattachés à un compte, {counts['with_code']} qui ont déjà "
            f"un code, {counts['terminated']} résiliés.",
            "Les codes ne pourront être exportés qu’une seule fois, par vous, pour le publipostage.",
        ]

    def act(self):
        batch = codes.issue_codes(by=self.request.user)
        return reverse(self.inspect_url_name, args=[batch.pk])


class ExportCodesView(ActionView):
    """Export a batch, once, as a spreadsheet; a batch of one may also be read on the screen."""

    page_title = "Exporter les codes"
    header_icon = "download"
    template_name = "water/admin/export.html"
    allowed = staticmethod(perms.can_issue_codes)

    def dispatch(self, request, *args, **kwargs):
        # Whoever issued them, and nobody else: not even the page that asks.
        if self.object.issued_by_id != request.user.pk:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def explanation(self):
        return [
            "L’export n’est possible qu’une seule fois : les codes sont ensuite effacés du portail.",
            "Gardez le fichier en lieu sûr, et supprimez-le après le publipostage.",
        ]

    def act(self):
        chosen = self.request.POST.get("format", "")
        if chosen not in exports.FORMATS and not (chosen == "screen" and self.object.count == 1):
            raise ValidationError("Choisissez un format de fichier.")
        rows = codes.export_codes(by=self.request.user, batch=self.object)
        if chosen == "screen":
            context = self.get_context_data(rows=rows)
            response = self.render_to_response({**context, "shown": rows})
        else:
            response = exports.spreadsheet(rows, name=f"codes-lot-{self.object.pk}", format_name=chosen)
        response["Cache-Control"] = "no-store, private"
        return response


class ReissueCodeView(ActionView):
    """Void the code of one contract and issue another."""

    page_title = "Émettre un nouveau code"
    header_icon = "key"
    button = "Émettre un nouveau code"
    success = "Un nouveau code est émis. Exportez-le ou lisez-le maintenant : ce ne sera possible qu’une fois."
    allowed = staticmethod(perms.can_issue_codes)

    def explanation(self):
        return [
            f"L’ancien code du contrat {self.object.reference} ({self.object.holder_name}) ne sera plus valable.",
            "Le nouveau code forme un lot à lui seul, que vous pourrez lire ou exporter une fois.",
        ]

    def act(self):
        batch = codes.reissue_code(by=self.request.user, contract=self.object)
        return reverse("wagtailsnippets_water_codebatch:export", args=[batch.pk])


class DetachContractView(ActionView):
    """End the attachment of a contract to a profile."""

    page_title = "Mettre fin au rattachement"
    header_icon = "cross"
    button = "Mettre fin au rattachement"
    serious = True
    success = "Le contrat n’est plus rattaché. Pour le rattacher de nouveau, émettez un code."
    allowed = staticmethod(perms.can_detach)

    def explanation(self):
        return [
            f"Le profil « {self.object.profile} » ne verra plus le contrat {self.object.reference}, ni ses factures.",
            "Les règlements déjà faits restent à ceux qui les ont faits.",
        ]

    def act(self):
        attachment.detach_contract(by=self.request.user, contract=self.object)
        return self.back_url


# Requests ------------------------------------------------------------------------------------------------------------


class SendCodeView(ActionView):
    """« Vérifier et envoyer le code » (s1.4): never automatic."""

    page_title = "Vérifier et envoyer le code"
    header_icon = "mail"
    template_name = "water/admin/request_action.html"
    button = "J’ai vérifié : envoyer le code"
    success = "Le code est envoyé par courriel."
    allowed = staticmethod(perms.can_handle_requests)

    def explanation(self):
        return [
            f"Un nouveau code sera envoyé à {self.object.email}.",
            "Celui qui était imprimé sur le contrat ne sera plus valable.",
        ]

    def act(self):
        requests.send_code(by=self.request.user, code_request=self.object)
        return reverse(self.index_url_name)

    def get_context_data(self, **kwargs):
        return super().get_context_data(comparison=compared(self.object), **kwargs)


class RefuseCodeView(SendCodeView):
    """Refuse, and say why in a mail."""

    page_title = "Refuser la demande"
    header_icon = "cross"
    button = "Refuser et prévenir l’usager"
    serious = True
    form_class = RefusalForm
    success = "La demande est refusée. L’usager est prévenu par courriel."

    def explanation(self):
        return [f"Le motif sera envoyé à {self.object.email}."]

    def act(self):
        requests.refuse_code(by=self.request.user, code_request=self.object, **self.form.cleaned_data)
        return reverse(self.index_url_name)


def compared(request):
    """Return what an agent compares: {contract, rows of (label, on the contract, in the account)}."""
    contract = queries.contract_asked_for(request)
    profile, user = request.profile, request.requested_by
    town = f"{profile.postcode} {profile.town}".strip()
    address = ", ".join(filter(None, [profile.address, profile.address_complement, town]))
    return {
        "contract": contract,
        "rows": [
            ("Nom", contract.holder_name if contract else "–", f"{user.get_full_name()} (profil {profile.name})"),
            ("Adresse", str(contract.delivery_point) if contract else "–", address or "Non renseignée"),
            ("Courriel", "–", request.email),
            ("Téléphone", "–", profile.phone or "Non renseigné"),
        ],
    }


# Lists and sheets ----------------------------------------------------------------------------------------------------


class ReadOnlyIndexView(SnippetIndexView):
    """A list whose lines open the sheet. `actions` are (label, url name, icon, allowed, wanted of an instance)."""

    actions = ()

    @cached_property
    def columns(self):
        # Nothing can be done to many lines at once: no boxes to tick.
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_list_more_buttons(self, instance):
        return [
            ListingButton(label, url=reverse(url_name, args=[instance.pk]), icon_name=icon, priority=30)
            for label, url_name, icon, allowed, wanted in self.actions
            if allowed(self.request.user) and wanted(instance)
        ] + IndexView.get_list_more_buttons(self, instance)


class SheetView(InspectView):
    """An inspect view with the same actions in its header."""

    actions = ()

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(label, url=reverse(url_name, args=[self.object.pk]), icon_name=icon)
            for label, url_name, icon, allowed, wanted in self.actions
            if allowed(self.request.user) and wanted(self.object)
        ]


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

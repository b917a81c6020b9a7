"""Back office of money: sheets to read, and two acts on a payment, each after a page that says what will happen."""

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton, ListingButton
from wagtail.log_actions import registry
from wagtail.snippets.views.snippets import IndexView

from theme.formats import money

from . import perms, services
from .downloads import private_file
from .enums import PaymentState
from .forms import RefundForm
from .models import Invoice, Payment
from .providers import ProviderRefused, ProviderUnavailable


class RegisterView(IndexView):
    """A list whose lines lead to a sheet to read, never to a form."""

    @cached_property
    def columns(self):
        # Nothing can be done to many lines at once: no boxes to tick.
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_edit_url(self, instance):
        return None

    def get_list_more_buttons(self, instance):
        url = self.get_inspect_url(instance)
        if not url:
            return []
        label = _("Consulter « %(name)s »") % {"name": instance}
        return [ListingButton(_("Consulter"), url=url, icon_name="info-circle", attrs={"aria-label": label})]


class SheetView(InspectView):
    """A sheet to read."""

    page_title = gettext_lazy("Fiche")

    def get_edit_url(self):
        return None

    def get_delete_url(self):
        return None


class InvoiceSheetView(SheetView):
    """An invoice, frozen: its amounts, whose it is, the payments that settle it."""

    template_name = "billing/admin/invoice.html"

    @cached_property
    def header_more_buttons(self):
        if not self.object.pdf:
            return []
        url = reverse("wagtailsnippets_billing_invoice:pdf", args=[self.object.pk])
        return [HeaderButton(_("Télécharger le PDF"), url=url, icon_name="download")]

    def get_context_data(self, **kwargs):
        allocations = self.object.allocations.select_related("payment").order_by("-pk")
        return super().get_context_data(allocations=allocations, **kwargs)


class PaymentSheetView(SheetView):
    """A payment: what it settles, its refunds, what the provider announced, who did what."""

    template_name = "billing/admin/payment.html"

    @cached_property
    def header_more_buttons(self):
        payment, buttons = self.object, []
        if perms.can_refund(self.request.user) and payment.state == PaymentState.SETTLED:
            url = reverse("wagtailsnippets_billing_payment:refund", args=[payment.pk])
            buttons.append(HeaderButton(_("Rembourser"), url=url, icon_name="undo"))
        if payment.receipt_pdf:
            url = reverse("wagtailsnippets_billing_payment:receipt", args=[payment.pk])
            buttons.append(HeaderButton(_("Télécharger le reçu"), url=url, icon_name="download"))
        return buttons

    def get_context_data(self, **kwargs):
        payment = self.object
        return super().get_context_data(
            allocations=payment.allocations.select_related("invoice").order_by("invoice_id"),
            refunds=payment.refunds.select_related("requested_by"),
            events=payment.events.all(),
            entries=registry.get_logs_for_instance(payment).select_related("user").order_by("timestamp", "pk"),
            can_check=perms.can_check(self.request.user),
            check_url=reverse("wagtailsnippets_billing_payment:verify", args=[payment.pk]),
            **kwargs,
        )


class VerifyPaymentView(View):
    """« Vérifier auprès du prestataire » : a POST from the sheet."""

    def get(self, request, pk):
        return HttpResponseNotAllowed(["POST"])

    def post(self, request, pk):
        if not perms.can_check(request.user):
            raise PermissionDenied
        payment = get_object_or_404(Payment, pk=pk)
        try:
            payment = services.check_payment(by=request.user, payment=payment)
        except ProviderUnavailable:
            messages.error(request, _("Le prestataire ne répond pas. Réessayez dans quelques minutes."))
        except ProviderRefused:
            messages.error(request, _("Le prestataire ne connaît pas ce règlement."))
        else:
            if payment.anomaly:
                messages.warning(request, payment.anomaly)
            else:
                messages.success(
                    request, _("Réponse du prestataire : %(state)s.") % {"state": payment.get_state_display()}
                )
        return redirect("wagtailsnippets_billing_payment:inspect", pk)


class RefundPaymentView(WagtailAdminTemplateMixin, TemplateView):
    """« Rembourser » : what is in excess or the whole payment, once confirmed with a reason."""

    template_name = "billing/admin/refund.html"
    page_title = gettext_lazy("Rembourser")
    header_icon = "undo"

    def dispatch(self, request, *args, **kwargs):
        if not perms.can_refund(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def payment(self):
        return get_object_or_404(Payment, pk=self.kwargs["pk"])

    @property
    def back_url(self):
        return reverse("wagtailsnippets_billing_payment:inspect", args=[self.payment.pk])

    @cached_property
    def form(self):
        left = services.refundable(self.payment)
        choices = []
        if self.payment.excess:
            label = _("Le trop-perçu : %(amount)s. Les factures restent réglées.")
            choices.append((RefundForm.EXCESS, label % {"amount": money(self.payment.excess)}))
        if left > self.payment.excess:
            label = _("Tout ce qui reste du règlement : %(amount)s. Ses factures redeviennent à payer.")
            choices.append((RefundForm.WHOLE, label % {"amount": money(left)}))
        initial = {"key": uuid.uuid4(), "what": choices[0][0] if len(choices) == 1 else None}
        return RefundForm(self.request.POST or None, choices=choices, initial=initial)

    def post(self, request, *args, **kwargs):
        if not self.form.is_valid():
            return self.get(request, *args, **kwargs)
        try:
            services.refund_payment(
                by=request.user,
                payment=self.payment,
                whole=self.form.cleaned_data["what"] == RefundForm.WHOLE,
                reason=self.form.cleaned_data["reason"],
                idempotency_key=self.form.cleaned_data["key"],
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Le remboursement est demandé au prestataire. L’usager recevra un courriel."))
        return redirect(self.back_url)

    def get_page_subtitle(self):
        return str(self.payment)

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {
                "url": reverse("wagtailsnippets_billing_payment:list"),
                "label": capfirst(Payment._meta.verbose_name_plural),
            },
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(form=self.form, payment=self.payment, back_url=self.back_url, **kwargs)


def invoice_pdf(request, pk):
    """Download the PDF of an invoice. Raises PermissionDenied without the right to see invoices."""
    if not request.user.has_perm("billing.view_invoice"):
        raise PermissionDenied
    invoice = get_object_or_404(Invoice, pk=pk)
    return private_file(invoice.pdf, f"facture-{invoice.number}.pdf")


def receipt_pdf(request, pk):
    """Download the receipt of a payment. Raises PermissionDenied without the right to see payments."""
    if not request.user.has_perm("billing.view_payment"):
        raise PermissionDenied
    payment = get_object_or_404(Payment, pk=pk)
    return private_file(payment.receipt_pdf, f"recu-{payment.receipt_number}.pdf")

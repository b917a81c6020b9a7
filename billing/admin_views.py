"""Back office of money: sheets to read, and two acts on a payment, each after a page that says what will happen."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic.base import View
from wagtail.admin import messages
from wagtail.log_actions import registry

from accounts.back_office import ActionView, ReadOnlyIndexView, SheetView
from documents.downloads import private_file
from theme.formats import money

from . import perms, services
from .enums import MandateState, PaymentState
from .forms import RefundForm
from .models import Invoice, Payment
from .providers import ProviderRefused, ProviderUnavailable


class InvoiceSheetView(SheetView):
    """An invoice, frozen: its amounts, whose it is, the payments that settle it."""

    template_name = "billing/admin/invoice.html"

    actions = [
        (
            gettext_lazy("Télécharger le PDF"),
            "wagtailsnippets_billing_invoice:pdf",
            "download",
            lambda user: True,
            lambda invoice: bool(invoice.pdf),
        )
    ]

    def get_context_data(self, **kwargs):
        allocations = self.object.allocations.select_related("payment").order_by("-pk")
        return super().get_context_data(allocations=allocations, **kwargs)


class ChargeSheetView(SheetView):
    """A charge, with the sentences that say how it was computed."""

    template_name = "billing/admin/charge.html"


class PaymentSheetView(SheetView):
    """A payment: what it settles, its refunds, what the provider announced, who did what."""

    template_name = "billing/admin/payment.html"
    actions = [
        (
            gettext_lazy("Rembourser"),
            "wagtailsnippets_billing_payment:refund",
            "undo",
            perms.can_refund,
            lambda payment: payment.state == PaymentState.SETTLED,
        ),
        (
            gettext_lazy("Télécharger le reçu"),
            "wagtailsnippets_billing_payment:receipt",
            "download",
            lambda user: True,
            lambda payment: bool(payment.receipt_pdf),
        ),
    ]

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


class RefundPaymentView(ActionView):
    """« Rembourser » : what is in excess or the whole payment, once confirmed with a reason."""

    page_title = gettext_lazy("Rembourser")
    header_icon = "undo"
    serious = True
    success = gettext_lazy("Le remboursement est demandé au prestataire. L’usager recevra un courriel.")
    allowed = staticmethod(perms.can_refund)

    @cached_property
    def choices(self):
        """What can be given back: pairs for the form, none when everything has been."""
        payment, choices = self.object, []
        left = services.refundable(payment)
        if payment.excess:
            label = _("Le trop-perçu : %(amount)s. Les factures restent réglées.")
            choices.append((RefundForm.EXCESS, label % {"amount": money(payment.excess)}))
        if left > payment.excess:
            label = _("Tout ce qui reste du règlement : %(amount)s. Ses factures redeviennent à payer.")
            choices.append((RefundForm.WHOLE, label % {"amount": money(left)}))
        return choices

    @cached_property
    def form(self):
        only = self.choices[0][0] if len(self.choices) == 1 else None
        return RefundForm(self.request.POST or None, choices=self.choices, initial={"key": uuid.uuid4(), "what": only})

    @property
    def button(self):
        return _("Rembourser") if self.choices else ""

    def explanation(self):
        payment = self.object
        facts = {"payment": payment, "amount": money(payment.amount), "profile": payment.profile}
        first = _("Règlement %(payment)s de %(amount)s, profil « %(profile)s ».") % facts
        if not self.choices:
            return [first, _("Ce règlement est déjà remboursé.")]
        return [
            first,
            _("L’argent revient sur le moyen de paiement de l’usager."),
            _("Un remboursement demandé ne peut pas être annulé."),
        ]

    def act(self):
        services.refund_payment(
            by=self.request.user,
            payment=self.object,
            whole=self.form.cleaned_data["what"] == RefundForm.WHOLE,
            reason=self.form.cleaned_data["reason"],
            idempotency_key=self.form.cleaned_data["key"],
        )
        return self.back_url


MANDATE_ACTIONS = [
    (
        gettext_lazy("Révoquer"),
        "wagtailsnippets_billing_sepamandate:revoke",
        "cross",
        perms.can_revoke_mandate,
        lambda mandate: mandate.state == MandateState.ACTIVE,
    )
]


class MandateIndexView(ReadOnlyIndexView):
    actions = MANDATE_ACTIONS


class MandateSheetView(SheetView):
    """A mandate: who signed it, for which invoices, who recorded it."""

    template_name = "billing/admin/mandate.html"
    actions = MANDATE_ACTIONS

    def get_context_data(self, **kwargs):
        entries = registry.get_logs_for_instance(self.object).select_related("user").order_by("timestamp", "pk")
        return super().get_context_data(entries=entries, **kwargs)


class RevokeMandateView(ActionView):
    """« Révoquer » a mandate, once confirmed."""

    page_title = gettext_lazy("Révoquer un mandat")
    header_icon = "cross"
    button = gettext_lazy("Révoquer le mandat")
    serious = True
    success = gettext_lazy("Le mandat est révoqué : plus rien ne sera prélevé.")
    allowed = staticmethod(perms.can_revoke_mandate)

    def explanation(self):
        facts = {"reference": self.object, "profile": self.object.profile}
        return [
            _("Mandat %(reference)s, profil « %(profile)s ».") % facts,
            _("Les factures à venir ne seront plus prélevées : l’usager les paiera autrement."),
            _("Un mandat révoqué ne revient pas : l’usager en signe un autre en refaisant sa demande."),
        ]

    def act(self):
        services.revoke_mandate(by=self.request.user, mandate=self.object)
        return self.back_url


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

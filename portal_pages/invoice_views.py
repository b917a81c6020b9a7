"""What the routes of « Mes factures » answer: permission, query, render."""

import uuid
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from accounts.mail import absolute_url
from billing import queries as billing
from billing.enums import InvoiceState, PaymentState
from billing.forms import PaymentForm
from billing.models import Invoice
from billing.perms import can_pay
from billing.providers import ProviderRefused, ProviderUnavailable, online_payment_available
from billing.rules import MOST_INVOICES
from billing.services import abandon_payment, check_payment, resume_payment, start_payment
from documents.downloads import private_file

from .space import space_of

A_PAGE = 25
STEPS = ["Choix des factures", "Vérification", "Paiement sécurisé", "Confirmation"]
# The page of a return asks by itself this many times, a little more slowly each time.
MOST_CHECKS = 6


def invoice_list(page, request, error=""):
    """The tabs « À payer » (s0.13) and « Toutes » (s3.17)."""
    everything = request.GET.get("onglet") == "toutes"
    invoices = (billing.invoices_of if everything else billing.invoices_to_pay)(request.profile)
    page_obj = Paginator(invoices, A_PAGE).get_page(request.GET.get("page"))
    summary, means = space_of(request, page).to_pay, _means(request)
    return page.render(
        request,
        context_overrides={
            "title": f"Erreur : {page.title}" if error else page.title,
            "error": error,
            "everything": everything,
            "page_obj": page_obj,
            "states": list(InvoiceState),
            "summary": summary,
            "paying": means["can_pay"] and means["online"] and summary.count > 0,
            "most": MOST_INVOICES,
            **means,
        },
    )


def invoice_detail(page, request, slug):
    """One invoice: its amounts, what was paid of it, its PDF."""
    invoice = _invoice(request, slug)
    return page.render(
        request,
        template="portal_pages/invoices/detail.html",
        context_overrides={
            "title": f"Facture {invoice.number}",
            "crumbs": [(page.title, page.get_url(request))],
            "invoice": invoice,
            "payments": list(billing.payments_of_invoice(invoice)),
            **_means(request),
        },
    )


def invoice_pdf(page, request, slug):
    """The PDF of an invoice, to print or save."""
    invoice = _invoice(request, slug)
    return private_file(invoice.pdf, f"facture-{invoice.number}.pdf")


def pay(page, request):
    """The invoices ticked, and the total to be debited (s4.16); confirmed, on to the provider's page."""
    if not can_pay(request.membership):
        raise PermissionDenied
    if not online_payment_available():
        raise Http404
    if request.method == "POST":
        return _confirm(page, request)
    if "toutes" in request.GET:
        invoices = [invoice for invoice in billing.invoices_to_pay(request.profile) if invoice.payable][:MOST_INVOICES]
    else:
        invoices = billing.invoices_of_slugs(request.profile, request.GET.getlist("facture"))
        if len(invoices) != len(set(request.GET.getlist("facture"))):
            raise Http404
    if not invoices:
        return invoice_list(page, request, error="Cochez au moins une facture à régler.")
    return _summary(page, request, invoices)


def _confirm(page, request):
    slugs = request.POST.getlist("facture")
    invoices = billing.invoices_of_slugs(request.profile, slugs)
    if len(invoices) != len(set(slugs)):
        raise Http404
    form = PaymentForm(request.POST)
    if not form.is_valid():
        return _summary(page, request, invoices, error="La page a expiré : vérifiez le montant, puis payez.")
    try:
        _payment, address = start_payment(
            by=request.user,
            profile=request.profile,
            invoices=invoices,
            idempotency_key=form.cleaned_data["key"],
            total=form.cleaned_data["total"],
            return_url=_full_address(page, request) + "paiement/{payment}/retour/",
        )
    except ValidationError as error:
        # Read again: another payment may have been settled meanwhile.
        invoices = billing.invoices_of_slugs(request.profile, slugs)
        return _summary(page, request, invoices, error=" ".join(error.messages), key=form.cleaned_data["key"])
    return redirect(address)


def _summary(page, request, invoices, *, error="", key=None):
    payable = [invoice for invoice in invoices if invoice.payable]
    total = sum(invoice.balance for invoice in payable)
    return page.render(
        request,
        template="portal_pages/invoices/pay.html",
        context_overrides={
            "title": "Erreur : vérifier et payer" if error else "Vérifier et payer",
            "error": error,
            "steps": STEPS,
            "invoices": payable,
            "left_out": [invoice for invoice in invoices if not invoice.payable],
            "total": total,
            "form": PaymentForm(initial={"key": key or uuid.uuid4(), "total": total}),
        },
    )


def back(page, request, public_id, *, checks=0):
    """Where the payer comes back: what is known of the payment.

    It only reads; asking the provider is a POST (`verify`).
    """
    payment = _payment(request, public_id)
    may_pay = can_pay(request.membership)
    waits = payment.state in (PaymentState.STARTED, PaymentState.PENDING)
    left = "annule" in request.GET and payment.state == PaymentState.STARTED
    titles = {
        PaymentState.STARTED: "Votre paiement n’est pas terminé" if left or checks else "Nous vérifions votre paiement",
        PaymentState.PENDING: "Votre banque examine votre règlement",
        PaymentState.SETTLED: "Votre règlement est validé",
        PaymentState.REFUSED: "Votre règlement a été refusé",
        PaymentState.ABANDONED: "Vous avez abandonné ce paiement",
    }
    title = "Votre règlement est en cours de vérification" if payment.anomaly else titles[payment.state]
    return page.render(
        request,
        template="portal_pages/invoices/back.html",
        context_overrides={
            "title": title,
            "steps": STEPS,
            "step": 5 if payment.state == PaymentState.SETTLED else 3,
            "payment": payment,
            "allocations": payment.allocations.all(),
            "again": "&".join(f"facture={quote(a.invoice.slug)}" for a in payment.allocations.all()),
            "may_pay": may_pay,
            "waits": waits and may_pay,
            "left": left or checks > 0,
            "checks": checks + 1,
            "wait_seconds": 1 + 2 * checks,
            # One who left is asked about once: a card may have been refused.
            "ask_again": waits and may_pay and not payment.anomaly and checks < (1 if left else MOST_CHECKS),
        },
    )


def verify(page, request, public_id):
    """« Vérifier maintenant » : ask the provider, then show the payment again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    payment = _payment(request, public_id)
    try:
        check_payment(by=request.user, payment=payment)
    except (ProviderUnavailable, ProviderRefused):
        if not request.htmx:
            messages.warning(request, "Le service de paiement ne répond pas. Réessayez dans quelques minutes.")
    if request.htmx:
        asked = request.POST.get("checks", "")
        return back(page, request, public_id, checks=int(asked) if asked.isdecimal() else MOST_CHECKS)
    return redirect(_address(page, request, payment))


def resume(page, request, public_id):
    """Go back to the payment page that was left open."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    payment = _payment(request, public_id)
    try:
        return redirect(resume_payment(by=request.user, payment=payment))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_address(page, request, payment))


def give_up(page, request, public_id):
    """Close the payment page that was left open."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    payment = _payment(request, public_id)
    try:
        payment = abandon_payment(by=request.user, payment=payment)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(_address(page, request, payment))
    if payment.state != PaymentState.ABANDONED:
        return redirect(_address(page, request, payment))
    messages.success(request, "Paiement abandonné. Rien n’a été débité.")
    return redirect(page.get_url(request))


def payment_list(page, request):
    """« Mes règlements » : the payments made, each with its state (s4.17) and its receipt (s3.17)."""
    payments = Paginator(billing.payments_shown(request.profile), A_PAGE).get_page(request.GET.get("page"))
    states = [PaymentState.PENDING, PaymentState.SETTLED, PaymentState.REFUSED]
    if any(payment.state == PaymentState.STARTED for payment in payments):
        states.append(PaymentState.STARTED)
    return page.render(
        request,
        template="portal_pages/invoices/payments.html",
        context_overrides={
            "title": "Mes règlements",
            "crumbs": [(page.title, page.get_url(request))],
            "page_obj": payments,
            "states": states,
            **_means(request),
        },
    )


def receipt(page, request, public_id):
    """The receipt of a settled payment, as PDF."""
    payment = _payment(request, public_id)
    return private_file(payment.receipt_pdf, f"recu-{payment.receipt_number}.pdf")


def _means(request):
    """What the resident can do: pay or not, online or not."""
    return {"can_pay": can_pay(request.membership), "online": online_payment_available()}


def _invoice(request, slug):
    try:
        return billing.invoice_of_slug(request.profile, slug)
    except Invoice.DoesNotExist as error:
        raise Http404 from error


def _payment(request, public_id):
    return get_object_or_404(billing.payments_of(request.profile).select_related("profile"), public_id=public_id)


def _address(page, request, payment):
    return f"{page.get_url(request)}paiement/{payment.public_id}/retour/"


def _full_address(page, request):
    """The page's full address: the visitor's in the demonstration (whatever its port), the configured one elsewhere."""
    path = page.relative_url(page.get_site())
    return request.build_absolute_uri(path) if settings.DEMONSTRATION else absolute_url(path)

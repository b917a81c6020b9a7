"""What the routes of « Mes contrats » answer: permission, query, render."""

from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from accounts.throttle import origin
from billing import queries as billing
from water import queries as water
from water.enums import ContractState, ReadingState
from water.forms import AttachForm, CodeRequestForm
from water.services.attachment import attach_contract
from water.services.requests import request_code as record_request

from .contract_tables import contract_facts, contract_table, half_year_table, mandate_facts, reading_table
from .space import space_of

READINGS_A_PAGE = 12


def contract_list(page, request):
    """The contracts of the profile."""
    contracts, url = water.contract_list(request.profile), page.get_url(request)
    table = contract_table(contracts, lambda reference: f"{url}{quote(reference)}/")
    return page.render(request, context_overrides={"contracts": contracts, "states": list(ContractState), **table})


def contract_detail(page, request, reference):
    """A contract: its facts, its consumption as a chart and as a table, its readings, its invoices."""
    contract = get_object_or_404(water.contracts_of(request.profile), reference=reference)
    history = water.ContractHistory(contract)
    readings = Paginator(history.readings, READINGS_A_PAGE).get_page(request.GET.get("page"))
    return page.render(
        request,
        template="portal_pages/contracts/detail.html",
        context_overrides={
            "title": f"Contrat {contract.reference}",
            "crumbs": [(page.title, page.get_url(request))],
            "contract": contract,
            "facts": contract_facts(contract, history),
            "history": history,
            "half_years": half_year_table(history),
            "readings": readings,
            "reading_table": reading_table(readings, several_meters=len(history.meters) > 1),
            "reading_states": [ReadingState.ACCEPTED, ReadingState.HELD],
            "mandate": mandate_facts(billing.active_mandates(request.profile).get(contract.reference)),
            "documents_url": space_of(request, page).documents_about(contract=contract.reference),
            "procedures": [] if contract.terminated_on else space_of(request, page).contract_procedures,
            "invoices": list(billing.invoices_of(request.profile).filter(customer_reference=contract.reference)[:3]),
        },
    )


def consumption(page, request):
    """« Mes consommations et mes relèves » (s0.14): the contract's own page; a choice when there are several."""
    space = space_of(request, page)
    if len(space.contracts) == 1 and space.contracts_url:
        return redirect(space.url_of("ContractsPage", space.contracts[0].reference) + "#consommation")
    return page.render(
        request,
        context_overrides={
            "contracts": [
                {
                    "title": f"Contrat {contract.reference}",
                    "url": space.url_of("ContractsPage", contract.reference) + "#consommation",
                    "text": str(contract.delivery_point),
                }
                for contract in water.contracts_of(request.profile)
            ],
        },
    )


def attach(page, request):
    """« Associer une référence client » (s1.3)."""
    _check_writer(page, request)
    form = AttachForm(request.POST or None, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        try:
            contract = attach_contract(
                by=request.user, profile=request.profile, origin=origin(request), **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Le contrat {contract.reference} est maintenant actif dans votre compte.")
            return redirect(page.get_url(request) + page.reverse_subpage("contract", args=[contract.reference]))
    return _wizard(page, request, "attach", form, "Associer une référence client", "Valider")


def request_code(page, request):
    """« J’ai une référence client mais je ne connais pas mon code d’activation » (s1.4)."""
    _check_writer(page, request)
    form = CodeRequestForm(request.POST or None, user=request.user, initial={"email": request.user.email})
    if request.method == "POST" and form.is_valid():
        record_request(
            by=request.user,
            profile=request.profile,
            reference=form.cleaned_data["reference"],
            origin=origin(request),
        )
        messages.success(
            request,
            "Votre demande est enregistrée. Un agent la vérifie, puis vous envoie le code par courriel. "
            "Si vous ne recevez rien sous quelques jours, regardez dans les indésirables.",
        )
        return redirect(page.get_url(request))
    return _wizard(page, request, "request_code", form, "Demander mon code d’activation", "Envoyer ma demande")


def _check_writer(page, request):
    if not space_of(request, page).can_write:
        raise PermissionDenied


def _wizard(page, request, name, form, title, submit_label):
    """A form of one page: no rail. The menu isn't even read."""
    url = page.get_url(request)
    context = {
        "page": page,
        "title": title,
        "form": form,
        "submit_label": submit_label,
        "cancel_url": url,
        "crumbs": [(page.title, url)],
        "request_code_url": url + page.reverse_subpage("request_code"),
    }
    return TemplateResponse(request, f"portal_pages/contracts/{name}.html", context)

"""« Commencer » : who may file, in whose name (s2.6), with an account or without. Mounted by the procedure's page."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from accounts.current import switch_profile
from accounts.enums import ProfileKind
from accounts.perms import can_write
from accounts.throttle import origin

from ..addresses import CATALOGUE, case_path
from ..enums import Access
from ..queries.filing import drafts_of, why_not
from ..services import anonymous, drafts

WRONG_ADDRESS = "Cette adresse ne semble pas complète : écrivez par exemple nom@exemple.fr."
READ_ONLY = "Vous pouvez consulter ce profil, pas agir en son nom : demandez à son titulaire."


class AddressForm(forms.Form):
    """The address of somebody without an account."""

    email = forms.EmailField(
        label="Votre courriel",
        max_length=254,
        help_text="Nous vous envoyons un lien, valable 10 minutes.",
        error_messages={"invalid": WRONG_ADDRESS},
    )


def start(page, request):
    """Answer `commencer/` of a ProcedurePage."""
    if not page.is_online:
        raise Http404
    response = _start(page, request)
    patch_cache_control(response, private=True, no_store=True)
    return response


def _start(page, request):
    opening = page.opening()
    if not opening.is_open:
        return _page(page, request, "closed", {"opening": opening})
    if not request.user.is_authenticated:
        return _visitor(page, request)
    if not request.memberships:
        return _page(page, request, "no_profile")
    return _member(page, request)


def _page(page, request, name, context=None, status=200):
    """One of the screens of the start: the page, who it is for, and what to do."""
    own = {"page": page, "crumbs": [CATALOGUE], "page_url": page.get_url(request)}
    template = f"procedures/filing/start_{name}.html"
    return TemplateResponse(request, template, {**own, **(context or {})}, status=status)


# Without an account ---------------------------------------------------------------------------------------------------


def _visitor(page, request):
    anyone = page.access == Access.ANYONE
    form = AddressForm(request.POST if request.method == "POST" and anyone else None)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        anonymous.ask(page=page, email=email, origin=origin(request))
        return redirect(f"{reverse('procedures:link_sent')}?{urlencode({'demarche': page.slug})}")
    here = urlencode({"next": page.start_url})
    return _page(
        page,
        request,
        "visitor",
        {
            "form": form,
            "anyone": anyone,
            "login_url": f"{reverse('accounts:login')}?{here}",
            "register_url": reverse("accounts:register"),
        },
    )


# With one -------------------------------------------------------------------------------------------------------------


def _member(page, request):
    """In one's own name, or in the name of a household or an organisation: each profile says whether it may file."""
    choices = [_choice(page, membership) for membership in request.memberships]
    # The profile one stands in comes first.
    choices.sort(key=lambda choice: choice["profile"] != request.profile)
    error = ""
    if request.method == "POST":
        wanted = request.POST.get("profil", "")
        chosen = next((one for one in choices if str(one["profile"].public_id) == wanted), None)
        if chosen is None and wanted:
            raise Http404
        if chosen is None:
            error = "Choisissez au nom de qui vous faites cette démarche."
        elif chosen["refusal"] is None:
            return _begin(page, request, chosen["profile"])
    possible = [one for one in choices if one["refusal"] is None]
    return _page(
        page,
        request,
        "member",
        {
            "choices": choices,
            "possible": possible,
            "impossible": [one for one in choices if one["refusal"]],
            "only": possible[0] if len(possible) == 1 else None,
            "error": error,
        },
    )


def _choice(page, membership):
    profile = membership.profile
    if not can_write(membership):
        return {"profile": profile, "words": _words(membership), "refusal": {"sentence": READ_ONLY}, "draft": None}
    refusal = why_not(page, profile)
    draft = None if refusal else drafts_of(page, profile=profile).order_by("-touched_at").first()
    return {
        "profile": profile,
        "words": _words(membership),
        "refusal": refusal,
        "draft": draft,
        "expires_on": drafts.expires_on(draft) if draft else None,
    }


def _words(membership):
    if membership.profile.kind == ProfileKind.INDIVIDUAL:
        return "En mon nom"
    return f"Au nom de {membership.profile.name}"


def _begin(page, request, profile):
    try:
        draft = drafts.start(by=request.user, page=page, profile=profile)
    except (ValidationError, PermissionDenied) as error:
        sentences = getattr(error, "messages", None) or [READ_ONLY]
        messages.error(request, sentences[0])
        return redirect(page.start_url)
    switch_profile(request=request, profile=profile)
    if draft.found_again:
        messages.info(request, "Vous aviez déjà commencé cette démarche : voici votre brouillon.")
    return redirect(f"{case_path(draft)}formulaire/")

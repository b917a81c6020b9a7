"""What is under /demarches/ without being a page: the mailed link, the case of somebody without an account, its
follow-up by number and code."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.throttle import origin

from ..forms import reading
from ..models import Case, ProcedurePage
from ..services import anonymous
from . import grants, routes
from .seats import AnonymousSeat
from .start import WRONG_ADDRESS

DEAD = 410
WRONG_CODE = "Ce numéro et ce code ne vont pas ensemble. Relisez-les sur votre accusé de réception."


class FollowForm(forms.Form):
    number = forms.CharField(
        label="Numéro du dossier",
        max_length=40,
        help_text="Il commence par DOS, par exemple DOS2026-000123.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label="Code de suivi",
        max_length=40,
        help_text="Dix lettres et chiffres, dans le courriel reçu après le dépôt.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )


class LostCodeForm(forms.Form):
    number = forms.CharField(
        label="Numéro du dossier", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label="Courriel donné avec le dossier", max_length=254, error_messages={"invalid": WRONG_ADDRESS}
    )


@never_cache
def link_sent(request):
    """What to do while the mail is on its way."""
    page = ProcedurePage.objects.live().filter(slug=reading.text(request.GET.get("demarche"))[:255]).first()
    again = page.start_url if page and page.is_online else "/demarches/"
    return TemplateResponse(
        request, "procedures/filing/link_sent.html", {"title": "Consultez votre messagerie", "again_url": again}
    )


@never_cache
@sensitive_post_parameters()
def confirm(request, token):
    """What the mailed link opens. A GET never uses it: mail scanners open links too."""
    link = anonymous.find(token)
    if request.method == "POST" and link:
        try:
            case = anonymous.confirm(token=token)
        except ValidationError as error:
            if error.messages != [anonymous.DEAD]:
                return _confirm(request, link, refusal=error.messages[0])
            link = None
        else:
            grants.give(request, case)
            return redirect(f"{reverse('procedures:case', args=[case.public_id])}formulaire/")
    if link is None:
        response = TemplateResponse(
            request, "procedures/filing/link_dead.html", {"title": "Ce lien n’est plus valable"}, status=DEAD
        )
    else:
        response = _confirm(request, link)
    # The address holds the secret: no other site may read it as a referrer.
    response["Referrer-Policy"] = "same-origin"
    return response


def _confirm(request, link, refusal=""):
    context = {"title": "Confirmez votre adresse", "link": link, "procedure": link.page.title, "refusal": refusal}
    return TemplateResponse(request, "procedures/filing/confirm.html", context)


@never_cache
def case(request, public_id, rest=""):
    """A case without an account, for the session that proved it its own; a 404 for any other."""
    related = ("page", "version", "department__contact", "receipt")
    found = get_object_or_404(Case.objects.select_related(*related), public_id=public_id, profile=None)
    seat = AnonymousSeat(request, found)
    if seat.by is None:
        if request.method == "GET" and request.session.get(grants.GRANTS, {}).get(str(public_id)):
            # It was this session's, too long ago.
            return redirect("procedures:follow_up")
        raise Http404
    return routes.answer(seat, request, rest)


@never_cache
@sensitive_post_parameters("code")
def follow_up(request):
    """« Suivre une demande » : a number and a code open the case."""
    form = FollowForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = anonymous.open_follow_up(
            number=form.cleaned_data["number"], code=form.cleaned_data["code"], origin=origin(request)
        )
        if found:
            grants.give(request, found)
            return redirect("procedures:case", found.public_id)
        form.add_error(None, WRONG_CODE)
    context = {
        "title": "Suivre une demande",
        "intro": "Pour une démarche faite sans compte. Avec un compte, ouvrez « Mes démarches » dans votre espace.",
        "form": form,
        "submit_label": "Ouvrir le dossier",
    }
    return TemplateResponse(request, "procedures/filing/follow_up.html", context)


@never_cache
def lost_code(request):
    """A new code, mailed to the address the case was filed with. The same answer whatever was typed."""
    form = LostCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        anonymous.ask_code(number=form.cleaned_data["number"], email=form.cleaned_data["email"], origin=origin(request))
        return redirect("procedures:code_sent")
    context = {
        "title": "Recevoir un nouveau code de suivi",
        "intro": "Nous l’envoyons à l’adresse donnée avec le dossier. L’ancien code ne servira plus.",
        "form": form,
        "submit_label": "Recevoir le code",
        "cancel_url": reverse("procedures:follow_up"),
        "crumbs": [("Suivre une demande", reverse("procedures:follow_up"))],
    }
    return TemplateResponse(request, "theme/form_page.html", context)


@never_cache
def code_sent(request):
    """What to do while the new code is on its way."""
    context = {"title": "Consultez votre messagerie", "again_url": reverse("procedures:lost_code"), "code": True}
    return TemplateResponse(request, "procedures/filing/link_sent.html", context)

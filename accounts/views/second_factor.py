"""The door of the back office: set up the second factor, pass it, renew the backup codes.

Only staff come here: `SecondFactorMiddleware` stands before every address under /admin/.
"""

import django_otp
from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from .. import second_factor
from ..models import User
from ..throttle import check, forget, origin, record

# Six digits can be guessed: a few tries from one place, and a daily limit for all places. The backup codes, too long to
# be guessed, stay open to their owner even then.
ONE_ORIGIN = {"limit": 5, "seconds": 15 * 60}
ALL_ORIGINS = {"limit": 50, "seconds": 24 * 60 * 60}


class CodeForm(forms.Form):
    """One code: of the application, or of the backup list."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=gettext_lazy("Les six chiffres de votre application, ou un code de secours."),
    )

    def clean_code(self):
        return self.cleaned_data["code"].replace(" ", "")


class SetUpForm(forms.Form):
    """The first code of a new application, with the key it was shown."""

    key = forms.CharField(widget=forms.HiddenInput)
    code = forms.CharField(
        label=gettext_lazy("Code affiché par l’application"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text=gettext_lazy("Six chiffres, qui changent toutes les 30 secondes."),
    )

    def clean_code(self):
        return self.cleaned_data["code"].replace(" ", "")


def _next(request):
    """Return where to go after the door: never outside the site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    inside = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if inside else reverse("wagtailadmin_home")


def _throttle_keys(request, code):
    scope = "backup_code" if second_factor.is_backup_code(code) else "one_time_code"
    return scope, request.user.pk, origin(request)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request):
    """Ask for a code; once it was given, show the state of the second factor."""
    if second_factor.device_of(request.user) is None:
        return redirect(f"{reverse('accounts:second_factor_set_up')}?{urlencode({'next': _next(request)})}")
    if request.user.is_verified():
        context = {
            "title": _("Vérification en deux étapes"),
            "left": second_factor.backup_codes_left(request.user),
            "device": second_factor.device_of(request.user),
        }
        return render(request, "accounts/second_factor/home.html", context)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        response = _try(request, form)
        if response:
            return response
    context = {
        "title": _("Vérification en deux étapes"),
        "intro": _("L’espace des agents demande un code, en plus de votre mot de passe."),
        "submit_label": _("Vérifier"),
        "form": form,
        "next": _next(request),
    }
    return render(request, "accounts/second_factor/verify.html", context)


def _try(request, form):
    """Return the way in when the code of `form` is right; else write the error on the form."""
    code = form.cleaned_data["code"]
    scope, user_id, place = _throttle_keys(request, code)
    check(scope, user_id, place, **ONE_ORIGIN)
    if scope == "one_time_code":
        check(scope, user_id, **ALL_ORIGINS)
    device = second_factor.verify(user=request.user, code=code)
    if device is None:
        record(scope, user_id, place)
        record(scope, user_id)
        form.add_error("code", _("Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant, puis réessayez."))
        return None
    forget(scope, user_id, place)
    _let_in(request, device)
    if scope == "backup_code":
        left = second_factor.backup_codes_left(request.user)
        messages.warning(request, _("Il vous reste %d codes de secours. Pensez à les renouveler.") % left)
    return redirect(_next(request))


def _let_in(request, device):
    # More rights, another session id.
    request.session.cycle_key()
    django_otp.login(request, device)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request):
    """Show the QR code, ask for a first code, then show the backup codes, once.

    Who has a second factor already must have passed it: a stolen password can't replace it.
    """
    if second_factor.device_of(request.user) and not request.user.is_verified():
        return redirect(f"{reverse('accounts:second_factor')}?{urlencode({'next': _next(request)})}")
    signed = request.POST.get("key", "") if request.method == "POST" else second_factor.new_key(request.user)
    try:
        key = second_factor.key_of(signed, request.user)
    except signing.BadSignature:
        messages.error(request, _("La page a attendu trop longtemps. Photographiez ce nouveau code."))
        return redirect(f"{reverse('accounts:second_factor_set_up')}?{urlencode({'next': _next(request)})}")
    form = SetUpForm(request.POST or None, initial={"key": signed})
    if request.method == "POST" and form.is_valid():
        check("set_up", request.user.pk, origin(request), **ONE_ORIGIN)
        done = second_factor.set_up(by=request.user, signed_key=signed, code=form.cleaned_data["code"])
        if done:
            device, codes = done
            _let_in(request, device)
            return _show_codes(request, codes)
        record("set_up", request.user.pk, origin(request))
        form.add_error("code", _("Ce code n’est pas le bon. Vérifiez l’heure de votre téléphone, puis réessayez."))
    context = {
        "title": _("Installer la vérification en deux étapes"),
        "submit_label": _("Terminer l’installation"),
        "form": form,
        "qr_code": second_factor.qr_code(key, request.user),
        "secret": second_factor.secret_text(key),
        "next": _next(request),
    }
    return render(request, "accounts/second_factor/set_up.html", context)


def _show_codes(request, codes):
    """Answer the POST itself with the codes: nothing keeps them in clear for a redirect to show."""
    context = {
        "title": _("Vos codes de secours"),
        "codes": codes,
        "signed": second_factor.sign_codes(codes, request.user),
        "next": _next(request),
    }
    return render(request, "accounts/second_factor/codes.html", context)


def _require_verified(request):
    if not request.user.is_verified():
        raise PermissionDenied


@never_cache
@require_POST
def renew_codes(request):
    """Ten new backup codes; the former are void."""
    _require_verified(request)
    return _show_codes(request, second_factor.renew_backup_codes(by=request.user))


@never_cache
@require_POST
def download_codes(request):
    """The backup codes just shown, as a text file."""
    _require_verified(request)
    try:
        codes = second_factor.unsign_codes(request.POST.get("codes", ""), request.user)
    except signing.BadSignature:
        messages.error(request, _("Ces codes ne peuvent plus être téléchargés. Renouvelez-les."))
        return redirect("accounts:second_factor")
    lines = [_("Codes de secours de %s. Chacun sert une fois.") % request.user.email, "", *codes, ""]
    response = HttpResponse("\r\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="codes-de-secours.txt"'
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset(request, user_id):
    """The administrator takes a colleague's second factor away (Wagtail checks the door; this checks the right)."""
    user = get_object_or_404(User, pk=user_id, is_staff=True)
    if not second_factor.can_reset(request.user, user):
        raise PermissionDenied
    back = reverse("wagtailusers_users:edit", args=[user.pk])
    if request.method == "POST":
        second_factor.reset(by=request.user, user=user)
        messages.success(request, _("Le second facteur de %s est retiré. Un courriel le lui dit.") % user)
        return redirect(back)
    context = {
        "page_title": _("Retirer le second facteur"),
        "page_subtitle": str(user),
        "user_to_reset": user,
        "back": back,
    }
    return render(request, "accounts/second_factor/reset.html", context)

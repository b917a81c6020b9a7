"""Login, logout, and the current profile."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..current import switch_profile
from ..forms import LoginForm
from ..models import Membership, Profile
from ..throttle import check, origin, record

# Wide: a whole town hall may stand behind one address. An address tried from one origin is axes' business.
FAILURES_OF_ONE_ORIGIN = {"limit": 100, "seconds": 15 * 60}


def safe_next(request):
    """Return the `next` of a form when it stays on the site, else ""."""
    target = request.POST.get("next", "")
    inside = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if inside else ""


@method_decorator(never_cache, name="dispatch")
class LoginView(auth_views.LoginView):
    """Identifiant, Mot de passe, Connexion (s0.2, s3.1). `next` never leaves the site; the session gets a new id."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True
    extra_context = {"title": _("Connexion"), "submit_label": _("Connexion")}

    def post(self, request, *args, **kwargs):
        check("login", origin(request), **FAILURES_OF_ONE_ORIGIN)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        record("login", origin(self.request))
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        # Django puts the host's name where the portal's belongs.
        del context["site"], context["site_name"]
        return context

    def get_default_redirect_url(self):
        """Staff without a profile of their own have nothing to do in the resident's space."""
        user = self.request.user
        if user.is_staff and not Membership.objects.active().filter(user=user).exists():
            return "/admin/"
        return super().get_default_redirect_url()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def logout_view(request):
    """End the session on the server; a GET only asks."""
    if request.method == "POST":
        logout(request)
        messages.success(request, _("Vous êtes déconnecté. À bientôt."))
        return redirect(settings.LOGOUT_REDIRECT_URL)
    return render(request, "accounts/logout.html", {"title": _("Se déconnecter")})


@login_required
@require_POST
def current_profile(request):
    """Act for another of one's profiles; someone else's is a 404."""
    try:
        membership = switch_profile(request=request, profile=Profile.objects.get(public_id=request.POST.get("profile")))
    except (Profile.DoesNotExist, Membership.DoesNotExist, ValidationError) as error:  # the last: not even a UUID
        raise Http404 from error
    messages.success(request, _("Vous agissez maintenant pour le profil %s.") % membership.profile)
    return redirect(safe_next(request) or settings.LOGIN_REDIRECT_URL)

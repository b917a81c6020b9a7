"""Asking for a mailed link, and what it opens. A GET never consumes it: mail scanners open links too."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView, TemplateView

from .. import links, services
from ..enums import LinkPurpose
from ..forms import ActivationForm, EmailForm, PasswordPairForm, RegisterForm
from ..models import User
from ..throttle import origin, throttle

# An address asked for from one origin: enough for mails that got lost. One origin: a library, a town hall.
ONE_ADDRESS = {"limit": 5, "seconds": 60 * 60}
ONE_ORIGIN = {"limit": 60, "seconds": 60 * 60}


class _RequestView(FormView):
    """Ask for a link: the same answer and the same work whether the address is known or not."""

    form_class = EmailForm

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        throttle("link", origin(self.request), **ONE_ORIGIN)
        throttle("link_pair", email, origin(self.request), **ONE_ADDRESS)
        self.request_link(email)
        return super().form_valid(form)


class RegisterView(_RequestView):
    """Créer un compte (s1.1): the address twice."""

    template_name = "accounts/register.html"
    form_class = RegisterForm
    success_url = reverse_lazy("accounts:register_sent")
    extra_context = {
        "title": _("Créer un compte"),
        "intro": _("Un seul compte pour l’eau, la famille et vos démarches."),
        "submit_label": _("Recevoir le courriel"),
    }

    def request_link(self, email):
        services.request_account(email=email)


class PasswordRequestView(_RequestView):
    """Créer / Renouveler mot de passe (s0.2, s2.1, s3.1)."""

    template_name = "accounts/password_request.html"
    success_url = reverse_lazy("accounts:password_sent")
    extra_context = {
        "title": _("Créer ou renouveler votre mot de passe"),
        "intro": _("Nous vous envoyons un lien pour choisir un nouveau mot de passe."),
        "submit_label": _("Soumettre"),
    }

    def request_link(self, email):
        services.request_password(email=email)


class SentView(TemplateView):
    """What to do while the mail is on its way: also what to do if it doesn't come."""

    template_name = "accounts/sent.html"


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class LinkView(FormView):
    """What a link opens. A dead link says so, and how to get another."""

    purpose = None
    ask_again = None

    def dispatch(self, request, *args, **kwargs):
        self.link = links.find(purpose=self.purpose, token=kwargs["token"])
        response = super().dispatch(request, *args, **kwargs) if self.link else self.dead()
        # The address holds the secret: no other site may read it as a referrer. ("no-referrer" would have browsers
        # post the form with "Origin: null", which the CSRF check refuses.)
        response["Referrer-Policy"] = "same-origin"
        return response

    def dead(self):
        """Return the page of a link that can't serve: too old, used, or replaced by a newer one."""
        context = {"title": _("Ce lien n’est plus valable"), "ask_again": reverse(self.ask_again)}
        return render(self.request, "accounts/link_dead.html", context, status=410)

    def form_valid(self, form):
        try:
            self.use(form.cleaned_data)
        except ValidationError:  # used a moment ago by someone else
            return self.dead()
        # Whoever was logged in on this machine is not the one who holds the link.
        logout(self.request)
        messages.success(self.request, self.success_message)
        return redirect("accounts:login")


class ActivateView(LinkView):
    """Name, password and terms: then the account exists (s1.1)."""

    template_name = "accounts/activate.html"
    form_class = ActivationForm
    purpose = LinkPurpose.ACTIVATE
    ask_again = "accounts:register"
    success_message = _("Votre compte est créé. Vous pouvez maintenant vous connecter.")
    extra_context = {"title": _("Terminer la création de votre compte"), "submit_label": _("Créer mon compte")}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": User(email=self.link.email)}

    def use(self, values):
        services.register(
            token=self.kwargs["token"],
            first_name=values["first_name"],
            last_name=values["last_name"],
            password=values["new_password1"],
        )


class PasswordLinkView(LinkView):
    """Choix d’un nouveau mot de passe (s0.5)."""

    template_name = "accounts/password_link.html"
    form_class = PasswordPairForm
    purpose = LinkPurpose.PASSWORD
    ask_again = "accounts:password_reset"
    success_message = _("Le nouveau mot de passe a bien été pris en compte. Vous pouvez maintenant vous connecter.")
    extra_context = {"title": _("Choix d’un nouveau mot de passe"), "submit_label": _("Valider")}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.link.user}

    def use(self, values):
        services.choose_password(token=self.kwargs["token"], password=values["new_password1"])

"""Modifier mon login (s3.4): ask for another address, then confirm it from the mail that it gets."""

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from ..enums import LinkPurpose
from ..forms import LoginChangeForm
from ..services import login as service
from ..throttle import check, forget, record, throttle
from .links import LinkView
from .password import TRIES

ASKED = {"limit": 5, "seconds": 60 * 60}


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class LoginChangeView(LoginRequiredMixin, FormView):
    """The new address and the current password; then a mail goes to that address."""

    template_name = "accounts/login_change.html"
    form_class = LoginChangeForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title=_("Modifier mon login"),
            submit_label=_("Modifier"),
            cancel_url=self.get_success_url(),
            pending=service.pending_change(self.request.user),
            **kwargs,
        )

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_success_url(self):
        return "/mon-compte/profil/" if self.request.profile else "/admin/"

    def post(self, request, *args, **kwargs):
        check("login_change", request.user.pk, **TRIES)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        if form.has_error("old_password", "old_password"):
            record("login_change", self.request.user.pk)
        return super().form_invalid(form)

    def form_valid(self, form):
        email = form.cleaned_data["email"]
        throttle("login_change.ask", self.request.user.pk, **ASKED)
        service.request_change(by=self.request.user, email=email)
        forget("login_change", self.request.user.pk)
        messages.success(
            self.request,
            _(
                "Votre demande de changement est prise en compte. Ouvrez le lien envoyé à %(new)s pour confirmer cette "
                "adresse. D’ici là, votre identifiant reste %(old)s."
            )
            % {"new": email, "old": self.request.user.email},
        )
        return redirect(self.get_success_url())


class LoginLinkView(LinkView):
    """What the mail opens: one button confirms. Nothing happens before: mail scanners open links too."""

    template_name = "accounts/login_link.html"
    form_class = forms.Form
    purpose = LinkPurpose.EMAIL
    ask_again = "accounts:login_change"
    extra_context = {"title": _("Confirmer votre nouvelle adresse"), "submit_label": _("Confirmer cette adresse")}

    def form_valid(self, form):
        try:
            waits = service.confirm_change(token=self.kwargs["token"])
        except ValidationError:  # used a moment ago, or taken by another account
            return self.dead()
        if waits:
            message = _(
                "Votre adresse est confirmée. Le service doit encore valider le changement : votre identifiant reste "
                "inchangé jusque-là."
            )
        else:
            message = _("Votre nouvelle adresse est confirmée : c’est maintenant votre identifiant.")
        messages.success(self.request, message)
        return redirect("/mon-compte/" if self.request.user == self.link.user else "accounts:login")

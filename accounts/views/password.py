"""Modifier mon mot de passe (s3.5)."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import FormView

from .. import services
from ..forms import PasswordChangeForm
from ..throttle import check, forget, record

TRIES = {"limit": 5, "seconds": 15 * 60}


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class PasswordChangeView(LoginRequiredMixin, FormView):
    """Current, new, new again. Guessing the current one from an open session is throttled."""

    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title=_("Modifier mon mot de passe"),
            submit_label=_("Modifier mon mot de passe"),
            cancel_url=self.get_success_url(),
            **kwargs,
        )

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user}

    def get_success_url(self):
        return "/mon-compte/profil/" if self.request.profile else "/admin/"

    def post(self, request, *args, **kwargs):
        check("password_change", request.user.pk, **TRIES)
        return super().post(request, *args, **kwargs)

    def form_invalid(self, form):
        if form.has_error("old_password", "old_password"):
            record("password_change", self.request.user.pk)
        return super().form_invalid(form)

    def form_valid(self, form):
        user = services.change_password(
            by=self.request.user,
            password=form.cleaned_data["new_password1"],
            end_other_sessions=form.cleaned_data["end_other_sessions"],
        )
        forget("password_change", user.pk)
        update_session_auth_hash(self.request, user)
        messages.success(self.request, _("Votre mot de passe est modifié. Un courriel vous le confirme."))
        return redirect(self.get_success_url())

"""A form tried from the editor: all its steps can be walked through, and nothing is stored.

What is tried (the form as it stands, unsaved changes included) and what was answered go back and forth, signed, in the
page itself. Wagtail's preview shows the first screen; the next ones come from `TrialView`.
"""

from dataclasses import dataclass, field

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.views import View
from wagtail.utils.decorators import xframe_options_sameorigin_override

from ..definition import Definition, from_json
from ..forms import StepForm, context_of, display, merged, prefilled, steps_of
from ..models import ProcedurePage
from .built import definition_of
from .panels import check_context

SALT = "procedures.building.preview"
# A trial left open over lunch goes on.
SECONDS = 12 * 3600
SUMMARY = "_recapitulatif"
UNTITLED = "Étape sans titre"


@dataclass
class Trial:
    """What is tried, and where one is. `step` is the key of a step, or SUMMARY."""

    title: str
    definition: Definition
    answers: dict = field(default_factory=dict)
    step: str = ""
    page: int | None = None

    def token(self, user):
        data = {
            "title": self.title,
            "form": self.definition.to_json(),
            "answers": self.answers,
            "page": self.page,
            "user": user.pk,
        }
        return signing.dumps(data, salt=SALT, compress=True)

    @property
    def steps(self):
        """The Steps that the answers make appear."""
        return [step for step, _fields in steps_of(self.definition, self.answers)]

    @property
    def current(self):
        """The Step where one is: the first when it no longer appears; None for the summary and for an empty form."""
        if self.step == SUMMARY:
            return None
        steps = self.steps
        return next((step for step in steps if step.key == self.step), steps[0] if steps else None)

    def beside(self, offset):
        """The key of the step before (-1) or after (1) the current one, the summary after the last."""
        keys = [step.key for step in self.steps]
        if self.step == SUMMARY:
            return keys[-1] if keys else ""
        place = keys.index(self.current.key) + offset if self.current else 0
        return SUMMARY if place >= len(keys) else keys[max(place, 0)]


def read_trial(token, user):
    """Return the Trial of `token`. Raises PermissionDenied for a token that is not the user's own, or too old."""
    try:
        data = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise PermissionDenied from error
    if data["user"] != user.pk:
        raise PermissionDenied
    return Trial(data["title"], from_json(data["form"]), data["answers"], page=data["page"])


def trial_of(page, user):
    """Return the Trial of the form of `page` as it stands, prefilled from the account of who tries."""
    definition = definition_of(page)
    answers = prefilled(definition, context_of(user=user, trial=True))
    return Trial(page.title, definition, answers, page=page.pk)


def first_screen(request, page):
    """Return the first screen of a trial of `page`, saved or not."""
    return screen(request, trial_of(page, request.user))


def screen(request, trial, form=None):
    """Return the screen of `trial`: a step (with `form` when it was sent), the summary, or that there is nothing."""
    steps, current = trial.steps, trial.current
    context = context_of(user=request.user, trial=True)
    if current and form is None:
        form = StepForm(step=current, definition=trial.definition, answers=trial.answers, context=context)
    at_summary = bool(steps) and current is None
    values = {
        "trial": trial,
        "token": trial.token(request.user),
        "walk_url": reverse("procedure_building:walk"),
        "restart_url": reverse("procedure_building:try", args=[trial.page]) if trial.page else "",
        "step": current,
        "form": form,
        "at_summary": at_summary,
        "labels": [*(step.title or UNTITLED for step in steps), "Récapitulatif"],
        "heading": current.title or UNTITLED if current else "Récapitulatif",
        "number": len(steps) + 1 if at_summary else steps.index(current) + 1 if current else 1,
        "is_first": bool(steps) and current == steps[0],
        "sections": display(trial.definition, trial.answers, context) if at_summary else [],
    }
    response = TemplateResponse(request, "procedures/preview_form.html", values)
    patch_cache_control(response, private=True, no_store=True)
    return response


def editable_page(request, pk):
    """Return the page `pk` as it was last saved, for who may edit it. Raises Http404, PermissionDenied."""
    page = get_object_or_404(ProcedurePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    return page.get_latest_revision_as_object()


@method_decorator(xframe_options_sameorigin_override, name="dispatch")
class TrialView(View):
    """The screens after the first: `etape` says where one is, `aller` where one goes."""

    def get(self, request):
        # Somebody reloads the address of a screen: there is nothing to show without what was sent.
        return HttpResponseRedirect(reverse("wagtailadmin_home"))

    def post(self, request):
        trial = read_trial(request.POST.get("essai", ""), request.user)
        trial.step = request.POST.get("etape", "")
        target = request.POST.get("aller", "")
        current = trial.current
        if current is None:
            trial.step = target if target in {step.key for step in trial.steps} else SUMMARY
            return screen(request, trial)
        form = StepForm(
            request.POST,
            request.FILES,
            step=current,
            definition=trial.definition,
            answers=trial.answers,
            context=context_of(user=request.user, trial=True),
        )
        if form.action or target == "retour":
            trial.answers = merged(trial.answers, current, form.kept)
            if target == "retour":
                trial.step = trial.beside(-1)
            return screen(request, trial)
        if not form.is_valid():
            return screen(request, trial, form)
        trial.answers = merged(trial.answers, current, form.answers)
        trial.step = trial.beside(1)
        return screen(request, trial)


class TryView(View):
    """The first screen of a trial of a page that was saved, draft or not."""

    def get(self, request, pk):
        return first_screen(request, editable_page(request, pk))


class CheckView(View):
    """The list of problems of a page as it was last saved: the editor's script asks for it after each save."""

    def get(self, request, pk):
        page = editable_page(request, pk)
        response = TemplateResponse(request, "procedures/admin/build_check_list.html", check_context(page))
        patch_cache_control(response, private=True, no_store=True)
        return response

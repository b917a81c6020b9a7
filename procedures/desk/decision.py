"""An agent changes the status of a case, or decides it once its effect was read."""

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from wagtail.admin import messages

from ..enums import CaseState
from ..queries import sheet as queries
from ..services import review
from .case import ActionView, SheetActionView


class ChangeStatus(SheetActionView):
    """A status that doesn't end the case, chosen on the sheet."""

    def act(self):
        posted = self.request.POST
        case = review.change_status(
            by=self.request.user,
            case=self.case,
            status=posted.get("statut", ""),
            text=posted.get("texte", ""),
            revision=self.revision,
        )
        return _("Statut changé : %(label)s. Le demandeur est prévenu.") % {"label": case.status_label}

    def typed(self):
        return {
            "at": "status",
            "kept_status": self.request.POST.get("statut", ""),
            "text": self.request.POST.get("texte", ""),
        }


class Decide(ActionView):
    """What a final status does, read before it is given."""

    template_name = "procedures/desk/decide.html"

    @cached_property
    def status(self):
        found = [status for status in review.statuses_for(self.case) if status.final]
        chosen = next((status for status in found if status.key == self.kwargs["status"]), None)
        if chosen is None:
            raise Http404
        return chosen

    def get_page_title(self):
        found = {status.key: status.label for status in self.case.version.statuses}
        return found.get(self.kwargs["status"], "")

    def get(self, request, pk, status):
        return self.show(**self._context())

    def _context(self):
        accepts = self.status.state == CaseState.ACCEPTED
        effects, problems = queries.effect_of(self.case) if accepts else ([], [])
        return {
            "chosen": self.status,
            "effects": effects,
            "problems": problems,
            "serious": self.status.state == CaseState.REFUSED,
            "sheet": queries.sheet(self.case),
        }

    def act(self):
        case = review.decide(
            by=self.request.user,
            case=self.case,
            status=self.kwargs["status"],
            text=self.request.POST.get("texte", ""),
            revision=self.revision,
        )
        if case.outcome.get("sentence"):
            messages.success(self.request, _outcome(case.outcome))
        return _("Dossier décidé : %(label)s. Le demandeur est prévenu.") % {"label": case.status_label}

    def typed(self):
        return {"text": self.request.POST.get("texte", "")}

    def again(self, status, **context):
        self.__dict__.pop("status", None)
        open_still = any(one.key == self.kwargs["status"] for one in review.statuses_for(self.case))
        if not open_still:
            # Somebody else ended it: nothing is left to decide, and what was typed can be copied.
            self.template_name = "procedures/desk/decide_over.html"
            return self.show(status=status, sheet=queries.sheet(self.case), **context)
        return self.show(status=status, **self._context(), **context)


def _outcome(outcome):
    if not outcome.get("url"):
        return outcome["sentence"]
    return format_html('{} <a href="{}">{}</a>', outcome["sentence"], outcome["url"], _("Voir"))

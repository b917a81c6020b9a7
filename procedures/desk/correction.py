"""An agent asks for a correction: which answers, and why."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..enums import CaseState
from ..queries import sheet as queries
from ..services import review
from .case import ActionView


class AskCorrection(ActionView):
    """The answers, each with a box to tick, and a sentence that the applicant reads."""

    template_name = "procedures/desk/case_correction.html"
    title = gettext_lazy("Demander une correction")

    def get(self, request, pk):
        if not self.case.is_open:
            return redirect(self.case_url)
        return self.show(**self._context())

    def _context(self):
        sheet = queries.sheet(self.case)
        return {
            "sheet": sheet,
            "steps": self._steps(sheet),
            "statuses": [one for one in self.case.version.statuses if one.state == CaseState.TO_CORRECT],
        }

    def _steps(self, sheet):
        """[(step, [(field, shown answer)])] of all that may be asked: what doesn't appear yet may have to."""
        shown = {line.key: line for _step, lines in sheet.steps for line in lines}
        fields = {field.key for field in review.correctable_fields(self.case)}
        return [
            (step, [(field, shown.get(field.key)) for field in step.fields if field.key in fields])
            for step in self.case.definition.steps
        ]

    def act(self):
        review.ask_correction(by=self.request.user, case=self.case, revision=self.revision, **self.typed_values())
        return _("Correction demandée : le demandeur est prévenu, et le délai attend sa réponse.")

    def typed_values(self):
        posted = self.request.POST
        return {
            "fields": posted.getlist("champ"),
            "message": posted.get("message", ""),
            "status": posted.get("statut", ""),
        }

    def typed(self):
        typed = self.typed_values()
        return {"ticked": typed["fields"], "message": typed["message"], "kept_status": typed["status"]}

    def again(self, status, **context):
        return self.show(status=status, **self._context(), **context)

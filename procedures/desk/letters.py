"""A letter: its template chosen, its text filled in with the case, edited, seen as PDF, then handed over."""

from io import BytesIO

from django.http import FileResponse, Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.downloads import PDF, SHOWN_PDF, private

from .. import perms
from ..letters import fill, render_letter, values_of
from ..queries import sheet as queries
from ..services import letters
from .case import ActionView, CaseView


class Letters(CaseView):
    """The templates that serve the procedure of the case."""

    template_name = "procedures/desk/letters.html"
    title = gettext_lazy("Produire un courrier")
    allowed = staticmethod(perms.can_review)

    def get(self, request, pk):
        return self.show(templates=letters.templates_for(self.case))


class LetterMixin:
    """The template of the address, filled in with the case."""

    allowed = staticmethod(perms.can_review)

    @cached_property
    def template(self):
        found = letters.templates_for(self.case).filter(pk=self.kwargs["template"]).first()
        if found is None:
            raise Http404
        return found

    def filled(self):
        """Return (title, text) as the template gives them for this case."""
        values = values_of(self.case, by=self.request.user)
        return fill(self.template.title, values), fill(self.template.body, values)


class WriteLetter(LetterMixin, ActionView):
    """The text, to be edited, beside the page as it will be printed."""

    template_name = "procedures/desk/letter_write.html"

    def get_page_title(self):
        return self.template.name

    def get(self, request, pk, template):
        title, text = self.filled()
        return self._show(title=title, text=text)

    def _show(self, status=200, **context):
        return self.show(status=status, letter=self.template, sheet=queries.sheet(self.case), **context)

    def act(self):
        letters.produce_letter(
            by=self.request.user, case=self.case, template=self.template, revision=self.revision, **self.typed()
        )
        return _("Courrier remis : le demandeur est prévenu et le trouve dans son dossier.")

    def typed(self):
        return {"title": self.request.POST.get("objet", ""), "text": self.request.POST.get("texte", "")}

    def again(self, status, **context):
        return self._show(status=status, **context)


class PreviewLetter(LetterMixin, CaseView):
    """The page as PDF: of the template (GET), or of what is being typed (POST, which writes nothing)."""

    def get(self, request, pk, template):
        return self._answer(*self.filled())

    def post(self, request, pk, template):
        return self._answer(request.POST.get("objet", ""), request.POST.get("texte", "")[: letters.TEXT_LENGTH])

    def _answer(self, title, text):
        title = " ".join(title.split())[: letters.TITLE_LENGTH] or str(_("Courrier"))
        content = render_letter(self.case, title=title, text=text, signatory=self.template.signatory)
        response = FileResponse(BytesIO(content), filename="apercu.pdf", content_type=PDF)
        response["Content-Security-Policy"] = SHOWN_PDF
        return private(response)

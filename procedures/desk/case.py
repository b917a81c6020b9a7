"""One case: its answers beside its attachments, what was said, what happened, and what can be done."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from documents.downloads import shown_file
from documents.models import StoredFile

from .. import perms
from ..queries import sheet as queries
from ..services.review import Stale
from .base import DeskView
from .worklist import ids_of


class CaseView(DeskView):
    """Base of the screens of one case."""

    tab = "worklist"
    allowed = staticmethod(perms.can_see_cases)

    @cached_property
    def case(self):
        return self.get_case(self.kwargs["pk"], *queries.RELATED)

    @property
    def case_url(self):
        return reverse("cases:case", args=[self.case.pk])

    def get_crumbs(self):
        return [{"url": self.case_url, "label": self.case.number}]

    def get_page_subtitle(self):
        return self.case.page.title

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            case=self.case, case_url=self.case_url, can_review=perms.can_review(self.request.user), **kwargs
        )


class CaseSheet(CaseView):
    """The whole case. The actions that stand on it draw it again after a mistake, with what was typed."""

    name = "case"
    template_name = "procedures/desk/case.html"

    def get_page_title(self):
        return _("Dossier %(number)s") % {"number": self.case.number}

    def get_crumbs(self):
        return []

    def get(self, request, pk):
        return self.show_sheet()

    def show_sheet(self, status=200, **context):
        """Return the sheet; `context` holds what was typed in one of its forms and why it was refused."""
        return self.show(status=status, sheet=queries.sheet(self.case), **context)


class ActionView(CaseView):
    """An act on a case: `act()` calls the service. The form carries `revision` and `seen` (the last event it showed).

    A mistake draws the screen again with what was typed; so does somebody else's change, that is told.
    """

    allowed = staticmethod(perms.can_review)

    @cached_property
    def revision(self):
        """The revision that the posted form showed; one that can't be read is told as changed."""
        return next(iter(ids_of([self.request.POST.get("revision", "")])), 0)

    def act(self):
        """Call the service; return what to say of it."""
        raise NotImplementedError

    def typed(self):
        """What the form held, for `again`."""
        return {}

    def again(self, **context):
        """Return the screen with the form as it was typed."""
        raise NotImplementedError

    def next_url(self):
        return self.case_url

    def post(self, request, **kwargs):
        try:
            sentence = self.act()
        except Stale as error:
            seen = next(iter(ids_of([request.POST.get("seen", "")])), None)
            news = [] if seen is None else queries.news_since(error.case, seen)
            return self.again(status=409, stale=True, news=news, **self._fresh())
        except ValidationError as error:
            return self.again(status=422, errors=error.messages, **self._fresh())
        if sentence:
            messages.success(request, sentence)
        return redirect(self.next_url())

    def _fresh(self):
        """What was typed; the case read again: the service may have left it half-changed in memory."""
        typed = self.typed()
        self.__dict__.pop("case", None)
        return typed


class SheetActionView(ActionView, CaseSheet):
    """An act whose form stands on the sheet itself. Reached without a form, it leads there."""

    def get(self, request, **kwargs):
        return redirect(self.case_url)

    def again(self, status, **context):
        return self.show_sheet(status=status, **context)


class File(CaseView):
    """A file of the case, for the frame of the sheet: never before the antivirus passed it."""

    def get(self, request, pk, public_id):
        try:
            file = queries.file_of(self.case, public_id)
        except StoredFile.DoesNotExist as error:
            raise Http404 from error
        if not file.released:
            raise Http404
        return shown_file(file.file, file.name, file.content_type)


class Document(CaseView):
    """A letter that the case gave."""

    def get(self, request, pk, document):
        found = get_object_or_404(self.case.documents.select_related("file"), pk=document)
        return shown_file(found.file.file, found.file.name, found.file.content_type)

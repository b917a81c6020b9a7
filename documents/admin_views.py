"""Back office: the worklist of documents to check, each with its file in the page, and what is said of it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.widgets.button import HeaderButton

from accounts.back_office import ActionView, ReadOnlyIndexView, SheetView
from accounts.set_up import SetUpDeleteView

from . import perms, queries, rules
from .downloads import shown_file
from .enums import DocumentState, ScanState
from .forms import AcceptForm, RefuseForm
from .models import SupportingDocument
from .services import supporting

URLS = "wagtailsnippets_documents_supportingdocument"
# What a sheet shows beside the document.
SHOWN = ("requirement", "profile", "child", "file", "quotient", "sent_by", "decided_by")


def sheet_url(document):
    """Return the address of the sheet of `document`."""
    return reverse(f"{URLS}:inspect", args=[document.pk])


def sheet_context(document):
    """Return what the sheet and its two actions show of `document`: the file, and what it answers."""
    file = document.file
    return {
        "document": document,
        "file_url": reverse(f"{URLS}:file", args=[document.pk]) if file.released and file.file else "",
        "is_image": file.content_type.startswith("image/"),
        "waits_for_scan": file.scan == ScanState.PENDING,
        "same_file": [(other, sheet_url(other)) for other in queries.same_file(document)],
        "reasons": RefuseForm.REASONS,
    }


def to_accept(document):
    """Return what the form begins with: the date that the requirement's own length gives from today."""
    return {
        "valid_until": rules.valid_until(document.requirement, timezone.localdate()),
        "quotient_seen": document.quotient.fingerprint if document.quotient else "",
    }


class DocumentIndexView(ReadOnlyIndexView):
    """The list, with a button that opens the document that has waited longest."""

    @cached_property
    def header_buttons(self):
        oldest = queries.next_to_check() if perms.can_decide(self.request.user) else None
        if oldest is None:
            return []
        return [HeaderButton(_("Vérifier la plus ancienne"), url=sheet_url(oldest), icon_name="check")]


class DocumentSheetView(SheetView):
    """The file in the page, what it was sent for, and the two answers."""

    page_title = _("Pièce justificative")
    template_name = "documents/admin/document.html"

    def get_context_data(self, **kwargs):
        document = self.object
        decides = document.state == DocumentState.SENT and perms.can_decide(self.request.user)
        if decides and document.file.released:
            kwargs["accept_form"] = AcceptForm(initial=to_accept(document))
            kwargs["refuse_form"] = RefuseForm()
        return super().get_context_data(**sheet_context(document), **kwargs)


class DecideView(ActionView):
    """Base of the two answers. What comes next is the document that has now waited longest."""

    template_name = "documents/admin/decide.html"
    allowed = staticmethod(perms.can_decide)

    @cached_property
    def object(self):
        documents = SupportingDocument.objects.select_related(*SHOWN)
        return get_object_or_404(documents, pk=self.kwargs["pk"])

    def next_url(self):
        following = queries.next_to_check(after=self.object)
        return sheet_url(following) if following else reverse(self.index_url_name)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**sheet_context(self.object), **kwargs)


class AcceptView(DecideView):
    page_title = _("Valider la pièce")
    header_icon = "check"
    button = _("Valider")
    form_class = AcceptForm
    success = _("La pièce est validée. La famille est prévenue par courriel.")

    @cached_property
    def form(self):
        data = self.request.POST if self.request.method == "POST" else None
        return AcceptForm(data, initial=to_accept(self.object))

    def act(self):
        supporting.decide(by=self.request.user, document=self.object, accept=True, **self.form.cleaned_data)
        return self.next_url()


class RefuseView(DecideView):
    page_title = _("Refuser la pièce")
    header_icon = "cross"
    button = _("Refuser et prévenir la famille")
    serious = True
    form_class = RefuseForm
    success = _("La pièce est refusée. La famille est prévenue par courriel.")

    def act(self):
        supporting.decide(by=self.request.user, document=self.object, accept=False, **self.form.cleaned_data)
        return self.next_url()


class FileView(View):
    """The file itself, for the frame of the sheet: never before the antivirus passed it."""

    model = index_url_name = inspect_url_name = None

    def get(self, request, pk):
        if not perms.can_check(request.user):
            raise PermissionDenied
        file = get_object_or_404(SupportingDocument.objects.select_related("file"), pk=pk).file
        if not file.released:
            raise Http404
        return shown_file(file.file, file.name, file.content_type)


class FolderDeleteView(SetUpDeleteView):
    """A folder that holds documents stays, and so do those that the portal files into."""

    def why_not(self):
        if self.object.kind:
            return _("« %(name)s » ne peut pas être supprimé : le portail y range des documents.") % {
                "name": self.object
            }
        return super().why_not()

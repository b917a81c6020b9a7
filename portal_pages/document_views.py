"""What the routes of « Mes documents » answer for the supporting documents: permission, query, render."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from documents import perms, queries
from documents.downloads import shown_file
from documents.enums import DocumentState
from documents.models import StoredFile
from documents.rules import state_on
from documents.services import supporting, uploads

from .document_forms import SendForm
from .document_wants import by_owner
from .space import space_of

A_PAGE = 25


def wanted(page, request):
    """The tab « Pièces à fournir » (s4.14)."""
    space = space_of(request, page)
    states = {one.state for one in space.wanted_documents}
    return page.render(
        request,
        context_overrides={
            "tab": "wanted",
            "groups": by_owner(space.wanted_documents),
            "missing": sum(one.missing for one in space.wanted_documents),
            "states": [state for state in DocumentState if state in states],
            "family_url": space.url_of("FamilyPage"),
        },
    )


def sent(page, request):
    """The tab « Déjà envoyées » (s4.15)."""
    space = space_of(request, page)
    page_obj = Paginator(queries.sent_by(request.profile), A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    for document in page_obj:
        document.shown_state = state_on(document, today)
        document.may_open = perms.can_open(request.user, document.file)
    return page.render(
        request,
        template="portal_pages/documents/sent.html",
        context_overrides={
            "tab": "sent",
            "page_obj": page_obj,
            "missing": sum(one.missing for one in space.wanted_documents),
            "states": [state for state in DocumentState if state != DocumentState.MISSING],
        },
    )


def send(page, request):
    """« Envoyer un document » : from a line of the list (`?piece=`), or freely. A checked file survives an error."""
    space = space_of(request, page)
    if not space.can_write:
        raise PermissionDenied
    if not space.wanted_documents:
        return redirect(_list_url(page, request))
    if request.method == "POST":
        return _send(page, request, space.wanted_documents)
    return _form(page, request, SendForm(wanted=space.wanted_documents, initial={"answers": _ticked(request)}))


def _ticked(request):
    piece, child = request.GET.get("piece"), request.GET.get("enfant")
    return [f"{piece}:{child}" if child else piece] if piece else []


def _send(page, request, wanted):
    stored, refused = received(request)
    form = SendForm(request.POST, wanted=wanted, stored=stored, refused=refused)
    if not form.is_valid():
        return _form(page, request, form)
    try:
        documents = supporting.send(by=request.user, profile=request.profile, file=stored, answers=form.chosen)
    except ValidationError as error:
        form.add_error(None, error)
        return _form(page, request, form)
    count = len(documents)
    messages.success(
        request,
        f"Votre fichier « {stored.name} » est envoyé{f' pour {count} pièces' if count > 1 else ''}. Un agent va le "
        "vérifier, et vous serez prévenu par courriel.",
    )
    return redirect(_list_url(page, request))


def _list_url(page, request):
    return f"{page.get_url(request)}?onglet=pieces"


def received(request):
    """Return (the StoredFile of the form or None, why the file just chosen is refused or None)."""
    if upload := request.FILES.get("file"):
        try:
            return uploads.receive(by=request.user, profile=request.profile, upload=upload), None
        except ValidationError as error:
            return _staged(request), error
    return _staged(request), None


def _staged(request):
    """The file that a form with an error has kept."""
    try:
        return queries.file_of(request.profile, request.POST.get("staged") or None)
    except (StoredFile.DoesNotExist, ValidationError):  # the second for what is no identifier
        return None


def _form(page, request, form):
    """A form of one page: no rail."""
    url = _list_url(page, request)
    context = {
        "page": page,
        "title": "Envoyer un document",
        "form": form,
        "submit_label": "Envoyer",
        "cancel_url": url,
        "crumbs": [(page.title, url)],
    }
    return TemplateResponse(request, "portal_pages/documents/send.html", context)


def file(page, request, public_id):
    """A file of the profile, in the browser (s4.15); another's, or one that the antivirus has not passed, is a 404."""
    try:
        stored = queries.file_of(request.profile, public_id)
    except StoredFile.DoesNotExist as error:
        raise Http404 from error
    if not perms.can_open(request.user, stored):
        raise Http404
    return shown_file(stored.file, stored.name, stored.content_type)

"""What the routes of « Mes documents » answer for the folders (s0.11, s0.12): permission, query, render."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html

from documents import perms, queries, uses
from documents.downloads import private_file, shown_file
from documents.models import FiledDocument, Folder
from documents.rules import size_text
from documents.services import folders

from .document_forms import AddForm, FilterForm
from .document_views import received
from .space import space_of

A_PAGE = 25
ICONS = {
    "invoices": "banknotes",
    "received": "inbox-arrow-down",
    "sent": "paper-airplane",
    "quotes": "calculator",
    "other": "archive-box",
    "": "folder",
}


def overview(page, request):
    """The tab « Mes dossiers » : each folder with what stands in it; or what a search found in all of them."""
    space = space_of(request, page)
    form = FilterForm(request.GET, children=space.children, contracts=space.contracts)
    found = queries.folders_of(request.profile)
    for folder in found:
        folder.icon = ICONS.get(folder.kind, ICONS[""])
    used, room = queries.space_used(request.profile), settings.RESIDENT_QUOTA_MB * 1024 * 1024
    return page.render(
        request,
        template="portal_pages/documents/folders.html",
        context_overrides={
            "tab": "folders",
            "missing": sum(one.missing for one in space.wanted_documents),
            "filter_form": form,
            "folders": found,
            "unseen": sum(folder.unseen for folder in found),
            "used_text": size_text(used) if used else "0\u00a0Mo",
            "room_text": size_text(room),
            "used": min(used, room),
            "room": room,
            "page_obj": _listed(request, form, show_folder=True) if form.asked else None,
            "searched": form.asked,
        },
    )


def folder(page, request, slug):
    """The documents of one folder, newest first."""
    space = space_of(request, page)
    shown = get_object_or_404(Folder, slug=slug)
    form = FilterForm(request.GET, children=space.children, contracts=space.contracts)
    add_url = page.get_url(request) + page.reverse_subpage("add")
    return page.render(
        request,
        template="portal_pages/documents/folder.html",
        context_overrides={
            "title": shown.name,
            "crumbs": [(page.title, page.get_url(request))],
            "folder": shown,
            "filter_form": form,
            "page_obj": _listed(request, form, folder=shown),
            "unseen": queries.documents_of(request.profile, folder=shown).filter(seen_at=None).exists(),
            "add_url": f"{add_url}?dossier={shown.slug}" if space.can_write and shown.residents_add else "",
        },
    )


def _listed(request, form, folder=None, show_folder=False):
    documents = queries.documents_of(request.profile, folder=folder, **form.filters)
    page_obj = Paginator(documents, A_PAGE).get_page(request.GET.get("page"))
    for document in page_obj:
        document.may_open = perms.can_open(request.user, document.file)
        document.about = " · ".join(_about(document, show_folder))
    return page_obj


def _about(document, show_folder):
    """What stands under the title of a document."""
    if show_folder:
        yield document.folder.name
    if document.child:
        yield document.child.first_name
    if document.contract_reference:
        yield f"Référence client {document.contract_reference}"
    if document.file.size:
        yield document.file.size_text


# Adding --------------------------------------------------------------------------------------------------------------


def add(page, request):
    """« Ajouter un document » (s0.12): a file and the folder it goes in. A checked file survives an error."""
    space = space_of(request, page)
    if not space.can_write:
        raise PermissionDenied
    choices = {"children": space.children, "contracts": space.contracts}
    if request.method != "POST":
        initial = {"folder": request.GET.get("dossier") or "autre", "child": request.GET.get("enfant", "")}
        return _add_form(page, request, AddForm(initial=initial, **choices))
    stored, refused = received(request)
    form = AddForm(request.POST, stored=stored, refused=refused, **choices)
    if not form.is_valid():
        return _add_form(page, request, form)
    try:
        document = folders.add(by=request.user, profile=request.profile, stored=stored, **form.values)
    except ValidationError as error:
        form.add_error(None, error)
        return _add_form(page, request, form)
    messages.success(request, f"« {document.title} » est rangé dans « {document.folder} ».")
    return redirect(_folder_url(page, request, document.folder))


def _folder_url(page, request, folder):
    return page.get_url(request) + page.reverse_subpage("folder", kwargs={"slug": folder.slug})


def _add_form(page, request, form):
    url = page.get_url(request)
    context = {
        "page": page,
        "title": "Ajouter un document",
        "form": form,
        "submit_label": "Envoyer",
        "cancel_url": url,
        "crumbs": [(page.title, url)],
    }
    return TemplateResponse(request, "portal_pages/documents/add.html", context)


# One document --------------------------------------------------------------------------------------------------------


def _document(request, public_id):
    """Return a document of the profile; another's is a 404."""
    try:
        return queries.document_of(request.profile, public_id)
    except FiledDocument.DoesNotExist as error:
        raise Http404 from error


def document(page, request, public_id):
    """A document in the browser, or downloaded (`?telecharger`); one that the antivirus has not passed is a 404."""
    stored = _document(request, public_id).file
    if not perms.can_open(request.user, stored):
        raise Http404
    if "telecharger" in request.GET:
        return private_file(stored.file, stored.name, stored.content_type)
    return shown_file(stored.file, stored.name, stored.content_type)


def open_document(page, request, public_id):
    """The first opening of a document: it is new no more, then it is shown. A GET only shows it."""
    found = _document(request, public_id)
    if request.method == "POST":
        documents = FiledDocument.objects.filter(pk=found.pk)
        folders.mark_seen(profile=request.profile, documents=documents)
    url = page.get_url(request) + page.reverse_subpage("document", kwargs={"public_id": public_id})
    return redirect(f"{url}?telecharger=1" if "telecharger" in request.POST else url)


def seen(page, request):
    """« Tout marquer comme vu » : the documents of the profile, or those of one folder (`dossier`)."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    documents = FiledDocument.objects.filter(profile=request.profile)
    if slug := request.POST.get("dossier", ""):
        shown = get_object_or_404(Folder, slug=slug)
        folders.mark_seen(profile=request.profile, documents=documents.filter(folder=shown))
        return redirect(_folder_url(page, request, shown))
    folders.mark_seen(profile=request.profile)
    return redirect(page.get_url(request))


def delete_document(page, request, public_id):
    """Delete what a member sent, after a word; while something depends on it, say what."""
    found = _document(request, public_id)
    if not space_of(request, page).can_write:
        raise PermissionDenied
    folder_url = _folder_url(page, request, found.folder)
    if request.method == "POST":
        try:
            folders.delete(by=request.user, document=found)
        except ValidationError as error:
            # It serves since the page was shown: the page says what for.
            messages.error(request, format_html("« {} » n’a pas été supprimé. {}", found.title, error.messages[0]))
        else:
            messages.success(request, f"« {found.title} » est supprimé.")
            return redirect(folder_url)
    context = {
        "page": page,
        "title": "Supprimer un document",
        "crumbs": [(page.title, page.get_url(request)), (found.folder.name, folder_url)],
        "document": found,
        "kept": folders.kept_because(found),
        "uses": [] if found.file.produced else uses.of([found.file_id])[found.file_id],
        "cancel_url": folder_url,
    }
    return TemplateResponse(request, "portal_pages/documents/delete.html", context)

"""What the routes about a child answer (s3.2, s4.3 to s4.10): permission, query, render."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.enums import ChildState, ProfileKind
from accounts.models import Child
from accounts.queries import children as queries
from accounts.queries.family import children_of
from accounts.services.children import add_child, submit_file

from .child_file_form import BLOCKS, INTROS, PEOPLE, ChildFileForm
from .child_pages import ChildPages, at_of, notice_of
from .space import space_of

READS_A_PAGE = 25


def child_cards(page, request):
    """Return the children of the household as `children/includes/list.html` draws them: dicts {child, url}."""
    url = page.get_url(request)
    return [
        {"child": child, "url": url + page.reverse_subpage("child", kwargs={"public_id": child.public_id})}
        for child in children_of(request.profile)
    ]


def child(page, request, public_id):
    """The child's file, in the blocks of s4.3, each with its pencil (s4.10)."""
    pages = ChildPages(page, request, public_id)
    log = queries.health_log(pages.child) if "sante" in pages.blocks else None
    return page.render(
        request,
        template="portal_pages/children/child.html",
        context_overrides={
            "title": str(pages.child),
            "crumbs": pages.crumbs[:1],
            "child": pages.child,
            "guardianship": pages.guardianship,
            "notice": notice_of(pages.child),
            "may_edit": pages.may_edit,
            "sections": pages.sections(),
            "waiting": pages.waiting,
            "requests_url": page.get_url(request) + page.reverse_subpage("change_requests"),
            "documents_url": _documents_url(pages),
            "form_url": pages.url("child_form") if pages.may_edit else "",
            "last_read": log.first() if log is not None else None,
            "shows_reads": log is not None,
            "health_log_url": pages.url("child_health_log"),
            "shared": len(queries.households_today(pages.child)) > 1,
        },
    )


def _documents_url(pages):
    """Where the documents of the child are; those of a child who left the household can't be asked for."""
    space = space_of(pages.request, pages.page)
    return space.documents_about(child=pages.child.public_id) if pages.child in space.children else ""


def add(page, request):
    """« Ajouter un enfant » : the whole form, blank (s3.2)."""
    if not space_of(request, page).can_write:
        raise PermissionDenied
    if request.profile.kind != ProfileKind.HOUSEHOLD:
        messages.info(request, "Créez d’abord votre foyer : vous y ajouterez ensuite vos enfants.")
        return redirect(page.get_url(request))
    form = _file_form(request, Child(), BLOCKS)
    if _entered(request, form):
        try:
            added = add_child(by=request.user, profile=request.profile, file=form.file())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(
                request,
                f"La fiche de {added.child.first_name} est envoyée. Le service la vérifie, puis vous écrit.",
            )
            return redirect(
                page.get_url(request) + page.reverse_subpage("child", kwargs={"public_id": added.child.public_id})
            )
    url = page.get_url(request)
    return _draw(page, request, form, "Ajouter un enfant", "Valider la fiche", url, [(page.title, url)])


def edit(page, request, public_id):
    """The whole form: accept, validate (s4.10)."""
    pages = ChildPages(page, request, public_id)
    pages.check_editor()
    title = f"Fiche de {pages.child}"
    return _edit(pages, pages.blocks, title, "Valider la fiche")


def edit_block(page, request, public_id, block):
    """One block of the file."""
    pages = ChildPages(page, request, public_id)
    pages.check_editor()
    pages.check_block(block, [slug for slug in BLOCKS if slug not in PEOPLE])
    return _edit(pages, [block], BLOCKS[block], "Enregistrer")


def _edit(pages, blocks, title, submit_label):
    page, request = pages.page, pages.request
    form = _file_form(request, pages.child, blocks)
    if _entered(request, form):
        try:
            submitted = submit_file(by=request.user, profile=request.profile, child=pages.child, file=form.file())
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, _said(submitted, pages.child))
            return redirect(pages.url())
    return _draw(page, request, form, title, submit_label, pages.url(), pages.crumbs)


def _said(submitted, before):
    name = submitted.child.first_name
    if submitted.pending:
        return (
            f"La fiche de {name} est enregistrée. Certaines modifications attendent la validation du service : "
            "elles sont indiquées ci-dessous."
        )
    if before.state == ChildState.REFUSED:
        return f"La fiche de {name} est envoyée de nouveau. Le service la vérifie, puis vous écrit."
    return f"La fiche de {name} est enregistrée."


def health_log(page, request, public_id):
    """Who among the staff read the child's health data, and when: the parents' right."""
    pages = ChildPages(page, request, public_id)
    pages.check_block("sante")
    reads = Paginator(queries.health_log(pages.child), READS_A_PAGE).get_page(request.GET.get("page"))
    return page.render(
        request,
        template="portal_pages/children/health_log.html",
        context_overrides={
            "title": "Qui a consulté les données de santé",
            "crumbs": pages.crumbs,
            "child": pages.child,
            "reads": reads,
            **read_table(reads),
        },
    )


def read_table(reads):
    """Return {columns, rows} of the accesses to health data."""
    columns = [
        {"label": "Date", "key": "at"},
        {"label": "Agent", "key": "who"},
        {"label": "Écran", "key": "where"},
    ]
    rows = [{"at": at_of(read), "who": read.reader_name, "where": read.where} for read in reads]
    return {"columns": columns, "rows": rows}


def _file_form(request, child, blocks):
    """Return the form of the blocks. Asked for one more person by a button of a block, it only keeps what was typed."""
    data = request.POST if request.method == "POST" else None
    more = request.POST.get("more", "") if data else ""
    return ChildFileForm(
        profile=request.profile, child=child, blocks=blocks, data=data, more=more if more in PEOPLE else ""
    )


def _entered(request, form):
    return request.method == "POST" and not form.more and form.is_valid()


def _draw(page, request, form, title, submit_label, cancel_url, crumbs):
    context = {
        "page": page,
        "title": title,
        "form": form,
        "submit_label": submit_label,
        "cancel_url": cancel_url,
        "crumbs": crumbs,
        "intro": INTROS.get(form.sections[0].slug, "") if len(form.sections) == 1 else "",
    }
    return TemplateResponse(request, "portal_pages/children/form.html", context)

"""What the routes of « Mes démarches » answer: permission, query, render."""

from django.core.paginator import Paginator
from django.http import Http404

from procedures.enums import CaseState
from procedures.filing import routes
from procedures.models import Case
from procedures.queries import resident as queries
from procedures.services.drafts import expires_on

from .case_seat import SpaceSeat

A_PAGE = 20
DRAFTS = "brouillons"


def case_list(page, request):
    """The tabs « Mes dossiers » (s2.14) and « Mes brouillons » (s2.13)."""
    counts = queries.state_counts(request.profile)
    drafts = request.GET.get("onglet") == DRAFTS
    context = {
        "in_drafts": drafts,
        "drafts_count": counts[CaseState.DRAFT],
        "filed_count": counts.total() - counts[CaseState.DRAFT],
    }
    if drafts:
        return _drafts(page, request, context)
    return _filed(page, request, context, counts)


def _drafts(page, request, context):
    page_obj = Paginator(queries.drafts_with_forms(request.profile), A_PAGE).get_page(request.GET.get("page"))
    page_obj.object_list = queries.with_filling(page_obj.object_list)
    for case in page_obj:
        case.expires_on = expires_on(case)
    return page.render(
        request, template="portal_pages/cases/drafts.html", context_overrides={**context, "page_obj": page_obj}
    )


def _filed(page, request, context, counts):
    chosen = request.GET.get("etat", "")
    if chosen not in queries.FILTERS:
        chosen = ""
    cases = queries.filed_cases(request.profile, queries.FILTERS[chosen][1])
    page_obj = Paginator(cases, A_PAGE).get_page(request.GET.get("page"))
    page_obj.object_list = queries.with_progress(page_obj.object_list)
    return page.render(
        request,
        context_overrides={
            **context,
            "page_obj": page_obj,
            "filters": [
                {"value": value, "label": label, "count": count, "current": value == chosen}
                for value, label, count in queries.filter_choices(counts)
            ],
        },
    )


def case(page, request, public_id, rest):
    """A case, and whatever is under its address: its form, its receipt, its files (see `procedures.filing.routes`)."""
    try:
        found = queries.case_of(request.profile, public_id)
    except Case.DoesNotExist as error:
        raise Http404 from error
    return routes.answer(SpaceSeat(request, found, page=page), request, rest)

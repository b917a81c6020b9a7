"""A published form is frozen: open cases keep theirs, new ones get the newest."""

from django.db import transaction

from ..building.built import definition_of, handling_of, statuses_of
from ..building.keys import key_of
from ..definition import digest
from ..models import ProcedurePage, ProcedureVersion

__all__ = ["current", "definition_of", "freeze", "handling_of", "key_of", "statuses_of"]


@transaction.atomic
def freeze(page, *, by=None):
    """Return the ProcedureVersion of what `page` holds: the newest when nothing changed since, else a new one."""
    # One writer at a time gives the numbers.
    page = ProcedurePage.objects.select_for_update(of=("self",)).get(pk=page.pk)
    frozen = {
        "form": definition_of(page).to_json(),
        "statuses_data": [status.to_json() for status in statuses_of(page)],
        "handling": handling_of(page),
    }
    newest = current(page)
    if newest and newest.digest == digest(frozen):
        return newest
    number = newest.number + 1 if newest else 1
    return ProcedureVersion.objects.create(page=page, number=number, digest=digest(frozen), published_by=by, **frozen)


def current(page):
    """Return the newest ProcedureVersion of `page`: what a new draft follows; None before the first publication."""
    return page.versions.order_by("-number").first()

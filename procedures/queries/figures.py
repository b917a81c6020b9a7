"""What the figures read: the cases of the agent's scope, and what is left of those that were erased."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from .. import perms
from ..enums import OPEN
from ..figures import Fact
from ..models import ErasedCase, ProcedurePage
from .worklist import departments_of, midnight

COLUMNS = ("page", "state", "status_label", "filed_at", "decided_at", "due_on")


def facts_of(user, first, last, *, procedure=None, department=None):
    """Return the Facts that count between `first` and `last`, or are open today: three queries, however many cases."""
    # Moments, not dates: an index answers, and SQLite computes no local date for each row.
    start, end = midnight(first), midnight(last + dt.timedelta(days=1))
    concerned = Q(filed_at__gte=start, filed_at__lt=end) | Q(decided_at__gte=start, decided_at__lt=end)
    chosen = {name: value for name, value in (("page", procedure), ("department", department)) if value}
    cases = perms.reviewable_cases(user).filter(concerned | Q(state__in=OPEN), **chosen)
    erased = ErasedCase.objects.filter(concerned, **chosen)
    if not perms.sees_all(user):
        erased = erased.filter(department__in=departments_of(user))
    rows = [
        *cases.order_by().values_list(*COLUMNS).iterator(2_000),
        *erased.order_by().values_list(*COLUMNS).iterator(2_000),
    ]
    return [
        Fact(page, state, label, _day(filed_at), _day(decided_at), due_on)
        for page, state, label, filed_at, decided_at, due_on in rows
    ]


def titles_of(pages):
    """Return {pk: title} of procedures, by title: one query."""
    return dict(ProcedurePage.objects.filter(pk__in=pages).order_by("title").values_list("pk", "title"))


def _day(moment):
    return timezone.localtime(moment).date() if moment else None

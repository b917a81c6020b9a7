"""Cases whose time limit is near, or passed. One that waits for its applicant is not."""

import datetime as dt

from django.utils import timezone

from ..enums import CaseState
from ..models import Case, ProcedurePage
from ..perms import reviewable_cases

WAITING = (CaseState.RECEIVED, CaseState.IN_REVIEW)


def near(cases, today):
    """Return those of `cases` that agents must handle before the number of days that their procedure warns of."""
    # The delays are few: a clause for each does without arithmetic on dates, that each database does in its own way.
    delays = set(ProcedurePage.objects.exclude(time_limit_days=None).values_list("warning_days", flat=True))
    found = cases.none()
    for days in sorted(delays):
        limit = today + dt.timedelta(days=days)
        found |= cases.filter(state__in=WAITING, page__warning_days=days, due_on__lte=limit)
    return found


def due_soon(user, today=None):
    """Return the cases that `user` handles whose limit comes within the warning of their procedure, not passed yet."""
    today = today or timezone.localdate()
    return near(reviewable_cases(user), today).filter(due_on__gte=today)


def to_warn(today):
    """Return the cases whose agents were not warned yet, by department then by limit."""
    cases = near(Case.objects.filter(due_told_at=None), today)
    return cases.select_related("page", "version", "department", "assigned_to").order_by(
        "department_id", "due_on", "pk"
    )

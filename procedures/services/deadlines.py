"""Departments are warned, once a case, of the time limits that come."""

from itertools import groupby

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.mail import absolute_url, send_mail
from theme.formats import number

from ..enums import Silence
from ..models import Case
from ..queries.deadlines import to_warn

# A mail lists so many cases; the worklist shows the others.
LISTED = 30
SILENCE = {
    Silence.ACCEPTED: "sans réponse, la demande sera acceptée",
    Silence.REFUSED: "sans réponse, elle sera rejetée",
}


def warn(today=None):
    """Mail each department the cases whose limit is near; returns how many. Safe to run twice: each is told once."""
    today = today or timezone.localdate()
    with transaction.atomic():
        pks = list(to_warn(today).values_list("pk", flat=True))
        # Locked, then asked again: another worker may have told them.
        locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=pks, due_told_at=None).order_by("pk")
        pks = [case.pk for case in locked]
        cases = list(to_warn(today).filter(pk__in=pks))
        for department, group in groupby(cases, key=lambda case: case.department):
            _tell(department, list(group), today)
        Case.objects.filter(pk__in=pks).update(due_told_at=timezone.now())
    return len(cases)


def _tell(department, cases, today):
    """Mail the department, else the agents who have its cases; one who left is not written to."""
    if department and department.email:
        return _send(department.email, cases, today)
    agents = {case.assigned_to for case in cases if case.assigned_to and case.assigned_to.is_active}
    for agent in sorted(agents, key=lambda user: user.pk):
        _send(agent.email, [case for case in cases if case.assigned_to == agent], today)


def _send(to, cases, today):
    send_mail(
        kind="procedures/deadlines",
        to=to,
        context={
            "count": number(len(cases)),
            "several": len(cases) > 1,
            "more": len(cases) - LISTED if len(cases) > LISTED else 0,
            "cases": [
                {
                    "number": case.number,
                    "procedure": case.page.title,
                    "due_on": case.due_on,
                    "late": case.due_on < today,
                    "agent": case.assigned_to.get_full_name() if case.assigned_to else "",
                    "silence": SILENCE.get(case.silence, ""),
                    "url": absolute_url(reverse("cases:case", args=[case.pk])),
                }
                for case in cases[:LISTED]
            ],
            "worklist_url": absolute_url(reverse("cases:worklist")),
        },
    )

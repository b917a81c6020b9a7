"""What waits for the childcare managers, on the back office's first page."""

import datetime as dt

from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.panels import Waiting

from .. import perms
from ..enums import Act
from ..queries import managers as queries
from ..queries.enrolments import pending

LABELS = {Act.ADD: "Réservations à décider", Act.CANCEL: "Annulations à décider"}


def waiting_for(user):
    """Return the requests and enrolments to decide, and yesterday's attendance when some of it is missing."""
    return [*_requests(user), *_enrolments(user), *_attendance(user)]


def _requests(user):
    if not perms.can_decide_days(user):
        return []
    found = (
        queries.days_to_decide()
        .order_by()
        .values("reservation__act")
        .annotate(count=Count("reservation", distinct=True), since=Min("reservation__made_at"))
    )
    url = reverse("childcare:requests")
    return [
        Waiting(
            LABELS[line["reservation__act"]], line["count"], f"{url}?nature={line['reservation__act']}", line["since"]
        )
        for line in sorted(found, key=lambda line: line["reservation__act"])
    ]


def _enrolments(user):
    if not perms.can_decide_enrolments(user):
        return []
    found = pending().aggregate(count=Count("pk"), since=Min("requested_at"))
    return [Waiting("Inscriptions à décider", found["count"], reverse("childcare:enrolments"), found["since"])]


def _attendance(user):
    if not perms.can_note_attendance(user):
        return []
    found = queries.last_day_not_noted(timezone.localdate() - dt.timedelta(days=1))
    if found is None:
        return []
    date, facility, count = found
    url = f"{reverse('childcare:attendance')}?etablissement={facility}&date={date.isoformat()}"
    return [Waiting(f"Pointages manquants le {date:%d/%m/%Y}", count, url)]

"""What waits for the data clerk, on the back office's first page."""

from django.db.models import Count, Min
from django.urls import reverse

from accounts.panels import Waiting

from . import perms
from .enums import CodeRequestState
from .models import CodeBatch, CodeRequest


def waiting_for(user):
    """Return the requests for a code, and the batches of codes that `user` issued and has not exported."""
    lines = []
    if perms.can_handle_requests(user):
        pending = CodeRequest.objects.filter(state=CodeRequestState.PENDING)
        found = pending.aggregate(count=Count("pk"), since=Min("created_at"))
        url = f"{reverse('wagtailsnippets_water_coderequest:list')}?state={CodeRequestState.PENDING}"
        lines.append(Waiting("Demandes de code d’activation", found["count"], url, found["since"]))
    if perms.can_issue_codes(user):
        ready = CodeBatch.objects.filter(issued_by=user, ready_at__isnull=False, exported_at=None)
        found = ready.aggregate(count=Count("pk"), since=Min("ready_at"))
        url = reverse("wagtailsnippets_water_codebatch:list")
        lines.append(Waiting("Lots de codes à exporter", found["count"], url, found["since"]))
    return lines

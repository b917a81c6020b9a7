"""What waits for the childcare managers, on the back office's first page."""

from django.urls import reverse

from accounts.panels import Waiting

from . import perms, queries
from .enums import DocumentState


def waiting_for(user):
    """Return the documents that were sent and wait to be checked."""
    if not perms.can_decide(user):
        return []
    found = queries.to_check_count()
    url = f"{reverse('wagtailsnippets_documents_supportingdocument:list')}?state={DocumentState.SENT}"
    return [Waiting("Pièces justificatives à vérifier", found["count"], url, found["since"])]

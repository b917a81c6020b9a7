"""The time limits that come, on the back office's first page: before they are passed."""

from django.urls import reverse

from accounts.panels import Waiting

from .. import perms
from ..filters import TEAM
from ..queries.deadlines import due_soon


def due_soon_for(user):
    """Return how many cases the agent handles whose time limit is near."""
    if not perms.can_review(user):
        return []
    # The most pressing are the first of that list.
    return [
        Waiting("Dossiers proches de leur délai", due_soon(user).count(), f"{reverse('cases:worklist')}?liste={TEAM}")
    ]

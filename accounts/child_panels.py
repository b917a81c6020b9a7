"""The children who wait for the services, on the back office's first page."""

from django.urls import reverse

from . import perms
from .enums import ChildState
from .panels import Waiting
from .queries.children import pending_count


def waiting_children(user):
    """Return the line of the children to accept or refuse, for who decides."""
    if not perms.can_decide_children(user):
        return []
    found = pending_count()
    url = f"{reverse('wagtailsnippets_accounts_child:list')}?state={ChildState.PENDING}"
    return [Waiting("Enfants ajoutés, à valider", found["count"], url, found["since"])]

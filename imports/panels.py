"""What waits for the data clerk, on the back office's first page."""

from django.urls import reverse

from accounts.panels import Waiting

from . import perms, queries
from .enums import BatchState


def waiting_for(user):
    """Return the imports that ask for a decision, and those that were interrupted."""
    if not perms.may_add(user):
        return []
    labels = [(BatchState.CHECKED, "Imports contrôlés, à vérifier"), (BatchState.FAILED, "Imports interrompus")]
    found = queries.waiting([state for state, _label in labels])
    index = reverse("imports:index")
    lines = []
    for state, label in labels:
        if state in found:
            count, since, first = found[state]
            url = reverse("imports:batch", args=[first]) if count == 1 else index
            lines.append(Waiting(label, count, url, since))
    return lines

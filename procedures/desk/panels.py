"""What waits for an agent, on the back office's first page."""

from django.urls import reverse
from django.utils import timezone

from accounts.panels import Waiting

from .. import perms
from ..filters import LATE, MINE, UNASSIGNED
from ..queries import worklist as queries

LINES = [
    ("mine", MINE, "Vos dossiers à traiter"),
    ("unassigned", UNASSIGNED, "Dossiers que personne n’a pris"),
    ("late", LATE, "Dossiers en retard"),
]


def waiting_for(user):
    """Return the cases that the agent has, those that nobody has, and those whose time limit is past."""
    if not perms.can_review(user):
        return []
    found = queries.waiting(user, timezone.localdate())
    url = reverse("cases:worklist")
    return [
        Waiting(label, found[key][0], f"{url}?liste={name}", found[key][1] if key != "late" else None)
        for key, name, label in LINES
    ]

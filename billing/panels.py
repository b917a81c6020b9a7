"""What waits for the revenue officer, on the back office's first page."""

from django.urls import reverse

from accounts.panels import Waiting

from . import queries


def waiting_for(user):
    """Return the payments that wait for somebody, by why, each line leading to its list."""
    if not user.has_perm("billing.view_payment"):
        return []
    url = reverse("wagtailsnippets_billing_payment:list")
    counts = queries.money_counts()
    return [
        Waiting("Trop-perçus à rembourser", counts["refund"], f"{url}?look=refund"),
        Waiting("Règlements : anomalies ou attentes trop longues", counts["look"], f"{url}?look=look"),
        Waiting("Remboursements refusés", counts["failed"], f"{url}?look=failed"),
    ]

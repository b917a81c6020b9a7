"""The revenue officer's corner of the back office's first page."""

from django.urls import reverse
from wagtail.admin.ui.components import Component

from . import queries


class MoneyPanel(Component):
    """Counts of the payments that wait for somebody, each leading to its list."""

    name = "billing"
    order = 120
    template_name = "billing/admin/panel.html"

    def get_context_data(self, parent_context):
        url = reverse("wagtailsnippets_billing_payment:list")
        counts = queries.money_counts()
        return {
            "rows": [
                {"count": counts["refund"], "label": "Trop-perçus à rembourser", "url": f"{url}?look=refund"},
                {"count": counts["look"], "label": "Anomalies ou attentes trop longues", "url": f"{url}?look=look"},
                {"count": counts["failed"], "label": "Remboursements refusés", "url": f"{url}?look=failed"},
            ]
        }

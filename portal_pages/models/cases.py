from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path, re_path

from .. import case_views as views
from .base import ResidentPage


class CasesPage(ResidentPage):
    """« Mes démarches » : the drafts (s2.13) and the cases (s1.14, s2.9, s2.14)."""

    icon = "clipboard-document-list"
    template = "portal_pages/cases/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes démarches »")
        verbose_name_plural = _("Pages « Mes démarches »")

    @classmethod
    def badge(cls, space):
        """The cases to complete, and those with a message to read."""
        return len(space.waiting_cases)

    @path("")
    def cases(self, request):
        return views.case_list(self, request)

    @re_path(r"^(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<rest>.*)$")
    def case(self, request, public_id, rest):
        return views.case(self, request, public_id, rest)

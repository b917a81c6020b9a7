from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from .. import personal_data_views as views
from .base import ResidentPage


class PersonalDataPage(ResidentPage):
    """« Mes données personnelles » : groups of information, each with a pencil to its own form (s0.8, s2.2)."""

    icon = "user"
    template = "portal_pages/personal_data/page.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes données personnelles »")
        verbose_name_plural = _("Pages « Mes données personnelles »")

    @path("")
    def personal_data(self, request):
        return views.personal_data(self, request)

    @path("modifier/<slug:group>/")
    def change(self, request, group):
        return views.change(self, request, group)

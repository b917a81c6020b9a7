from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from .. import family_views as views
from .base import ResidentPage
from .children import ChildRoutes


class FamilyPage(ChildRoutes, ResidentPage):
    """« Mon compte famille » (s3.2, s4.1): the family file, its guardians, its quotient, and the children."""

    icon = "users"
    template = "portal_pages/family/page.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Ma famille »")
        verbose_name_plural = _("Pages « Ma famille »")

    @path("")
    def family(self, request):
        return views.family(self, request)

    @path("ouvrir/")
    def open_household(self, request):
        return views.open_household(self, request)

    @path("informations/")
    def change_file(self, request):
        return views.change_file(self, request)

    @path("responsables/ajouter/")
    def add_guardian(self, request):
        return views.add_guardian(self, request)

    @path("responsables/<uuid:public_id>/")
    def change_guardian(self, request, public_id):
        return views.change_guardian(self, request, public_id)

    @path("responsables/<uuid:public_id>/retirer/")
    def remove_guardian(self, request, public_id):
        return views.remove_guardian(self, request, public_id)

    @path("quotient/")
    def declare_quotient(self, request):
        return views.declare_quotient(self, request)

    @path("demandes/")
    def change_requests(self, request):
        return views.change_requests(self, request)

    @path("demandes/<uuid:public_id>/retirer/")
    def withdraw(self, request, public_id):
        return views.withdraw(self, request, public_id)

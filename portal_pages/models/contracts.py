from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from .. import contract_views as views
from .base import ResidentPage


class ContractsPage(ResidentPage):
    """« Mes contrats » : the contracts of the profile, each in detail (s0.9), and how to attach one (s1.3, s1.4)."""

    icon = "document-text"
    template = "portal_pages/contracts/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes contrats »")
        verbose_name_plural = _("Pages « Mes contrats »")

    @path("")
    def contracts(self, request):
        return views.contract_list(self, request)

    @path("associer/")
    def attach(self, request):
        return views.attach(self, request)

    @path("demander-un-code/")
    def request_code(self, request):
        return views.request_code(self, request)

    # A path, not a word: old software writes references like 2019/0042.
    @path("<path:reference>/")
    def contract(self, request, reference):
        return views.contract_detail(self, request, reference)


class ConsumptionPage(ResidentPage):
    """« Mes consommations et mes relèves » (s0.14): opens the contract's history; a choice when there are several."""

    icon = "chart-bar"
    template = "portal_pages/contracts/consumption.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes consommations et mes relèves »")
        verbose_name_plural = _("Pages « Mes consommations et mes relèves »")

    @path("")
    def consumption(self, request):
        return views.consumption(self, request)

from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from .. import invoice_views as views
from .base import ResidentPage


class InvoicesPage(ResidentPage):
    """« Mes factures » : the invoices (s0.13, s3.17), their payment online (s4.16), the payments made (s4.17)."""

    icon = "banknotes"
    template = "portal_pages/invoices/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes factures »")
        verbose_name_plural = _("Pages « Mes factures »")

    @classmethod
    def badge(cls, space):
        return space.to_pay.count

    @path("")
    def invoices(self, request):
        return views.invoice_list(self, request)

    @path("payer/")
    def pay(self, request):
        return views.pay(self, request)

    @path("paiement/<uuid:public_id>/retour/")
    def back(self, request, public_id):
        return views.back(self, request, public_id)

    @path("paiement/<uuid:public_id>/verifier/")
    def verify(self, request, public_id):
        return views.verify(self, request, public_id)

    @path("paiement/<uuid:public_id>/reprendre/")
    def resume(self, request, public_id):
        return views.resume(self, request, public_id)

    @path("paiement/<uuid:public_id>/abandonner/")
    def give_up(self, request, public_id):
        return views.give_up(self, request, public_id)

    @path("reglements/")
    def payments(self, request):
        return views.payment_list(self, request)

    @path("reglements/<uuid:public_id>/recu/")
    def receipt(self, request, public_id):
        return views.receipt(self, request, public_id)

    @path("<str:slug>/pdf/")
    def pdf(self, request, slug):
        return views.invoice_pdf(self, request, slug)

    @path("<str:slug>/")
    def invoice(self, request, slug):
        return views.invoice_detail(self, request, slug)

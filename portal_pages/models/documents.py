from django.utils.translation import gettext_lazy as _
from wagtail.contrib.routable_page.models import path

from documents import queries

from .. import document_folders as folders
from .. import document_views as views
from .base import ResidentPage


class DocumentsPage(ResidentPage):
    """« Mes documents » : the folders (s0.11, s0.12), the supporting documents (s4.14, s4.15)."""

    icon = "folder-open"
    template = "portal_pages/documents/list.html"
    parent_page_types = ["portal_pages.DashboardPage"]
    subpage_types = []
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("Page « Mes documents »")
        verbose_name_plural = _("Pages « Mes documents »")

    @classmethod
    def badge(cls, space):
        return queries.unseen_count(space.profile)

    @path("")
    def documents(self, request):
        tabs = {"pieces": views.wanted, "envoyees": views.sent}
        return tabs.get(request.GET.get("onglet"), folders.overview)(self, request)

    @path("dossier/<slug:slug>/")
    def folder(self, request, slug):
        return folders.folder(self, request, slug)

    @path("ajouter/")
    def add(self, request):
        return folders.add(self, request)

    @path("document/<uuid:public_id>/")
    def document(self, request, public_id):
        return folders.document(self, request, public_id)

    @path("document/<uuid:public_id>/ouvrir/")
    def open_document(self, request, public_id):
        return folders.open_document(self, request, public_id)

    @path("document/<uuid:public_id>/supprimer/")
    def delete_document(self, request, public_id):
        return folders.delete_document(self, request, public_id)

    @path("vus/")
    def seen(self, request):
        return folders.seen(self, request)

    @path("envoyer/")
    def send(self, request):
        return views.send(self, request)

    @path("fichier/<uuid:public_id>/")
    def file(self, request, public_id):
        return views.file(self, request, public_id)

"""The tile of the dashboard about documents: what the family still has to give (s4.1)."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .tile import Tile

SHOWN = 4


class MissingDocumentsTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Pièces justificatives à fournir", max_length=60)

    class Meta:
        label = _("Pièces justificatives à fournir")
        icon = "doc-empty"
        template = "portal_pages/tiles/missing_documents.html"

    def data(self, value, space):
        missing, url = space.missing_documents, space.url_of("DocumentsPage")
        if not missing or not url:
            return None
        return {
            "missing": missing[:SHOWN],
            "others": len(missing) - len(missing[:SHOWN]),
            "can_write": space.can_write,
            "documents_url": url,
        }

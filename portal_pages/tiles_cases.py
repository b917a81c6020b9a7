"""The tiles of the dashboard about procedures: the cases under way, the drafts to finish."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .tile import Tile

SHOWN = 4


class CurrentCasesTile(Tile):
    abreast = 2
    label = blocks.CharBlock(label=_("intitulé"), default="Mes démarches en cours", max_length=60)

    class Meta:
        label = _("Démarches en cours")
        icon = "clipboard-list"
        template = "portal_pages/tiles/cases.html"

    def data(self, value, space):
        url = space.cases_url
        if not url or not space.open_cases:
            return None
        return {"cases": space.open_cases[:SHOWN], "cases_url": url, "more": len(space.open_cases) > SHOWN}


class DraftsTile(Tile):
    abreast = 2
    label = blocks.CharBlock(label=_("intitulé"), default="Mes brouillons", max_length=60)

    class Meta:
        label = _("Brouillons à finir")
        icon = "edit"
        template = "portal_pages/tiles/drafts.html"

    def data(self, value, space):
        url = space.cases_url
        if not url or not space.drafts:
            return None
        return {
            "drafts": space.drafts[:SHOWN],
            "more": len(space.drafts) > SHOWN,
            "drafts_url": f"{url}?onglet=brouillons",
            "cases_url": url,
            "can_write": space.can_write,
        }

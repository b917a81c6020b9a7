"""Back office of the catalogue of procedures: its themes and its situations."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from .models import ProcedureTheme, Situation


class ProcedureThemeViewSet(SnippetViewSet):
    model = ProcedureTheme
    icon = "tag"
    menu_label = _("Thèmes")
    list_display = ["name", "sort_order"]


class SituationViewSet(SnippetViewSet):
    model = Situation
    icon = "user"
    menu_label = _("Situations")
    list_display = ["name", "sort_order"]


class CatalogueGroup(SnippetViewSetGroup):
    """How residents find a procedure."""

    menu_label = _("Démarches")
    menu_name = "procedures"
    menu_icon = "form"
    menu_order = 160
    items = (ProcedureThemeViewSet, SituationViewSet)

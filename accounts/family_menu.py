"""« Familles » in the back office: what families ask, their files, their children, and what they are asked."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .child_viewsets import CHILD_VIEWSETS
from .family_viewsets import FAMILY_VIEWSETS


class FamilyViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Familles")
    menu_name = "families"
    menu_icon = "group"
    menu_order = 235
    items = (*FAMILY_VIEWSETS, *CHILD_VIEWSETS)

"""« Enfance », in the back office's menu: each screen for those who may see it."""

from wagtail.snippets.views.snippets import SnippetViewSetGroup

from accounts.office import ScreenItem

from .base import SCREENS, ManagerView
from .enrolments import EnrolmentViewSet
from .registers import ReservationViewSet


class ChildcareGroup(SnippetViewSetGroup):
    """The screens of the day, then the registers."""

    menu_label = ManagerView.section
    menu_name = "childcare"
    menu_icon = "group"
    menu_order = 240
    items = (ReservationViewSet, EnrolmentViewSet)

    def get_submenu_items(self):
        screens = [
            ScreenItem(screen, ManagerView.namespace, order)
            for order, screen in enumerate(SCREENS, start=-len(SCREENS))
        ]
        return [*screens, *super().get_submenu_items()]

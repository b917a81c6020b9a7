"""« Dossiers », in the back office's menu: each screen for those who may see it."""

from wagtail.admin.menu import Menu, SubmenuMenuItem

from accounts.office import ScreenItem

from .base import SCREENS, DeskView


def cases_item():
    """Return the entry of the menu, which opens on the screens."""
    items = [ScreenItem(screen, DeskView.namespace, order) for order, screen in enumerate(SCREENS)]
    menu = Menu(items=items)
    return SubmenuMenuItem(DeskView.section, menu, name="cases", icon_name="folder-open-inverse", order=150)

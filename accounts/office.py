"""The back office's own screens: who enters, how they are drawn, and sections whose screens are tabs of each other."""

from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.urls import reverse, reverse_lazy
from django.views import View
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin


class OfficeView(WagtailAdminTemplateMixin, View):
    """A screen. Its template extends `theme/office/base.html`."""

    @staticmethod
    def allowed(user):
        """Whether `user` may enter at all; services check again what they write."""
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if not self.allowed(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def show(self, status=200, **context):
        """Return the page drawn with `context`; a refusal (422, 409) says so in its title."""
        return self.render_to_response(self.get_context_data(has_errors=status >= 400, **context), status=status)


class Screen(NamedTuple):
    """A screen of a section: a tab on the others, and an entry of the menu. `name` is that of its address."""

    name: str
    label: str
    icon: str
    allowed: object


class TabbedView(OfficeView):
    """One of `screens`, tabs of each other: the `section` of the back office whose addresses stand in `namespace`.

    `name` is that of its own address; a screen that is no tab says in `tab` under which one it stands, and its `title`.
    """

    namespace = ""
    section = ""
    screens = ()
    name = ""
    tab = ""
    title = ""

    @property
    def screen(self):
        """The tab that is current, or None."""
        return next((screen for screen in self.screens if screen.name == (self.tab or self.name)), None)

    @property
    def header_icon(self):
        return (self.screen or self.screens[0]).icon

    def get_page_title(self):
        return self.title or self.screen.label

    def get_crumbs(self):
        """What stands between the section and this screen: [{"url", "label"}]."""
        return []

    def get_breadcrumbs_items(self):
        first = reverse(f"{self.namespace}:{self.screens[0].name}")
        here = {"url": self.request.path, "label": self.get_page_title()}
        return [*self.breadcrumbs_items, {"url": first, "label": self.section}, *self.get_crumbs(), here]

    def tab_url(self, screen):
        return reverse(f"{self.namespace}:{screen.name}")

    def get_context_data(self, **kwargs):
        tabs = [
            {"url": self.tab_url(screen), "label": screen.label, "current": screen is self.screen}
            for screen in self.screens
            if screen.allowed(self.request.user)
        ]
        return super().get_context_data(tabs=tabs, tabs_label=self.section, **kwargs)


class ScreenItem(MenuItem):
    """A screen in the menu, shown to those whom it lets in."""

    def __init__(self, screen, namespace, order):
        super().__init__(
            screen.label,
            reverse_lazy(f"{namespace}:{screen.name}"),
            name=f"{namespace}-{screen.name}",
            icon_name=screen.icon,
            order=order,
        )
        self.allowed = screen.allowed

    def is_shown(self, request):
        return self.allowed(request.user)

"""The rail of the resident's space: the dashboard and its published children, in the order staff gave them."""

import copy

from wagtail.models import Page

from theme.kept import kept


def space_pages(request):
    """Return the live dashboard and its live children, each as a page of its own type; [] before there is one."""
    if not hasattr(request, "_space_pages"):
        # Copies: serving a page writes on it.
        request._space_pages = [copy.copy(page) for page in kept("portal_pages.space", _read_pages)]
    return request._space_pages


def _read_pages():
    from .models import DashboardPage

    dashboard = DashboardPage.objects.live().first()
    if dashboard is None:
        return []
    return [dashboard, *Page.objects.child_of(dashboard).live().specific().order_by("path")]


def space_menu(space, current):
    """Return the entries `{title, url, icon, current, count}` of the rail; a hidden page has none, unless `current`.

    No query of its own: those of the badges only.
    """
    return [
        {
            "title": page.title,
            "url": page.get_url(space.request),
            "icon": page.icon,
            "current": page.pk == current.pk,
            "count": page.badge(space) if space.profile else 0,
        }
        for page in space.pages
        if page.show_in_menus or page.pk in (space.pages[0].pk, current.pk)
    ]

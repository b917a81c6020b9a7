"""The rail of the resident's space: the dashboard and its published children, in the order staff gave them."""

from django.db.models import Q
from wagtail.models import Page


def space_pages(page):
    """Return the dashboard around `page`, a page of the resident's space, and its live children: one query."""
    from .models import DashboardPage

    root = page.path if isinstance(page, DashboardPage) else page.path[: -Page.steplen]
    children = Q(path__startswith=root, depth=len(root) // Page.steplen + 1)
    return list(Page.objects.filter(Q(path=root) | children).live().order_by("path"))


def space_menu(request, pages, current):
    """Return the entries `{title, url, icon, current, count}` of the rail; a hidden page has none, unless `current`.

    No query of its own: those of the badges only.
    """
    return [
        {
            "title": page.title,
            "url": page.get_url(request),
            "icon": page.specific_class.icon,
            "current": page.pk == current.pk,
            "count": page.specific_class.badge(request.profile) if request.profile else 0,
        }
        for page in pages
        if page.show_in_menus or page.pk in (pages[0].pk, current.pk)
    ]

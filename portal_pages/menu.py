"""The rail of the resident's space: the dashboard and its published children, in the order staff gave them."""

from wagtail.models import Page


def space_menu(request, current):
    """Return the entries `{title, url, icon, current, count}` of the rail around page `current`.

    The space is the dashboard page and the pages under it; two queries whatever their number, plus one a badge.
    """
    from .models import DashboardPage

    dashboard = current if isinstance(current, DashboardPage) else current.get_parent().specific
    children = Page.objects.child_of(dashboard).live().in_menu().specific()
    return [
        {
            "title": page.title,
            "url": page.get_url(request),
            "icon": page.icon,
            "current": page.pk == current.pk,
            "count": page.badge(request.profile),
        }
        for page in (dashboard, *children)
    ]

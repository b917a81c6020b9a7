"""The rail of the resident's space: the dashboard and its published children, in the order staff gave them."""

from django.db.models import Q
from wagtail.models import Page

# A page has forty columns; those that routing, the rail and the head of a page read.
FIELDS = [
    "title",
    "slug",
    "path",
    "depth",
    "numchild",
    "url_path",
    "content_type",
    "live",
    "show_in_menus",
    "seo_title",
    "search_description",
    "locale",
]


def space_pages(page, request):
    """Return the dashboard around `page`, a page of the resident's space, and its live children: one query."""
    from .models import DashboardPage

    if not hasattr(request, "_space_pages"):
        root = page.path if isinstance(page, DashboardPage) else page.path[: -Page.steplen]
        children = Q(path__startswith=root, depth=len(root) // Page.steplen + 1)
        pages = Page.objects.filter(Q(path=root) | children).live().order_by("path")
        request._space_pages = list(pages.only(*FIELDS))
    return request._space_pages


def specific_of(page):
    """Return `page`, read by `space_pages`, as a page of its own type: what wasn't read is fetched if asked for."""
    known = {**page.__dict__, "page_ptr_id": page.pk}
    model = page.specific_class
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(page._state.db, names, [known[name] for name in names])


def space_menu(space, current):
    """Return the entries `{title, url, icon, current, count}` of the rail; a hidden page has none, unless `current`.

    No query of its own: those of the badges only.
    """
    return [
        {
            "title": page.title,
            "url": page.get_url(space.request),
            "icon": page.specific_class.icon,
            "current": page.pk == current.pk,
            "count": page.specific_class.badge(space) if space.profile else 0,
        }
        for page in space.pages
        if page.show_in_menus or page.pk in (space.pages[0].pk, current.pk)
    ]

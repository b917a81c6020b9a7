"""Tiles of chosen pages: title, text and icon come from the page unless the editor wrote others."""

from wagtail.models import Page


def tiles_of(chosen, request=None):
    """Return `[{title, text, icon, url}]` for `chosen`, tuples `(page, title, text, icon)`, in their order.

    Pages that are not published are left out. As many queries as there are page types, however many pages.
    """
    pks = [page.pk for page, *__ in chosen if page is not None]
    specific = {page.pk: page for page in Page.objects.filter(pk__in=pks).live().specific()} if pks else {}
    tiles = []
    for page, title, text, icon in chosen:
        page = specific.get(page.pk) if page is not None else None
        if page is None:
            continue
        tiles.append(
            {
                "title": title or page.title,
                "text": text or getattr(page, "summary", "") or page.search_description,
                "icon": icon or getattr(page, "icon", ""),
                "url": page.get_url(request) or "",
            }
        )
    return [tile for tile in tiles if tile["url"]]

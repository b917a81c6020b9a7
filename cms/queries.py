"""Reads of the public site, each with a fixed number of SQL queries."""

from wagtail.models import Page, Site

from .models import public_page_types
from .search import query_of


def public_pages(request):
    """Return the published pages of the request's site that the public reads; private and resident's pages never."""
    site = Site.find_for_request(request)
    if site is None:
        return Page.objects.none()
    pages = Page.objects.descendant_of(site.root_page, inclusive=True).live().public()
    return pages.type(*public_page_types())


def search_pages(request, text):
    """Return the search results of what a resident typed, the best first: `len()`, slices of Page; or an empty list."""
    words = query_of(text)
    return public_pages(request).search(words) if words else []

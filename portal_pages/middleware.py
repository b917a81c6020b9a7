"""The way to the resident's pages, without a walk down the tree of pages at each request."""

from django.http import Http404
from wagtail.views import serve

from .menu import space_pages


class SpaceMiddleware:
    """Tell Wagtail which page an address of the resident's space is, from the pages that are kept for its menu."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, arguments, named):
        """Leave anything that is not plainly of the space to Wagtail."""
        if view is not serve:
            return
        steps = [step for step in request.path_info.split("/") if step]
        pages = space_pages(request) if steps else ()
        if pages and pages[0].get_url(request) == f"/{steps[0]}/":
            try:
                request._wagtail_route_for_request = pages[0].route(request, steps[1:])
            except Http404:
                return

"""Request id for the logs, the site of the request, and the Content-Security-Policy."""

import uuid

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.utils.functional import cached_property
from wagtail.models import Site

from theme.kept import kept
from theme.requests import extend

from .logs import request_id


class RequestIdMiddleware:
    """Give each request an id, returned in `X-Request-ID` and written on its log lines."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = request_id.set(uuid.uuid4().hex[:16])
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class _WithSite:
    @cached_property
    def _wagtail_site(self):
        """Where Wagtail looks for the site before it reads it."""
        return kept(("site", self.get_host()), lambda: _read_site(self))


def _read_site(request):
    site = Site._find_for_request(request)
    if site:
        site.root_page  # noqa: B018 - read it now, for all the requests to come
    return site


class SiteMiddleware:
    """Keep the site that is asked for: Wagtail would read it, then its root page, at each request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        extend(request, _WithSite)
        return self.get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Strict, but under /admin/: Wagtail's editor writes inline scripts and styles, and previews images from blobs."""

    def process_response(self, request, response):
        if request.path_info.startswith("/admin/"):
            inline = [SELF, UNSAFE_INLINE]
            response._csp_replace = {
                "script-src": inline,
                "style-src": inline,
                "img-src": [SELF, "data:", "blob:"],
                "frame-src": [SELF],
                "form-action": [SELF],
            }
        return super().process_response(request, response)

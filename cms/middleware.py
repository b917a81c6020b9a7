"""Request id for the logs, and a Content-Security-Policy that is strict everywhere but in Wagtail's back office."""

import uuid

from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware

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


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Wagtail's editor writes inline scripts and styles, and previews images from blobs: allowed under /admin/ only."""

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

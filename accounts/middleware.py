"""The current profile of a request, and the second factor that stands before the back office."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode

from theme.requests import extend

from . import current
from .throttle import Throttled, throttled_response

ADMIN = "/admin/"


class SecondFactorMiddleware:
    """Let into /admin/ only staff whose session passed the second factor.

    The one door to the back office: whatever Wagtail, a snippet or a hook adds under /admin/ is behind it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith(ADMIN):
            return self.door(request) or self.get_response(request)
        return self.get_response(request)

    def door(self, request):
        """Return what stops the request at the door, or None to let it in."""
        if request.path_info == f"{ADMIN}login/":  # one login page for all
            return redirect_to_login(request.GET.get("next", ADMIN))
        if request.path_info == f"{ADMIN}logout/":
            return None
        if not request.user.is_authenticated:
            return self.refuse(request) or redirect_to_login(request.get_full_path())
        if not (request.user.is_staff and request.user.has_perm("wagtailadmin.access_admin")):
            return self.refuse(request) or render(request, "accounts/staff_only.html", status=403)
        second_factor = reverse("accounts:second_factor")
        if request.user.is_verified() or request.path_info.startswith(second_factor):
            return None
        return self.refuse(request) or redirect(f"{second_factor}?{urlencode({'next': request.get_full_path()})}")

    def refuse(self, request):
        """Return a bare 403 to a script, which could do nothing with the login page."""
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":
            return HttpResponse(status=403)
        return None


class _WithProfile:
    """Attributes of a request, looked up the first time a page asks: pages that don't ask cost nothing."""

    @cached_property
    def memberships(self):
        """The active memberships of the user, oldest first."""
        return current.active_memberships(self.user)

    @cached_property
    def membership(self):
        """The membership through which the user acts; None for a visitor, or a staff member without profile."""
        memberships = self.memberships
        if not memberships:
            return None
        return current.choose(memberships, self.session.get(current.SESSION_KEY))

    @cached_property
    def profile(self):
        """The profile of `membership`, or None."""
        return self.membership.profile if self.membership else None


class CurrentProfileMiddleware:
    """Give requests `profile`, `membership` and `memberships`, and answer Throttled with a page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        extend(request, _WithProfile)
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Answer a Throttled that no view caught."""
        if isinstance(exception, Throttled):
            return throttled_response(request, exception.wait)
        return None

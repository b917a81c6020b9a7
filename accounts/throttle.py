"""How often someone may try: by address and origin together (strict), or by origin alone (wide).

Never by address alone: whoever fails on purpose elsewhere could then lock the owner out. Call `throttle` before the
transaction of the act, so that a refused or failed act still counts.
"""

from datetime import timedelta
from ipaddress import ip_address

from axes.helpers import get_cool_off
from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, ngettext

from .models import Attempt
from .models.users import normalise_email


class Throttled(Exception):
    """Too many tries. `wait` is the number of seconds until the next is allowed.

    Uncaught in a view, it is answered by a page with status 429 (`CurrentProfileMiddleware`).
    """

    def __init__(self, wait):
        self.wait = max(1, int(wait))
        super().__init__(gettext("Vous avez fait trop d’essais. Réessayez dans %s.") % wait_text(self.wait))


def wait_text(seconds):
    """Return `seconds` as a resident reads it: rounded up to whole minutes above one minute."""
    if seconds < 60:
        return ngettext("%d seconde", "%d secondes", seconds) % seconds
    minutes = -(-seconds // 60)
    return ngettext("%d minute", "%d minutes", minutes) % minutes


def _key(scope, keys):
    tried = "\n".join(str(key) for key in keys)
    return salted_hmac(f"accounts.throttle.{scope}", tried, algorithm="sha256").hexdigest()


def _window(scope, keys, seconds):
    since = timezone.now() - timedelta(seconds=seconds)
    return Attempt.objects.filter(scope=scope, key=_key(scope, keys), at__gt=since)


def _refuse_over(tries, limit, seconds):
    """Raise Throttled when there are more than `limit` tries: until enough of them have left the window."""
    times = list(tries.order_by("-at").values_list("at", flat=True)[: limit + 1])
    if len(times) > limit:
        raise Throttled((times[limit - 1] + timedelta(seconds=seconds) - timezone.now()).total_seconds() + 1)


def throttle(scope, *keys, limit, seconds):
    """Count one try of `scope` by `keys` (a user's id, an address, `client_ip(request)` …, taken together).

    Raises Throttled at the (limit + 1)th try within `seconds`. A refused try is not counted: waiting always ends.
    """
    # Written before it is counted, so that tries made at the same moment can't all see room.
    attempt = Attempt.objects.create(scope=scope, key=_key(scope, keys))
    try:
        _refuse_over(_window(scope, keys, seconds), limit, seconds)
    except Throttled:
        attempt.delete()
        raise


def check(scope, *keys, limit, seconds):
    """Raise Throttled if `limit` tries were recorded within `seconds`; count nothing. For limits on failures only."""
    _refuse_over(_window(scope, keys, seconds), limit - 1, seconds)


def record(scope, *keys):
    """Count one failure of `scope` by `keys`, for `check`."""
    Attempt.objects.create(scope=scope, key=_key(scope, keys))


def forget(scope, *keys):
    """Drop what was counted of `scope` for `keys`, after a success."""
    Attempt.objects.filter(scope=scope, key=_key(scope, keys)).delete()


def client_ip(request):
    """Return the visitor's address: REMOTE_ADDR, or what the outermost of our PROXY_COUNT proxies saw.

    Each proxy appends to X-Forwarded-For the address it was called from, so only the last PROXY_COUNT entries can be
    believed; what stands before them is whatever the visitor wrote.
    """
    remote = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_COUNT:
        return remote
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if len(hops) < settings.PROXY_COUNT:
        return remote
    try:
        return str(ip_address(hops[-settings.PROXY_COUNT]))
    except ValueError:
        return remote


def origin(request):
    """Return what counts as one origin: the IPv4 address, or the /64 network that an IPv6 subscriber holds whole."""
    address = client_ip(request)
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return ":".join(parsed.exploded.split(":")[:4])
    return str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed)


def axes_username(request, credentials=None):
    """Return the address as axes counts it: without case, so that `A@b.fr` and `a@b.fr` share their five tries.

    Django calls it `username` when a login fails; axes, when it asks whether one is allowed, by the user's field.
    """
    credentials = credentials or {}
    return normalise_email(credentials.get("username") or credentials.get("email"))


def throttled_response(request, wait):
    """Return the page, status 429, that says how long to wait."""
    response = render(request, "accounts/throttled.html", {"wait": wait_text(wait)}, status=429)
    response["Retry-After"] = str(wait)
    return response


def locked_out(request, response, credentials):
    """Answer of axes once an address was tried too often from one origin."""
    return throttled_response(request, int(get_cool_off(request).total_seconds()))

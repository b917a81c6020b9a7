"""Signed notifications, sent from a thread: apart from the call that caused them, and again until received."""

import hashlib
import hmac
import threading
import time
import urllib.error
import urllib.request

from django.conf import settings

from ..providers.registry import webhook_secret
from . import bank
from .store import books

# Seconds before each try; Stripe goes on for three days.
TRIES = (0, 1, 3, 10, 30)

_sending = threading.Lock()


def signature(body, *, at=None, secret=None):
    """Return the `Stripe-Signature` header of `body` (text): HMAC-SHA256 of `t.body`."""
    at = int(time.time()) if at is None else at
    secret = webhook_secret() if secret is None else secret
    digest = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def deliver_soon(*, after=0):
    """Send what waits, from a thread, in `after` seconds.

    Tests switch it off and carry the notifications themselves.
    """
    if getattr(settings, "STRIPE_STAND_IN_NOTIFIES", True):
        threading.Thread(target=deliver_all, args=[after], daemon=True).start()


def deliver_all(after=0):
    """Send what waits, in `after` seconds, until all of it is received or the tries are used up."""
    time.sleep(after)
    for wait in TRIES:
        time.sleep(wait)
        with _sending:
            with books() as found:
                bank.ripen(found)
                waiting = found.undelivered()
            received = [event_id for event_id, body, target in waiting if _send(body, target)]
            with books() as found:
                for event_id in received:
                    found.mark_delivered(event_id)
        if len(received) == len(waiting):
            return


def _send(body, target):
    request = urllib.request.Request(
        target,
        data=body.encode(),
        headers={"Content-Type": "application/json", "Stripe-Signature": signature(body)},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False

"""The secret address of a child's calendar: made by a parent, kept as a digest only, revoked at will."""

import secrets
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log

from accounts.locks import lock_profile
from accounts.mail import absolute_url
from accounts.models import Guardianship
from accounts.perms import can_act_for

from ..models import CalendarFeed

LIMIT = 10


def digest_of(secret):
    """Return what is kept of a secret: enough to recognise it, not enough to say it again."""
    return sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(*, by, profile, child):
    """Make a secret address for the calendar of `child`. Returns (the CalendarFeed, the address, told this once).

    Raises PermissionDenied if `by` can't act for `profile`, ValidationError when the child is not of the household or
    has ten addresses already.
    """
    if not can_act_for(by, profile):
        raise PermissionDenied
    lock_profile(profile.pk)
    if not Guardianship.objects.on(timezone.localdate()).filter(profile=profile, child=child).exists():
        raise ValidationError("Cet enfant n’est pas dans votre foyer.")
    if CalendarFeed.objects.filter(profile=profile, child=child, revoked_at=None).count() >= LIMIT:
        raise ValidationError("Cet enfant a déjà dix adresses d’agenda : supprimez-en une d’abord.")
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(child=child, profile=profile, digest=digest_of(secret), created_by=by)
    log(instance=feed, action="booking.calendar.create", user=by)
    return feed, absolute_url(reverse("booking:calendar_feed", args=[secret]))


@transaction.atomic
def revoke(*, by, profile, feed):
    """Kill an address of the household at once; the second time changes nothing. Returns the CalendarFeed.

    Raises PermissionDenied if `by` can't act for `profile`, or the address is another's.
    """
    if not can_act_for(by, profile) or feed.profile_id != profile.pk:
        raise PermissionDenied
    feed = CalendarFeed.objects.select_for_update(of=("self",)).get(pk=feed.pk)
    if feed.revoked_at is None:
        feed.revoked_at = timezone.now()
        feed.save(update_fields=["revoked_at"])
        log(instance=feed, action="booking.calendar.revoke", user=by)
    return feed

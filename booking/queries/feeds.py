"""What the shared calendars of a household read."""

import datetime as dt

from accounts.enums import ChildState
from accounts.models import Guardianship, Membership

from ..enums import DayState
from ..models import CalendarFeed, ReservationDay

PAST = dt.timedelta(days=60)
SHOWN = [DayState.ACCEPTED, DayState.REQUESTED, DayState.OFFERED]


def feeds_of(profile, children):
    """Return the addresses in use of the household's children, newest first: one query."""
    return list(
        CalendarFeed.objects.filter(profile=profile, child__in=children, revoked_at=None).select_related(
            "child", "created_by"
        )
    )


def feed_of(profile, pk):
    """Return an address in use of the household. Raises CalendarFeed.DoesNotExist for any other."""
    return CalendarFeed.objects.select_related("child", "created_by").get(profile=profile, pk=pk, revoked_at=None)


def feed_with(digest, today):
    """Return (feed, guardianship) of the secret whose digest is given, or None.

    The address is dead once revoked, and from the day its maker leaves the household or the child does.
    """
    feed = CalendarFeed.objects.select_related("child").filter(digest=digest, revoked_at=None).first()
    if feed is None or feed.child.state == ChildState.ARCHIVED:
        return None
    member = Membership.objects.active().filter(profile=feed.profile_id, user=feed.created_by_id, user__is_active=True)
    guardianship = Guardianship.objects.on(today).filter(profile=feed.profile_id, child=feed.child_id).first()
    return (feed, guardianship) if guardianship and member.exists() else None


def days_shown(feed, guardianship, today):
    """Return the days of the child that the address shows: the household's, and the other's when staff let it see
    them; from 60 days ago on, without those refused, cancelled or on a waiting list. One query."""
    days = ReservationDay.objects.filter(
        child=feed.child_id, cancels=None, state__in=SHOWN, session__date__gte=today - PAST
    )
    if not guardianship.sees_other_bookings:
        days = days.filter(reservation__profile=feed.profile_id)
    return days.select_related("reservation", "session__unit__activity__facility").order_by("session__date", "pk")

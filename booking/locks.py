"""Locks of bookings, always in the order of the house: profile → children → sessions → counters.

The rows of a level are locked in ONE query, sorted by primary key. `no_key` leaves the rows that refer to them alone:
a charge can be written for a profile that somebody else has locked. A day's state is written only under the lock of
its session. Freed deadlocks and serialisation failures are tried again by `billing.conflicts.retry_on_conflict`.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q

from accounts.models import Guardianship

from . import perms
from .models import ReservationDay, Session


def lock_acting_profile(*, by, profile):
    """Lock and return `profile`, for which `by` acts. Raises PermissionDenied when they may not."""
    mine = perms.bookable_profiles(by).filter(pk=profile.pk)
    found = mine.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise PermissionDenied
    return found


def lock_children(*, profile, public_ids, today):
    """Lock the children with these public ids; returns {public id: (Child, [guardianships of today or to come])}.

    Two households of a child wait for each other here: their bookings may exclude each other. Raises PermissionDenied
    when one of them isn't a child of `profile`.
    """
    rows = (
        Guardianship.objects.select_for_update(of=("child",), no_key=True)
        .filter(Q(ended_on=None) | Q(ended_on__gte=today), profile=profile, child__public_id__in=public_ids)
        .select_related("child")
        .order_by("child_id", "pk")
    )
    found = {}
    for row in rows:
        found.setdefault(row.child.public_id, (row.child, []))[1].append(row)
    if set(found) != set(public_ids):
        raise PermissionDenied
    return found


def lock_sessions(session_ids, *, siblings=False):
    """Lock sessions; returns them by primary key, with unit, activity, facility, group and period.

    `siblings` locks with them the other groups' sessions of the same unit and date: places freed there may go to
    siblings who wait for each other.
    """
    if siblings:
        asked = Session.objects.filter(pk__in=session_ids, unit=OuterRef("unit"), date=OuterRef("date"))
        wanted = Session.objects.filter(Exists(asked))
    else:
        wanted = Session.objects.filter(pk__in=session_ids)
    return list(
        wanted.select_for_update(of=("self",), no_key=True)
        .select_related("unit__activity__facility", "group", "period")
        .order_by("pk")
    )


def lock_days(**conditions):
    """Lock days whose sessions are locked; returns them with their reservation and child, by primary key."""
    return list(
        ReservationDay.objects.select_for_update(of=("self",), no_key=True)
        .filter(**conditions)
        .select_related("reservation__profile", "reservation__made_by", "child", "cancels__reservation")
        .order_by("pk")
    )

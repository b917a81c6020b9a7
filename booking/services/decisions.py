"""What agents decide: days on request, cancellations on request, one by one or in bulk."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict
from theme.formats import NBSP

from .. import perms
from ..enums import DayState
from ..locks import lock_days, lock_sessions
from ..models import ReservationDay
from . import charges, notices, waiting
from .cancellations import cancel
from .places import Places
from .states import follow_days

OPEN = (DayState.REQUESTED, DayState.WAITING)


@dataclass(slots=True)
class Decided:
    """What became of the days: lists of ReservationDay.

    `waiting` were accepted but had no place left, and went to the waiting list; `full` had neither and still wait for
    a decision; `untouched` (ids) were decided by somebody else meanwhile, or are no request.
    """

    accepted: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    waiting: list = field(default_factory=list)
    full: list = field(default_factory=list)
    untouched: list = field(default_factory=list)


@retry_on_conflict
def decide(*, by, days, accept, reason="", waive=False):
    """Accept or refuse `days` (ids of ReservationDay), added or cancelled; returns what was Decided.

    With one day of a reservation asked for as a whole, or of siblings to be kept together, come the others: they are
    answered alike. A day already on the waiting list can be decided too. A refusal needs its `reason`, read by the
    family. A cancellation accepted late leaves the day charged, unless `waive`.

    Raises PermissionDenied without the right, ValidationError for a refusal without a reason.
    """
    if not perms.can_decide_days(by):
        raise PermissionDenied
    reason = reason.strip()
    if not accept and not reason:
        raise ValidationError(f"Indiquez le motif du refus{NBSP}: la famille le lira.")
    asked = set(days)
    bundles = _bundles(asked)
    wanted = {pk for ids in bundles.values() for pk in ids}
    session_ids = ReservationDay.objects.filter(pk__in=wanted).values_list("session_id", flat=True)
    places = Places(lock_sessions(set(session_ids), siblings=True))
    found = {day.pk: day for day in lock_days(pk__in=wanted, state__in=OPEN)}
    for day in found.values():
        day.session = places.sessions[day.session_id]
    decided = Decided(untouched=sorted(asked - set(found)))
    for ids in bundles.values():
        bundle = [found[pk] for pk in ids if pk in found]
        if accept:
            _accept(bundle, places, decided)
        else:
            decided.refused += bundle
    _write(decided, places, by=by, reason=reason, waive=waive)
    return decided


def _bundles(asked):
    """{what holds days together: their ids}, of the days asked for and those that are answered with them."""
    rows = list(
        ReservationDay.objects.filter(pk__in=asked).values_list(
            "pk", "reservation_id", "reservation__whole", "reservation__together", "session__unit", "session__date"
        )
    )
    whole = {row[1] for row in rows if row[2]}
    together = {row[3] for row in rows if row[3]}
    if whole or together:
        tied = Q(reservation__in=whole) | Q(reservation__together__in=together)
        rows += ReservationDay.objects.filter(tied, cancels=None, state__in=OPEN).values_list(
            "pk", "reservation_id", "reservation__whole", "reservation__together", "session__unit", "session__date"
        )
    bundles = defaultdict(dict)
    for pk, reservation_id, is_whole, family, unit, date in rows:
        alone = (family, unit, date) if family else pk
        bundles[(family or reservation_id) if is_whole else alone][pk] = None
    # Another day of the same siblings waits for its own decision.
    return {key: ids for key, ids in bundles.items() if asked & set(ids)}


def _accept(bundle, places, decided):
    """Accept days answered alike: all of them, or none when there is no place for all."""
    cancellations = [day for day in bundle if day.cancels_id]
    decided.accepted += cancellations
    added = [day for day in bundle if not day.cancels_id]
    if not added:
        return
    if places.fit(added):
        for day in added:
            places.take(day)
        decided.accepted += added
        return
    alone = not added[0].reservation.whole
    for day in added:
        if day.state == DayState.WAITING:
            decided.full.append(day)
        elif alone and day.session.unit.activity.waiting_list:
            day.rank = places.next_rank(day)
            decided.waiting.append(day)
        else:
            decided.full.append(day)


def _write(decided, places, *, by, reason, waive):
    now = timezone.now()
    for state, days in (
        (DayState.ACCEPTED, decided.accepted),
        (DayState.REFUSED, decided.refused),
        (DayState.WAITING, decided.waiting),
    ):
        for day in days:
            day.state, day.decided_by, day.decided_at = state, by, now
            day.reason = reason
    changed = decided.accepted + decided.refused + decided.waiting
    if not changed:
        return
    ReservationDay.objects.bulk_update(changed, ["state", "rank", "reason", "decided_by", "decided_at"])
    charges.sell([day for day in decided.accepted if not day.cancels_id])
    _cancel([day for day in decided.accepted if day.cancels_id], places, by=by, waive=waive)
    # Refused children leave the list, cancelled ones their places: the next ones are served.
    waiting.offer(places, now=now)
    places.save()
    follow_days(day.reservation_id for day in changed)
    by_reservation = defaultdict(list)
    for day in changed:
        by_reservation[day.reservation].append(day)
    for reservation, days in by_reservation.items():
        data = {"days": [day.pk for day in days], "states": [str(day.state) for day in days]}
        log(instance=reservation, action="booking.reservation.decide", user=by, data=data)
    notices.days_decided(by_reservation, kept_charged=not waive)


def _cancel(days, places, *, by, waive):
    """Undo the booked days that these cancellations are about."""
    booked = lock_days(pk__in=[day.cancels_id for day in days], state=DayState.ACCEPTED) if days else []
    for day in booked:
        day.session = places.sessions[day.session_id]
    cancel(booked, places, by=by)
    if waive:
        charges.unsell(booked)

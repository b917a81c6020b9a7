"""The waiting list: a freed place is offered to the first who can have it, for a set time, then to the next.

Ranks are numbers given under the session's lock. An offer holds its place: the public never sees it free.
"""

import datetime as dt
from collections import defaultdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict
from theme.formats import NBSP

from .. import perms
from ..enums import Act, DayState
from ..locks import lock_days, lock_sessions
from ..models import ReservationDay
from ..queries.set_up import set_up_of
from . import asking, charges, notices
from .asking import treatment_of
from .places import Places
from .states import follow_days

NOTHING_FREED = "Aucune place ne s’est libérée avant la fin du délai de réservation."


def offer_freed(sessions):
    """Offer what is free of `sessions` (or their ids) to their waiting lists; returns the days offered.

    Call it in the transaction that frees places or adds some (a larger capacity).
    """
    ids = [getattr(session, "pk", session) for session in sessions]
    places = Places(lock_sessions(ids, siblings=True))
    offered = offer(places, now=timezone.now())
    places.save()
    return offered


def offer(places, *, now):
    """Offer the free places of locked sessions, by rank; returns the days offered. The caller saves `places`.

    Who can't have the place is passed over, and keeps their rank: hours that don't fit, siblings who want two places
    where there is one, a date whose booking deadline is past, a child who may not be booked any more. No query when
    nobody waits.
    """
    candidates = places.may_serve()
    if not candidates:
        return []
    waiting = lock_days(session__in=candidates, state=DayState.WAITING, cancels=None)
    for day in waiting:
        day.session = places.sessions[day.session_id]
    offered = []
    for block in _in_turn(_blocks(waiting)):
        if not places.fit(block):
            continue
        until = min(_offer_ends(each, now) for each in block)
        if until <= now:
            continue
        for each in block:
            each.state, each.offered_until = DayState.OFFERED, until
            places.take(each)
        offered += block
    if offered:
        ReservationDay.objects.bulk_update(offered, ["state", "offered_until"])
        follow_days(day.reservation_id for day in offered)
        for day in offered:
            data = {"day": day.pk, "until": str(day.offered_until)}
            log(instance=day.reservation, action="booking.day.offer", data=data)
        notices.places_offered(offered)
    return offered


def _blocks(waiting):
    """The days that are offered together: siblings' who wait for each other, else one by one.

    Children who may not come any more are not waited for; siblings whose sessions are not all at hand are left out.
    """
    obstacles = asking.obstacles_to(waiting)
    welcome = {day.pk: day for day in waiting if not obstacles[day.pk]}
    blocks = [[day] for day in welcome.values() if not day.reservation.together]
    tied = [day for day in waiting if day.reservation.together]
    if not tied:
        return blocks
    families = defaultdict(list)
    rows = ReservationDay.objects.filter(
        reservation__together__in={day.reservation.together for day in tied}, state=DayState.WAITING, cancels=None
    )
    for row in rows.values_list("pk", "reservation__together", "session__unit", "session__date"):
        families[row[1:]].append(row[0])
    at_hand = {day.pk for day in tied}
    for ids in families.values():
        block = [welcome[pk] for pk in ids if pk in welcome]
        if block and at_hand.issuperset(ids):
            blocks.append(block)
    return blocks


def _in_turn(blocks):
    """Yield `blocks` in their turn: never before one that is ahead in a session they share.

    Siblings in two groups have a turn in each: theirs comes when it has in both. Of those who are each ahead of the
    other somewhere, who asked first goes first.
    """
    queues, turns = defaultdict(list), []
    for number, block in enumerate(blocks):
        ranks = {}
        for day in block:
            ranks[day.session_id] = min(day.rank, ranks.get(day.session_id, day.rank))
        turns.append(ranks.keys())
        for session_id, rank in ranks.items():
            queues[session_id].append((rank, number))
    # The next one of each session is at the end.
    queues = {session_id: sorted(queue, reverse=True) for session_id, queue in queues.items()}
    done = set()
    while queues:
        heads = {queue[-1][1] for queue in queues.values()}
        ready = [one for one in heads if all(queues[session_id][-1][1] == one for session_id in turns[one])]
        for one in sorted(ready) or [min(heads, key=lambda one: min(day.pk for day in blocks[one]))]:
            yield blocks[one]
            done.add(one)
        for session_id, queue in list(queues.items()):
            while queue and queue[-1][1] in done:
                queue.pop()
            if not queue:
                del queues[session_id]


def _offer_ends(day, now):
    """Until when a place offered now is kept; `now` or before when the date can't be booked any more."""
    until = _last_moment(day, now)
    return min(until, now + dt.timedelta(hours=day.session.unit.activity.offer_hours)) if until else now


def _last_moment(day, now):
    """When the booking of a day closes for good, or None when it has."""
    treatment = treatment_of(
        day.session, Act.ADD, set_up=set_up_of(day.session.period), now=now, starts_at=day.starts_at
    )
    if treatment.closed:
        return None
    while treatment.next and not treatment.next.closed:
        treatment = treatment.next
    return treatment.until


# What the family answers ---------------------------------------------------------------------------------------------


@retry_on_conflict
def accept_offer(*, by, profile, day_id):
    """Take the place offered for a day of `profile`; returns the ReservationDay, booked and charged.

    A second time changes nothing. Raises PermissionDenied, ReservationDay.DoesNotExist for another household's day,
    ValidationError when the offer is over, or when the child may not be booked any more.
    """
    day, _ = _locked_day(by, profile, day_id)
    if day.state == DayState.ACCEPTED:
        return day
    if day.state != DayState.OFFERED or day.offered_until <= timezone.now():
        raise ValidationError(f"Cette place n’est plus proposée{NBSP}: le délai pour l’accepter est passé.")
    if obstacle := asking.obstacles_to([day])[day.pk]:
        raise ValidationError(f"Cette place ne peut plus être acceptée. {obstacle}")
    _set(day, DayState.ACCEPTED, by=by)
    charges.sell([day])
    log(instance=day.reservation, action="booking.offer.accept", user=by, data={"day": day.pk})
    notices.offer_accepted(day, to=by)
    return day


@retry_on_conflict
def decline_offer(*, by, profile, day_id):
    """Give up the place offered for a day of `profile`; it goes to the next. Returns the ReservationDay, cancelled.

    Raises as `accept_offer` does.
    """
    return _give_up(by, profile, day_id, {DayState.OFFERED}, "booking.offer.decline")


@retry_on_conflict
def leave(*, by, profile, day_id):
    """Leave the waiting list of a day of `profile`; returns the ReservationDay, cancelled. Raises as `accept_offer`."""
    return _give_up(by, profile, day_id, {DayState.WAITING, DayState.OFFERED}, "booking.waiting.leave")


def _give_up(by, profile, day_id, states, action):
    day, places = _locked_day(by, profile, day_id)
    if day.state == DayState.CANCELLED:
        return day
    if day.state not in states:
        raise ValidationError("Ce jour n’est plus sur la liste d’attente.")
    if day.state == DayState.OFFERED:
        places.give_back(day)
    _set(day, DayState.CANCELLED, by=by)
    # Also when a rank was left: siblings of theirs may be the next.
    offer(places, now=timezone.now())
    places.save()
    log(instance=day.reservation, action=action, user=by, data={"day": day.pk})
    return day


def _locked_day(by, profile, day_id):
    """Return a day of `profile`, locked with its session, and the Places of that session and its siblings'."""
    if not perms.bookable_profiles(by).filter(pk=profile.pk).exists():
        raise PermissionDenied
    mine = ReservationDay.objects.filter(reservation__profile=profile, cancels=None)
    session_id = mine.values_list("session_id", flat=True).get(pk=day_id)
    places = Places(lock_sessions([session_id], siblings=True))
    [day] = lock_days(pk=day_id)
    day.session = places.sessions[session_id]
    return day, places


def _set(day, state, *, by=None, reason=""):
    day.state, day.reason, day.decided_by, day.decided_at = state, reason, by, timezone.now()
    day.offered_until = None
    day.save(update_fields=["state", "reason", "decided_by", "decided_at", "offered_until"])
    day.reservation.state = follow_days([day.reservation_id])[day.reservation_id]


# What the clock answers ----------------------------------------------------------------------------------------------


def expire_offers(*, now=None):
    """Take back the offers whose time is over and offer their places to the next; returns how many were over.

    Each offer is a transaction of its own; safe to run twice.
    """
    now = now or timezone.now()
    over = ReservationDay.objects.filter(state=DayState.OFFERED, offered_until__lte=now).order_by("offered_until", "pk")
    return sum(_expire(*row, now) for row in over.values_list("pk", "session_id"))


@retry_on_conflict
def _expire(day_id, session_id, now):
    places = Places(lock_sessions([session_id], siblings=True))
    days = lock_days(pk=day_id, state=DayState.OFFERED, offered_until__lte=now)
    for day in days:
        day.session = places.sessions[session_id]
        places.give_back(day)
        _set(day, DayState.EXPIRED)
        log(instance=day.reservation, action="booking.offer.expire", data={"day": day.pk})
        notices.offer_expired(day)
    offer(places, now=now)
    places.save()
    return len(days)


def close_lists(*, now=None):
    """Tell those who still wait for a date that can't be booked any more; returns how many days were closed.

    Each session is a transaction of its own; safe to run twice.
    """
    now = now or timezone.now()
    waiting = ReservationDay.objects.filter(state=DayState.WAITING, cancels=None)
    return sum(
        _close_list(session_id, now)
        for session_id in waiting.order_by("session_id").values_list("session_id", flat=True).distinct()
    )


@transaction.atomic
def _close_list(session_id, now):
    [session] = lock_sessions([session_id])
    days = lock_days(session=session, state=DayState.WAITING, cancels=None)
    closed = []
    for day in days:
        day.session = session
        if _last_moment(day, now) is None:
            _set(day, DayState.REFUSED, reason=NOTHING_FREED)
            closed.append(day)
    if closed:
        notices.nothing_freed(closed)
    return len(closed)

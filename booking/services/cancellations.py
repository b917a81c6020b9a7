"""Cancelling dates is a reservation of its own, with its number and its state (s3.15, s3.16, s4.13)."""

from collections import Counter, defaultdict

from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict
from theme.formats import NBSP

from ..enums import ACTIVE_DAYS, PLACED_DAYS, Act, DayState, Outcome
from ..locks import lock_acting_profile, lock_days, lock_sessions
from ..models import Reservation, ReservationDay
from ..queries.set_up import set_up_of
from ..rules import reservation_state
from . import asking, charges, notices, waiting
from .asking import Asked, treatment_of
from .numbers import next_reservation_number
from .places import Places
from .states import follow_days


def submit(*, by, profile, child, period, sessions, key, draft=None):
    """Cancel what `profile` booked of `sessions` (ids) for a child; returns the Reservation that says so.

    As `submit_all`, for one child.
    """
    asked = {child.public_id: [Asked(session_id) for session_id in sessions]}
    [reservation] = submit_all(by=by, profile=profile, period=period, asked=asked, key=key, draft=draft)
    return reservation


@retry_on_conflict
def submit_all(*, by, profile, period, asked, key, draft=None):
    """Cancel days of one or several children of `profile`; returns a Reservation for each, in the order of `asked`.

    `asked` is {child's public id: [Asked]}; hours are ignored. A booked day is cancelled at once, on request, or no
    more, as the deadlines for cancelling say; in time, its charge is taken back. What was only asked for, waited for or
    offered is given up at once. Freed places go to the waiting lists in the same transaction: nobody gets in between.

    Raises PermissionDenied for somebody else's profile, ValidationError with all that is wrong otherwise.
    """
    now = timezone.now()
    profile = lock_acting_profile(by=by, profile=profile)
    session_ids = {day.session_id for days in asked.values() for day in days}
    if not session_ids:
        raise ValidationError("Choisissez au moins un jour à annuler.")
    places = Places(lock_sessions(session_ids, siblings=True))
    if again := list(
        Reservation.objects.filter(key=key, profile=profile, child__public_id__in=asked)
        .select_related("child", "period")
        .order_by("pk")
    ):
        return again
    days = _booked(profile, period, asked, places)
    outcomes = _outcomes(days, now)
    made = _write(days, outcomes, by=by, profile=profile, period=period, key=key, draft=draft)
    _free([day for day in days if outcomes[day.pk] == Outcome.AT_ONCE], places, by=by, now=now)
    return made


def _booked(profile, period, asked, places):
    """Return the active days of what is asked, locked; raise ValidationError when one isn't theirs to cancel."""
    mine = lock_days(
        reservation__profile=profile,
        session__in=places.sessions,
        session__period=period,
        child__public_id__in=asked,
        state__in=ACTIVE_DAYS,
        cancels=None,
    )
    by_cell = {(day.child.public_id, day.session_id): day for day in mine}
    wanted = {(child, each.session_id): None for child, theirs in asked.items() for each in theirs}
    if not set(wanted) <= set(by_cell):
        raise ValidationError(f"Un de ces jours n’est pas ou plus réservé{NBSP}: rechargez le planning.")
    days = [by_cell[cell] for cell in wanted]
    for day in days:
        day.session = places.sessions[day.session_id]
    asked_already = ReservationDay.objects.filter(cancels__in=days, state=DayState.REQUESTED)
    again = set(asked_already.values_list("cancels_id", flat=True))
    if twice := [day for day in days if day.pk in again]:
        raise ValidationError(f"L’annulation est déjà demandée. {asking.named(twice)}.")
    return days


def _outcomes(days, now):
    """Return {day's id: Outcome} of cancelling them now; raise ValidationError when it is too late for one."""
    outcomes = {day.pk: _outcome(day, now) for day in days}
    if late := [day for day in days if outcomes[day.pk] == Outcome.CLOSED]:
        raise ValidationError(f"Le délai d’annulation est dépassé. {asking.named(late)}.")
    return outcomes


def _outcome(day, now):
    # What was not granted is given up whenever the family wants.
    if day.state != DayState.ACCEPTED:
        return Outcome.AT_ONCE
    set_up = set_up_of(day.session.period)
    return treatment_of(day.session, Act.CANCEL, set_up=set_up, now=now, starts_at=day.starts_at).outcome


def _write(days, outcomes, *, by, profile, period, key, draft):
    """Write a numbered cancellation for each child, its days, its mail."""
    states = {Outcome.AT_ONCE: DayState.ACCEPTED, Outcome.ON_REQUEST: DayState.REQUESTED}
    by_child = defaultdict(list)
    for day in days:
        by_child[day.child].append(day)
    made = Reservation.objects.bulk_create(
        Reservation(
            number=next_reservation_number(),
            act=Act.CANCEL,
            profile=profile,
            child=child,
            period=period,
            draft=draft,
            key=key,
            state=reservation_state(states[outcomes[day.pk]] for day in theirs),
            made_by=by,
        )
        for child, theirs in by_child.items()
    )
    written = ReservationDay.objects.bulk_create(
        ReservationDay(
            reservation=reservation,
            session=day.session,
            child=day.child,
            cancels=day,
            state=states[outcomes[day.pk]],
            starts_at=day.starts_at,
            ends_at=day.ends_at,
            price=day.price,
        )
        for reservation in made
        for day in by_child[reservation.child]
    )
    for reservation in made:
        theirs = [day for day in written if day.reservation_id == reservation.pk]
        counts = dict(Counter(day.state for day in theirs))
        log(instance=reservation, action="booking.reservation.cancel", user=by, data={"days": counts})
        notices.cancellation_made(reservation, theirs, to=by)
    return made


def _free(days, places, *, by, now):
    """Cancel these days in time: places and charges go back, and the waiting lists are served."""
    cancel(days, places, by=by)
    charges.unsell(days)
    waiting.offer(places, now=now)
    places.save()


def cancel(days, places, *, by, reason=""):
    """Cancel active days under the lock of their sessions and give back their places; the caller saves `places`."""
    for day in days:
        if day.state in PLACED_DAYS:
            places.give_back(day)
        day.state, day.offered_until = DayState.CANCELLED, None
        day.reason, day.decided_by, day.decided_at = reason, by, timezone.now()
    ReservationDay.objects.bulk_update(days, ["state", "offered_until", "reason", "decided_by", "decided_at"])
    if days:
        follow_days(day.reservation_id for day in days)

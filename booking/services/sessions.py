"""Sessions: created over a period, closed, opened again, with more or fewer places. Never touches what is booked."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict

from .. import perms
from ..enums import ACTIVE_DAYS, DayState
from ..locks import lock_days, lock_sessions
from ..models import BookingPeriod, ReservationDay, Session
from ..queries.sessions import plan_of
from ..words import day_words
from . import charges, notices, waiting
from .cancellations import cancel
from .places import Places
from .states import follow_days

BATCH = 500


@retry_on_conflict
def generate(*, by, period, resize=False):
    """Create the sessions that `period` wants and remove those it no longer wants; returns the Plan that was done.

    Done twice, the second changes nothing. A session that families have booked is left as it is and reported in
    `stuck`; one that an agent closed, or gave other places, stays so. `resize` gives the sessions without any booking
    their places by default. Raises PermissionDenied; ValidationError for an activity without units.
    """
    if not perms.can_generate_sessions(by):
        raise PermissionDenied
    period = (
        BookingPeriod.objects.select_for_update(of=("self",)).select_related("activity__facility").get(pk=period.pk)
    )
    if not period.activity.units.exists():
        raise ValidationError("Cette activité n’a pas encore d’unité de réservation : ajoutez-en une d’abord.")
    # What would go is locked before it is looked at again: a family may be booking it now.
    lock_sessions([session.pk for session in plan_of(period, resize=resize).remove])
    plan = plan_of(period, resize=resize)
    Session.objects.filter(pk__in=[session.pk for session in plan.remove]).delete()
    _resize(plan.resize)
    Session.objects.bulk_create(
        (
            Session(
                period=period,
                unit_id=slot.unit_id,
                group_id=slot.group_id,
                date=slot.date,
                capacity=slot.capacity,
            )
            for slot in plan.create
        ),
        batch_size=BATCH,
        # Two agents at once, for two periods that share dates: the first has them.
        ignore_conflicts=True,
    )
    period.generated_at = timezone.now()
    period.save(update_fields=["generated_at"])
    log(
        instance=period,
        action="booking.sessions.generate",
        user=by,
        data={"created": len(plan.create), "removed": len(plan.remove), "resized": len(plan.resize)},
    )
    return plan


def _resize(pairs):
    for session, capacity in pairs:
        session.capacity = capacity
    Session.objects.bulk_update([session for session, _capacity in pairs], ["capacity"], batch_size=BATCH)


@retry_on_conflict
def set_capacity(*, by, sessions, capacity):
    """Give `sessions` (ids) `capacity` places each; places that this frees go to the waiting lists first.

    Raises PermissionDenied; ValidationError when a session has more places taken than that.
    """
    locked = _locked(by, sessions)
    short = next((session for session in locked if session.taken > capacity), None)
    if short:
        raise ValidationError(
            f"La séance « {short.unit} » du {day_words(short.date)} a déjà {short.taken} places prises : "
            f"elle ne peut pas descendre à {capacity}."
        )
    changed = [session for session in locked if session.capacity != capacity]
    _resize([(session, capacity) for session in changed])
    for session in changed:
        log(instance=session, action="booking.session.capacity", user=by, data={"capacity": capacity})
    waiting.offer_freed(changed)
    return changed


@retry_on_conflict
def close(*, by, sessions, reason, cancel_days=False):
    """Close `sessions` (ids) for `reason`, which families read; returns (sessions closed, days cancelled).

    Where children are booked, asked for or waiting, `cancel_days` says to cancel these days: their charges are taken
    back, whatever the deadlines, and the families told. Raises PermissionDenied; ValidationError without a reason, for
    children booked without `cancel_days`, and for children booked on a date gone by.
    """
    locked = _locked(by, sessions)
    reason = reason.strip()
    if not reason:
        raise ValidationError("Indiquez le motif de la fermeture : les familles le liront.")
    days = lock_days(session__in=locked, state__in=ACTIVE_DAYS, cancels=None)
    _check_closing(days, locked, cancel_days=cancel_days)
    _close(locked, reason)
    _cancel_days(days, locked, by=by, reason=reason)
    for session in locked:
        log(instance=session, action="booking.session.close", user=by, data={"days": _count(days, session)})
    return locked, days


def _check_closing(days, sessions, *, cancel_days):
    if days and not cancel_days:
        count = f"{len(days)} jours sont réservés ou demandés" if len(days) > 1 else "Un jour est réservé ou demandé"
        raise ValidationError(f"{count} sur ces séances : cochez la case pour les annuler et prévenir les familles.")
    past = {session.pk for session in sessions if session.date < timezone.localdate()}
    if any(day.session_id in past for day in days):
        raise ValidationError("Une séance passée où des enfants étaient attendus ne peut plus être fermée.")


def _cancel_days(days, sessions, *, by, reason):
    if not days:
        return
    places = Places(sessions)
    for day in days:
        day.session = places.sessions[day.session_id]
    # Their cancellation may be waiting for an agent's word: this is it.
    asked = lock_days(cancels__in=days, state=DayState.REQUESTED)
    for request in asked:
        request.state, request.decided_by, request.decided_at = DayState.ACCEPTED, by, timezone.now()
    ReservationDay.objects.bulk_update(asked, ["state", "decided_by", "decided_at"])
    follow_days(request.reservation_id for request in asked)
    cancel(days, places, by=by, reason=reason)
    charges.unsell(days)
    places.save()
    notices.sessions_closed(days, reason=reason)


def _count(days, session):
    return sum(day.session_id == session.pk for day in days)


@retry_on_conflict
def reopen(*, by, sessions):
    """Open `sessions` (ids) again; returns those that were closed. Their waiting lists are served first.

    Raises PermissionDenied.
    """
    changed = [session for session in _locked(by, sessions) if session.closed_reason]
    _close(changed, "")
    for session in changed:
        log(instance=session, action="booking.session.reopen", user=by)
    waiting.offer_freed(changed)
    return changed


def _close(sessions, reason):
    for session in sessions:
        session.closed_reason = reason
    Session.objects.bulk_update(sessions, ["closed_reason"], batch_size=BATCH)


def _locked(by, ids):
    """Lock the sessions with these ids, after the right to them was checked; with those of the other groups, which
    may be served by the same waiting list, in the one order of locks."""
    if not perms.can_change_sessions(by):
        raise PermissionDenied
    wanted = set(ids)
    return [session for session in lock_sessions(wanted, siblings=True) if session.pk in wanted]

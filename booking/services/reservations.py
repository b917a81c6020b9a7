"""Booking: the server decides of everything under lock, and answers each day: booked, on request, or waiting."""

import uuid
from collections import Counter, defaultdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict
from theme.formats import NBSP

from .. import perms
from ..enums import ACTIVE_DAYS, Act, DayState, Outcome
from ..locks import lock_acting_profile, lock_children, lock_sessions
from ..models import PlanningDraft, Reservation, ReservationDay
from ..queries.prices import Prices, is_resident
from ..queries.set_up import set_up_of
from ..rules import reservation_state
from . import asking, cancellations, charges, notices, waiting
from .asking import Asked
from .numbers import next_reservation_number
from .places import Places

__all__ = ["Asked", "confirm", "submit", "submit_all"]

NO_PLACE = "Il n’y a plus de place."


@retry_on_conflict
def confirm(*, by, draft):
    """Turn a draft into reservations or cancellations, one for each child; returns the Reservations.

    Confirmed again (a double click, a refresh), it gives the same ones. Raises PermissionDenied for somebody who may
    not book for its profile, ValidationError with all that is wrong, and then nothing is written.
    """
    draft = (
        PlanningDraft.objects.select_for_update(of=("self",))
        .select_related("profile", "period__activity__facility")
        .get(pk=draft.pk)
    )
    if draft.confirmed_at:
        if not perms.bookable_profiles(by).filter(pk=draft.profile_id).exists():
            raise PermissionDenied
        return list(draft.reservations.select_related("child", "period").order_by("pk"))
    common = {"by": by, "profile": draft.profile, "period": draft.period, "key": draft.public_id, "draft": draft}
    asked = _read(draft)
    if draft.act == Act.CANCEL:
        made = cancellations.submit_all(asked=asked, **common)
    else:
        made = submit_all(asked=asked, whole=draft.whole, together=draft.together, **common)
    draft.confirmed_at = timezone.now()
    draft.save(update_fields=["confirmed_at", "updated_at"])
    return made


def _read(draft):
    """Return {child's public id: [Asked]} of a draft, without the children for whom nothing is chosen."""
    try:
        return {
            uuid.UUID(child): [Asked.parse(session_id, hours) for session_id, hours in days.items()]
            for child, days in draft.days.items()
            if days
        }
    except (ValueError, AttributeError) as error:
        raise ValidationError(asking.UNREADABLE) from error


def submit(*, by, profile, child, period, days, whole, key, draft=None):
    """Book `days` (a list of Asked) for one child; returns the Reservation. As `submit_all`, for one child."""
    [reservation] = submit_all(
        by=by,
        profile=profile,
        period=period,
        asked={child.public_id: days},
        whole=whole,
        key=key,
        draft=draft,
    )
    return reservation


@retry_on_conflict
def submit_all(*, by, profile, period, asked, whole, key, together=False, draft=None):
    """Book days for one or several children of `profile`; returns their Reservations, in the order of `asked`.

    `asked` is {child's public id: [Asked]}. `whole`: all the days or none, so all become requests when one is. With
    `together`, siblings who ask for the same unit on the same day have all their places, or wait together. `key` (UUID)
    comes with the form: the same one gives the same reservations again. Twenty queries at most for twenty dates.

    Raises PermissionDenied for somebody else's profile or child, ValidationError with all that is wrong otherwise.
    """
    now = timezone.now()
    profile = lock_acting_profile(by=by, profile=profile)
    household = lock_children(profile=profile, public_ids=asked, today=timezone.localdate(now))
    sessions = lock_sessions({day.session_id for days in asked.values() for day in days})
    children = [child for child, _ in household.values()]
    booked = _days_around(children, sessions, key)
    if again := {day.reservation_id for day in booked if day.reservation.key == key}:
        return list(Reservation.objects.filter(pk__in=again).select_related("child", "period").order_by("pk"))
    set_up = set_up_of(period)
    if not set_up.is_open(resident=is_resident(profile, set_up.settings), now=now):
        raise ValidationError("Les réservations de cette période ne sont pas ouvertes.")
    period = set_up.period
    lines = asking.lines_of(asked, household, sessions, period)
    asking.check(lines, profile=profile, household=household, set_up=set_up, period=period, booked=booked, now=now)
    _price(lines, profile, set_up)
    places = Places(sessions)
    # A place that was freed belongs to those who wait, however it was freed.
    waiting.offer(places, now=now)
    together = uuid.uuid4() if together and len(asked) > 1 else None
    _answer(lines, places, whole=whole, together=together, has_list=period.activity.waiting_list)
    places.save()
    return _write(
        lines,
        by=by,
        profile=profile,
        period=period,
        whole=whole,
        key=key,
        draft=draft,
        together=together,
    )


def _days_around(children, sessions, key):
    """What these children have on these dates, whoever asked for it, and what `key` already gave: one query."""
    dates = {session.date for session in sessions}
    active = Q(session__date__in=dates, state__in=ACTIVE_DAYS, cancels=None)
    return list(
        ReservationDay.objects.filter(active | Q(reservation__key=key), child__in=children)
        .select_related("reservation", "session__unit__activity")
        .order_by("pk")
    )


def _price(lines, profile, set_up):
    """Say what each day costs: what is shown before is computed again here."""
    children = list({line.child for line in lines})
    units = {line.session.unit for line in lines}
    prices = Prices.of(profile, children, units, {line.session.date for line in lines}, settings=set_up.settings)
    for line in lines:
        line.price = prices.price(line.child, line.session.unit, line.session.date, line.starts_at, line.ends_at)


def _answer(lines, places, *, whole, together, has_list):
    """Give each line its state, and take the places of those that are accepted.

    Raises ValidationError when nothing could be given, or not all of a whole.
    """
    on_request = whole and any(line.outcome == Outcome.ON_REQUEST for line in lines)
    full = []
    for block in _blocks(lines, together):
        if not places.fit(block):
            full += block
            for line in block:
                _wait(line, places, has_list=has_list)
            continue
        for line in block:
            if on_request or line.outcome == Outcome.ON_REQUEST:
                line.state = DayState.REQUESTED
            else:
                line.state = DayState.ACCEPTED
                places.take(line)
    if whole and full:
        raise ValidationError(
            f"Complet{NBSP}: {asking.named(full)}. "
            f"Vous avez demandé tous les jours ou aucun{NBSP}: rien n’a été réservé. "
            "Retirez ces jours, ou demandez une réponse jour par jour."
        )
    if all(line.state == DayState.REFUSED for line in lines):
        raise ValidationError(f"{NO_PLACE} Complet{NBSP}: {asking.named(lines)}.")


def _blocks(lines, together):
    """The days that are had or not at once: siblings' same unit on the same day when they stay together."""
    blocks = defaultdict(list)
    for line in lines:
        session = line.session
        blocks[(session.unit_id, session.date) if together else (line.child.pk, session.pk)].append(line)
    return blocks.values()


def _wait(line, places, *, has_list):
    if has_list:
        line.state, line.rank = DayState.WAITING, places.next_rank(line)
    else:
        line.state, line.reason = DayState.REFUSED, NO_PLACE


def _write(lines, *, by, profile, period, whole, key, draft, together):
    """Write a numbered reservation for each child, its days, its charges, its mail."""
    by_child = defaultdict(list)
    for line in lines:
        by_child[line.child].append(line)
    made = Reservation.objects.bulk_create(
        Reservation(
            number=next_reservation_number(),
            act=Act.ADD,
            profile=profile,
            child=child,
            period=period,
            draft=draft,
            key=key,
            whole=whole,
            together=together,
            state=reservation_state(line.state for line in theirs),
            made_by=by,
        )
        for child, theirs in by_child.items()
    )
    days = ReservationDay.objects.bulk_create(
        _day(reservation, line) for reservation in made for line in by_child[reservation.child]
    )
    charges.sell([day for day in days if day.state == DayState.ACCEPTED], new=True)
    for reservation in made:
        theirs = [day for day in days if day.reservation_id == reservation.pk]
        counts = dict(Counter(day.state for day in theirs))
        log(instance=reservation, action="booking.reservation.submit", user=by, data={"days": counts})
        notices.reservation_made(reservation, theirs, to=by)
    return made


def _day(reservation, line):
    return ReservationDay(
        reservation=reservation,
        session=line.session,
        child=line.child,
        state=line.state,
        starts_at=line.starts_at,
        ends_at=line.ends_at,
        rank=line.rank,
        price=line.price.amount if line.price else None,
        computed_from=line.price.computed_from if line.price else {},
        explanation=line.price.steps if line.price else [],
        reason=line.reason,
    )

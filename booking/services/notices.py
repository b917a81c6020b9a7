"""What families are told of their bookings, naming the child: written in the transaction of its cause."""

from collections import defaultdict
from decimal import Decimal

from accounts.mail import absolute_url, send_mail
from theme.formats import NBSP, money

from ..enums import Act, DayState
from ..recipients import tell_household
from ..words import day_words, moment_words, range_words

# What a mail says of the days in each state, in its order.
ADDED = {
    DayState.ACCEPTED: "Réservé",
    DayState.REQUESTED: "Sur demande, un agent vous répond",
    DayState.OFFERED: "Place proposée, à confirmer",
    DayState.WAITING: "Complet, votre enfant est sur la liste d’attente",
    DayState.REFUSED: "Refusé",
}
CANCELLED = {
    DayState.ACCEPTED: "Annulé",
    DayState.REQUESTED: "Annulation sur demande, un agent vous répond",
    DayState.REFUSED: "Annulation refusée, le jour reste réservé",
}


def reservation_made(reservation, days, *, to):
    """Acknowledge a reservation to who made it: its number, and the answer to each day."""
    booked = [day for day in days if day.state == DayState.ACCEPTED]
    _acknowledge("reservation_made", reservation, days, to, total=_total(booked))


def cancellation_made(reservation, days, *, to):
    """Acknowledge a cancellation to who made it."""
    _acknowledge("cancellation_made", reservation, days, to)


def _acknowledge(kind, reservation, days, to, **context):
    send_mail(
        kind=f"booking/{kind}",
        to=to.email,
        context={"first_name": to.first_name, "bookings_url": _bookings_url(), **_about(reservation, days), **context},
    )


def days_decided(days_by_reservation, *, kept_charged):
    """Tell each household what an agent decided of the days of its reservations ({Reservation: [days]}).

    `kept_charged` says that the days whose cancellation was accepted are paid for all the same, if they have a price.
    """
    for reservation, days in days_by_reservation.items():
        cancelled = any(day.cancels_id and day.state == DayState.ACCEPTED and day.price for day in days)
        cancelling = reservation.act == Act.CANCEL
        reason = next((day.reason for day in days if day.reason), "")
        _tell(
            "days_decided",
            reservation,
            days,
            title="réponse à votre annulation" if cancelling else "réponse à votre demande de réservation",
            text=reason,
            cancelling=cancelling,
            kept_charged=kept_charged and cancelled,
            reason=reason,
        )


def places_offered(days):
    """Tell households that a place is kept for their child, and until when."""
    for reservation, until, theirs in _by_offer(days):
        words = moment_words(until)
        _tell(
            "place_offered",
            reservation,
            theirs,
            title="une place vous est proposée",
            text=f"Répondez avant le {words}.",
            fact=f"place_offered:{until:%Y%m%d%H%M}",
            until=words,
        )


def offer_accepted(day, *, to):
    """Confirm the place that was accepted to who accepted it."""
    _acknowledge("offer_accepted", day.reservation, [day], to, total=_total([day]))


def offer_expired(day):
    """Tell a household that the place went to the next."""
    _tell("offer_expired", day.reservation, [day], title="la place proposée est passée au suivant")


def nothing_freed(days):
    """Tell households that nothing was freed in time."""
    for day in days:
        _tell("nothing_freed", day.reservation, [day], title="aucune place ne s’est libérée")


def sessions_closed(days, *, reason):
    """Tell households that their days are cancelled, because the facility closes."""
    by_reservation = defaultdict(list)
    for day in days:
        by_reservation[day.reservation].append(day)
    for reservation, theirs in by_reservation.items():
        _tell("sessions_closed", reservation, theirs, title="des jours sont annulés", text=reason, reason=reason)


def _tell(kind, reservation, days, *, title, text="", fact="", **context):
    """Tell a household what became of `days` of its reservation; `fact` names what may happen to them again."""
    about = _about(reservation, days)
    tell_household(
        reservation.profile,
        kind,
        title=f"{about['child']}{NBSP}: {title}",
        text=text or f"{about['activity']}, {about['lines'][0]}" + (" …" if len(days) > 1 else ""),
        url=f"/mon-compte/reservations/{reservation.public_id}/",
        source=f"booking.day:{min(day.pk for day in days)}:{fact or kind}",
        **about,
        **context,
    )


def _by_offer(days):
    offers = defaultdict(list)
    for day in days:
        offers[day.reservation, day.offered_until].append(day)
    return [(*key, theirs) for key, theirs in offers.items()]


def _about(reservation, days):
    """What every mail says: the child, the number, the activity and where, the days by what became of them."""
    session = days[0].session
    activity = session.unit.activity
    titles = CANCELLED if reservation.act == Act.CANCEL else ADDED
    in_order = sorted(days, key=lambda day: (day.session.date, day.session.unit.starts_at))
    groups = [(title, [_line(day) for day in in_order if day.state == state]) for state, title in titles.items()]
    return {
        "child": reservation.child.first_name,
        "number": reservation.number,
        "activity": str(activity),
        "facility": str(activity.facility),
        "groups": [(title, lines) for title, lines in groups if lines],
        "lines": [_line(day) for day in in_order],
    }


def _line(day):
    """« lundi 11 janvier 2027 : Repas (3,10 €) » ; hours stand for the unit's name when they were chosen."""
    what = range_words(day.starts_at, day.ends_at) if day.starts_at else str(day.session.unit)
    rank = f", rang {day.rank}" if day.state == DayState.WAITING else ""
    price = f" ({money(day.price)})" if day.price is not None and not day.cancels_id else ""
    return f"{day_words(day.session.date)}{NBSP}: {what}{price}{rank}"


def _total(days):
    return money(sum((day.price or Decimal(0) for day in days), Decimal(0))) if days else ""


def _bookings_url():
    return absolute_url("/mon-compte/reservations/")

"""The state of a reservation follows those of its days."""

from collections import defaultdict

from ..models import Reservation, ReservationDay
from ..rules import reservation_state


def follow_days(reservation_ids):
    """Bring the states of these reservations up to date: two queries. Returns {id: ReservationState}."""
    states = defaultdict(list)
    days = ReservationDay.objects.filter(reservation__in=set(reservation_ids)).order_by()
    for reservation_id, state in days.values_list("reservation_id", "state"):
        states[reservation_id].append(state)
    found = {reservation_id: reservation_state(held) for reservation_id, held in states.items()}
    Reservation.objects.bulk_update([Reservation(pk=pk, state=state) for pk, state in found.items()], ["state"])
    return found

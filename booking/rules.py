"""What bookings obey: states, time ranges, units that exclude each other. Pure: no database, no clock."""

from .enums import ActivityKind, DayState, ReservationState
from .words import range_words

QUARTER = 15  # minutes (s4.11)


def reservation_state(states):
    """Return the ReservationState that sums up the states of a reservation's days (values of DayState, at least one).

    What waits for somebody comes first: the family (a place offered), then an agent. Cancelled days count only when
    nothing else is left.
    """
    states = {DayState(state) for state in states}
    if DayState.OFFERED in states:
        return ReservationState.OFFERED
    if DayState.REQUESTED in states:
        return ReservationState.REQUESTED
    unmet = states & {DayState.REFUSED, DayState.EXPIRED}
    if DayState.ACCEPTED in states:
        return ReservationState.PARTLY if unmet or DayState.WAITING in states else ReservationState.ACCEPTED
    if DayState.WAITING in states:
        return ReservationState.WAITING
    return ReservationState.CANCELLED if DayState.CANCELLED in states else ReservationState.REFUSED


def minutes(time):
    """Return a time as minutes since midnight."""
    return time.hour * 60 + time.minute


def range_problem(starts_at, ends_at, *, opens_at, closes_at):
    """Return the sentence that says why a time range can't be booked (s4.11), or ""."""
    if starts_at is None or ends_at is None:
        return "Indiquez l’heure d’arrivée et l’heure de départ."
    if starts_at >= ends_at:
        return "L’heure de départ doit suivre l’heure d’arrivée."
    if any(minutes(time) % QUARTER or time.second or time.microsecond for time in (starts_at, ends_at)):
        return "Les heures se choisissent au quart d’heure."
    if starts_at < opens_at or ends_at > closes_at:
        return f"L’accueil se fait {range_words(opens_at, closes_at)}."
    return ""


def overlap(one, other):
    """Return whether two ranges (start, end) share a moment; one that ends when the other starts does not."""
    return one[0] < other[1] and other[0] < one[1]


def peak(ranges):
    """Return how many of `ranges` (start, end) are there at the fullest moment; a departure frees before an arrival."""
    moves = sorted(move for start, end in ranges for move in ((start, 1), (end, -1)))
    most = present = 0
    for _, change in moves:
        present += change
        most = max(most, present)
    return most


def room(ranges, capacity, hours):
    """Return how many places `ranges` (start, end) leave all along `hours` (start, end)."""
    meanwhile = [(max(start, hours[0]), min(end, hours[1])) for start, end in ranges if overlap((start, end), hours)]
    return capacity - peak(meanwhile)


def best_room(ranges, capacity, hours):
    """Return how many places `ranges` leave at the quietest moment of `hours` (start, end)."""
    # There are fewer from one moment to the next only when somebody leaves.
    moments = [hours[0], *(end for _start, end in ranges if hours[0] < end < hours[1])]
    return capacity - min(sum(start <= moment < end for start, end in ranges) for moment in moments)


def exclude(one, other, *, hours, other_hours):
    """Return whether a child can't have both units on the same day: their hours overlap.

    `hours` and `other_hours` are (start, end), those of the unit or those booked. A meal is the exception: the canteen
    stands inside the day of another activity.
    """
    meal_elsewhere = one.activity_id != other.activity_id and ActivityKind.CANTEEN in (
        one.activity.kind,
        other.activity.kind,
    )
    return not meal_elsewhere and overlap(hours, other_hours)

"""Rules of bookings: pure functions."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.enums import DayState, ReservationState
from booking.models import Activity, Unit
from booking.rules import best_room, exclude, minutes, overlap, peak, range_problem, reservation_state, room

quarters = st.integers(0, 24 * 4 - 1).map(lambda number: time(number // 4, number % 4 * 15))
ranges = st.tuples(quarters, quarters).filter(lambda pair: pair[0] < pair[1])


@pytest.mark.parametrize(
    ("states", "wanted"),
    [
        ("accepted", "accepted"),
        ("accepted cancelled", "accepted"),
        ("accepted refused", "partly"),
        ("accepted waiting", "partly"),
        ("accepted expired", "partly"),
        ("accepted requested", "requested"),
        ("waiting requested", "requested"),
        ("offered requested accepted", "offered"),
        ("waiting", "waiting"),
        ("waiting refused cancelled", "waiting"),
        ("cancelled", "cancelled"),
        ("cancelled refused", "cancelled"),
        ("refused expired", "refused"),
        ("expired", "refused"),
    ],
)
def test_a_reservation_sums_up_its_days(states, wanted):
    assert reservation_state(states.split()) == ReservationState(wanted)


@given(st.lists(st.sampled_from(list(DayState)), min_size=1))
def test_any_days_give_a_state_whatever_their_order(states):
    assert reservation_state(states) == reservation_state(reversed(states)) == reservation_state(states * 2)


@given(st.lists(ranges))
def test_s4_11_the_fullest_moment_is_the_fullest_quarter(booked):
    # Slowly, quarter by quarter.
    present = [sum(minutes(start) <= quarter * 15 < minutes(end) for start, end in booked) for quarter in range(24 * 4)]
    assert peak(booked) == max(present)


@given(st.lists(ranges), ranges)
def test_one_more_child_is_at_most_one_more_at_the_fullest_moment(booked, new):
    assert peak(booked) <= peak([*booked, new]) <= peak(booked) + 1


@given(st.lists(ranges), ranges)
def test_s4_11_there_is_room_when_one_more_child_fits_at_each_quarter(booked, hours):
    capacity = peak(booked)
    left = [
        capacity - sum(minutes(start) <= quarter * 15 < minutes(end) for start, end in booked)
        for quarter in range(minutes(hours[0]) // 15, minutes(hours[1]) // 15)
    ]
    assert room(booked, capacity, hours) == min(left)
    assert best_room(booked, capacity, hours) == max(left)
    assert (room(booked, capacity, hours) > 0) == (peak([*booked, hours]) <= capacity)


@given(ranges, ranges)
def test_ranges_that_overlap_are_two_at_some_moment(one, other):
    assert overlap(one, other) == overlap(other, one) == (peak([one, other]) == 2)


@given(ranges)
def test_s4_11_any_range_of_quarters_inside_the_opening_hours_is_right(hours):
    assert range_problem(*hours, opens_at=time(0), closes_at=time(23, 45)) == ""
    assert range_problem(*reversed(hours), opens_at=time(0), closes_at=time(23, 45))


def test_a_meal_stands_inside_the_day_of_another_activity():
    canteen, centre = Activity(pk=1, kind="canteen"), Activity(pk=2, kind="leisure_centre")
    meal, day, morning = Unit(activity=canteen), Unit(activity=centre), Unit(activity=Activity(pk=3, kind="nursery"))
    noon, all_day = (time(12), time(13)), (time(8), time(18))
    assert not exclude(meal, day, hours=noon, other_hours=all_day)
    assert exclude(day, morning, hours=all_day, other_hours=(time(8), time(12)))
    assert exclude(meal, meal, hours=noon, other_hours=noon)
    assert not exclude(day, morning, hours=(time(8), time(12)), other_hours=(time(12), time(18)))

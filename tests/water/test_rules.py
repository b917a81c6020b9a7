"""Consumption between readings, by half-year, and what is out of the ordinary."""

import datetime as dt
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from water import rules
from water.rules import Reading

D = dt.date


def read(*rows):
    return [Reading(day, Decimal(index), estimated="estimated" in rest) for day, index, *rest in rows]


def volumes(readings, digits=5):
    return [consumption.volume for consumption in rules.consumptions(readings, digits=digits)]


def test_s0_9_consumption_is_the_difference_of_two_readings():
    (one,) = rules.consumptions(read((D(2026, 1, 1), 100), (D(2026, 1, 11), 103)), digits=5)
    assert (one.volume, one.days, one.per_day) == (3, 10, Decimal("0.3"))


def test_nothing_to_say_of_a_single_reading_or_of_none():
    assert volumes([]) == volumes(read((D(2026, 1, 1), 100))) == []


def test_a_meter_past_its_last_digit_starts_again_at_zero():
    (one,) = rules.consumptions(read((D(2026, 1, 1), 99_990), (D(2026, 7, 1), 12)), digits=5)
    assert (one.volume, one.rollover) == (22, True)


def test_an_index_that_went_back_gives_no_volume():
    assert volumes(read((D(2026, 1, 1), 500), (D(2026, 7, 1), 300), (D(2026, 12, 1), 340))) == [None, 40]


def test_an_estimate_above_the_next_reading_is_left_out():
    readings = read((D(2025, 1, 1), 100), (D(2025, 7, 1), 160, "estimated"), (D(2026, 1, 1), 150))
    (one,) = rules.consumptions(readings, digits=5)
    assert (one.start, one.volume, one.estimated) == (D(2025, 1, 1), 50, False)


def test_a_consumption_between_an_estimate_and_a_reading_is_estimated():
    readings = read((D(2025, 1, 1), 100), (D(2025, 7, 1), 140, "estimated"), (D(2026, 1, 1), 180))
    assert [one.estimated for one in rules.consumptions(readings, digits=5)] == [True, True]


def test_a_volume_is_split_between_half_years_by_days():
    consumption = rules.Consumption(D(2026, 6, 20), D(2026, 7, 10), Decimal(20))
    first, second = rules.half_years([consumption])
    assert (first.label, first.volume, first.days) == ("1er semestre 2026", 10, 10)
    assert (second.short_label, second.volume, second.days) == ("S2 26", 10, 10)


def test_a_leap_day_and_the_last_of_december_count_once():
    first, second = rules.half_years([rules.Consumption(D(2023, 12, 31), D(2024, 12, 31), Decimal(366))])
    assert (first.days, first.volume, second.days, second.volume) == (182, 182, 184, 184)


@st.composite
def histories(draw):
    digits = draw(st.integers(3, 9))
    steps = draw(st.lists(st.tuples(st.integers(1, 400), st.integers(0, 10**digits // 2)), min_size=1, max_size=12))
    day, index = draw(st.dates(D(2000, 1, 1), D(2020, 1, 1))), Decimal(draw(st.integers(0, 10**digits - 1)))
    readings = [Reading(day, index)]
    for days, volume in steps:
        day += dt.timedelta(days=days)
        index = (index + volume) % 10**digits
        readings.append(Reading(day, index))
    return digits, readings, [Decimal(volume) for _days, volume in steps]


@given(histories())
def test_whatever_the_rollovers_the_volumes_are_what_was_used(history):
    digits, readings, used = history
    assert volumes(readings, digits) == used


@given(histories())
def test_half_years_add_up_to_the_total(history):
    digits, readings, used = history
    split = rules.half_years(rules.consumptions(readings, digits=digits))
    assert sum(half_year.volume for half_year in split) == sum(used)
    assert sum(half_year.days for half_year in split) == (readings[-1].read_on - readings[0].read_on).days
    assert all(half_year.volume >= 0 for half_year in split)


def half(year, number, volume, days=182):
    return rules.HalfYear(year, number, Decimal(volume), days)


def test_s0_9_over_twice_the_usual_is_unusual():
    history = [half(2023, 1, 38), half(2023, 2, 41), half(2024, 1, 36), half(2024, 2, 92), half(2025, 1, 40)]
    assert [one.unusual for one in rules.notable(history)] == [False, False, False, True, False]


def test_just_twice_the_usual_is_not_unusual():
    assert not rules.notable([half(2024, 1, 40), half(2024, 2, 40), half(2025, 1, 80)])[-1].unusual


def test_with_less_than_a_year_before_nothing_is_unusual():
    assert not any(one.unusual for one in rules.notable([half(2024, 1, 10), half(2024, 2, 500)]))


def test_a_half_year_known_by_a_few_days_is_not_shown():
    assert rules.notable([half(2024, 1, 40), half(2024, 2, 1, days=3)]) == [half(2024, 1, 40)]

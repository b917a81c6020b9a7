"""Opening hours as pure functions: boundaries, exceptions, clock changes, what is said."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms.opening import (
    ExceptionalDay,
    Range,
    Schedule,
    day_words,
    exception_words,
    french_public_holidays,
    status_at,
    upcoming,
    weekly_lines,
)

PARIS = ZoneInfo("Europe/Paris")
MORNING, AFTERNOON = Range(time(8), time(12, 30)), Range(time(14), time(17))
WEEK = {**dict.fromkeys(range(4), (MORNING, AFTERNOON)), 4: (Range(time(8), time(12)),)}
DESK = Schedule(WEEK)
MONDAY = date(2026, 11, 23)


def at(day, *clock):
    return datetime.combine(day, time(*clock), PARIS)


def plain(text):
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ((7, 59, 59), "Fermé, ouvre aujourd’hui à 8 h"),
        ((8, 0), "Ouvert en ce moment, jusqu’à 12 h 30"),
        ((12, 29, 59), "Ouvert en ce moment, jusqu’à 12 h 30"),
        ((12, 30), "Fermé, ouvre aujourd’hui à 14 h"),
        ((16, 59), "Ouvert en ce moment, jusqu’à 17 h"),
        ((17, 0), "Fermé, ouvre demain à 8 h"),
    ],
)
def test_s0_16_status_at_the_boundaries_of_a_monday(moment, said):
    assert plain(status_at(DESK, at(MONDAY, *moment)).sentence) == said


def test_s0_16_after_friday_noon_it_opens_on_monday():
    assert plain(status_at(DESK, at(date(2026, 11, 27), 12)).sentence) == "Fermé, ouvre lundi à 8 h"


def test_on_saturday_the_next_opening_is_named_by_its_day_and_on_sunday_by_tomorrow():
    assert "ouvre lundi" in status_at(DESK, at(date(2026, 11, 28), 10)).sentence
    assert "ouvre demain" in status_at(DESK, at(date(2026, 11, 29), 10)).sentence


def test_ranges_that_touch_are_one_opening():
    schedule = Schedule({0: (Range(time(8), time(12)), Range(time(12), time(17)))})
    assert status_at(schedule, at(MONDAY, 9)).until == time(17)


def test_an_exceptional_closure_replaces_the_day_and_says_why():
    closed = ExceptionalDay(MONDAY, MONDAY, "inventaire")
    status = status_at(Schedule(WEEK, (closed,)), at(MONDAY, 9))
    assert not status.is_open
    assert plain(status.sentence) == "Fermé, ouvre demain à 8 h"
    assert status.reason == "inventaire"


def test_a_day_with_other_hours():
    short = ExceptionalDay(MONDAY, MONDAY, "veille de Noël", (Range(time(8), time(11)),))
    assert status_at(Schedule(WEEK, (short,)), at(MONDAY, 10)).until == time(11)
    assert not status_at(Schedule(WEEK, (short,)), at(MONDAY, 11)).is_open


def test_the_first_exception_wins_so_a_service_may_open_on_a_holiday():
    opened = ExceptionalDay(MONDAY, MONDAY, "", (MORNING,))
    holiday = ExceptionalDay(MONDAY, MONDAY, "férié")
    assert status_at(Schedule(WEEK, (opened, holiday)), at(MONDAY, 9)).is_open
    assert not status_at(Schedule(WEEK, (holiday, opened)), at(MONDAY, 9)).is_open


def test_over_the_new_year_the_next_opening_carries_its_year():
    closed = ExceptionalDay(date(2026, 12, 24), date(2027, 1, 3), "congés")
    status = status_at(Schedule(WEEK, (closed,)), at(date(2026, 12, 24), 9))
    assert plain(status.sentence) == "Fermé, ouvre lundi 4 janvier 2027 à 8 h"


def test_closed_for_good_says_no_date():
    assert status_at(Schedule({}), at(MONDAY, 9)).sentence == "Fermé jusqu’à nouvel ordre"
    ever = ExceptionalDay(MONDAY, MONDAY + timedelta(days=365), "travaux")
    assert status_at(Schedule(WEEK, (ever,)), at(MONDAY, 9)).sentence == "Fermé jusqu’à nouvel ordre"


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        # 29 March 2026, the clock jumps from 2 h to 3 h: 8 h in Paris is 6 h UTC, it was 7 h the day before.
        (datetime(2026, 3, 28, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 28, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 6, 0, tzinfo=UTC), True),
        # 25 October 2026, 3 h becomes 2 h.
        (datetime(2026, 10, 25, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 7, 0, tzinfo=UTC), True),
    ],
)
def test_s0_16_the_wall_clock_of_paris_counts_on_the_days_the_clock_changes(instant, is_open):
    every_day = Schedule(dict.fromkeys(range(7), (MORNING,)))
    assert status_at(every_day, instant.astimezone(PARIS)).is_open is is_open


def test_a_stand_by_open_at_night_is_open_in_both_hours_called_two_o_clock():
    night = Schedule({6: (Range(time(0), time(6)),)})
    for fold in (0, 1):
        assert status_at(night, datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold)).is_open


def test_s0_16_days_with_the_same_hours_are_told_together():
    assert [(days, plain(hours)) for days, hours in weekly_lines(DESK)] == [
        ("Du lundi au jeudi", "8 h – 12 h 30 et 14 h – 17 h"),
        ("Vendredi", "8 h – 12 h"),
        ("Samedi et dimanche", "Fermé"),
    ]


def test_upcoming_exceptions_are_sorted_and_within_the_horizon():
    past = ExceptionalDay(date(2026, 11, 1), date(2026, 11, 2))
    now = ExceptionalDay(date(2026, 11, 20), date(2026, 11, 24), "travaux")
    soon = ExceptionalDay(date(2026, 12, 25), date(2026, 12, 25), "Noël")
    far = ExceptionalDay(date(2027, 7, 14), date(2027, 7, 14))
    assert upcoming(Schedule({}, (far, soon, past, now)), MONDAY) == [now, soon]


def test_exceptions_in_words():
    one = ExceptionalDay(date(2026, 12, 25), date(2026, 12, 25), "Noël")
    several = ExceptionalDay(date(2026, 12, 28), date(2027, 1, 1), "inventaire")
    short = ExceptionalDay(MONDAY, MONDAY, "", (Range(time(8), time(11)),))
    assert plain(exception_words(one, MONDAY)) == "Vendredi 25 décembre : fermé (Noël)"
    assert plain(exception_words(several, MONDAY)) == (
        "Du lundi 28 décembre au vendredi 1er janvier 2027 : fermé (inventaire)"
    )
    assert plain(exception_words(short, MONDAY)) == "Lundi 23 novembre : 8 h – 11 h"


def test_day_words():
    words = [day_words(MONDAY + timedelta(days=days), MONDAY) for days in (0, 1, 2, 6, 7)]
    assert [plain(word) for word in words] == ["aujourd’hui", "demain", "mercredi", "dimanche", "lundi 30 novembre"]


def test_public_holidays_of_2026_and_a_leap_year():
    days = dict(french_public_holidays(2026))
    assert len(days) == 11
    assert days[date(2026, 4, 6)] == "Lundi de Pâques"
    assert days[date(2026, 5, 14)] == "Ascension"
    assert days[date(2026, 5, 25)] == "Lundi de Pentecôte"
    assert date(2028, 4, 17) in dict(french_public_holidays(2028))


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(PARIS)))
def test_either_open_now_or_opening_later(moment):
    status = status_at(DESK, moment)
    if status.is_open:
        assert status.until > moment.time()
    else:
        opening = datetime.combine(status.next_day, status.next_time)
        assert opening > moment.replace(tzinfo=None)
        assert status_at(DESK, opening.replace(tzinfo=PARIS)).is_open

"""Until when a day is added or cancelled: pure functions, with clock changes, holidays, leap years and year ends."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import deadlines
from booking.calendars import Calendar
from booking.enums import Act, DeadlineKind, Outcome
from booking.models import Deadline

D, T = dt.date, dt.time
PARIS = ZoneInfo("Europe/Paris")
WORKS = Calendar(zone="B").works
WEDNESDAY = D(2027, 1, 13)


def paris(*args):
    return dt.datetime(*args, tzinfo=PARIS)


def deadline(outcome=Outcome.AT_ONCE, act=Act.ADD, **fields):
    return Deadline(outcome=outcome, act=act, **fields)


def moment(day, **fields):
    return deadlines.moment(deadline(**fields), day, WORKS)


def treat(rules, now, day=WEDNESDAY, act=Act.ADD, begins=None):
    begins = begins or deadlines.begins(day, T(8))
    return deadlines.treatment(rules, act, day, now, WORKS, begins)


# Moments -------------------------------------------------------------------------------------------------------------


def test_s4_12_so_many_days_before():
    assert moment(WEDNESDAY, kind=DeadlineKind.DAYS, count=2, at_time=T(12)) == paris(2027, 1, 11, 12)


def test_s4_12_working_days_skip_week_ends_and_public_holidays():
    # Monday 4 January: before it, a week-end, then New Year's Day on a Friday, then Thursday the 31st.
    assert moment(D(2027, 1, 4), kind=DeadlineKind.WORKING_DAYS, count=1, at_time=T(9)) == paris(2026, 12, 31, 9)
    assert moment(D(2027, 1, 4), kind=DeadlineKind.WORKING_DAYS, count=2, at_time=T(9)) == paris(2026, 12, 30, 9)


@pytest.mark.parametrize("day", [D(2027, 1, 11) + dt.timedelta(days=n) for n in range(7)])
def test_thursday_of_the_week_before_is_the_same_for_the_whole_week(day):
    assert moment(day, kind=DeadlineKind.WEEKDAY, weekday=3, at_time=T(12)) == paris(2027, 1, 7, 12)


def test_a_year_ends_and_february_has_29_days():
    assert moment(D(2027, 1, 1), count=1) == paris(2026, 12, 31, 12)
    assert moment(D(2028, 3, 1), count=1) == paris(2028, 2, 29, 12)
    assert moment(D(2028, 2, 29), count=366) == paris(2027, 2, 28, 12)


def test_the_hour_is_paris_s_on_both_sides_of_the_clock_change():
    """Two days before the Monday that follows the change is still noon on the clocks: 49 or 47 hours away."""
    spring = moment(D(2027, 3, 29), count=2)
    assert spring == paris(2027, 3, 27, 12) and spring.utcoffset() == dt.timedelta(hours=1)
    autumn = moment(D(2027, 11, 1), count=2)
    assert autumn == paris(2027, 10, 30, 12) and autumn.utcoffset() == dt.timedelta(hours=2)


def test_an_hour_that_the_clocks_skip_is_the_one_after():
    skipped = moment(D(2027, 3, 28), count=0, at_time=T(2, 30))
    assert (skipped.hour, skipped.minute, skipped.utcoffset()) == (3, 30, dt.timedelta(hours=2))


def test_an_hour_that_comes_twice_is_the_second():
    twice = moment(D(2027, 10, 31), count=0, at_time=T(2, 30))
    assert twice.astimezone(dt.UTC) == dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC)


def test_a_calendar_that_never_works_does_not_loop_for_ever():
    never = deadlines.moment(deadline(kind=DeadlineKind.WORKING_DAYS, count=1), WEDNESDAY, lambda day: False)
    assert never < paris(2026, 1, 1)


# Treatments ----------------------------------------------------------------------------------------------------------

RULES = [
    deadline(Outcome.ON_REQUEST, count=1, at_time=T(10)),
    deadline(Outcome.AT_ONCE, kind=DeadlineKind.WEEKDAY, weekday=3, at_time=T(12)),
    deadline(Outcome.AT_ONCE, act=Act.CANCEL, count=3, at_time=T(9)),
]


def test_s4_12_at_once_then_on_request_then_closed():
    answer = treat(RULES, paris(2027, 1, 7, 11, 59))
    assert (answer.outcome, answer.until) == (Outcome.AT_ONCE, paris(2027, 1, 7, 12))
    assert (answer.next.outcome, answer.next.until) == (Outcome.ON_REQUEST, paris(2027, 1, 12, 10))
    assert (answer.next.next.outcome, answer.next.next.since) == (Outcome.CLOSED, paris(2027, 1, 12, 10))
    assert treat(RULES, paris(2027, 1, 7, 12)) == answer.next
    assert treat(RULES, paris(2027, 1, 12, 10)).closed


def test_adding_and_cancelling_have_their_own_deadlines():
    assert treat(RULES, paris(2027, 1, 10, 8), act=Act.CANCEL).until == paris(2027, 1, 10, 9)
    assert treat(RULES, paris(2027, 1, 10, 10), act=Act.CANCEL).closed


def test_without_any_deadline_at_once_until_the_day_begins():
    answer = treat([], paris(2027, 1, 13, 7, 59))
    assert (answer.outcome, answer.until) == (Outcome.AT_ONCE, paris(2027, 1, 13, 8))
    assert treat([], paris(2027, 1, 13, 8)).closed


def test_no_deadline_outlives_the_beginning_of_the_day():
    answer = treat([deadline(count=0, at_time=T(18))], paris(2027, 1, 13, 7))
    assert answer.until == paris(2027, 1, 13, 8)


def test_only_on_request_is_on_request_from_the_start():
    assert treat([RULES[0]], paris(2026, 9, 1)).outcome == Outcome.ON_REQUEST


def test_a_request_that_would_end_before_at_once_never_holds():
    rules = [deadline(Outcome.AT_ONCE, count=1), deadline(Outcome.ON_REQUEST, count=5)]
    answer = treat(rules, paris(2027, 1, 1))
    assert (answer.outcome, answer.next.outcome) == (Outcome.AT_ONCE, Outcome.CLOSED)


def test_a_family_reads_until_when_and_what_comes_after():
    assert treat(RULES, paris(2027, 1, 1)).sentence.replace("\xa0", " ") == (
        "Accepté tout de suite jusqu’au jeudi 7 janvier 2027 à 12 h, "
        "puis sur demande jusqu’au mardi 12 janvier 2027 à 10 h."
    )
    assert treat(RULES, paris(2027, 1, 13)).sentence.replace("\xa0", " ") == (
        "Délai dépassé depuis le mardi 12 janvier 2027 à 10 h."
    )


# Sentences -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"count": 0, "at_time": T(9)}, "Réservation acceptée tout de suite jusqu’au jour même, à 9 h"),
        ({"count": 1}, "Réservation acceptée tout de suite jusqu’à la veille, à 12 h"),
        ({"count": 2, "act": Act.CANCEL}, "Annulation acceptée tout de suite jusqu’à 2 jours avant, à 12 h"),
        (
            {"kind": DeadlineKind.WORKING_DAYS, "count": 1, "outcome": Outcome.ON_REQUEST},
            "Réservation sur demande jusqu’au jour ouvré d’avant, à 12 h",
        ),
        (
            {"kind": DeadlineKind.WORKING_DAYS, "count": 3, "at_time": T(10, 30)},
            "Réservation acceptée tout de suite jusqu’à 3 jours ouvrés avant, à 10 h 30",
        ),
        (
            {"kind": DeadlineKind.WEEKDAY, "weekday": 3},
            "Réservation acceptée tout de suite jusqu’au jeudi de la semaine d’avant, à 12 h",
        ),
    ],
)
def test_staff_read_what_a_deadline_means(fields, words):
    assert deadlines.sentence(deadline(**fields)).replace("\xa0", " ") == words


def test_a_useless_on_request_is_seen():
    days = [D(2027, 1, 4) + dt.timedelta(days=n) for n in range(14)]
    pair = [deadline(Outcome.AT_ONCE, count=2), deadline(Outcome.ON_REQUEST, count=3)]
    assert deadlines.useless(pair, Act.ADD, WORKS, days, T(8))
    assert not deadlines.useless(RULES, Act.ADD, WORKS, days, T(8))
    assert not deadlines.useless(RULES, Act.CANCEL, WORKS, days, T(8))


# Laws ----------------------------------------------------------------------------------------------------------------

days = st.dates(D(2020, 1, 1), D(2032, 12, 31))
times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
kinds = st.sampled_from(list(DeadlineKind))


@st.composite
def any_deadline(draw, outcome=None, act=Act.ADD):
    return deadline(
        outcome or draw(st.sampled_from([Outcome.AT_ONCE, Outcome.ON_REQUEST])),
        act,
        kind=draw(kinds),
        count=draw(st.integers(0, 40)),
        weekday=draw(st.integers(0, 6)),
        at_time=draw(times),
    )


@given(any_deadline(), days)
def test_a_deadline_never_falls_after_its_day_and_says_its_hour(rule, day):
    when = deadlines.moment(rule, day, WORKS)
    assert when.date() <= day
    # The clocks of Paris show the hour asked for, unless it is one that they skip.
    skipped = when.astimezone(dt.UTC).astimezone(PARIS).time() != rule.at_time
    assert not skipped or (when.month == 3 and when.hour == 3)


@given(any_deadline(), days, days)
def test_a_later_day_never_has_an_earlier_deadline(rule, one, other):
    one, other = sorted([one, other])
    first, last = (deadlines.moment(rule, day, WORKS).astimezone(dt.UTC) for day in (one, other))
    assert first <= last


@given(days, st.integers(1, 30))
def test_so_many_working_days_stand_between(day, count):
    when = deadlines.moment(deadline(kind=DeadlineKind.WORKING_DAYS, count=count), day, WORKS).date()
    between = [when + dt.timedelta(days=n) for n in range((day - when).days)]
    assert WORKS(when) and sum(map(WORKS, between)) == count


@given(st.lists(any_deadline(), max_size=2, unique_by=lambda rule: rule.outcome), days, times, st.data())
def test_treatments_follow_one_another_and_end_closed(rules, day, starts_at, data):
    begins = deadlines.begins(day, starts_at)
    now = data.draw(st.datetimes(dt.datetime(2019, 6, 1), dt.datetime(2033, 1, 1), timezones=st.just(dt.UTC)))
    answer = treat(rules, now, day, begins=begins)
    chain = [answer]
    while chain[-1].next:
        chain.append(chain[-1].next)
    assert chain[-1].closed and chain[-1].until is None
    assert all(before.until == after.since for before, after in zip(chain, chain[1:], strict=False))
    assert all(step.until.astimezone(dt.UTC) <= begins.astimezone(dt.UTC) for step in chain[:-1])
    if not answer.closed:
        assert now < answer.until.astimezone(dt.UTC)
        assert treat(rules, answer.until, day, begins=begins) == answer.next
    else:
        assert answer.since is None or answer.since.astimezone(dt.UTC) <= now


@given(st.lists(any_deadline(), max_size=2, unique_by=lambda rule: rule.outcome), days, st.data())
def test_time_only_closes(rules, day, data):
    """What is accepted at a moment was accepted before it: an answer never gets better."""
    rank = [Outcome.AT_ONCE, Outcome.ON_REQUEST, Outcome.CLOSED]
    moments = st.datetimes(dt.datetime(2019, 6, 1), dt.datetime(2033, 1, 1), timezones=st.just(dt.UTC))
    sooner, later = sorted([data.draw(moments), data.draw(moments)])
    assert rank.index(treat(rules, sooner, day).outcome) <= rank.index(treat(rules, later, day).outcome)

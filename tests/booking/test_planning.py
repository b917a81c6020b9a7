"""What a cell says and allows, and which screens a period has: pure functions (s3.7, s3.8, s3.11, s3.16, s4.11)."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import cells, screens
from booking.cells import CHOOSABLE, CHOSEN, Facts
from booking.deadlines import Treatment
from booking.enums import ACTIVE_DAYS, Act, CellState, DayState, Outcome

UNTIL = dt.datetime(2027, 1, 7, 11, tzinfo=dt.UTC)
AT_ONCE = Treatment(Outcome.AT_ONCE, until=UNTIL)
ON_REQUEST = Treatment(Outcome.ON_REQUEST, until=UNTIL)
LATE = Treatment(Outcome.CLOSED, since=UNTIL)


def to_add(**fields):
    return cells.state_of(Facts(**{"act": Act.ADD, "treatment": AT_ONCE, "free": 5, "capacity": 22} | fields))


def to_cancel(**fields):
    return cells.state_of(Facts(**{"act": Act.CANCEL, "treatment": AT_ONCE, "held": DayState.ACCEPTED} | fields))


@pytest.mark.parametrize(
    ("facts", "state", "control"),
    [
        ({}, CellState.FREE, True),
        ({"chosen": True}, CellState.SELECTED, True),
        ({"treatment": ON_REQUEST}, CellState.ON_REQUEST, True),
        ({"treatment": ON_REQUEST, "chosen": True}, CellState.SELECTED_REQUEST, True),
        ({"free": 0, "waiting_list": True}, CellState.FULL_WAITING, True),
        ({"free": 0, "waiting_list": True, "chosen": True}, CellState.SELECTED_WAITING, True),
        ({"free": 0}, CellState.FULL, False),
        ({"free": 0, "chosen": True}, CellState.FULL, False),
        ({"treatment": LATE}, CellState.TOO_LATE, False),
        ({"treatment": LATE, "chosen": True}, CellState.TOO_LATE, False),
        ({"obstacle": "Jour de l’an"}, CellState.CLOSED, False),
        ({"blocked_by": "Journée"}, CellState.OVERLAP, False),
        ({"held": DayState.ACCEPTED, "treatment": LATE}, CellState.BOOKED, False),
        ({"held": DayState.REQUESTED}, CellState.REQUESTED, False),
        ({"held": DayState.WAITING}, CellState.WAITING, False),
        ({"held": DayState.OFFERED}, CellState.OFFERED, False),
    ],
)
def test_s3_8_what_a_cell_says_when_one_books(facts, state, control):
    assert to_add(**facts) == (state, control)


@pytest.mark.parametrize(
    ("facts", "state", "control"),
    [
        ({}, CellState.BOOKED, True),
        ({"chosen": True}, CellState.TO_CANCEL, True),
        ({"chosen": True, "treatment": ON_REQUEST}, CellState.TO_CANCEL_REQUEST, True),
        ({"treatment": LATE}, CellState.BOOKED, False),
        ({"cancelling": True}, CellState.BOOKED, False),
        ({"held": None}, CellState.CLOSED, False),
        ({"ours": False}, CellState.CLOSED, False),
        # What was not granted is given up whenever one wants, at once.
        ({"held": DayState.WAITING, "treatment": LATE}, CellState.WAITING, True),
        ({"held": DayState.REQUESTED, "treatment": LATE, "chosen": True}, CellState.TO_CANCEL, True),
        ({"held": DayState.OFFERED, "treatment": ON_REQUEST, "chosen": True}, CellState.TO_CANCEL, True),
    ],
)
def test_s3_16_what_a_cell_says_when_one_cancels(facts, state, control):
    assert to_cancel(**facts) == (state, control)


@given(
    act=st.sampled_from(Act),
    treatment=st.sampled_from([AT_ONCE, ON_REQUEST, LATE]),
    free=st.integers(0, 3),
    waiting_list=st.booleans(),
    obstacle=st.sampled_from(["", "Fermé"]),
    held=st.sampled_from([None, *sorted(ACTIVE_DAYS)]),
    ours=st.booleans(),
    cancelling=st.booleans(),
    chosen=st.booleans(),
)
def test_a_cell_always_explains_itself_and_shows_no_choice_without_a_control(**facts):
    facts = Facts(capacity=3, **facts)
    state, control = cells.state_of(facts)
    assert cells.why(facts, state), "never silent"
    assert not (state in CHOOSABLE | CHOSEN and not control)
    assert (state in CHOSEN) == (control and facts.chosen)


def test_why_tells_places_deadline_and_what_to_do():
    free = Facts(act=Act.ADD, treatment=AT_ONCE, free=1, capacity=30)
    assert cells.why(free, CellState.FREE)[0] == "1 place libre sur 30."
    assert "jeudi 7" in cells.why(free, CellState.FREE)[1]
    full = Facts(act=Act.ADD, treatment=AT_ONCE, capacity=30, waiting_list=True)
    assert cells.why(full, CellState.FULL_WAITING)[:2] == [
        "Complet : 30 places prises.",
        "Inscrivez-vous sur la liste d’attente : nous vous prévenons si une place se libère.",
    ]
    at_times = Facts(act=Act.ADD, treatment=AT_ONCE, free=2, capacity=10, by_moment=True)
    assert cells.why(at_times, CellState.FREE)[0] == "Complet à certaines heures."
    then = Facts(act=Act.ADD, treatment=AT_ONCE, capacity=10, by_moment=True, waiting_list=True, chosen=True)
    assert cells.why(then, CellState.SELECTED_WAITING)[0] == "Complet à ces heures."
    assert cells.why(Facts(act=Act.ADD, treatment=AT_ONCE, obstacle="Grève"), CellState.CLOSED) == ["Grève."]


@pytest.mark.parametrize("text", ["8:30", "08:30", "8h30", " 08H30 ", "8 h 30"])
def test_hours_as_people_write_them(text):
    assert cells.parse_time(text) == dt.time(8, 30)


@pytest.mark.parametrize("text", ["", "8", "25:00", "08:61", "midi", None])
def test_no_hours(text):
    assert cells.parse_time(text) is None


@given(start=st.times(), end=st.times())
def test_a_range_is_read_as_it_was_written(start, end):
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    assert cells.parse_range(cells.range_text(start, end)) == (start, end)


# Screens --------------------------------------------------------------------------------------------------------------

dates = st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31))


@given(start=dates, length=st.integers(0, 400), view=st.sampled_from([screens.MONTH, screens.WEEK]))
def test_the_screens_of_a_period_cover_each_of_its_days_once(start, length, view):
    period = SimpleNamespace(starts_on=start, ends_on=start + dt.timedelta(days=length))
    found = screens.screens_of(period, view)
    assert (found[0].first, found[-1].last) == (period.starts_on, period.ends_on)
    for one, following in zip(found, found[1:], strict=False):
        assert following.first == one.last + dt.timedelta(days=1)
    for screen in found:
        assert screens.parse_screen(period, view, screen.value, dt.date(2000, 1, 1)) == screen


@pytest.mark.parametrize("text", [None, "", "nonsense", "2027-13", "2027-01-99"])
def test_an_address_that_names_no_screen_opens_today_s(text):
    period = SimpleNamespace(starts_on=dt.date(2027, 1, 4), ends_on=dt.date(2027, 7, 2))
    screen = screens.parse_screen(period, screens.MONTH, text, dt.date(2027, 3, 15))
    assert screen.label == "Mars 2027"
    assert screens.parse_screen(period, screens.MONTH, text, dt.date(2026, 3, 15)).label == "Janvier 2027"


@pytest.mark.parametrize(
    ("monday", "label"),
    [
        (dt.date(2027, 1, 11), "Semaine 2, du 11 au 17 janvier"),
        (dt.date(2026, 12, 28), "Semaine 53, du 28 décembre au 3 janvier"),
        (dt.date(2027, 2, 1), "Semaine 5, du 1er au 7 février"),
    ],
)
def test_s4_13_weeks_have_their_number(monday, label):
    assert screens.week_label(monday) == label

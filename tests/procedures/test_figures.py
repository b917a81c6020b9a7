"""Figures: pure counts over dated facts, and the screen that shows them."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from procedures.enums import CaseState, Channel
from procedures.figures import DECIDED, Fact, by_month, days_text, figures_of, shares_of
from procedures.models import ErasedCase
from procedures.queries.figures import facts_of

from .agents import days_ago, filed, text_of

TODAY = dt.date(2026, 11, 22)
FIRST, LAST = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def day(text):
    return dt.date.fromisoformat(f"2026-{text}")


def fact(filed, decided=None, due=None, state=CaseState.ACCEPTED, page=1, label=""):
    state = state if decided else CaseState.RECEIVED
    return Fact(page, state, label, day(filed), decided and day(decided), due and day(due))


def test_times_and_limits_are_counted():
    figures = figures_of(
        [
            fact("02-01", "02-03"),
            fact("02-01", "02-05", due="02-04"),
            fact("02-01", "02-11", due="02-11"),
            fact("10-01", due="11-21"),
            fact("10-01", due="11-22"),
            # Withdrawn: received, not decided by anybody.
            fact("03-01", "03-02", state=CaseState.WITHDRAWN),
        ],
        FIRST,
        LAST,
        TODAY,
    )
    assert (figures.received, figures.decided, figures.overdue) == (6, 3, 1)
    assert (figures.median, figures.mean) == (4, Decimal(16) / 3)
    assert (figures.open, figures.late) == (2, 1)


def test_what_came_before_the_period_counts_where_it_was_decided():
    old = Fact(1, CaseState.REFUSED, "", dt.date(2025, 12, 20), day("01-02"))
    figures = figures_of([old], FIRST, LAST, TODAY)
    assert (figures.received, figures.decided, figures.median) == (0, 1, 13)


def test_nothing_has_no_time():
    figures = figures_of([], FIRST, LAST, TODAY)
    assert figures.median is None and figures.mean_text == "–"
    assert shares_of([], FIRST, LAST) == []


@pytest.mark.parametrize(
    ("days", "text"), [("0", "0 jour"), ("1.5", "1,5 jour"), ("2", "2 jours"), ("12.34", "12,3 jours"), (None, "–")]
)
def test_times_are_read_in_days(days, text):
    assert days_text(Decimal(days) if days else None).replace("\u00a0", " ") == text


dates = st.dates(dt.date(2025, 6, 1), dt.date(2026, 11, 22))


@st.composite
def facts(draw):
    filed = draw(dates)
    decided = draw(st.none() | st.dates(filed, dt.date(2026, 11, 22)))
    states = [*DECIDED, CaseState.WITHDRAWN] if decided else [CaseState.RECEIVED, CaseState.TO_CORRECT]
    return Fact(1, draw(st.sampled_from(states)), "", filed, decided, draw(st.none() | dates))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(facts(), max_size=20))
def test_the_months_add_up_to_the_period(cases):
    first, last = dt.date(2026, 2, 10), dt.date(2026, 9, 20)
    whole = figures_of(cases, first, last, TODAY)
    months = [figures for _month, figures in by_month(cases, first, last, TODAY)]
    assert len(months) == 8
    for name in ("received", "decided", "overdue"):
        assert sum(getattr(figures, name) for figures in months) == getattr(whole, name)
    assert sum(count for _state, _label, count, _percent in shares_of(cases, first, last)) == whole.received


# The screen -----------------------------------------------------------------------------------------------------------

FIGURES = "/admin/demarches/chiffres/"


@pytest.fixture
def some(agent, water, other):
    """Two cases decided, one late, one of another department."""
    filed(water, state=CaseState.ACCEPTED, filed_at=days_ago(10), decided_at=days_ago(8))
    filed(water, state=CaseState.REFUSED, filed_at=days_ago(20), decided_at=days_ago(10), due_on=days_ago(12).date())
    filed(water, due_on=days_ago(2).date(), filed_at=days_ago(30))
    filed(other)
    return water


@pytest.mark.django_db
def test_the_figures_of_the_agent_s_departments(client, some):
    answer = client.get(FIGURES)
    total = answer.context["total"]
    assert (total.received, total.decided, total.median, total.overdue, total.late) == (3, 2, 6, 1, 1)
    page = text_of(answer)
    assert "J’emménage" in page and "subvention" not in page and "6 jours" in page
    assert "Dossiers reçus par mois" in page and "33 %" in page


@pytest.mark.django_db
def test_erased_cases_still_count(agent, some, department, other):
    values = {"channel": Channel.ONLINE, "state": CaseState.CLOSED, "filed_at": days_ago(60)}
    ErasedCase.objects.create(page=some, department=department, decided_at=days_ago(50), **values)
    ErasedCase.objects.create(page=other, department=other.department, decided_at=days_ago(50), **values)
    today = timezone.localdate()
    found = facts_of(agent, today - dt.timedelta(days=90), today)
    assert len(found) == 4 and {fact.page for fact in found} == {some.pk}


@pytest.mark.django_db
def test_a_period_that_can_t_be_is_told(client, agent, some):
    answer = client.get(FIGURES, {"du": "2026-05-01", "au": "2026-04-01"})
    assert answer.status_code == 422 and "précède son début" in text_of(answer)
    assert 'value="2026-05-01"' in answer.text
    assert client.get(FIGURES, {"du": "2001-01-01"}).status_code == 422
    for strange in ({"du": "hier", "au": "x", "demarche": "²", "service": "-1"}, {"format": "exe"}):
        assert client.get(FIGURES, strange).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_figures_leave_as_a_spreadsheet(client, some, extension):
    answer = client.get(FIGURES, {"format": extension})
    assert f".{extension}" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"]
    content = answer.getvalue()
    if extension == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
        assert rows[1] == ["J’emménage", "3", "2", "6,0", "6,0", "1", "1", "1"]
        assert rows[-1][0] == "Total"


@pytest.mark.django_db
def test_the_figures_take_the_same_queries_however_many_cases(client, some, sql_count):
    client.get(FIGURES)
    before = sql_count(lambda: client.get(FIGURES))
    for _number in range(4):
        filed(some, state=CaseState.ACCEPTED, decided_at=days_ago(0))
    assert sql_count(lambda: client.get(FIGURES)) == before


@pytest.mark.django_db
def test_others_see_no_figures(client, staff):
    staff("Communication")
    assert client.get(reverse("cases:figures")).status_code == 302

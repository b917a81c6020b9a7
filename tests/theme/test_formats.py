import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from theme import formats


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("84.2"), "84,20\u00a0€"),
        (Decimal("1234567.895"), "1\u202f234\u202f567,90\u00a0€"),
        (Decimal("-12"), "\u221212,00\u00a0€"),
        (Decimal("-0.001"), "0,00\u00a0€"),
        (0, "0,00\u00a0€"),
    ],
)
def test_money(amount, text):
    assert formats.money(amount) == text


@pytest.mark.parametrize("wrong", [84.2, None, "", "84", True])
def test_money_of_anything_else_is_an_error(wrong):
    with pytest.raises(TypeError):
        formats.money(wrong)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_money_loses_no_cent(amount):
    text = formats.money(amount).removesuffix("\u00a0€").replace("\u202f", "").replace(",", ".").replace("\u2212", "-")
    assert Decimal(text) == amount


@pytest.mark.parametrize(
    ("volume", "text"),
    [
        (42, "42\u00a0m³"),
        (Decimal("42.000"), "42\u00a0m³"),
        (Decimal("42.5"), "42,5\u00a0m³"),
        (Decimal("1200"), "1\u202f200\u00a0m³"),
    ],
)
def test_cubic_metres(volume, text):
    assert formats.cubic_metres(volume) == text


def test_short_date():
    assert formats.short_date(datetime.date(2026, 12, 31)) == "31 déc. 2026"
    assert formats.short_date(datetime.date(2027, 1, 1)) == "1er janv. 2027"


def test_short_date_of_a_moment_is_the_day_in_paris():
    assert formats.short_date(datetime.datetime(2026, 12, 31, 23, 30, tzinfo=datetime.UTC)) == "1er janv. 2027"


def test_a_moment_is_written_in_full_in_local_time():
    moment = datetime.datetime(2026, 2, 28, 23, 5, tzinfo=datetime.UTC)
    assert formats.full_moment(moment) == "1er mars 2026 à 0\u00a0h\u00a005"


def test_a_moment_is_read_on_a_clock_in_paris():
    moment = datetime.datetime(2026, 6, 30, 22, 5, tzinfo=datetime.UTC)
    assert formats.clock(moment) == "0\u00a0h\u00a005"
    assert formats.long_date(moment) == "mercredi 1er\u00a0juillet"


@pytest.mark.parametrize("wrong", [None, "", "2026-12-31"])
def test_short_date_of_anything_else_is_an_error(wrong):
    with pytest.raises(TypeError):
        formats.short_date(wrong)


@pytest.mark.parametrize(
    ("day", "text"),
    [(datetime.date(2026, 12, 1), "1er décembre 2026"), (datetime.date(2027, 2, 11), "11 février 2027")],
)
def test_full_date(day, text):
    assert formats.full_date(day) == text

"""French calendars: school holidays by zone, public holidays by department, closures."""

import datetime as dt
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking import calendars
from booking.calendars import Calendar
from booking.enums import DaysKind
from booking.models import Closure
from tests.factories.booking import FacilityFactory

WEEK = [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        ("A", date(2027, 2, 13), date(2027, 2, 28)),
        ("B", date(2027, 2, 20), date(2027, 3, 7)),
        ("C", date(2027, 2, 6), date(2027, 2, 21)),
    ],
)
def test_winter_holidays_depend_on_the_zone(zone, first, last):
    day = dt.timedelta(days=1)
    assert calendars.school_holiday(first, zone) == calendars.school_holiday(last, zone) == "Vacances d’hiver"
    assert calendars.school_holiday(first - day, zone) == calendars.school_holiday(last + day, zone) == ""


def test_christmas_goes_over_the_year_s_end_in_every_zone():
    for zone in "ABC":
        found = list(calendars.dates_between(date(2026, 12, 1), date(2027, 1, 31)))
        off = [day for day in found if calendars.school_holiday(day, zone)]
        assert (off[0], off[-1], len(off)) == (date(2026, 12, 19), date(2027, 1, 3), 16)


def test_without_a_zone_there_are_no_school_holidays():
    assert calendars.school_holiday(date(2026, 12, 25), "") == ""


def test_the_school_calendar_says_where_it_ends():
    end = calendars.school_known_until()
    assert end >= date(2028, 8, 31)
    assert calendars.school_holiday(end, "A") and not calendars.school_holiday(end + dt.timedelta(days=1), "A")


def test_public_holidays_are_named_in_french():
    found = calendars.public_holidays(2027)
    assert len(found) == 11
    assert found[date(2027, 1, 1)] == "Jour de l’an"
    assert found[date(2027, 5, 6)] == "Ascension"


@pytest.mark.parametrize(
    ("postcode", "day", "name"),
    [
        ("67000", date(2027, 3, 26), "Vendredi saint"),
        ("57000", date(2027, 12, 26), "Saint-Étienne"),
        ("97400", date(2027, 12, 20), "Abolition de l’esclavage"),
        ("34800", date(2027, 3, 26), ""),
        ("", date(2027, 3, 26), ""),
    ],
)
def test_alsace_moselle_and_overseas_have_their_own(postcode, day, name):
    assert Calendar(department=calendars.department_of(postcode)).public_holiday(day) == name


@given(st.dates(date(1990, 1, 1), date(2080, 12, 31)))
def test_working_days_are_weekdays_without_a_public_holiday(day):
    calendar = Calendar(zone="A")
    assert calendar.works(day) == (day.isoweekday() <= 5 and day not in calendars.public_holidays(day.year))
    # The three that move hold on to their weekday, leap year or not.
    for found, name in calendars.public_holidays(day.year).items():
        weekday = {"Lundi de Pâques": 0, "Ascension": 3, "Lundi de Pentecôte": 0}.get(name.split(",")[0])
        assert weekday is None or found.weekday() == weekday


def test_a_closure_says_why_before_the_calendar_does():
    closure = Closure(starts_on=date(2027, 5, 6), ends_on=date(2027, 5, 7), reason="Pont de l’Ascension")
    calendar = Calendar(zone="B", closures=(closure,))
    assert calendar.day_off(date(2027, 5, 6)) == "Pont de l’Ascension"
    assert calendar.day_off(date(2027, 5, 7)) == "Pont de l’Ascension"
    assert calendar.day_off(date(2027, 5, 8)) == "Fête de la Victoire"
    assert calendar.day_off(date(2027, 5, 5)) == calendar.day_off(date(2027, 5, 10)) == ""
    # To close is not to make a working day something else: deadlines still count it.
    assert calendar.works(date(2027, 5, 7))


@pytest.mark.parametrize(
    ("day", "kind", "why"),
    [
        (date(2027, 1, 13), DaysKind.SCHOOL_DAYS, ""),
        (date(2027, 1, 16), DaysKind.SCHOOL_DAYS, "Pas d’accueil le samedi"),
        (date(2027, 1, 1), DaysKind.ALL, "Jour de l’an"),
        (date(2027, 2, 24), DaysKind.SCHOOL_DAYS, "Vacances d’hiver"),
        (date(2027, 2, 24), DaysKind.HOLIDAYS, ""),
        (date(2027, 2, 24), DaysKind.ALL, ""),
        (date(2027, 1, 13), DaysKind.HOLIDAYS, "Période scolaire"),
    ],
)
def test_a_day_without_session_says_why(day, kind, why):
    assert Calendar(zone="B").why_no_session(day, days_kind=kind, weekdays=WEEK) == why


@given(st.dates(date(2025, 9, 1), date(2028, 8, 31)), st.sampled_from("ABC"))
def test_school_days_and_holidays_share_the_open_days_between_them(day, zone):
    calendar = Calendar(zone=zone)

    def open_on(kind):
        return not calendar.why_no_session(day, days_kind=kind, weekdays=WEEK)

    assert open_on(DaysKind.ALL) == (open_on(DaysKind.SCHOOL_DAYS) != open_on(DaysKind.HOLIDAYS)) or not open_on(
        DaysKind.ALL
    )
    assert not (open_on(DaysKind.SCHOOL_DAYS) and open_on(DaysKind.HOLIDAYS))


def test_a_facility_s_calendar_takes_one_query_and_its_working_days_none(db, sql_count):
    facility = FacilityFactory(zone="A", postcode="67000")
    Closure.objects.create(
        facility=facility, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 4), reason="Formation des équipes"
    )
    calendar = Calendar.of(facility)
    assert calendar.day_off(date(2027, 1, 4)) == "Formation des équipes"
    assert sql_count(lambda: calendars.works_of(facility)(date(2027, 3, 26))) == 0
    assert not calendars.works_of(facility)(date(2027, 3, 26))
    assert sql_count(lambda: [Calendar.of(facility).day_off(date(2027, 1, day)) for day in (4,)]) == 1
    assert calendars.day_off(facility, date(2027, 3, 26)) == "Vendredi saint"

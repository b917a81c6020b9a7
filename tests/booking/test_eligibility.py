"""Which child may book what (s4.12), and which periods are open to a household."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import ChildState, SchoolLevel
from booking import eligibility
from booking.enums import Audience, EnrolmentState
from booking.models import Activity, BookingSettings, Group
from tests.factories.booking import (
    PARIS,
    ActivityFactory,
    BookingPeriodFactory,
    BookingWindowFactory,
    EnrolmentFactory,
    GroupFactory,
    SessionFactory,
)
from tests.factories.families import ChildFactory, GuardianshipFactory, HouseholdFactory

DAY = dt.date(2027, 1, 11)
NOW = dt.datetime(2026, 11, 22, 10, tzinfo=PARIS)


def child_of(**fields):
    return ChildFactory.build(**fields)


# Rules ----------------------------------------------------------------------------------------------------------------


def test_a_school_year_goes_from_september_to_august():
    assert eligibility.school_year_of(dt.date(2026, 9, 1)) == 2026
    assert eligibility.school_year_of(dt.date(2027, 8, 31)) == 2026
    assert eligibility.school_year_dates(2026) == (dt.date(2026, 9, 1), dt.date(2027, 8, 31))
    assert eligibility.school_year_label(2026) == "2026-2027"


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)))
def test_each_day_is_of_one_school_year(day):
    first, last = eligibility.school_year_dates(eligibility.school_year_of(day))
    assert first <= day <= last


def test_the_next_school_year_opens_in_the_month_that_staff_chose():
    assert eligibility.open_years(dt.date(2026, 11, 22), 3) == [2026]
    assert eligibility.open_years(dt.date(2027, 2, 28), 3) == [2026]
    assert eligibility.open_years(dt.date(2027, 3, 1), 3) == [2026, 2027]
    assert eligibility.open_years(dt.date(2027, 8, 31), 3) == [2026, 2027]
    assert eligibility.open_years(dt.date(2027, 9, 1), 3) == [2027]
    assert eligibility.open_years(dt.date(2026, 11, 22), 9) == [2026, 2027]


@given(st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 6000))
def test_age_grows_by_one_month_at_most_each_day(birth, days):
    day = birth + dt.timedelta(days=days)
    months = eligibility.age_in_months(birth, day)
    assert months >= 0
    assert eligibility.age_in_months(birth, day + dt.timedelta(days=1)) - months in (0, 1)


def test_who_is_born_on_29_february_ages_on_1_march_of_other_years():
    birth = dt.date(2024, 2, 29)
    assert eligibility.age_in_years(birth, dt.date(2027, 2, 28)) == 2
    assert eligibility.age_in_years(birth, dt.date(2027, 3, 1)) == 3
    assert eligibility.age_in_years(birth, dt.date(2028, 2, 29)) == 4


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ChildState.PENDING, "attend la validation"),
        (ChildState.REFUSED, "n’a pas été validé"),
        (ChildState.ARCHIVED, "archivé"),
    ],
)
def test_s4_12_a_child_whose_file_is_not_validated_may_not_book(state, words):
    answer = eligibility.standing(child_of(state=state), Activity(needs_enrolment=False), DAY)
    assert not answer.may_book and words in answer.reason


def test_s4_12_ages_are_those_of_the_day():
    child = child_of(birth_date=dt.date(2024, 1, 11))
    activity = Activity(needs_enrolment=False, min_age_months=36)
    eve = eligibility.standing(child, activity, DAY - dt.timedelta(days=1))
    assert not eve.may_book and "à partir de 3 ans" in eve.reason
    assert eligibility.standing(child, activity, DAY).may_book
    nursery = Activity(needs_enrolment=False, min_age_months=3, max_age_months=36)
    assert eligibility.standing(child, nursery, dt.date(2027, 2, 10)).may_book
    too_old = eligibility.standing(child, nursery, dt.date(2027, 2, 11))
    assert not too_old.may_book and "Trop grand" in too_old.reason


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (None, "Pas d’inscription pour l’année scolaire 2026-2027"),
        (EnrolmentState.WITHDRAWN, "Pas d’inscription"),
        (EnrolmentState.REQUESTED, "en cours d’examen"),
        (EnrolmentState.REFUSED, "refusée"),
        (EnrolmentState.ENDED, "terminée"),
    ],
)
def test_s4_12_without_an_accepted_enrolment_a_child_may_not_book(state, words):
    enrolment = state and EnrolmentFactory.build(state=state)
    answer = eligibility.standing(child_of(), Activity(needs_enrolment=True), DAY, enrolment=enrolment)
    assert not answer.may_book and words in answer.reason
    assert eligibility.standing(child_of(), Activity(needs_enrolment=False), DAY, enrolment=enrolment).may_book


def test_a_group_takes_by_age_by_level_or_by_both():
    small = Group(name="Petits", max_age=5)
    middle = Group(name="CP-CE1", min_age=6, from_level=SchoolLevel.CP, to_level=SchoolLevel.CE1)
    big = Group(name="Grands", from_level=SchoolLevel.CE2)
    groups = [small, middle, big]

    def group(birth, level):
        return eligibility.group_for(child_of(birth_date=birth, school_level=level), groups, DAY)

    assert group(dt.date(2021, 5, 1), SchoolLevel.GS) is small
    assert group(dt.date(2020, 5, 1), SchoolLevel.CP) is middle
    assert group(dt.date(2018, 5, 1), SchoolLevel.CM2) is big
    assert group(dt.date(2020, 5, 1), SchoolLevel.GS) is None
    assert group(dt.date(2020, 5, 1), "") is None
    answer = eligibility.standing(
        child_of(school_level="", birth_date=dt.date(2018, 5, 1)), Activity(needs_enrolment=False), DAY, groups=groups
    )
    assert not answer.may_book and "niveau scolaire" in answer.reason


# What they are asked of -----------------------------------------------------------------------------------------------


@pytest.fixture
def household(db):
    return HouseholdFactory()


def test_standings_answer_for_each_child_and_activity(household, sql_count):
    enrolled, stranger = ChildFactory(profile=household), ChildFactory(profile=household)
    leisure, canteen = ActivityFactory(needs_enrolment=True), ActivityFactory()
    GroupFactory(activity=leisure, name="Grands", min_age=6)
    EnrolmentFactory(child=enrolled, activity=leisure, profile=household)
    found = eligibility.standings(household, [enrolled, stranger], [leisure, canteen], DAY)
    assert found[enrolled.pk, leisure.pk].may_book
    assert found[enrolled.pk, leisure.pk].group.name == "Grands"
    assert not found[stranger.pk, leisure.pk].may_book
    assert found[stranger.pk, canteen.pk].may_book
    children = [enrolled, stranger, *(ChildFactory(profile=household) for _ in range(3))]
    assert sql_count(lambda: eligibility.standings(household, children, [leisure, canteen], DAY)) == 3


def test_the_enrolment_of_the_other_household_counts_for_the_child(household):
    """An enrolment is the child's right; who pays is who books."""
    child, activity = ChildFactory(profile=household), ActivityFactory(needs_enrolment=True)
    EnrolmentFactory(child=child, activity=activity)
    assert eligibility.standings(household, [child], [activity], DAY)[child.pk, activity.pk].may_book


def test_an_active_enrolment_counts_before_a_later_refusal(household):
    child, activity = ChildFactory(profile=household), ActivityFactory(needs_enrolment=True)
    EnrolmentFactory(child=child, activity=activity)
    EnrolmentFactory(child=child, activity=activity, state=EnrolmentState.REFUSED)
    EnrolmentFactory(child=child, activity=activity, state=EnrolmentState.REFUSED, school_year=2027)
    loaded = eligibility.Standings(household, [child], [activity])
    assert loaded.of(child, activity, DAY).may_book
    assert "refusée" in loaded.of(child, activity, dt.date(2027, 9, 1)).reason


def test_a_guardianship_that_is_over_lets_nobody_book(household):
    activity = ActivityFactory()
    child = GuardianshipFactory(profile=household, ended_on=DAY).child
    loaded = eligibility.Standings(household, [child], [activity])
    assert loaded.of(child, activity, DAY).may_book
    assert "garde" in loaded.of(child, activity, DAY + dt.timedelta(days=1)).reason


def test_a_child_old_enough_by_the_end_of_a_period_is_let_in(household):
    child = ChildFactory(profile=household, birth_date=dt.date(2024, 3, 1))
    activity = ActivityFactory(min_age_months=36)
    key = child.pk, activity.pk
    assert not eligibility.standings(household, [child], [activity], DAY)[key].may_book
    assert eligibility.standings(household, [child], [activity], DAY, until=dt.date(2027, 7, 4))[key].may_book


def test_open_periods_are_those_with_an_open_window_and_days_to_come(household, sql_count):
    activity = ActivityFactory()
    session = SessionFactory(period=BookingPeriodFactory(activity=activity))
    BookingPeriodFactory(activity=activity)  # without sessions
    SessionFactory(period=BookingPeriodFactory(activity=activity, window=False))
    over = BookingPeriodFactory(activity=activity, starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2026, 11, 20))
    SessionFactory(period=over, date=dt.date(2026, 11, 20))
    assert eligibility.open_periods(household, [activity], NOW) == {activity.pk: [session.period]}
    assert sql_count(lambda: eligibility.open_periods(household, [activity, ActivityFactory.build(pk=0)], NOW)) == 2


def test_a_window_for_the_territory_opens_to_its_families_only(household):
    BookingSettings.objects.update_or_create(pk=1, defaults={"territory": "49000 Vallon-sur-Loire"})
    activity = ActivityFactory()
    period = BookingPeriodFactory(activity=activity, window__audience=Audience.RESIDENTS)
    later = BookingWindowFactory(period=period, opens_at=dt.datetime(2026, 12, 1, 8, tzinfo=PARIS))
    SessionFactory(period=period)
    outsider = HouseholdFactory(postcode="75001", town="Paris")
    assert eligibility.open_periods(household, [activity], NOW) == {activity.pk: [period]}
    assert eligibility.open_periods(outsider, [activity], NOW) == {activity.pk: []}
    assert eligibility.next_openings(outsider, [activity], NOW) == {activity.pk: later}

"""What a day costs: by band, effort rate, residence, sibling rank, unit and date."""

import json
from datetime import date, time
from decimal import Decimal as Dec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import ChildState
from billing.rules import round_half_up
from booking import prices
from booking.enums import PriceMethod
from booking.models import BookingSettings, SiblingReduction, Tariff, TariffBand, TariffVersion
from booking.prices import Situation, price_of, version_on
from booking.queries.prices import Prices
from booking.territory import in_territory
from tests.factories.booking import TariffFactory, TariffVersionFactory, UnitFactory
from tests.factories.families import (
    ChildFactory,
    FamilyQuotientFactory,
    GuardianshipFactory,
    HouseholdFactory,
)

DAY = date(2027, 1, 13)


def version(method=PriceMethod.FIXED, *, per_hour=False, bands=(), reductions=(), **fields):
    if method == PriceMethod.FIXED:
        fields.setdefault("price", Dec("3.10"))
    return TariffVersion(
        tariff=Tariff(name="Repas", per_hour=per_hour),
        valid_from=date(2026, 9, 1),
        method=method,
        bands=[
            TariffBand(label=label, quotient_from=Dec(start), price=Dec(price), outside_price=outside and Dec(outside))
            for label, start, price, outside in bands
        ],
        sibling_reductions=[SiblingReduction(rank=rank, percent=Dec(percent)) for rank, percent in reductions],
        **{name: Dec(value) for name, value in fields.items()},
    )


def words(price):
    return [step.replace("\xa0", " ").replace("\u202f", " ") for step in price.steps]


BANDS = [("A", 0, "1.20", None), ("B", "500", "2.35", "4"), ("C", "900.50", "3.10", None)]


# Formulas ------------------------------------------------------------------------------------------------------------


def test_a_fixed_price_is_the_same_for_everybody():
    price = price_of(version(), Situation())
    assert (price.amount, price.unit_price, price.quantity) == (Dec("3.10"), Dec("3.1000"), Dec("1.000"))
    assert words(price) == ["Prix unique : 3,10 €."]


@pytest.mark.parametrize(
    ("quotient", "amount"),
    [("0", "1.20"), ("499.99", "1.20"), ("500", "2.35"), ("900.49", "2.35"), ("900.50", "3.10"), ("5000", "3.10")],
)
def test_the_band_of_the_quotient_holds(quotient, amount):
    assert price_of(version("bands", bands=BANDS), Situation(quotient=Dec(quotient))).amount == Dec(amount)


def test_without_a_quotient_the_highest_price_holds_and_the_family_is_told():
    price = price_of(version("bands", bands=BANDS), Situation())
    assert price.amount == Dec("3.10")
    assert words(price) == ["Sans quotient familial vérifié, le prix le plus haut s’applique : tranche « C », 3,10 €."]


def test_the_highest_price_outside_may_be_of_another_band():
    assert price_of(version("bands", bands=BANDS), Situation(resident=False)).amount == Dec("4.00")


def test_a_band_with_its_own_outside_price_takes_no_surcharge():
    tariff = version("bands", bands=BANDS, outside_surcharge="50")
    assert price_of(tariff, Situation(Dec(600), resident=False)).amount == Dec("4.00")
    price = price_of(tariff, Situation(Dec(950), resident=False))
    assert price.amount == Dec("4.65")
    assert words(price)[1:] == ["Hors du territoire : majoration de 50 %.", "Prix : 4,65 €."]


@pytest.mark.parametrize(
    ("quotient", "amount", "step"),
    [
        ("720", "4.32", "Quotient familial de 720,00 € × taux d’effort de 0,6 % = 4,32 €."),
        ("100", "1.50", "Prix plancher : 1,50 €."),
        ("5000", "12.00", "Prix plafond : 12,00 €."),
        (None, "12.00", "Sans quotient familial vérifié, le prix plafond s’applique : 12,00 €."),
    ],
)
def test_an_effort_rate_between_floor_and_ceiling(quotient, amount, step):
    tariff = version("effort_rate", rate="0.6", floor="1.50", ceiling="12")
    price = price_of(tariff, Situation(quotient and Dec(quotient)))
    assert price.amount == Dec(amount) and step in words(price)


def test_the_reduction_of_the_highest_rank_reached_holds():
    tariff = version(price="10", reductions=[(2, "10"), (4, "50")])
    amounts = [price_of(tariff, Situation(sibling_rank=rank)).amount for rank in (1, 2, 3, 4, 5)]
    assert amounts == [10, 9, 9, 5, 5]
    assert words(price_of(tariff, Situation(sibling_rank=3)))[1:] == [
        "Enfant n° 3 de la famille : réduction de 10 %.",
        "Prix : 9,00 €.",
    ]


def test_s4_11_a_price_by_the_hour():
    tariff = version("effort_rate", per_hour=True, rate="0.0619", floor="0.5", ceiling="4")
    price = price_of(tariff, Situation(Dec("1500"), hours=Dec("8.75")))
    # 1500 × 0.0619 % = 0.9285 € an hour, × 8.75 h = 8.124375 €
    assert (price.unit_price, price.quantity, price.amount) == (Dec("0.9285"), Dec("8.750"), Dec("8.12"))
    assert words(price) == [
        "Quotient familial de 1 500,00 € × taux d’effort de 0,0619 % = 0,9285 € l’heure.",
        "8 h 45 × 0,9285 € l’heure = 8,12 €.",
    ]


def test_what_a_version_lacks_is_no_silent_zero():
    broken = [version("bands"), version("effort_rate", rate="1"), version(per_hour=True)]
    for tariff in broken:
        with pytest.raises(ValueError, match="Repas"):
            price_of(tariff, Situation())


def test_the_version_of_the_date_holds():
    old, new = version(), version()
    old.valid_from, new.valid_from = date(2026, 1, 1), date(2027, 1, 1)
    assert version_on([new, old], date(2026, 12, 31)) is old
    assert version_on([old, new], date(2027, 1, 1)) is new
    assert version_on([old, new], date(2025, 12, 31)) is None


# Laws ----------------------------------------------------------------------------------------------------------------

euros = st.decimals(0, 3000, places=2)
unit_prices = st.decimals(0, 200, places=4)
percents = st.decimals(0, 100, places=2)
hours = st.integers(1, 48).map(lambda quarters: Dec(quarters) / 4)


@st.composite
def versions(draw, methods=tuple(PriceMethod)):
    method = draw(st.sampled_from(methods))
    starts = draw(st.lists(euros, min_size=1, max_size=8, unique=True))
    amounts = sorted(draw(st.lists(unit_prices, min_size=len(starts), max_size=len(starts))))
    floor = draw(unit_prices)
    made = version(
        method,
        per_hour=draw(st.booleans()),
        price=draw(unit_prices),
        rate=draw(st.decimals(0, 5, places=5)),
        floor=floor,
        ceiling=floor + draw(unit_prices),
        outside_surcharge=draw(percents),
        reductions=[(rank, draw(percents)) for rank in draw(st.sets(st.integers(2, 6), max_size=3))],
    )
    made.bands = [
        TariffBand(label=f"T{n}", quotient_from=start, price=amount)
        for n, (start, amount) in enumerate(zip(sorted(starts), amounts, strict=True))
    ]
    return made


situations = st.builds(
    Situation,
    quotient=st.none() | euros,
    resident=st.booleans(),
    sibling_rank=st.integers(1, 8),
    hours=hours,
)


@given(versions(), situations)
def test_a_price_is_never_negative_and_its_line_adds_up(tariff, situation):
    price = price_of(tariff, situation)
    assert price.amount >= 0
    assert price.amount == round_half_up(price.quantity * price.unit_price)
    assert price.unit_price.as_tuple().exponent == -4 and price.amount.as_tuple().exponent == -2
    assert price.quantity == (situation.hours if tariff.tariff.per_hour else 1)
    assert price.steps and all(step.endswith(".") for step in price.steps)
    assert json.loads(json.dumps(price.computed_from))["amount"] == str(price.amount)


@given(versions(), situations)
def test_nobody_pays_more_than_a_family_without_quotient(tariff, situation):
    unknown = Situation(None, situation.resident, situation.sibling_rank, situation.hours)
    assert price_of(tariff, situation).amount <= price_of(tariff, unknown).amount


@given(versions(), situations, euros, euros)
def test_a_higher_quotient_never_pays_less(tariff, situation, one, other):
    low, high = (
        price_of(tariff, Situation(quotient, situation.resident, situation.sibling_rank, situation.hours))
        for quotient in sorted([one, other])
    )
    assert low.amount <= high.amount


@given(versions(), situations)
def test_living_outside_never_costs_less(tariff, situation):
    inside, outside = (
        price_of(tariff, Situation(situation.quotient, resident, situation.sibling_rank, situation.hours))
        for resident in (True, False)
    )
    assert inside.amount <= outside.amount


@given(versions(methods=[PriceMethod.EFFORT_RATE]), st.none() | euros)
def test_the_effort_stays_between_floor_and_ceiling(tariff, quotient):
    price = price_of(tariff, Situation(quotient, hours=Dec(1)))
    assert tariff.floor <= price.unit_price <= tariff.ceiling


@given(st.lists(st.decimals(0, 3000, places=2), min_size=1, max_size=9, unique=True), euros)
def test_every_quotient_has_one_band(starts, quotient):
    bands = [TariffBand(label=str(start), quotient_from=start) for start in starts]
    band = prices.band_for(bands, quotient)
    assert band in bands
    above = [one for one in bands if band.quotient_from < one.quotient_from <= quotient]
    assert not above


# Territory -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("territory", "postcode", "town", "inside"),
    [
        ("", "", "", True),
        ("34800 Octon\n34700", "34800", "OCTON", True),
        ("34800 Octon\n34700", "34800", "Clermont-l’Hérault", False),
        ("34800 Octon\n34700", "34700", "Lodève", True),
        ("34800 Octon", "", "", False),
        ("34725 Saint-Félix-de-Lodez", "34725", "St Felix de Lodez", True),
        ("Œuilly", "51480", "Oeuilly", True),
        ("\n  \n", "75001", "Paris", True),
    ],
)
def test_who_lives_in_the_territory(territory, postcode, town, inside):
    assert in_territory(territory, postcode=postcode, town=town) is inside


# A family's prices ---------------------------------------------------------------------------------------------------


@pytest.fixture
def family(db):
    """A household in Octon with three children, of whom Mia is the second."""
    profile = HouseholdFactory(postcode="34800", town="Octon")
    eldest = ChildFactory(profile=profile, birth_date=date(2015, 5, 5))
    mia = ChildFactory(profile=profile, birth_date=date(2018, 3, 14))
    ChildFactory(profile=profile, birth_date=date(2021, 1, 1))
    return profile, eldest, mia


def banded_unit(**fields):
    tariff = TariffFactory(version=False, name="Repas")
    held = TariffVersionFactory(tariff=tariff, method=PriceMethod.BANDS, price=None, **fields)
    held.bands = [TariffBand(label=label, quotient_from=Dec(q), price=Dec(p)) for label, q, p, _outside in BANDS]
    held.sibling_reductions = [SiblingReduction(rank=2, percent=10), SiblingReduction(rank=3, percent=20)]
    held.save()
    return UnitFactory(tariff=tariff)


def test_a_familys_price_takes_its_quotient_its_town_and_its_ranks(family):
    profile, eldest, mia = family
    FamilyQuotientFactory(profile=profile, amount=600)
    unit = banded_unit(outside_surcharge=100)
    found = Prices.of(profile, [eldest, mia], [unit], [DAY])
    assert found.price(eldest, unit, DAY).amount == Dec("2.35")
    assert found.price(mia, unit, DAY).amount == Dec("2.12")  # 2.35 − 10 %, halves up
    BookingSettings.objects.create(territory="34700 Lodève")
    assert Prices.of(profile, [eldest], [unit], [DAY]).price(eldest, unit, DAY).amount == Dec("4.70")


def test_the_quotient_of_the_day_holds_when_verified(family):
    profile, eldest, _mia = family
    FamilyQuotientFactory(profile=profile, amount=100, valid_from=date(2027, 1, 1), valid_until=date(2027, 1, 31))
    FamilyQuotientFactory(profile=profile, amount=600, valid_from=date(2027, 2, 1), valid_until=date(2027, 2, 28))
    FamilyQuotientFactory(profile=profile, amount=1, valid_from=date(2027, 3, 1), verified_at=None)
    unit = banded_unit()
    dates = [date(2027, 1, 31), date(2027, 2, 1), date(2027, 3, 1)]
    found = Prices.of(profile, [eldest], [unit], dates)
    assert [found.price(eldest, unit, day).amount for day in dates] == [Dec("1.20"), Dec("2.35"), Dec("3.10")]


def test_the_last_quotient_to_begin_wins(family):
    profile, eldest, _mia = family
    FamilyQuotientFactory(profile=profile, amount=100, valid_from=date(2026, 1, 1))
    FamilyQuotientFactory(profile=profile, amount=600, valid_from=date(2027, 1, 1))
    unit = banded_unit()
    assert Prices.of(profile, [eldest], [unit], [DAY]).quotient_on(DAY) == 600


def test_ranks_are_those_of_the_household_on_the_day(family):
    profile, eldest, mia = family
    elsewhere = HouseholdFactory()
    GuardianshipFactory(child=mia, profile=elsewhere)
    ChildFactory(profile=profile, birth_date=date(2010, 1, 1), state=ChildState.PENDING)
    unit = UnitFactory()
    assert Prices.of(profile, [mia], [unit], [DAY]).sibling_rank(mia, DAY) == 2
    assert Prices.of(elsewhere, [mia], [unit], [DAY]).sibling_rank(mia, DAY) == 1
    eldest.guardianships.update(ended_on=date(2027, 1, 31))
    found = Prices.of(profile, [mia], [unit], [date(2027, 1, 31), date(2027, 2, 1)])
    assert [found.sibling_rank(mia, day) for day in (date(2027, 1, 31), date(2027, 2, 1))] == [2, 1]


def test_s4_11_hours_come_from_the_range_or_from_the_unit(family):
    profile, eldest, _mia = family
    unit = UnitFactory(tariff=TariffFactory(per_hour=True, version__price=Dec(2)), starts_at=time(8), ends_at=time(18))
    found = Prices.of(profile, [eldest], [unit], [DAY])
    assert found.price(eldest, unit, DAY, time(8, 30), time(17, 15)).amount == Dec("17.50")
    assert found.price(eldest, unit, DAY).amount == Dec("20.00")


def test_no_tariff_is_no_price_and_not_a_zero(family):
    profile, eldest, _mia = family
    free, later = UnitFactory(tariff=None), UnitFactory(tariff=TariffFactory(version__valid_from=date(2028, 1, 1)))
    found = Prices.of(profile, [eldest], [free, later], [DAY])
    assert found.price(eldest, free, DAY) is None and found.price(eldest, later, DAY) is None


def test_a_familys_prices_take_four_queries_however_many(family, sql_count):
    profile, eldest, mia = family
    FamilyQuotientFactory(profile=profile)
    units = [banded_unit() if n == 0 else UnitFactory() for n in range(6)]
    dates = [date(2027, 1, day) for day in range(1, 29)]

    def ask(children, units, dates):
        found = Prices.of(profile, children, units, dates)
        return [found.price(child, unit, day) for child in children for unit in units for day in dates]

    assert sql_count(lambda: ask([mia], units[:1], dates[:1])) == 4
    assert sql_count(lambda: ask([eldest, mia], units, dates)) == 4
    assert sql_count(lambda: ask([], units, dates)) == 0

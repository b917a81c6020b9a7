"""Booked days handed to billing: one charge each, at the price that was shown."""

from datetime import time
from decimal import Decimal

import pytest

from billing.enums import ChargeState
from billing.models import Charge
from booking.enums import UnitKind
from booking.models import TariffVersion
from booking.services import charges
from tests.booking.households import PRICE, Household, sessions_of
from tests.factories.booking import ActivityFactory, BookingPeriodFactory, DeadlineFactory, UnitFactory
from tests.factories.families import FamilyQuotientFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def booked():
    reservation = Household("Mia").book(*sessions_of(2))
    return list(reservation.days.select_related("reservation__profile", "child", "session__unit__activity"))


def test_a_day_is_charged_once_however_often_it_is_sold(booked, sql_count):
    assert sql_count(lambda: charges.sell(booked)) == 2
    assert Charge.objects.count() == 2
    assert {charge.amount for charge in Charge.objects.all()} == {PRICE}


def test_a_charge_taken_back_comes_back_when_the_day_is_sold_again(booked):
    assert charges.unsell(booked) == 2
    assert charges.unsell(booked) == 0
    charges.sell(booked)
    assert {charge.state for charge in Charge.objects.all()} == {ChargeState.PENDING}


def test_what_an_invoice_has_is_neither_changed_nor_taken_back(booked):
    Charge.objects.update(state=ChargeState.INVOICED)
    charges.sell(booked)
    assert charges.unsell(booked) == 0
    assert {charge.state for charge in Charge.objects.all()} == {ChargeState.INVOICED}


def test_nothing_to_sell_asks_nothing(sql_count):
    assert sql_count(lambda: (charges.sell([]), charges.unsell([]))) == 0


def test_the_price_shown_holds_when_the_day_is_accepted_later(staff):
    from accounts.rights import CHILDCARE_MANAGER
    from booking.services.decisions import decide

    sessions = sessions_of()
    DeadlineFactory(activity=sessions[0].period.activity, outcome="on_request", count=1, at_time=time(12))
    reservation = Household().book(*sessions)
    TariffVersion.objects.update(price=Decimal("9.99"))
    decide(by=staff(CHILDCARE_MANAGER), days=[reservation.days.get().pk], accept=True)
    assert Charge.objects.get().amount == PRICE


def test_a_charge_keeps_what_it_was_computed_from():
    activity = ActivityFactory(kind="nursery")
    unit = UnitFactory(activity=activity, kind=UnitKind.HOURS, starts_at=time(8), ends_at=time(18))
    unit.tariff.per_hour = True
    unit.tariff.save()
    unit.tariff.versions.update(
        method="effort_rate", rate=Decimal("0.06190"), floor=Decimal("0.10"), ceiling=Decimal("3.00")
    )
    family = Household("Mia")
    FamilyQuotientFactory(profile=family.profile, amount=Decimal("720.00"))
    [session] = sessions_of(unit=unit, period=BookingPeriodFactory(activity=activity))
    family.book(session, hours=(time(8, 30), time(17)))
    charge = Charge.objects.get()
    # 720 × 0,0619 % = 0,4457 € an hour, for 8 h 30.
    assert (charge.quantity, charge.unit_price, charge.amount) == (
        Decimal("8.500"),
        Decimal("0.4457"),
        Decimal("3.79"),
    )
    assert charge.computed_from["quotient"] == "720.00"
    assert charge.computed_from["tariff"] == unit.tariff.name
    assert "taux d’effort" in " ".join(charge.explanation)

"""A contract is opened for a resident, and terminated (s1.6, s1.7); an index is recorded for its holder (s1.8)."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.factories.water import DeliveryPointFactory, MeterFactory, WaterContractFactory, readings
from water import queries
from water.enums import ContractState, ReadingSource, ReadingState, Service
from water.models import MeterReading, WaterContract
from water.services.contracts import open_contract, terminate_contract
from water.services.readings import record_reading

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)


@pytest.fixture
def agent(staff):
    return staff("Instructeur")


@pytest.fixture
def place():
    """A place with a meter of five digits, free since the spring."""
    point = DeliveryPointFactory()
    WaterContractFactory(
        delivery_point=point, terminated_on=dt.date(2026, 4, 30), services=[Service.ON_SITE_SANITATION]
    )
    readings(MeterFactory(delivery_point=point), ("2026-04-30", "812"))
    return point


def opened(agent, alice, place, **fields):
    values = {"holder_name": "Alice Durand", "starts_on": TODAY, "index": D(815)} | fields
    return open_contract(by=agent, profile=alice.profiles.get(), delivery_point=place, **values)


def test_a_contract_is_opened_and_attached(agent, alice, place):
    done = opened(agent, alice, place)
    contract = done.contract
    assert contract.reference == f"C{timezone.localdate().year}-000001"
    assert (contract.profile, contract.holder_name, contract.subscribed_on) == (
        alice.profiles.get(),
        "Alice Durand",
        TODAY,
    )
    assert contract.attached_at
    assert contract.services == [Service.ON_SITE_SANITATION], "as the former contract of the place"
    reading = done.reading
    assert (reading.index, reading.read_on, reading.source, reading.state, reading.entered_by) == (
        D(815),
        TODAY,
        ReadingSource.RESIDENT,
        ReadingState.ACCEPTED,
        agent,
    )
    assert [one.reference for one in queries.contract_list(alice.profiles.get())] == [contract.reference]


def test_the_same_opening_twice_is_one(agent, alice, place):
    first, again = opened(agent, alice, place), opened(agent, alice, place)
    assert (first.contract, first.reading) == (again.contract, again.reading)


def test_a_place_with_a_contract_that_runs_is_refused(agent, alice, bob, place):
    former = WaterContractFactory(delivery_point=place)
    with pytest.raises(ValidationError, match=former.reference):
        opened(agent, alice, place)
    former.terminated_on = TODAY
    former.save()
    assert opened(agent, alice, place).contract.pk, "the former ends on the day the next begins"


def test_without_the_right_nothing_is_opened(staff, alice, place):
    for by in (alice, staff(), staff("Communication")):
        with pytest.raises(PermissionDenied):
            opened(by, alice, place)
    assert WaterContract.objects.count() == 1


def test_an_index_below_the_last_one_is_to_be_checked(agent, alice, place):
    assert opened(agent, alice, place, index=D(700)).reading.state == ReadingState.HELD


def test_an_index_past_the_rollover_is_not(agent, alice, place):
    MeterReading.objects.update(index=D(99990))
    assert opened(agent, alice, place, index=D(12)).reading.state == ReadingState.ACCEPTED


@pytest.mark.parametrize("index", [None, D(815)])
def test_no_reading_without_an_index_or_for_a_day_to_come(agent, alice, place, index):
    starts_on = timezone.localdate() + dt.timedelta(days=5) if index else TODAY
    assert opened(agent, alice, place, index=index, starts_on=starts_on).reading is None


def test_an_index_of_too_many_digits_or_another_of_that_day_undoes_all(agent, alice, place):
    with pytest.raises(ValidationError, match="plus de chiffres"):
        opened(agent, alice, place, index=D(100000))
    readings(place.meters.get(), (TODAY, "814"))
    with pytest.raises(ValidationError, match="déjà une relève de 814"):
        opened(agent, alice, place)
    assert WaterContract.objects.count() == 1
    assert opened(agent, alice, place, index=D(814)).reading.index == D(814)


def test_a_contract_is_terminated_with_its_closing_index(agent, alice):
    contract = WaterContractFactory(profile=alice.profiles.get())
    meter = MeterFactory(delivery_point=contract.delivery_point)
    done = terminate_contract(by=agent, contract=contract, ends_on=TODAY, index=D(1200))
    assert (done.contract.terminated_on, done.reading.meter, done.reading.index) == (TODAY, meter, D(1200))
    again = terminate_contract(by=agent, contract=contract, ends_on=TODAY, index=D(1200))
    assert again == done
    with pytest.raises(ValidationError, match="déjà résilié, au 20/11/2026"):
        terminate_contract(by=agent, contract=contract, ends_on=TODAY + dt.timedelta(days=1))


def test_a_contract_ends_after_it_began_and_by_who_may(agent, staff, alice):
    contract = WaterContractFactory(profile=alice.profiles.get(), subscribed_on=TODAY)
    with pytest.raises(ValidationError, match="précéder"):
        terminate_contract(by=agent, contract=contract, ends_on=TODAY - dt.timedelta(days=1))
    for by in (alice, staff("Régisseur")):
        with pytest.raises(PermissionDenied):
            terminate_contract(by=by, contract=contract, ends_on=TODAY)


def test_s1_8_an_index_is_recorded_once_a_day_and_checked_below_the_last(agent, alice, place):
    contract = opened(agent, alice, place).contract
    day = TODAY + dt.timedelta(days=1)
    reading = record_reading(by=agent, contract=contract, read_on=day, index=D(820))
    assert (reading.index, reading.state, reading.source) == (D(820), ReadingState.ACCEPTED, ReadingSource.RESIDENT)
    assert record_reading(by=agent, contract=contract, read_on=day, index=D(820)) == reading
    with pytest.raises(ValidationError, match="déjà une relève"):
        record_reading(by=agent, contract=contract, read_on=day, index=D(821))
    later = day + dt.timedelta(days=1)
    assert record_reading(by=agent, contract=contract, read_on=later, index=D(3)).state == ReadingState.HELD


def test_s1_8_an_index_above_the_next_one_is_to_be_checked(agent, alice, place):
    contract = opened(agent, alice, place, starts_on=dt.date(2026, 5, 1), index=D(815)).contract
    readings(place.meters.get(), ("2026-10-01", "830"))

    def state_of(index, day):
        return record_reading(by=agent, contract=contract, read_on=dt.date(2026, 9, day), index=D(index)).state

    assert [state_of("820", 1), state_of("841", 2), state_of("825", 3)] == [
        ReadingState.ACCEPTED,
        ReadingState.HELD,
        ReadingState.ACCEPTED,
    ]


def test_s1_8_an_index_below_an_estimate_is_right(agent, alice, place):
    readings(place.meters.get(), ("2026-10-31", "900", ReadingSource.ESTIMATED))
    assert opened(agent, alice, place, index=D(850)).reading.state == ReadingState.ACCEPTED


def test_an_index_is_that_of_the_meter_in_place_on_its_day(agent, alice, place):
    old, replaced_on = place.meters.get(), dt.date(2026, 11, 10)
    type(old).objects.update(removed_on=replaced_on)
    new = MeterFactory(delivery_point=place, installed_on=replaced_on)
    contract = opened(agent, alice, place, starts_on=dt.date(2026, 11, 1), index=D(815)).contract
    last = replaced_on - dt.timedelta(days=1)
    days = [(last, D(819)), (replaced_on, D(0)), (TODAY, D(3))]
    kept = [record_reading(by=agent, contract=contract, read_on=day, index=index) for day, index in days]
    assert [one.meter for one in (MeterReading.objects.get(index=D(815)), *kept)] == [old, old, new, new]
    assert {one.state for one in kept} == {ReadingState.ACCEPTED}
    assert queries.meter_in_place(place, on=dt.date(2019, 1, 1)) is None


def test_a_contract_runs_until_the_day_it_ends():
    today = timezone.localdate()
    ends = [None, today + dt.timedelta(days=1), today]
    states = [WaterContractFactory(terminated_on=day).state for day in ends]
    assert states == [ContractState.ACTIVE, ContractState.ACTIVE, ContractState.TERMINATED]


def test_s1_8_the_index_of_another_subscriber_is_not_recorded(agent, alice, place):
    contract = opened(agent, alice, place, starts_on=dt.date(2026, 10, 1), index=D(815)).contract
    terminate_contract(by=agent, contract=contract, ends_on=dt.date(2026, 11, 1), index=D(820))
    contract.refresh_from_db()
    for day in (dt.date(2026, 9, 30), dt.date(2026, 11, 2)):
        with pytest.raises(ValidationError, match="n’était pas en cours"):
            record_reading(by=agent, contract=contract, read_on=day, index=D(821))
    assert MeterReading.objects.count() == 3


def test_no_index_of_a_day_to_come_nor_without_the_right(agent, staff, alice, place):
    contract = opened(agent, alice, place).contract
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(ValidationError, match="jour à venir"):
        record_reading(by=agent, contract=contract, read_on=tomorrow, index=D(820))
    with pytest.raises(PermissionDenied):
        record_reading(by=staff("Communication"), contract=contract, read_on=TODAY, index=D(820))
    assert MeterReading.objects.filter(index=D(820)).count() == 0


def test_a_place_is_found_by_its_meter_or_its_address():
    point = DeliveryPointFactory(address="3, rue de l’Église", postcode="49000", town="Vallon-sur-Loire")
    MeterFactory(delivery_point=point, serial_number="C20FA000123")
    removed = MeterFactory(serial_number="OLD1", removed_on=TODAY)
    found = queries.delivery_points_at
    assert found(serial_number=" c20fa 000123 ") == [point]
    assert found(serial_number="inconnu", address="3 RUE DE L'EGLISE", town="vallon sur loire") == [point]
    assert found(address="3 rue de l’Église", postcode="49000", town="Vallon-sur-Loire") == [point]
    assert found(serial_number=removed.serial_number) == []
    assert found(address="13 rue de l’Église", town="Vallon-sur-Loire") == []
    assert found(address="3 rue de l’Église") == [] == found()

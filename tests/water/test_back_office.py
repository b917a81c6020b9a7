"""The back office of water: lists, filters, search, sheets. Everyone only reads; without the right, nothing."""

import datetime as dt

import pytest

from tests.factories.water import (
    AttachedContractFactory,
    CodeBatchFactory,
    DeliveryPointFactory,
    MeterFactory,
    WaterContractFactory,
    readings,
)
from water.models import WaterContract

pytestmark = pytest.mark.django_db
BASE = "/admin/snippets/water/"
CONTRACTS = f"{BASE}watercontract/"
LISTS = ["watercontract", "coderequest", "codebatch", "deliverypoint", "meter", "meterreading"]


@pytest.mark.parametrize("name", LISTS)
def test_the_clerk_reads_every_list(client, staff, name):
    staff("Gestionnaire de données")
    assert client.get(f"{BASE}{name}/").status_code == 200


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("group", ["Communication", "Responsable enfance"])
def test_others_read_none(client, staff, name, group):
    staff(group)
    assert client.get(f"{BASE}{name}/").status_code == 302


def test_a_resident_does_not_enter(client, login, alice):
    assert login(alice).get(CONTRACTS).status_code == 403


@pytest.mark.parametrize("page", ["add/", "edit/{pk}/", "delete/{pk}/"])
def test_not_even_an_administrator_edits_by_hand(client, staff, page):
    contract = WaterContractFactory()
    staff("Administrateur", is_superuser=True)
    url = CONTRACTS + page.format(pk=contract.pk)
    assert client.get(url).status_code == 302
    client.post(url, {"reference": "HACKED"})
    assert list(WaterContract.objects.values_list("reference", flat=True)) == [contract.reference]


def test_contracts_are_searched_by_reference_holder_address_and_meter(client, staff):
    place = DeliveryPointFactory(address="9 chemin du Moulin")
    WaterContractFactory(reference="WANTED", holder_name="Odette Ferrand", delivery_point=place)
    WaterContractFactory(reference="OTHER", holder_name="Paul Petit")
    MeterFactory(serial_number="X77", delivery_point=place)
    staff("Gestionnaire de données")
    for text in ("WANT", "ferrand", "moulin", "X77"):
        page = client.get(CONTRACTS, {"q": text}).content.decode()
        assert "WANTED" in page and "OTHER" not in page, text


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"attached": "yes"}, {"ATTACHED"}),
        ({"attached": "no"}, {"CODED", "PLAIN", "ENDED"}),
        ({"attached": "no_code"}, {"PLAIN"}),
        ({"running": "no"}, {"ENDED"}),
    ],
)
def test_contracts_are_filtered(client, staff, query, expected):
    AttachedContractFactory(reference="ATTACHED")
    WaterContractFactory(reference="CODED", code="ACDEF34679")
    WaterContractFactory(reference="PLAIN")
    WaterContractFactory(reference="ENDED", terminated_on=dt.date(2026, 1, 1))
    staff("Gestionnaire de données")
    found = {row.reference for row in client.get(CONTRACTS, query).context["object_list"]}
    assert found == expected


def test_the_sheet_of_a_contract_shows_its_readings_and_codes_never_a_code(client, staff):
    contract = WaterContractFactory(reference="00004512", code="ACDEF34679", subscribed_on=dt.date(2024, 1, 1))
    meter = MeterFactory(delivery_point=contract.delivery_point)
    readings(meter, (dt.date(2024, 1, 1), "99990"), (dt.date(2024, 7, 1), "15"))
    staff("Régisseur")
    page = client.get(f"{CONTRACTS}inspect/{contract.pk}/").content.decode()
    assert "25\u00a0m³ (retour à zéro)" in page
    assert "valable" in page
    assert "ACDEF" not in page and contract.codes.get().digest not in page
    assert "Émettre un nouveau code" not in page


def test_the_sheets_of_a_place_and_of_a_meter(client, staff):
    contract = WaterContractFactory(reference="00004512")
    meter = MeterFactory(delivery_point=contract.delivery_point, serial_number="X77")
    readings(meter, (dt.date(2024, 1, 1), "12"))
    staff("Instructeur")
    assert "X77" in client.get(f"{BASE}deliverypoint/inspect/{contract.delivery_point_id}/").content.decode()
    assert "12\u00a0m³" in client.get(f"{BASE}meter/inspect/{meter.pk}/").content.decode()


@pytest.mark.parametrize(
    "name, make",
    [
        ("watercontract", lambda: AttachedContractFactory()),
        ("codebatch", lambda: CodeBatchFactory()),
        ("deliverypoint", lambda: DeliveryPointFactory()),
        ("meter", lambda: MeterFactory()),
        ("meterreading", lambda: readings(MeterFactory(), (dt.date(2026, 1, 1), "1"))),
    ],
)
def test_each_list_costs_the_same_with_one_and_three_rows(client, staff, sql_count, name, make):
    staff("Gestionnaire de données")
    make()
    url = f"{BASE}{name}/"
    client.get(url)
    one = sql_count(lambda: client.get(url))
    make()
    make()
    assert sql_count(lambda: client.get(url)) == one

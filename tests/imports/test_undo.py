"""Undo gives back what was there, keeps what changed or served since, and lists it."""

from decimal import Decimal

import pytest
from django.utils import timezone

from billing.models import Invoice
from imports import services
from imports.enums import BatchState, UndoState
from imports.queries import kept_rows
from tests.factories.accounts import ProfileFactory
from tests.factories.imports import (
    INVOICES,
    READINGS,
    SUBSCRIBERS,
    applied,
    clerk,
    csv_file,
    invoice,
    snapshot,
    subscriber,
    undone,
)
from tests.factories.water import ActivationCodeFactory, MeterReadingFactory, WaterContractFactory
from water.models import ActivationCode, DeliveryPoint, Meter, MeterReading, WaterContract

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db):
    return clerk()


def kept(batch):
    return [(row["number"], row["reason"]) for row in kept_rows(batch)]


def test_undo_takes_back_what_was_created(by):
    batch = undone(by, applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2)])))
    assert (batch.state, batch.undone_by, batch.counts["kept"]) == (BatchState.UNDONE, by, 0)
    for model in (WaterContract, DeliveryPoint, Meter, MeterReading):
        assert not model.objects.exists(), model


def test_undo_gives_back_the_old_values_cell_by_cell(by):
    header = [*SUBSCRIBERS, "Code d’activation"]
    applied(by, "subscribers", csv_file(header, [[*subscriber(1), "A7KQ4MWX9D"], [*subscriber(2), ""]]))
    before = snapshot()
    newer = [
        [*subscriber(1, town="Ailleurs", holder="NOUVEAU Nom", index="150", services="Eau"), "T6HN3RPC7E"],
        [*subscriber(2, read_on="12/10/2026", index="333"), "ZZZZ99999"],
        [*subscriber(3), ""],
    ]
    batch = applied(by, "subscribers", csv_file(header, newer))
    assert snapshot() != before
    undone(by, batch)
    assert snapshot() == before


def test_undo_of_a_moved_contract_frees_the_new_point(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1, meter="", index="", read_on="")]))
    before = snapshot()
    header = [*SUBSCRIBERS, "Référence du point de livraison"]
    batch = applied(by, "subscribers", csv_file(header, [[*subscriber(1, meter="", index="", read_on=""), "PDL9"]]))
    assert WaterContract.objects.get().delivery_point.reference == "PDL9"
    undone(by, batch)
    assert snapshot() == before


def test_undo_keeps_a_row_whose_record_changed_since(by):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2)]))
    DeliveryPoint.objects.filter(reference="00000001").update(address="2 rue d’Ailleurs")
    batch = undone(by, batch)
    assert batch.counts["kept"] == 1
    [(number, reason)] = kept(batch)
    assert number == 2
    assert reason.startswith("Modifié depuis : point de livraison 2 rue d’Ailleurs")
    # A row is kept wholly: half a subscriber helps nobody.
    assert (WaterContract.objects.count(), Meter.objects.count(), MeterReading.objects.count()) == (1, 1, 1)


def test_undo_keeps_a_contract_attached_since(by):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2)]))
    WaterContract.objects.filter(reference="00000001").update(profile=ProfileFactory(), attached_at=timezone.now())
    batch = undone(by, batch)
    assert kept(batch) == [(2, "Ce contrat a été rattaché au compte d’un habitant.")]
    assert WaterContract.objects.get().reference == "00000001"


def test_undo_keeps_a_meter_read_since_and_a_contract_coded_since(by):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2), subscriber(3)]))
    MeterReadingFactory(meter=Meter.objects.get(serial_number="C20FA000001"), index=Decimal(900))
    ActivationCodeFactory(contract=WaterContract.objects.get(reference="00000002"))
    batch = undone(by, batch)
    assert [(number, reason[:38]) for number, reason in kept(batch)] == [
        (2, "Utilisé depuis : compteur C20FA000001 "),
        (3, "Utilisé depuis : contrat d’abonnement "),
    ]
    assert set(WaterContract.objects.values_list("reference", flat=True)) == {"00000001", "00000002"}


def test_undo_keeps_what_another_kept_row_needs(by):
    header = [*SUBSCRIBERS, "Référence du point de livraison"]
    rows = [
        [*subscriber(1, address="1 place du Puits", meter="", index="", read_on=""), "PDL1"],
        [*subscriber(2, address="1 place du Puits", meter="", index="", read_on=""), "PDL1"],
    ]
    batch = applied(by, "subscribers", csv_file(header, rows))
    WaterContract.objects.filter(reference="00000002").update(profile=ProfileFactory(), attached_at=timezone.now())
    batch = undone(by, batch)
    assert [number for number, _reason in kept(batch)] == [2, 3]
    assert DeliveryPoint.objects.get().reference == "PDL1"


def test_undo_of_readings_and_invoices(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    before = snapshot()
    readings = applied(
        by, "readings", csv_file(READINGS, [["C20FA000001", "12/10/2025", "120"], ["C20FA000001", "1/3/2026", "130"]])
    )
    invoices = applied(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001"), invoice("F2", "00000001")]))
    Invoice.objects.filter(number="F2").update(paid_online=Decimal("10.00"))
    invoices = undone(by, invoices)
    assert kept(invoices) == [(3, "Cette facture a été payée en ligne, ou un paiement est en cours.")]
    assert Invoice.objects.get().number == "F2"
    undone(by, readings)
    assert {**snapshot(), "invoices": []} == before


def test_undo_keeps_an_invoice_with_a_payment_under_way(by):
    from tests.factories.billing import PaymentFactory

    contract = WaterContractFactory(reference="00000001", profile=ProfileFactory())
    batch = applied(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001")]))
    payment = PaymentFactory(profile=contract.profile)
    payment.allocations.create(invoice=Invoice.objects.get(number="F1"), amount=Decimal("105.50"))
    batch = undone(by, batch)
    assert [reason[:24] for _number, reason in kept(batch)] == ["Utilisé depuis : facture"]
    assert Invoice.objects.filter(number="F1").exists()


def test_undo_goes_on_chunk_by_chunk(by, monkeypatch):
    monkeypatch.setattr("imports.services.undoing.CHUNK", 2)
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(number) for number in range(1, 8)]))
    services.start_undo(by=by, batch=batch)
    services.run(batch.pk, seconds=0)  # one chunk, then the rest is queued
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done, WaterContract.objects.count()) == (BatchState.UNDOING, 2, 5)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, WaterContract.objects.count()) == (BatchState.UNDONE, 0)
    assert not batch.undo_entries.exclude(state=UndoState.UNDONE).exists()
    assert not ActivationCode.objects.exists()


def test_the_same_file_can_be_applied_again_after_undo(by):
    rows = [subscriber(1), subscriber(2)]
    first = applied(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    after = snapshot()
    undone(by, first)
    applied(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    assert snapshot() == after

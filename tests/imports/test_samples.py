"""The sample files: always the same, agreeing with each other, with the two people that the demonstration needs."""

import hashlib
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import islice

import pypdf
import pytest
from django.core.management import call_command

from imports import samples
from imports.cleaning import SERVICES, Refused, to_choice_list, to_date, to_decimal, to_int, to_phone, to_reference
from imports.reading import inspect, rows

KINDS = ("abonnes.csv", "abonnes.xlsx", "abonnes.ods", "releves.csv", "releves.xlsx", "factures.csv", "factures.xlsx")


def cells_by_label(path):
    source = inspect(path, path.name)
    for _number, cells in rows(path, source):
        yield {column.label: cells[column.position] for column in source.sheet.columns}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    found = tmp_path_factory.mktemp("samples")
    samples.write_all(found, rows=120)
    return found


def test_camille_martin():
    camille = samples.known().camille
    assert (camille.reference, camille.holder) == ("00004512", "MARTIN Camille")
    assert camille.consumptions == [38, 41, 36, 44, 47, 92, 40, 39]
    assert camille.readings[-1].read_on == date(2026, 11, 12)
    assert len(camille.invoices) == 4
    assert [(invoice.number, invoice.balance) for invoice in camille.unpaid] == [
        ("F2026-00107", Decimal("231.40")),  # the demonstration pays it online
        ("F2026-00287", Decimal("62.00")),
        ("F2026-00412", Decimal("84.20")),
    ]
    assert [invoice.due_on for invoice in camille.unpaid[1:]] == [date(2026, 11, 5), date(2026, 12, 31)]


def test_nadia_benali():
    nadia = samples.known().nadia
    assert (nadia.reference, nadia.holder) == ("00007031", "BENALI Nadia")
    assert len(nadia.invoices) == len(nadia.unpaid) == 2
    assert len(nadia.activation_code) == 10


def test_people_are_always_the_same_and_their_keys_unique():
    people = list(islice(samples.subscribers(), 3_000))
    assert people == list(islice(samples.subscribers(), 3_000))
    assert tuple(people[:2]) == tuple(samples.known())
    for key in ("reference", "meter"):
        assert len({getattr(person, key) for person in people}) == 3_000
    invoices = [invoice for person in people for invoice in person.invoices]
    assert len({invoice.number for invoice in invoices}) == len(invoices)
    assert all(
        invoice.net + invoice.vat == invoice.gross and 0 <= invoice.paid <= invoice.gross for invoice in invoices
    )
    assert all(invoice.issued_on <= invoice.due_on for invoice in invoices)
    unpaid = sum(invoice.balance > 0 for invoice in invoices)
    assert 0.1 < unpaid / len(invoices) < 0.4
    for person in people:
        indexes = [reading.index for reading in person.readings]
        assert indexes == sorted(indexes)
        assert all(reading.read_on >= person.subscribed_on for reading in person.readings)


def test_the_same_call_writes_the_same_file(tmp_path, folder):
    samples.write_all(tmp_path, rows=120)
    for name in (*KINDS, "factures.zip"):
        digests = {hashlib.sha256((where / name).read_bytes()).hexdigest() for where in (tmp_path, folder)}
        assert len(digests) == 1, name


def test_the_files_agree_with_each_other(folder):
    references, meters = set(), set()
    for row in cells_by_label(folder / "abonnes.csv"):
        references.add(to_reference(row["Réf. client"], width=8))
        meters.add(row["N° compteur"])
    for name, label, known in (
        ("releves.csv", "Réf. client", references),
        ("releves.csv", "N° compteur", meters),
        ("factures.csv", "Réf. client", references),
    ):
        strangers = set()
        for row in cells_by_label(folder / name):
            value = to_reference(row[label], width=8 if label == "Réf. client" else None)
            if value not in known:
                strangers.add(value)
        assert strangers <= {"Z99ZZ999999", "99999999"}, name


def clean(row):
    """A row of subscribers through the converters."""
    return (
        to_reference(row["Réf. client"], width=8), to_date(row["Date d’abonnement"]), to_int(row["Dernier index"]),
        to_date(row["Date de relève"]), to_choice_list(row["Services"], SERVICES), to_phone(row["Téléphone"]),
        to_int(row["Diamètre"]),
    )  # fmt: skip


@pytest.mark.parametrize("name", ["abonnes.csv", "abonnes.xlsx", "abonnes.ods"])
def test_messy_files_clean_up_to_the_same_people(folder, name):
    people = {person.reference: person for person in islice(samples.subscribers(), 120)}
    refused, found = [], []
    for row in cells_by_label(folder / name):
        try:
            found.append(clean(row))
        except Refused as error:
            refused.append(str(error))
    assert len(refused) == 2  # the third mistake, a missing reference, is for the importer to see
    by_reference = {cells[0]: cells for cells in found if cells[0]}
    assert set(by_reference) == set(people)
    for reference, (_reference, subscribed_on, index, read_on, services, phone, diameter) in by_reference.items():
        person = people[reference]
        last = person.readings[-1]
        assert (subscribed_on, index, read_on) == (person.subscribed_on, last.index, last.read_on)
        assert (tuple(services), diameter) == (person.services, person.diameter)
        assert phone.replace(" ", "") == person.phone.replace(" ", "")


def test_messy_and_clean_files_say_the_same(tmp_path):
    for write, key in ((samples.invoices_file, "N° facture"), (samples.readings_file, "N° compteur")):
        messy, tidy = write(tmp_path / "m.csv", rows=200), write(tmp_path / "c.csv", rows=200, messy=False)
        assert (tidy.records, tidy.repeats, tidy.mistakes) == (200, 0, 0)
        assert (messy.records, messy.repeats, messy.mistakes) == (200, 2, 3)
        wanted = [row[key] for row in cells_by_label(tidy.path)]
        assert len(wanted) == 200
        assert set(wanted) <= {row[key] for row in cells_by_label(messy.path)}


def test_amounts_read_back(folder):
    paid = {}
    for row in cells_by_label(folder / "factures.csv"):
        if row["Réf. client"] == "4512":
            paid[row["N° facture"]] = (
                to_decimal(row["Montant TTC"], places=2),
                to_decimal(row["Montant réglé"], places=2),
                to_date(row["Date d’échéance"]),
            )
    assert paid == {i.number: (i.gross, i.paid, i.due_on) for i in samples.known().camille.invoices}


def test_the_pdf_is_readable():
    camille = samples.known().camille
    page = pypdf.PdfReader(BytesIO(samples.invoice_pdf(camille, camille.invoices[-1])), strict=True).pages[0]
    text = page.extract_text()
    assert "Facture F2026-00412" in text and "84,20 €" in text and "Référence client : 00004512" in text


def test_the_command_writes_the_files(tmp_path, capsys):
    call_command("make_samples", rows=20, to=tmp_path / "x")
    assert set(KINDS) | {"factures.zip"} <= {path.name for path in (tmp_path / "x").iterdir()}
    assert "abonnes.csv : 20 enregistrements" in capsys.readouterr().out

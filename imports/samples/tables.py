"""The three tables that old software exports: what a row holds, before the file's own way to write it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from .people import subscribers

AUTHORITY = "Pays de Garance"
EDITED_ON = date(2026, 11, 16)
_SUBSCRIBERS = (
    "Réf. client", "Nom de l’abonné", "Adresse de desserte", "Code postal", "Commune", "N° compteur", "Diamètre",
    "Date d’abonnement", "Services", "Code d’activation", "Dernier index", "Date de relève", "Téléphone",
)  # fmt: skip
_READINGS = ("N° compteur", "Réf. client", "Date de relève", "Index (m3)", "Origine")
_INVOICES = (
    "N° facture", "Réf. client", "Objet", "Période du", "Période au", "Date d’émission", "Date d’échéance",
    "Montant HT", "TVA", "Montant TTC", "Montant réglé",
)  # fmt: skip
_SERVICE_WORDS = {
    ("water",): ("Eau potable", "EAU", "AEP"),
    ("water", "sewerage"): ("Eau potable + Assainissement collectif", "EAU+ASS", "Eau potable / Assainissement"),
    ("water", "on_site"): ("Eau potable + Assainissement non collectif", "EAU+ANC", "AEP / ANC"),
}
_SOURCE_WORDS = {"agent": "Relève agent", "estimated": "Estimation"}


def _subscriber_rows(messy: bool) -> Iterator[list]:
    for rank, person in enumerate(subscribers()):
        last = person.readings[-1] if person.readings else None
        words = _SERVICE_WORDS[person.services]
        yield [
            person.reference, person.holder, person.address, person.postcode, person.town, person.meter,
            person.diameter, person.subscribed_on, words[rank % 3 if messy else 0], person.activation_code,
            last.index if last else None, last.read_on if last else None,
            _messy_phone(person.phone, rank) if messy else person.phone,
        ]  # fmt: skip


def _reading_rows(messy: bool) -> Iterator[list]:
    for person in subscribers():
        for reading in person.readings:
            yield [person.meter, person.reference, reading.read_on, reading.index, _SOURCE_WORDS[reading.source]]


def _invoice_rows(messy: bool) -> Iterator[list]:
    for person in subscribers():
        for bill in person.invoices:
            yield [
                bill.number, person.reference, bill.label, bill.period_start, bill.period_end, bill.issued_on,
                bill.due_on, bill.net, bill.vat, bill.gross, bill.paid,
            ]  # fmt: skip


def _messy_phone(phone: str, rank: int) -> str:
    if not phone:
        return ""
    digits = phone.replace(" ", "")
    pairs = [digits[i : i + 2] for i in range(0, 10, 2)]
    return (" ".join(pairs), ".".join(pairs), digits, f"+33 (0){digits[1:]}", "-".join(pairs), digits[1:])[rank % 6]


@dataclass(frozen=True)
class Table:
    title: str
    labels: tuple[str, ...]
    rows: Callable[[bool], Iterator[list]]
    references: tuple[int, ...]  # columns that lose their leading zeros
    total: int  # the column that old software adds up
    mistakes: tuple[Callable[[list], list], ...]


def _with(wrong: dict) -> Callable[[list], list]:
    return lambda row: [wrong.get(place, cell) for place, cell in enumerate(row)]


TABLES = {
    "subscribers": Table(
        "Liste des abonnés", _SUBSCRIBERS, _subscriber_rows, (0,), 10,
        (
            _with({0: "90000001", 5: "X90FA000001", 7: "31/02/2019"}),
            _with({0: None}),
            _with({0: "90000002", 5: "X90FA000002", 10: "illisible"}),
        ),
    ),
    "readings": Table(
        "Historique des relèves", _READINGS, _reading_rows, (1,), 3,
        (_with({0: "Z99ZZ999999"}), _with({2: "30/02/2025"}), _with({3: "12,3,4"})),
    ),
    "invoices": Table(
        "Journal des factures", _INVOICES, _invoice_rows, (1,), 9,
        (
            _with({0: "F2026-90001", 1: "99999999"}),
            _with({0: "F2026-90002", 9: "à revoir"}),
            _with({0: "F2026-90003", 6: "31/06/2026"}),
        ),
    ),
}  # fmt: skip


@dataclass
class Sample:
    """A file that was written: its path and what it holds, for those who check what becomes of it.

    `records` counts the good records, `repeats` those that are written a second time, `mistakes` the rows to refuse.
    """

    path: Path
    records: int = 0
    repeats: int = 0
    mistakes: int = 0


_MISTAKES = (7, 30, 55)  # after these rows comes one that must be refused


def lines(table: Table, rows: int, messy: bool, sample: Sample) -> Iterator[list]:
    """The rows of a file, in the order of the file: `None` cells are blank, [] is a blank row."""
    if messy:
        yield [f"{AUTHORITY.upper()} – RÉGIE DES EAUX"]
        yield [f"{table.title} au {EDITED_ON:%d/%m/%Y}"]
        yield []
    yield list(table.labels)
    sum_ = 0
    for rank, row in enumerate(islice(table.rows(messy), rows)):
        sample.records += 1
        sum_ += row[table.total] or 0
        yield row
        if messy and rows > 20:
            if rank % 97 == 40:
                yield []
            if rank in (11, 70):
                sample.repeats += 1
                yield row
            if rank in _MISTAKES:
                sample.mistakes += 1
                yield table.mistakes[_MISTAKES.index(rank)](row)
            if rank == 99:
                yield list(table.labels)  # the header, printed again at the top of each page
    if messy:
        yield []
        total = ["TOTAL GÉNÉRAL", f"{sample.records} lignes", *[None] * (len(table.labels) - 2)]
        total[table.total] = sum_
        yield total
        yield [f"Édité le {EDITED_ON:%d/%m/%Y} par GESTEAU v4.2"]

"""Files as the old software of an invented authority, Pays de Garance, would export them: for trying, testing, timing.

Everything is invented (towns, people, streets) and always the same: the same call writes the same file. The files agree
with each other: same references, same meters, in all of them. `messy=True` adds what real exports have: title rows,
total row, blank rows, repeated header, lost leading zeros, duplicates, several ways to write a date or an amount.
"""

import csv
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count as counter
from itertools import islice
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

AUTHORITY = "Pays de Garance"
EDITED_ON = date(2026, 11, 16)
TOWNS = (
    ("00000", "Garance-sur-Lierre"), ("00110", "Octon-le-Vieux"), ("00120", "Saint-Amans"), ("00130", "La Vernède"),
    ("00140", "Brissac-Haut"), ("00150", "Les Mazes-d’Orbe"), ("00160", "Fontclaire"),
)  # fmt: skip
_STREETS = (
    "rue du Lavoir", "rue des Tanneurs", "place de la Halle", "chemin des Oliviers", "impasse du Four",
    "route d’Octon", "avenue de la Gare", "rue de l’Église", "chemin du Moulin", "rue Basse", "montée du Château",
    "allée des Micocouliers", "rue de la Fontaine", "quai de la Lierre", "lotissement Les Genêts",
    "rue du 11-Novembre",
)  # fmt: skip
_SURNAMES = (
    "BERNARD", "THOMAS", "PETIT", "ROBERT", "DURAND", "MOREAU", "LEFÈVRE", "GARCIA", "FOURNIER", "GIRARD", "ANDRÉ",
    "MERCIER", "DUPONT", "LAMBERT", "BONNET", "FRANÇOIS", "MARTINEZ", "LEGRAND", "GARNIER", "FAURE", "ROUSSEL",
    "BLANC", "GUÉRIN", "MULLER", "ROY", "NOËL", "GAUTIER", "D’ALMEIDA", "PELLETIER", "HADDAD", "NGUYEN", "LE GOFF",
    "CASTAN", "VIDAL-ROQUE", "ŒUVRARD",
)  # fmt: skip
_FIRST_NAMES = (
    "Anne", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Jérôme", "Karima", "Loïc",
    "Maëlle", "Nicolas", "Odile", "Pascal", "Quentin", "Rachel", "Sylvie", "Théo", "Ursule", "Valérie", "Xavier",
    "Yasmine", "Zoé", "Jean-Marc",
)  # fmt: skip
_BODIES = (
    "SCI des Micocouliers", "Mairie de {town}", "GAEC du Moulin", "SARL Boulangerie Centrale",
    "Copropriété Les Genêts", "Association sportive de {town}", "Cave coopérative de {town}",
)  # fmt: skip
_CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
_READ_ON = (
    date(2022, 12, 12), date(2023, 6, 12), date(2023, 12, 11), date(2024, 6, 10), date(2024, 12, 9), date(2025, 6, 11),
    date(2025, 12, 10), date(2026, 6, 10), date(2026, 11, 12),
)  # fmt: skip
_PHONES = ("046571", "063998")  # ranges that no telephone has: they are kept for fiction
_HALVES = ("1er semestre", "2e semestre")


@dataclass(frozen=True)
class Reading:
    """A figure of a meter on a date; `source` is "agent" or "estimated"."""

    read_on: date
    index: int
    source: str = "agent"


@dataclass(frozen=True)
class Invoice:
    """An invoice as the old software knows it."""

    number: str
    label: str
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    paid: Decimal

    @property
    def balance(self) -> Decimal:
        """What is still to pay."""
        return self.gross - self.paid


@dataclass(frozen=True)
class Subscriber:
    """A subscriber with their meter, readings and invoices."""

    reference: str
    holder: str
    address: str
    postcode: str
    town: str
    meter: str
    diameter: int
    subscribed_on: date
    services: tuple[str, ...]
    activation_code: str = ""
    phone: str = ""
    readings: tuple[Reading, ...] = ()
    billed: tuple[Invoice, ...] = ()
    rank: int = -1  # of those who are not known; decides the invoices

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """The invoices of the last four half-years, computed when asked: a file of readings needs none."""
        return self.billed or tuple(_invoices(self))

    @property
    def consumptions(self) -> list[int]:
        """m³ between two readings, oldest first."""
        indexes = [reading.index for reading in self.readings]
        return [after - before for before, after in zip(indexes, indexes[1:], strict=False)]

    @property
    def unpaid(self) -> list[Invoice]:
        """The invoices with something left to pay."""
        return [invoice for invoice in self.invoices if invoice.balance > 0]


@dataclass(frozen=True)
class Known:
    """The two subscribers that the demonstration and the tests rely on; they come first in every file."""

    camille: Subscriber
    nadia: Subscriber

    def __iter__(self) -> Iterator[Subscriber]:
        return iter((self.camille, self.nadia))


@dataclass
class Sample:
    """A file that was written: its path and what it holds, for those who check what becomes of it.

    `records` counts the good records, `repeats` those that are written a second time, `mistakes` the rows to refuse.
    """

    path: Path
    records: int = 0
    repeats: int = 0
    mistakes: int = 0


def known() -> Known:
    """Camille Martin (in the demonstration: attached, one invoice paid online, 2 to pay), Nadia Benali (not attached, 2 to pay)."""
    camille = Subscriber(
        reference="00004512",
        holder="MARTIN Camille",
        address="12 rue du Lavoir",
        postcode="00000",
        town="Garance-sur-Lierre",
        meter="C19FA004512",
        diameter=15,
        subscribed_on=date(2019, 9, 2),
        services=("water", "sewerage"),
        activation_code="A7KQ4MWX9D",
        phone="04 65 71 45 12",
        readings=_readings(412, (38, 41, 36, 44, 47, 92, 40, 39)),
        billed=(
            _invoice("F2025-00388", 2025, 0, date(2025, 7, 3), date(2025, 9, 30), "118.42", paid="118.42"),
            _invoice("F2026-00107", 2025, 1, date(2026, 1, 8), date(2026, 3, 31), "231.40"),
            _invoice("F2026-00287", 2026, 0, date(2026, 9, 28), date(2026, 11, 5), "62.00", domain="Assainissement"),
            _invoice("F2026-00412", 2026, 0, date(2026, 11, 16), date(2026, 12, 31), "84.20"),
        ),
    )
    nadia = Subscriber(
        reference="00007031",
        holder="BENALI Nadia",
        address="3 chemin des Oliviers",
        postcode="00110",
        town="Octon-le-Vieux",
        meter="D21FB007031",
        diameter=15,
        subscribed_on=date(2021, 4, 15),
        services=("water", "sewerage"),
        activation_code="T6HN3RPC7E",
        phone="06 39 98 70 31",
        readings=_readings(188, (29, 33, 31, 30, 34, 36, 32, 35)),
        billed=(
            _invoice("F2026-00288", 2026, 0, date(2026, 9, 28), date(2026, 11, 5), "48.60", domain="Assainissement"),
            _invoice("F2026-00413", 2026, 0, date(2026, 11, 16), date(2026, 12, 31), "71.35"),
        ),
    )
    return Known(camille, nadia)


def subscribers() -> Iterator[Subscriber]:
    """Subscribers without end, the two known ones first; the n-th is always the same person."""
    yield from known()
    for rank in counter():
        yield _subscriber(rank)


def _subscriber(rank: int) -> Subscriber:
    draw = Random(20_261_116 + rank)
    pick = draw.random
    postcode, town = TOWNS[int(pick() * pick() * len(TOWNS))]
    if pick() < 0.06:
        holder = _BODIES[int(pick() * len(_BODIES))].format(town=town)
    else:
        holder = f"{_SURNAMES[int(pick() * len(_SURNAMES))]} {_FIRST_NAMES[int(pick() * len(_FIRST_NAMES))]}"
    suffix = " bis" if pick() < 0.05 else ""
    address = f"{1 + int(pick() * 90)}{suffix} {_STREETS[int(pick() * len(_STREETS))]}"
    year = 1994 + int(pick() * 32)
    subscribed_on = date(year, 1, 1) + timedelta(days=int(pick() * 364))
    services = ("water", "sewerage") if (kind := pick()) < 0.72 else ("water", "on_site") if kind < 0.86 else ("water",)
    usual = 12 + int(pick() * 70)
    readings = _readings(
        int(pick() * 1800), [max(0, int(usual * (0.75 + 0.5 * pick()))) for _half in range(len(_READ_ON) - 1)], pick
    )
    readings = tuple(reading for reading in readings if reading.read_on >= subscribed_on)
    return Subscriber(
        reference=f"{1003 + 37 * rank:08d}",
        holder=holder,
        address=address,
        postcode=postcode,
        town=town,
        meter=f"{'CDEG'[int(pick() * 4)]}{max(year, 2008) % 100:02d}F{'AB'[int(pick() * 2)]}{100_000 + rank:06d}",
        diameter=15 if pick() < 0.88 else 20 if pick() < 0.7 else 40,
        subscribed_on=subscribed_on,
        services=services,
        activation_code="".join(draw.choices(_CODE_ALPHABET, k=10)) if pick() < 0.25 else "",
        phone=f"{_PHONES[int(pick() * 2)]}{rank % 10_000:04d}" if pick() < 0.8 else "",
        readings=readings,
        rank=rank,
    )


def _readings(first: int, consumptions: Iterable[int], pick: Callable[[], float] | None = None) -> tuple[Reading, ...]:
    found, index = [Reading(_READ_ON[0], first)], first
    for read_on, volume in zip(_READ_ON[1:], consumptions, strict=True):
        index += volume
        found.append(Reading(read_on, index, "estimated" if pick and pick() < 0.08 else "agent"))
    return tuple(found)


def _invoices(person: Subscriber) -> Iterator[Invoice]:
    """Four half-years; nearly all is paid but the last one, which has just been issued."""
    pick = Random(77_000_000 + person.rank).random
    used = dict(zip([reading.read_on for reading in person.readings][1:], person.consumptions, strict=False))
    price = Decimal("2.12") + (Decimal("1.48") if "sewerage" in person.services else 0)
    schedule = (
        (2024, 1, _READ_ON[4], date(2025, 1, 9), date(2025, 3, 31), 0.99),
        (2025, 0, _READ_ON[5], date(2025, 7, 3), date(2025, 9, 30), 0.98),
        (2025, 1, _READ_ON[6], date(2026, 1, 8), date(2026, 3, 31), 0.95),
        (2026, 0, _READ_ON[7], date(2026, 11, 16), date(2026, 12, 31), 0.25),
    )
    for year, half, read_on, issued_on, due_on, chance in schedule:
        chosen, part = pick(), pick()
        if read_on not in used:
            continue
        number = f"F{issued_on.year}-{1000 + 2 * person.rank + (issued_on.month > 6):05d}"
        gross = (Decimal("21.50") + used[read_on] * price).quantize(Decimal("0.01"))
        paid = gross if chosen < chance else (gross / 2).quantize(Decimal("0.01")) if part < 0.1 else Decimal(0)
        yield _invoice(number, year, half, issued_on, due_on, gross, paid=paid)


def _invoice(number, year, half, issued_on, due_on, gross, *, paid="0", domain="Eau") -> Invoice:
    gross = Decimal(gross)
    rate = Decimal("1.10") if domain == "Assainissement" else Decimal("1.055")
    net = (gross / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Invoice(
        number=number,
        label=f"{domain}, {_HALVES[half]} {year}",
        period_start=date(year, 7 if half else 1, 1),
        period_end=date(year, 12, 31) if half else date(year, 6, 30),
        issued_on=issued_on,
        due_on=due_on,
        net=net,
        vat=gross - net,
        gross=gross,
        paid=Decimal(paid),
    )


# --- The three tables: what a row holds, before the file's own way to write it ---

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
class _Table:
    title: str
    labels: tuple[str, ...]
    rows: Callable[[bool], Iterator[list]]
    references: tuple[int, ...]  # columns that lose their leading zeros
    total: int  # the column that old software adds up
    mistakes: tuple[Callable[[list], list], ...]


def _with(wrong: dict) -> Callable[[list], list]:
    return lambda row: [wrong.get(place, cell) for place, cell in enumerate(row)]


_TABLES = {
    "subscribers": _Table(
        "Liste des abonnés", _SUBSCRIBERS, _subscriber_rows, (0,), 10,
        (
            _with({0: "90000001", 5: "X90FA000001", 7: "31/02/2019"}),
            _with({0: None}),
            _with({0: "90000002", 5: "X90FA000002", 10: "illisible"}),
        ),
    ),
    "readings": _Table(
        "Historique des relèves", _READINGS, _reading_rows, (1,), 3,
        (_with({0: "Z99ZZ999999"}), _with({2: "30/02/2025"}), _with({3: "12,3,4"})),
    ),
    "invoices": _Table(
        "Journal des factures", _INVOICES, _invoice_rows, (1,), 9,
        (
            _with({0: "F2026-90001", 1: "99999999"}),
            _with({0: "F2026-90002", 9: "à revoir"}),
            _with({0: "F2026-90003", 6: "31/06/2026"}),
        ),
    ),
}  # fmt: skip


# --- Writing ---


def subscribers_file(path: Path, *, rows: int = 240, messy: bool = True) -> Sample:
    """Writes the subscribers. The extension of `path` says the format: .csv, .xlsx, .ods, or .xls (needs xlwt)."""
    return _write(_TABLES["subscribers"], Path(path), rows, messy)


def readings_file(path: Path, *, rows: int = 2000, messy: bool = True) -> Sample:
    """Writes the readings of the meters, about nine for each; `rows` counts readings."""
    return _write(_TABLES["readings"], Path(path), rows, messy)


def invoices_file(path: Path, *, rows: int = 800, messy: bool = True) -> Sample:
    """Writes the invoices, about four a subscriber; `rows` counts invoices."""
    return _write(_TABLES["invoices"], Path(path), rows, messy)


def invoices_archive(path: Path, *, rows: int = 40) -> Sample:
    """Writes a ZIP with the PDFs of the first `rows` invoices, named by number, in a folder as Windows makes them."""
    path = Path(path)
    found = ((person, invoice) for person in subscribers() for invoice in person.invoices)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for person, invoice in islice(found, rows):
            archive.writestr(_entry(f"Factures/{invoice.number}.pdf"), invoice_pdf(person, invoice))
    return Sample(path, rows)


def write_all(folder: Path, *, rows: int = 240, messy: bool = True) -> list[Sample]:
    """Writes every sample file in a folder, for `rows` subscribers: each kind in each format, and the PDFs."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    people = list(islice(subscribers(), rows))
    readings = sum(len(person.readings) for person in people)
    invoices = sum(len(person.invoices) for person in people)
    written = [subscribers_file(folder / f"abonnes.{kind}", rows=rows, messy=messy) for kind in ("csv", "xlsx", "ods")]
    with suppress(ImportError):  # xlwt is there only in development
        written.append(subscribers_file(folder / "abonnes.xls", rows=min(rows, 60_000), messy=messy))
    written += [readings_file(folder / f"releves.{kind}", rows=readings, messy=messy) for kind in ("csv", "xlsx")]
    written += [invoices_file(folder / f"factures.{kind}", rows=invoices, messy=messy) for kind in ("csv", "xlsx")]
    written.append(invoices_archive(folder / "factures.zip", rows=min(invoices, 60)))
    return written


def _write(table: _Table, path: Path, rows: int, messy: bool) -> Sample:
    sample = Sample(path)
    lines = _lines(table, rows, messy, sample)
    writer = {".csv": _csv, ".xlsx": _xlsx, ".ods": _ods, ".xls": _xls}[path.suffix]
    writer(table, path, lines, messy)
    return sample


_MISTAKES = (7, 30, 55)  # after these rows comes one that must be refused


def _lines(table: _Table, rows: int, messy: bool, sample: Sample) -> Iterator[list]:
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


def _csv(table: _Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    """Windows-1252 and `;` when messy, UTF-8 with its mark otherwise."""
    encoding = "cp1252" if messy else "utf-8-sig"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=";")
        for rank, line in enumerate(lines):
            line = line if line or not messy else [None] * len(table.labels)
            writer.writerow(
                [_csv_cell(cell, rank, messy, place in table.references) for place, cell in enumerate(line)]
            )


def _csv_cell(cell, rank: int, messy: bool, reference: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        if not messy:
            return cell.isoformat()
        return f"{cell:%d/%m/%y}" if rank % 5 == 3 else f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        if not messy:
            return f"{cell:.2f}".replace(".", ",")
        text = f"{cell:,.2f}".replace(",", "\xa0").replace(".", ",")
        return f"{text} €" if rank % 3 == 0 else text
    if isinstance(cell, int) and messy:
        return f"{cell:,}".replace(",", "\xa0" if rank % 2 else " ")
    text = str(cell)
    return text.lstrip("0") if reference and messy and text.isdigit() else text


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XLSX_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_TYPE}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
    ),
    # The formats of a cell: general, date, money.
    "xl/styles.xml": (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/></border></borders>'
        '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="14" applyNumberFormat="1"/>'
        '<xf numFmtId="4" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    ),
}
_EXCEL_DAY_0 = date(1899, 12, 30)


def _xlsx(table: _Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    """References are numbers and the title is merged when messy; dates are Excel's. Written row by row."""
    letters = [chr(65 + place) for place in range(len(table.labels))]
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(table.title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in {**_XLSX_PARTS, "xl/workbook.xml": book}.items():
            archive.writestr(_entry(name), f"{_XML}{xml}")
        with archive.open(_entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as file:
            file.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, line in enumerate(lines, 1):
                cells = "".join(
                    _xlsx_cell(_number(cell, messy and place in table.references), f"{letters[place]}{number}")
                    for place, cell in enumerate(line)
                )
                file.write(f'<row r="{number}">{cells}</row>'.encode())
            merge = f'<mergeCells count="1"><mergeCell ref="A1:{letters[-1]}1"/></mergeCells>' if messy else ""
            file.write(f"</sheetData>{merge}</worksheet>".encode())


def _xlsx_cell(cell, place: str) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, date):
        return f'<c r="{place}" s="1"><v>{(cell - _EXCEL_DAY_0).days}</v></c>'
    if isinstance(cell, float):
        return f'<c r="{place}" s="2"><v>{cell}</v></c>'
    if isinstance(cell, int):
        return f'<c r="{place}"><v>{cell}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'


def _entry(name: str) -> zipfile.ZipInfo:
    """A member with a fixed date, so that the same call writes the same bytes."""
    entry = zipfile.ZipInfo(name, (2026, 11, 16, 8, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _xls(table: _Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet(table.title)
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, line in enumerate(lines):
        for place, cell in enumerate(line):
            if cell is None:
                continue
            value = _number(cell, messy and place in table.references)
            if isinstance(value, date):
                sheet.write(number, place, value, day)
            else:
                sheet.write(number, place, value)
    book.save(str(path))


def _number(cell, reference: bool):
    if reference and isinstance(cell, str) and cell.isdigit():
        return int(cell)
    return float(cell) if isinstance(cell, Decimal) else cell


_ODS_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
    'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)
_ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="{}">'
)
_ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def _ods(table: _Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    """Written row by row: libraries for this format hold the whole document in memory."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        mimetype = _entry("mimetype")
        mimetype.compress_type = zipfile.ZIP_STORED
        archive.writestr(mimetype, "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(_entry("META-INF/manifest.xml"), _ODS_MANIFEST)
        with archive.open(_entry("content.xml"), "w", force_zip64=True) as file:
            file.write(_ODS_START.format(escape(table.title)).encode())
            for line in lines:
                cells = (
                    _ods_cell(_number(cell, messy and place in table.references)) for place, cell in enumerate(line)
                )
                row = "".join(cells) or "<table:table-cell/>"
                file.write(f"<table:table-row>{row}</table:table-row>".encode())
            file.write(_ODS_END.encode())


def _ods_cell(cell) -> str:
    if cell is None or cell == "":
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return (
            f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}">'
            f"<text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>"
        )
    if isinstance(cell, int | float):
        kind = f'office:value-type="float" office:value="{cell}"'
        return f"<table:table-cell {kind}><text:p>{cell}</text:p></table:table-cell>"
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(cell))}</text:p></table:table-cell>'


def invoice_pdf(person: Subscriber, invoice: Invoice) -> bytes:
    """A one-page PDF, made by hand: a thousand of them take a fraction of a second."""
    amounts = [("Montant HT", invoice.net), ("TVA", invoice.vat), ("Montant TTC", invoice.gross)]
    text = [
        (18, AUTHORITY), (14, f"Facture {invoice.number}"), (11, invoice.label), (11, ""),
        (11, f"Référence client : {person.reference}"), (11, person.holder),
        (11, f"{person.address}, {person.postcode} {person.town}"), (11, ""),
        (11, f"Émise le {invoice.issued_on:%d/%m/%Y}, à payer avant le {invoice.due_on:%d/%m/%Y}"),
        *((11, f"{label} : {amount:.2f} €".replace(".", ",")) for label, amount in amounts),
    ]  # fmt: skip
    drawn = ["BT 56 780 Td"]
    for size, line in text:
        encoded = line.encode("cp1252", "replace").hex()
        drawn.append(f"/F1 {size} Tf <{encoded}> Tj 0 -{size + 9} Td")
    stream = "\n".join([*drawn, "ET"]).encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (fr-FR) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)

"""Files as the old software of an invented authority, Pays de Garance, would export them: for trying, testing, timing.

Everything is invented (towns, people, streets) and always the same: the same call writes the same file. The files agree
with each other: same references, same meters, in all of them. `messy=True` adds what real exports have: title rows,
total row, blank rows, repeated header, lost leading zeros, duplicates, several ways to write a date or an amount.
"""

from contextlib import suppress
from itertools import islice
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from . import writers
from .people import Invoice, Known, Reading, Subscriber, known, subscribers
from .tables import TABLES, Sample, Table, lines
from .writers import invoice_pdf

__all__ = [
    "Invoice", "Known", "Reading", "Sample", "Subscriber", "invoice_pdf", "invoices_archive", "invoices_file", "known",
    "readings_file", "subscribers", "subscribers_file", "write_all",
]  # fmt: skip


def subscribers_file(path: Path, *, rows: int = 240, messy: bool = True) -> Sample:
    """Writes the subscribers. The extension of `path` says the format: .csv, .xlsx, .ods, or .xls (needs xlwt)."""
    return _write(TABLES["subscribers"], Path(path), rows, messy)


def readings_file(path: Path, *, rows: int = 2000, messy: bool = True) -> Sample:
    """Writes the readings of the meters, about nine for each; `rows` counts readings."""
    return _write(TABLES["readings"], Path(path), rows, messy)


def invoices_file(path: Path, *, rows: int = 800, messy: bool = True) -> Sample:
    """Writes the invoices, about four a subscriber; `rows` counts invoices."""
    return _write(TABLES["invoices"], Path(path), rows, messy)


def invoices_archive(path: Path, *, rows: int = 40) -> Sample:
    """Writes a ZIP with the PDFs of the first `rows` invoices, named by number, in a folder as Windows makes them."""
    path = Path(path)
    found = ((person, invoice) for person in subscribers() for invoice in person.invoices)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for person, invoice in islice(found, rows):
            archive.writestr(writers.entry(f"Factures/{invoice.number}.pdf"), invoice_pdf(person, invoice))
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


def _write(table: Table, path: Path, rows: int, messy: bool) -> Sample:
    sample = Sample(path)
    write = {".csv": writers.csv_file, ".xlsx": writers.xlsx_file, ".ods": writers.ods_file, ".xls": writers.xls_file}
    write[path.suffix](table, path, lines(table, rows, messy, sample), messy)
    return sample

"""Reads the spreadsheets that old software exports: CSV, XLSX, XLS and ODS, as they come.

`inspect` says what a file is and where its table stands, or raises `Unreadable` with a sentence for the clerk; `rows`
gives its records one by one; `match_columns` says which column holds which field. No database, no Django.
Formulas are never evaluated: the value that the spreadsheet last computed is read.
"""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from . import limits, text, workbook
from .container import Container
from .detect import detect
from .errors import Unreadable
from .layout import Row, find_table, records
from .matching import CERTAIN, Field, Match, match_columns, shape
from .model import Cell, Column, Sheet, Source
from .normalise import normalise

__all__ = [
    "CERTAIN", "Cell", "Column", "Field", "Match", "Row", "Sheet", "Source", "Unreadable",
    "inspect", "limits", "match_columns", "normalise", "rows", "shape",
]  # fmt: skip

_NO_TABLE = (
    "Aucun tableau n’a été trouvé dans ce fichier. La première ligne du tableau doit porter le titre des colonnes, "
    "et au moins une ligne doit suivre."
)


def inspect(path: Path, filename: str, *, sheet: str | None = None) -> Source:
    """What a file is: its format, its sheets and their columns, and the sheet to read (the first table, or `sheet`).

    `filename` is the name under which the clerk sent it. Raises Unreadable, within two seconds for a hostile file.
    """
    path = Path(path)
    format, container = detect(path, filename)
    if format == "csv":
        return _inspect_text(path)
    sheets = [find_table(name, head) for name, head in workbook.heads(path, container)]
    tables = [found for found in sheets if found.columns]
    if sheet is not None:
        chosen = next((found for found in sheets if found.name == sheet), None)
        if chosen is None:
            raise Unreadable(f"La feuille « {sheet} » n’existe pas dans ce classeur. Choisissez une autre feuille.")
        if not chosen.columns:
            raise Unreadable(f"La feuille « {sheet} » ne contient pas de tableau. Choisissez une autre feuille.")
    elif not tables:
        raise Unreadable(_NO_TABLE)
    else:
        chosen = tables[0]
    return Source(format, tables, chosen)


def rows(path: Path, source: Source) -> Iterator[Row]:
    """The records of the sheet chosen: (row of the file as a spreadsheet numbers it, one cell a column).

    Blank rows, totals, footers and repeated headers are left out; an empty cell is None. `column.position` is the
    index of a column's cell. Streams. Raises Unreadable when the file breaks a limit further on.
    """
    path = Path(path)
    if source.format == "csv":
        found = text.records(path, source.encoding, source.delimiter)
    else:
        found = workbook.stream(path, _container(path, source.format), source.sheet.name)
    return records(_counted(found), source.sheet)


def _inspect_text(path: Path) -> Source:
    encoding = text.detect_encoding(path)
    delimiter = text.detect_delimiter(path, encoding)
    head = list(islice(text.records(path, encoding, delimiter), limits.HEAD_ROWS))
    table = find_table("", head)
    if not table.columns:
        raise Unreadable(_NO_TABLE)
    text.check_length(path, encoding, delimiter)
    return Source("csv", [table], table, encoding, delimiter)


def _container(path: Path, format: str) -> Container:
    if format == "xls":
        return Container("xls", [])
    from .container import examine

    return examine(path)


def _counted(found: Iterator[Row]) -> Iterator[Row]:
    for count, row in enumerate(found):
        if count > limits.MAX_ROWS:
            raise Unreadable(text.TOO_MANY_ROWS)
        yield row

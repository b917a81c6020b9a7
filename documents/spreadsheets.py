"""Spreadsheets that leave the portal: CSV and XLSX that French software opens as they are, formulas neutralised."""

import csv
import datetime as dt
import io
import re
import tempfile
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill

# What makes a spreadsheet read a cell as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutralised(value):
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before a text that could start one."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def to_csv(rows):
    """Yield the lines of a CSV that French spreadsheets open as it is: UTF-8 with a BOM, semicolons, decimal commas."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write("\ufeff")
    for row in rows:
        writer.writerow([_french(neutralised(cell)) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def _french(cell):
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    if hasattr(cell, "strftime"):
        return f"{cell.day:02}/{cell.month:02}/{cell.year:04}"
    return cell


def to_xlsx(rows, title):
    """Return a file, open at its beginning, that holds `rows` as a workbook; its first row is the header."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_name(title))
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = [_storable(neutralised(cell)) for cell in row]
        sheet.append([_title(sheet, cell) for cell in cells] if number == 0 else cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return file


def _sheet_name(title):
    """Return `title` as a sheet may be called: no more than 31 characters, and not those of addresses of cells."""
    words = " ".join(re.sub(r"[\[\]:*?/\\]", " ", title).split())
    return words[:31].strip("' ") or "Feuille"


def _storable(cell):
    """Return a cell that a workbook takes: no control character, no date that its calendar hasn't got."""
    if isinstance(cell, str):
        return ILLEGAL_CHARACTERS_RE.sub("", cell)
    if isinstance(cell, dt.date) and cell.year < 1900:
        return _french(cell)
    return cell


def _title(sheet, text):
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell

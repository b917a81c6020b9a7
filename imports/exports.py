"""Spreadsheets that leave: the clerk's own rows with what to correct, and the model files."""

import csv
import io
import tempfile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill

from documents.spreadsheets import neutralised

from . import reading, sources
from .enums import RowAction
from .files import local_path
from .importers import REGISTRY


def refused_rows(batch):
    """Yield the header, then the refused rows as the clerk wrote them, with an "Erreur" column at the end.

    Read from the clerk's own file: secrets are not in the database. Two streams in the order of the file, no list.
    """
    source = sources.load(batch.source)
    columns = source.sheet.columns
    yield [column.label for column in columns] + ["Erreur"]
    refused = (
        batch.rows.filter(action=RowAction.REFUSED).order_by("number").values_list("number", "errors").iterator(2_000)
    )
    with local_path(batch.file) as path:
        current = next(refused, None)
        for number, cells in reading.rows(path, source):
            while current is not None and current[0] < number:
                current = next(refused, None)
            if current is None:
                return
            if current[0] == number:
                own = [cells[column.position] if column.position < len(cells) else None for column in columns]
                yield [*own, f"Ligne {number}. " + " ".join(sentence(error) for error in current[1])]


def sentence(error):
    """Return an error of a row in one sentence: column, then what to do."""
    return f"{error['column']} : {error['text']}" if error["column"] else error["text"]


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
    if isinstance(cell, float):
        return f"{cell:.15g}".replace(".", ",")
    if hasattr(cell, "strftime"):
        return cell.strftime("%d/%m/%Y")
    return cell


def to_xlsx(rows, title):
    """Return a file, open at its beginning, that holds `rows` as a workbook; its first row is the header."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for number, row in enumerate(rows):
        cells = [neutralised(cell) for cell in row]
        sheet.append([_title(sheet, cell) for cell in cells] if number == 0 else cells)
    file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
    book.save(file)
    file.seek(0)
    return file


def _title(sheet, text):
    cell = WriteOnlyCell(sheet, value=text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="E8EEF4")
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def model_rows(kind):
    """Return the header and one example of the file that a kind expects."""
    resource = REGISTRY[kind].resource_class()
    names = [resource.get_field_name(field) for field in resource.get_export_fields()]
    return [resource.get_export_headers(), [resource.fields[name].example for name in names]]

"""Writes the rows of a table in a format, each as old software does."""

import csv
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.sax.saxutils import escape

from .people import Invoice, Subscriber
from .tables import AUTHORITY, Table


def csv_file(table: Table, path: Path, lines: Iterable[list], messy: bool) -> None:
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


def xlsx_file(table: Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    """References are numbers and the title is merged when messy; dates are Excel's. Written row by row."""
    letters = [chr(65 + place) for place in range(len(table.labels))]
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(table.title)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in {**_XLSX_PARTS, "xl/workbook.xml": book}.items():
            archive.writestr(entry(name), f"{_XML}{xml}")
        with archive.open(entry("xl/worksheets/sheet1.xml"), "w", force_zip64=True) as file:
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


def entry(name: str) -> zipfile.ZipInfo:
    """A member with a fixed date, so that the same call writes the same bytes."""
    member = zipfile.ZipInfo(name, (2026, 11, 16, 8, 0, 0))
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def xls_file(table: Table, path: Path, lines: Iterable[list], messy: bool) -> None:
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


def ods_file(table: Table, path: Path, lines: Iterable[list], messy: bool) -> None:
    """Written row by row: libraries for this format hold the whole document in memory."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        mimetype = entry("mimetype")
        mimetype.compress_type = zipfile.ZIP_STORED
        archive.writestr(mimetype, "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(entry("META-INF/manifest.xml"), _ODS_MANIFEST)
        with archive.open(entry("content.xml"), "w", force_zip64=True) as file:
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

"""Files made to harm: refused within 2 seconds and 300 MB, by a sentence that says what to do."""

import os
import struct
import zipfile

import pytest

from imports.reading import Unreadable, inspect, limits

from . import reading_files as files

HEADER = ("Référence", "Nom", "Index")
SECONDS = 2.0
MEGABYTES = 300
ROW = "<row>" + "".join(files.cell(text) for text in HEADER) + "</row>"
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "rire">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
PREDEFINED = "Ouvrez-le dans votre tableur"


def with_dtd(xml):
    start, end = xml.split("?>", 1)
    return f"{start}?>{LAUGHS}{end}"


def honest_bomb(folder):
    spaces = [b" " * 1_000_000] * 60
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, *spaces, files.SHEET_END])


def declared_bomb(folder):
    path = files.xlsx(folder / "a.xlsx", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END)
    return files.lie_about_sizes(path, "xl/worksheets/sheet1.xml", 4_000_000_000)


def lying_bomb(folder):
    spaces = [b" " * 1_000_000] * 60
    path = files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, *spaces, files.SHEET_END])
    return files.lie_about_sizes(path, "xl/worksheets/sheet1.xml", 5_000)


def patient_bomb(folder):
    """Under the limits of size and of ratio: 120 MB of blank cells, that a spreadsheet would open."""
    noise = [os.urandom(8_000).hex() for _ in range(20)]
    rows = [f"<row>{files.cell(text * 2)}{'<c/>' * 60_000}</row>" for text in noise]
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, *rows * 20, files.SHEET_END])


def many_members(folder):
    return files.xlsx(folder / "a.xlsx", members={f"xl/media/{i}.xml": "<a/>" for i in range(5_000)})


def ods_bomb(folder):
    return files.ods(folder / "a.ods", table=[b" " * 1_000_000] * 60)


def shared_strings_bomb(folder):
    strings = [f'<sst xmlns="{files.MAIN}">', *["<si><t>aaaaaaaaaaaaaaaaaaaaaaaa</t></si>" * 20_000] * 200, "</sst>"]
    relation = f'<Relationship Id="rId2" Type="{files.REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    rels = files.BOOK_RELS.replace("</Relationships>", relation)
    return files.xlsx(
        folder / "a.xlsx",
        sheet=files.SHEET_START + ROW * 2 + files.SHEET_END,
        members={"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": rels},
    )


@pytest.mark.parametrize(
    "build",
    [honest_bomb, declared_bomb, lying_bomb, many_members, ods_bomb, shared_strings_bomb],
    ids=lambda f: f.__name__,
)
def test_zip_bomb_is_refused(tmp_path, build):
    found = files.measure(build(tmp_path))
    assert found["said"] and ("démesuré" in found["said"] or "abîmé" in found["said"]), found
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def test_a_patient_bomb_costs_little(tmp_path):
    found = files.measure(patient_bomb(tmp_path))
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def macro_workbook(folder):
    return files.xlsx(folder / "a.xlsx", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END, members={
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})  # fmt: skip


def macro_type(folder):
    types = files.TYPES.replace(
        "</Types>",
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
    )
    return files.xlsx(folder / "a.xlsx", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END, members={
        "[Content_Types].xml": types})  # fmt: skip


def macro_name(folder):
    return files.xlsx(folder / "a.xlsm", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END)


def macro_ods(folder):
    return files.ods(folder / "a.ods", members={"Basic/Standard/Module1.xml": "<a/>"})


def macro_xls(folder):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, "Référence")
    path = folder / "a.xls"
    book.save(str(path))
    # The name of the storage that holds the macros, as the directory of the compound file writes it.
    path.write_bytes(path.read_bytes() + "_VBA_PROJECT_CUR".encode("utf-16-le"))
    return path


@pytest.mark.parametrize(
    "build", [macro_workbook, macro_type, macro_name, macro_ods, macro_xls], ids=lambda f: f.__name__
)
def test_macros_are_refused(tmp_path, build):
    path = build(tmp_path)
    with pytest.raises(Unreadable, match="macros"):
        inspect(path, path.name)


@pytest.mark.parametrize("member", ["sheet", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels"])
def test_entities_are_refused(tmp_path, member):
    xml = {
        "sheet": files.SHEET_START + ROW * 2 + files.cell("&i;").replace("&amp;", "&") + files.SHEET_END,
        "xl/workbook.xml": files.BOOK,
        "xl/_rels/workbook.xml.rels": files.BOOK_RELS,
        "_rels/.rels": files.ROOT_RELS,
    }[member]
    good = files.SHEET_START + ROW * 2 + files.SHEET_END
    path = files.xlsx(
        tmp_path / "a.xlsx",
        sheet=with_dtd(xml) if member == "sheet" else good,
        members={} if member == "sheet" else {member: with_dtd(xml)},
    )
    found = files.measure(path)
    assert "DTD" in found["said"]
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def test_entities_are_refused_in_ods(tmp_path):
    content = with_dtd(files.ODS_START) + "&i;" + files.ODS_END
    path = files.ods(tmp_path / "a.ods", members={"content.xml": content})
    found = files.measure(path)
    assert "DTD" in found["said"]
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_xml_in_an_encoding_that_hides_is_refused(tmp_path, encoding):
    xml = with_dtd(files.SHEET_START + ROW + files.SHEET_END).replace('"1.0"', '"1.0" encoding="UTF-16"')
    path = files.xlsx(tmp_path / "a.xlsx", sheet=xml.encode(encoding))
    with pytest.raises(Unreadable, match=PREDEFINED):
        inspect(path, path.name)


def test_entities_in_an_ebcdic_workbook_are_refused(tmp_path):
    xml = with_dtd(files.BOOK).replace('"1.0"', '"1.0" encoding="cp037"', 1)
    path = files.xlsx(
        tmp_path / "a.xlsx",
        sheet=files.SHEET_START + ROW * 2 + files.SHEET_END,
        members={"xl/workbook.xml": xml.encode("cp037")},
    )
    with pytest.raises(Unreadable, match=PREDEFINED):
        inspect(path, path.name)


def wide_csv(folder):
    path = folder / "a.csv"
    path.write_text("\n".join([";".join(f"c{i}" for i in range(10_000)), ";".join(["1"] * 10_000)] * 200))
    return path


def column(position):
    name = ""
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name


def wide_xlsx(folder):
    names = [column(i) for i in range(1, 10_001)]
    rows = [
        f'<row r="{number}">' + "".join(files.cell("x", f"{name}{number}") for name in names) + "</row>"
        for number in range(1, 61)
    ]
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, *rows, files.SHEET_END])


def wide_ods(folder):
    cells = "".join(
        f'<table:table-cell office:value-type="float" office:value="{i * 7919}"><text:p/></table:table-cell>'
        for i in range(10_000)
    )
    return files.ods(folder / "a.ods", table=[f"<table:table-row>{cells}</table:table-row>"] * 20)


@pytest.mark.parametrize("build", [wide_csv, wide_xlsx, wide_ods], ids=lambda f: f.__name__)
def test_ten_thousand_columns_are_refused(tmp_path, build):
    found = files.measure(build(tmp_path))
    assert found["said"] and "colonnes" in found["said"], found
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


GIANT = "x" * 20_000_000


def giant_csv(folder):
    path = folder / "a.csv"
    path.write_text(f'Référence;Nom;Index\n1;"{GIANT}";2\n')
    return path


def giant_csv_of_lines(folder):
    path = folder / "a.csv"
    path.write_text('Référence;Nom;Index\n1;"' + "x\n" * 5_000_000 + '";2\n')
    return path


def giant_csv_cell_later(folder):
    path = folder / "a.csv"
    path.write_text("Référence;Nom;Index\n" + "1;a;2\n" * 10 + f"1;{'y' * 40_000};2\n")
    return path


def giant_xlsx(folder):
    row = ["<row>", files.cell(os.urandom(9_000_000).hex()), "</row>"]
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, *row, files.SHEET_END])


def giant_ods(folder):
    text = os.urandom(9_000_000).hex()
    cell = f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    return files.ods(folder / "a.ods", table=f"<table:table-row>{cell}</table:table-row>")


def long_xlsx(folder):
    """Too long for a spreadsheet, too short for the search of gigantic texts."""
    row = ["<row>", files.cell("z" * 90_000), "</row>"]
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, ROW, *row, files.SHEET_END])


@pytest.mark.parametrize(
    "build",
    [giant_csv, giant_csv_of_lines, giant_csv_cell_later, giant_xlsx, giant_ods, long_xlsx],
    ids=lambda f: f.__name__,
)
def test_gigantic_cell_is_refused(tmp_path, build):
    found = files.measure(build(tmp_path))
    assert found["said"] and "démesurée" in found["said"], found
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def encrypted_xlsx(folder):
    path = folder / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000 + "EncryptedPackage".encode("utf-16-le"))
    return path


def encrypted_zip(folder):
    path = files.xlsx(folder / "a.xlsx", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END)
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    path.write_bytes(data)
    return path


def encrypted_ods(folder):
    manifest = "<manifest:manifest><manifest:encryption-data/></manifest:manifest>"
    return files.ods(folder / "a.ods", members={"META-INF/manifest.xml": manifest, "content.xml": os.urandom(500)})


def encrypted_xls(folder):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    book.add_sheet("A").write(0, 0, "Référence")
    path = folder / "a.xls"
    book.save(str(path))
    data = bytearray(path.read_bytes())
    start = data.find(struct.pack("<HH", 0x0809, 16))
    struct.pack_into("<H", data, start + 20, 0x002F)  # the record after the first one becomes FILEPASS
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "build", [encrypted_xlsx, encrypted_zip, encrypted_ods, encrypted_xls], ids=lambda f: f.__name__
)
def test_encrypted_workbook_is_refused(tmp_path, build):
    path = build(tmp_path)
    with pytest.raises(Unreadable, match="mot de passe"):
        inspect(path, path.name)


def far_cell(folder):
    rows = [
        '<row r="1">' + files.cell("Référence", "A1") + files.cell("Nom", "B1") + "</row>",
        '<row r="1048576">' + files.cell("x", "XFD1048576") + "</row>",
    ]
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, *rows, files.SHEET_END])


def announced_dimension(folder):
    start = files.SHEET_START.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    return files.xlsx(folder / "a.xlsx", sheet=[start, *[ROW] * 3, files.SHEET_END])


def repeated_ods(folder):
    cell = (
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1">'
        "<text:p>1</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'
    return files.ods(folder / "a.ods", table=rows)


def absurd_repeats_ods(folder):
    return files.ods(
        folder / "a.ods",
        table='<table:table-row><table:table-cell table:number-columns-repeated="4000000000"/></table:table-row>',
    )


@pytest.mark.parametrize("build", [far_cell, repeated_ods, absurd_repeats_ods], ids=lambda f: f.__name__)
def test_a_table_as_wide_as_the_world_is_refused(tmp_path, build):
    found = files.measure(build(tmp_path))
    assert found["said"], found
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def test_an_announced_dimension_reserves_nothing(tmp_path):
    found = files.measure(announced_dimension(tmp_path), full=True)
    assert found["said"] is None
    assert found["memory"] < 100, found


def too_many_rows_csv(folder):
    path = folder / "a.csv"
    path.write_text("Référence;Nom\n" + "1;a\n" * 1_000_200)
    return path


def too_many_rows_xlsx(folder):
    rows = ("".join(f"<row><c><v>{k * i % 99991}</v></c></row>" for i in range(1_000)) for k in range(1_001))
    return files.xlsx(folder / "a.xlsx", sheet=[files.SHEET_START, ROW, *rows, files.SHEET_END])


@pytest.mark.parametrize("build", [too_many_rows_csv, too_many_rows_xlsx], ids=lambda f: f.__name__)
def test_more_than_a_million_rows_are_refused(tmp_path, build):
    found = files.measure(build(tmp_path))
    assert found["said"] and "million de lignes" in found["said"], found
    assert found["memory"] < MEGABYTES, found


def test_more_than_50_megabytes_are_refused(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.truncate(limits.MAX_FILE_BYTES + 1)
    with pytest.raises(Unreadable, match="50 Mo"):
        inspect(path, path.name)


def test_empty_file_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    with pytest.raises(Unreadable, match="vide"):
        inspect(path, path.name)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", PNG, "illisible"),
        ("a.csv", os.urandom(50_000), "illisible"),
        ("a.csv", "é".encode("cp1252") * 100 + b"\x01\x02\x03" * 100, "illisible"),
        ("a.csv", b"\xff\xfe" + b"a\0" * 20 + b"\0\0", "illisible"),
        ("a.csv", b"%PDF-1.7\n" + b"x" * 500, "PDF"),
        ("a.csv", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        ("a.xls", "Référence;Nom\n1;a\n".encode("cp1252"), "contient du texte"),
        ("a.xlsx", b"Reference;Nom\n1;a\n", "n’est pas un classeur XLSX"),
        ("a.xlsx", PNG, "n’est pas un classeur XLSX"),
        ("a.ods", PNG, "n’est pas un classeur ODS"),
        ("a.exe", b"MZ", "Seuls les fichiers"),
        ("facture", b"a;b\n1;2\n", "Seuls les fichiers"),
        ("a.xlsb", b"PK\x03\x04", "macros"),
        ("a.csv", b"   \n\n  \n", "Aucun tableau"),
        ("a.csv", b"Reference;Nom;Index\n", "Aucun tableau"),
        ("a.csv", b"12;45;78\n13;46;79\n14;47;80\n", "Aucun tableau"),
        ("a.csv", b'Reference;Nom\n1;"a\n' + b"2;b\n" * 50_000, "guillemet"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, name, content, sentence):
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as refusal:
        inspect(path, name)
    assert sentence in str(refusal.value)


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.ods"])
def test_a_workbook_under_another_extension_is_refused(tmp_path, name):
    path = files.xlsx(tmp_path / "upload", sheet=files.SHEET_START + ROW * 2 + files.SHEET_END)
    with pytest.raises(Unreadable, match="XLSX. Renommez-le en .xlsx"):
        inspect(path, name)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path):
    path = files.write_zip(tmp_path / "a.xlsx", {"a.csv": "x;y"})
    with pytest.raises(Unreadable, match="archive ZIP"):
        inspect(path, path.name)


def test_a_word_document_is_refused(tmp_path):
    rels = files.ROOT_RELS.replace("xl/workbook.xml", "word/document.xml")
    path = files.write_zip(
        tmp_path / "a.xlsx", {"[Content_Types].xml": files.TYPES, "_rels/.rels": rels, "word/document.xml": "<a/>"}
    )
    with pytest.raises(Unreadable, match="n’est pas un classeur Excel"):
        inspect(path, path.name)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.98])
@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_truncated_workbook_is_refused(tmp_path, kind, keep):
    from imports.samples import subscribers_file

    if kind == "xls":
        pytest.importorskip("xlwt")
    path = tmp_path / f"a.{kind}"
    subscribers_file(path, rows=300)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * keep)])
    found = files.measure(path)
    assert found["said"] and ("abîmé" in found["said"] or "n’est pas" in found["said"]), found


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_with_a_wrong_checksum_is_refused(tmp_path, kind):
    from imports.samples import subscribers_file

    path = tmp_path / f"a.{kind}"
    subscribers_file(path, rows=300)
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    middle = largest.header_offset + 200 + largest.compress_size // 2
    data[middle : middle + 8] = b"\x55" * 8
    path.write_bytes(data)
    assert files.measure(path, full=True)["said"]


def test_endless_nesting_is_refused_quickly(tmp_path):
    path = files.xlsx(
        tmp_path / "a.xlsx",
        sheet=files.SHEET_START + ROW * 2 + files.SHEET_END,
        members={"xl/workbook.xml": "<a>" * 1_300_000},
    )
    found = files.measure(path)
    assert found["said"]
    assert found["seconds"] < SECONDS and found["memory"] < MEGABYTES, found


def test_noise_never_raises_anything_else(tmp_path):
    """Random bytes under every extension: a sentence, or a table, never a traceback."""
    import random

    draw = random.Random(7)
    for kind, start in (
        ("csv", b""),
        ("xlsx", b"PK\x03\x04"),
        ("ods", b"PK\x03\x04"),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ):
        for _ in range(12):
            path = tmp_path / f"a.{kind}"
            path.write_bytes(start + draw.randbytes(draw.randrange(1, 3_000)))
            try:
                inspect(path, path.name)
            except Unreadable as error:
                assert str(error).endswith(".")

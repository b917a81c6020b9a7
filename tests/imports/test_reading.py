"""Spreadsheets as old software writes them: every format, every quirk, one table out of it."""

from datetime import date, datetime
from itertools import chain, islice

import openpyxl
import pytest

from imports.reading import Unreadable, inspect, rows
from imports.samples import invoices_file, readings_file, subscribers_file

from . import reading_files as files

TABLE = [
    ["Réf. client", "Nom de l’abonné", "Commune", "Index"],
    ["00004512", "MARTIN Camille", "Octon-le-Vieux", "1 234,5"],
    ["00007031", "BENALI Nadia", "La Vernède", "448"],
    ["00009999", "LEFÈVRE Élise", "Saint-Amans", "7"],
]
LABELS = TABLE[0]


def read(path, filename=None, **options):
    source = inspect(path, filename or path.name, **options)
    return source, list(rows(path, source))


def write_csv(path, table, *, encoding="utf-8", delimiter=";", end="\r\n", bom=b""):
    path.write_bytes(bom + end.join(delimiter.join(line) for line in table).encode(encoding) + end.encode(encoding))
    return path


def write_xlsx(path, lines, **options):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = options.get("title", "Export")
    for line in lines:
        sheet.append(line)
    for merge in options.get("merges", ()):
        sheet.merge_cells(merge)
    book.save(path)
    return path


# --- CSV: encodings and separators ---


@pytest.mark.parametrize(
    ("encoding", "bom", "found"),
    [
        ("utf-8", b"", "utf-8-sig"),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig"),
        ("utf-16-le", b"\xff\xfe", "utf-16-le"),
        ("utf-16-be", b"\xfe\xff", "utf-16-be"),
        ("utf-16-le", b"", "utf-16-le"),
        ("utf-16-be", b"", "utf-16-be"),
        ("cp1252", b"", "cp1252"),
        ("cp850", b"", "cp850"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_csv_encodings(tmp_path, encoding, bom, found, end):
    table = TABLE if encoding != "cp850" else [[cell.replace("’", "'") for cell in line] for line in TABLE]
    path = write_csv(tmp_path / "a.csv", table, encoding=encoding, bom=bom, end=end)
    source, records = read(path)
    assert (source.format, source.encoding, source.delimiter) == ("csv", found, ";")
    assert [column.label for column in source.sheet.columns] == table[0]
    assert records == [(2, table[1]), (3, table[2]), (4, table[3])]


def test_utf8_split_between_two_pieces_is_still_utf8(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"Ref;Nom;Ville\n" + b"1;x;y\n" * 174_758 + "é;É;é\n".encode() * 200_000)
    assert inspect(path, path.name).encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("name", ["a.csv", "a.txt", "A.CSV", "a.tsv"])
def test_csv_delimiters(tmp_path, delimiter, name):
    table = [[cell.replace("1 234,5", '"1 234,5"') for cell in line] for line in TABLE]
    path = write_csv(tmp_path / "upload", table, delimiter=delimiter)
    source, records = read(path, name)
    assert source.delimiter == delimiter
    assert records[0] == (2, TABLE[1])


def test_decimal_commas_are_not_taken_for_separators(tmp_path):
    lines = ["Facture;HT;TVA;TTC", *(f"F{i};{i},10;{i},20;{i},30" for i in range(50))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines))
    source, records = read(path)
    assert source.delimiter == ";"
    assert records[0] == (2, ["F0", "0,10", "0,20", "0,30"])


def test_quoted_cells_with_newlines_keep_the_row_numbers_of_a_spreadsheet(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('Réf;Nom;Adresse\n1;"DUPONT\nJean";"12 rue ""Basse""; bât. B"\n\n2;Martin;x\n')
    _source, records = read(path)
    assert records == [(2, ["1", "DUPONT\nJean", '12 rue "Basse"; bât. B']), (4, ["2", "Martin", "x"])]


def test_a_file_of_one_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Référence client\n0001\n0002\n")
    source, records = read(path)
    assert [column.label for column in source.sheet.columns] == ["Référence client"]
    assert records == [(2, ["0001"]), (3, ["0002"])]


def test_rows_shorter_or_longer_than_the_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Réf;Nom;Ville\n1;a\n2;b;c;;;\n3;d;e;f\n")
    source, records = read(path)
    assert [column.label for column in source.sheet.columns] == ["Réf", "Nom", "Ville", "Colonne D"]
    assert records == [(2, ["1", "a", None, None]), (3, ["2", "b", "c", None]), (4, ["3", "d", "e", "f"])]


def test_the_separator_line_of_excel_is_not_the_header(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nRéf;Nom\n1;a\n")
    source, records = read(path)
    assert source.sheet.header_row == 2
    assert records == [(3, ["1", "a"])]


def test_an_undefined_byte_of_windows_1252_does_not_stop_the_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("Réf;Nom\n1;é\n2;".encode("cp1252") + b"\x81\n")
    _source, records = read(path)
    assert records[1] == (3, ["2", "\ufffd"])


# --- Where the table is ---


def test_title_blank_total_footer_and_repeated_header_rows_are_left_out(tmp_path):
    lines = [
        ["RÉGIE DES EAUX", "", "", ""], ["Liste au", "31/12/2025", "", ""], ["", "", "", ""], LABELS, TABLE[1],
        ["", "", " ", ""], ["Sous-total Octon", "", "", "1 234,5"], TABLE[2], LABELS, TABLE[3], ["", "", "", ""],
        ["TOTAL GÉNÉRAL", "3 abonnés", "", "1 689,5"], ["Nombre d’abonnés : 3", "", "", ""], ["Page 1", "", "", ""],
        ["Édité le 16/11/2026", "", "", ""],
    ]  # fmt: skip
    source, records = read(write_csv(tmp_path / "a.csv", lines))
    assert source.sheet.header_row == 4
    assert records == [(5, TABLE[1]), (8, TABLE[2]), (10, TABLE[3])]
    assert source.sheet.columns[0].samples == ["00004512", "00007031", "00009999"]


@pytest.mark.parametrize(
    "total",
    [
        ["TOTAL", "", "", "1 689,5"],
        ["", "", "Total", "1 689,5"],
        ["", "", "", "1 689,5"],
        ["* Totaux", "3", "", "1 689,5"],
        ["Total général :", "", "", "1 689,5 m3"],
        ["Somme", "", "", "1689.5"],
    ],
)
def test_a_last_row_of_sums_is_left_out(tmp_path, total):
    _source, records = read(write_csv(tmp_path / "a.csv", [*TABLE, total]))
    assert [number for number, _cells in records] == [2, 3, 4]


@pytest.mark.parametrize(
    "record",
    [
        ["TOTAL ENERGIES", "Dupont", "Octon", "12"],
        ["00001234", "TOTAL", "Octon", "12"],
        ["Pagès", "Fin d’année", "Éditeur", "12"],
        ["", "", "Totaly", "12"],
        ["", "LEROY Anne", "Octon", "12"],
    ],
)
def test_a_record_that_looks_like_a_total_is_kept(tmp_path, record):
    _source, records = read(write_csv(tmp_path / "a.csv", [*TABLE, record, TABLE[1]]))
    assert records[3] == (5, [cell or None for cell in record])


def test_bare_figures_in_the_middle_are_kept_for_the_clerk_to_see(tmp_path):
    _source, records = read(write_csv(tmp_path / "a.csv", [*TABLE, ["", "", "", "12"], TABLE[1]]))
    assert records[3] == (5, [None, None, None, "12"])


def test_labels_with_digits_and_missing_labels(tmp_path):
    lines = [["Index 2024", "Index 2025", "", "Conso 2025"], ["1", "2", "a", "1"], ["3", "4", "b", "1"]]
    source, _records = read(write_csv(tmp_path / "a.csv", lines))
    assert [column.label for column in source.sheet.columns] == ["Index 2024", "Index 2025", "Colonne C", "Conso 2025"]
    assert [column.letter for column in source.sheet.columns] == ["A", "B", "C", "D"]


def test_a_table_that_starts_in_column_c(tmp_path):
    lines = [["", "", *line] for line in TABLE]
    source, records = read(write_csv(tmp_path / "a.csv", lines))
    assert [(column.position, column.letter) for column in source.sheet.columns] == [
        (2, "C"),
        (3, "D"),
        (4, "E"),
        (5, "F"),
    ]
    position = source.sheet.columns[0].position
    assert [cells[position] for _number, cells in records] == ["00004512", "00007031", "00009999"]


# --- Workbooks ---


def test_xlsx_values(tmp_path):
    path = write_xlsx(
        tmp_path / "a.xlsx",
        [
            ["PAYS DE GARANCE"],
            [],
            ["Réf", "Nom", "Le", "À", "Montant", "Actif", "Calcul", "Erreur"],
            [4512, "  Martin ", date(2025, 12, 31), datetime(2025, 12, 31, 10, 5), 84.2, True, "=1+1", "#N/A"],
            ["00007031", "", datetime(2025, 12, 31), None, 12.0, False, None, None],
        ],
        merges=["A1:H1"],
    )
    source, records = read(path)
    assert (source.format, source.sheet.name, source.sheet.header_row) == ("xlsx", "Export", 3)
    assert records == [
        (4, [4512, "  Martin ", date(2025, 12, 31), datetime(2025, 12, 31, 10, 5), 84.2, True, None, None]),
        (5, ["00007031", None, date(2025, 12, 31), None, 12, False, None, None]),
    ]
    assert source.sheet.columns[2].samples == ["31/12/2025", "31/12/2025"]


def test_formulas_are_read_as_their_last_value_and_never_evaluated(tmp_path):
    sheet = (
        files.SHEET_START
        + "<row>" + files.cell("Réf") + files.cell("Total") + "</row>"
        + '<row><c><f>HYPERLINK("http://x")</f><v>12</v></c><c t="str"><f>A1&amp;"x"</f><v>texte</v></c></row>'
        + '<row><c><f>1+1</f></c><c><v>3</v></c></row>'
        + files.SHEET_END
    )  # fmt: skip
    _source, records = read(files.xlsx(tmp_path / "a.xlsx", sheet=sheet))
    assert records == [(2, [12, "texte"]), (3, [None, 3])]


def test_dates_of_a_workbook_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = datetime(1904, 1, 1)
    book.active.append(["Réf", "Date"])
    book.active.append(["A1", date(2025, 12, 31)])
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[1] == [(2, ["A1", date(2025, 12, 31)])]


def test_cells_merged_down_give_their_value_to_each_row(tmp_path):
    lines = [
        ["Réf", "Nom", "Commune"], ["1", "a", "Octon"], ["2", "b", None], ["3", "c", None], ["4", "d", None],
        ["5", "e", "Garance"],
    ]  # fmt: skip
    path = write_xlsx(tmp_path / "a.xlsx", lines, merges=["C2:C4"])
    assert [cells[2] for _number, cells in read(path)[1]] == ["Octon", "Octon", "Octon", None, "Garance"]


def test_a_header_on_two_rows_with_merged_cells(tmp_path):
    lines = [
        ["Abonnés"], ["Réf", "Compteur", None, "Nom"], [None, "Numéro", "Diamètre", None], ["1", "C1", 15, "a"],
        ["2", "C2", 20, "b"],
    ]  # fmt: skip
    path = write_xlsx(tmp_path / "a.xlsx", lines, merges=["A1:D1", "A2:A3", "B2:C2", "D2:D3"])
    source, records = read(path)
    assert [column.label for column in source.sheet.columns] == ["Réf", "Numéro", "Diamètre", "Nom"]
    assert records == [(4, ["1", "C1", 15, "a"]), (5, ["2", "C2", 20, "b"])]


def test_shared_strings_styles_and_prefixed_names(tmp_path):
    """Some software writes `x:row`, rows without number, shared strings and a dimension that lies."""
    rel = f'<Relationship Id="rId2" Type="{files.REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    strings = "<si><t>Réf</t></si><si><r><t>No</t></r><r><t>m</t></r></si><si><t>A&amp;B</t></si>"
    sheet = (
        f'<?xml version="1.0"?><x:worksheet xmlns:x="{files.MAIN}"><x:dimension ref="A1:B2"/><x:sheetData>'
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c></x:row>'
        '<x:row><x:c><x:v>12</x:v></x:c><x:c t="s"><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    path = files.xlsx(
        tmp_path / "a.xlsx",
        sheet=sheet,
        members={
            "xl/sharedStrings.xml": f'<sst xmlns="{files.MAIN}">{strings}</sst>',
            "xl/_rels/workbook.xml.rels": files.BOOK_RELS.replace("</Relationships>", rel),
        },
    )
    source, records = read(path)
    assert [column.label for column in source.sheet.columns] == ["Réf", "Nom"]
    assert records == [(2, [12, "A&B"])]


def test_sheets_are_listed_and_chosen(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Lisez-moi"
    book.active["A1"] = "Export du logiciel"
    for name, first in (("Abonnés", "a"), ("Résiliés", "b")):
        sheet = book.create_sheet(name)
        sheet.append(["Réf", "Nom"])
        sheet.append([first, "x"])
    book.create_sheet("Cachée").append(["Réf", "Nom"])
    book["Cachée"].sheet_state = "hidden"
    book["Cachée"].append(["c", "x"])
    path = tmp_path / "a.xlsx"
    book.save(path)
    source, records = read(path)
    assert ([sheet.name for sheet in source.sheets], source.sheet.name) == (["Abonnés", "Résiliés"], "Abonnés")
    assert records == [(2, ["a", "x"])]
    assert read(path, sheet="Résiliés")[1] == [(2, ["b", "x"])]
    for name in ("Cachée", "Inconnue", "Lisez-moi"):
        with pytest.raises(Unreadable, match=name):
            inspect(path, path.name, sheet=name)


def test_xls_values(tmp_path):
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook()
    sheet = book.add_sheet("Abonnés")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    sheet.write_merge(0, 0, 0, 2, "Liste des abonnés")
    for column, label in enumerate(["Réf", "Date", "Commune"]):
        sheet.write(2, column, label)
    sheet.write(3, 0, 4512)
    sheet.write(3, 1, date(2025, 12, 31), day)
    sheet.write_merge(3, 4, 2, 2, "Octon")
    sheet.write(4, 0, "00007031")
    path = tmp_path / "a.xls"
    book.save(str(path))
    source, records = read(path)
    assert (source.format, source.sheet.header_row) == ("xls", 3)
    assert records == [(4, [4512, date(2025, 12, 31), "Octon"]), (5, ["00007031", None, "Octon"])]


def test_ods_values(tmp_path):
    def text(value):
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    kind = 'office:value-type="currency" office:value="84.2"'
    number = f"<table:table-cell {kind}><text:p>84,20 €</text:p></table:table-cell>"
    day = (
        '<table:table-cell office:value-type="date" office:date-value="2025-12-31"><text:p>31/12/25</text:p>'
        "</table:table-cell>"
    )
    blank = '<table:table-cell table:number-columns-repeated="3"/>'
    table = [
        f"<table:table-row>{text('Titre')}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="2">{blank}</table:table-row>',
        f"<table:table-row>{text('Réf')}{text('Montant')}{text('Date')}</table:table-row>",
        f"<table:table-row>{text('00004512')}{number}{day}</table:table-row>",
        f'<table:table-row table:number-rows-repeated="3">{blank}</table:table-row>',
        f"<table:table-row>{text('00007031')}<table:table-cell/>{day}</table:table-row>",
        '<table:table-row table:number-rows-repeated="1048569">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
    ]
    source, records = read(files.ods(tmp_path / "a.ods", table=table))
    assert (source.format, source.sheet.header_row) == ("ods", 4)
    assert records == [(5, ["00004512", 84.2, date(2025, 12, 31)]), (9, ["00007031", None, date(2025, 12, 31)])]


def test_ods_sheets_groups_and_hidden_sheets(tmp_path):
    def row(*texts):
        cells = (f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>' for t in texts)
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    style = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
    )
    start = files.ODS_START.replace('table:name="Feuille1"', 'table:name="L&apos;eau" table:style-name="ta1"')
    start = start.replace("<office:body>", f"{style}<office:body>").replace(
        " office:version", ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" office:version'
    )
    content = (
        start
        + f"<table:table-header-rows>{row('Réf', 'Nom')}</table:table-header-rows>"
        + f"<table:table-row-group>{row('1', 'a')}{row('2', 'b')}</table:table-row-group></table:table>"
        + f'<table:table table:name="Cachée" table:style-name="ta2">{row("Réf", "Nom")}{row("3", "c")}</table:table>'
        + f'<table:table table:name="Autre">{row("Réf", "Nom")}{row("4", "d")}'
        + files.ODS_END
    )
    path = files.ods(tmp_path / "a.ods", members={"content.xml": content})
    source, records = read(path)
    assert [sheet.name for sheet in source.sheets] == ["L'eau", "Autre"]
    assert records == [(2, ["1", "a"]), (3, ["2", "b"])]
    assert read(path, sheet="Autre")[1] == [(2, ["4", "d"])]


def test_a_cell_typed_at_the_bottom_of_the_sheet_does_no_harm(tmp_path):
    def row(number, texts):
        cells = (files.cell(text, f"{column}{number}") for column, text in zip("ABCD", texts, strict=False))
        return f'<row r="{number}">{"".join(cells)}</row>'

    xml = row(1, LABELS) + row(2, TABLE[1]) + row(9_000, TABLE[2]) + row(9_001, TABLE[3]) + row(1_048_576, [" "])
    path = files.xlsx(tmp_path / "a.xlsx", sheet=files.SHEET_START + xml + files.SHEET_END)
    assert read(path)[1] == [(2, TABLE[1]), (9_000, TABLE[2]), (9_001, TABLE[3])]
    assert files.measure(path, full=True)["memory"] < 100


# --- The same records, whatever the format, and in slices ---


@pytest.mark.parametrize("write", [subscribers_file, readings_file, invoices_file])
def test_every_format_gives_the_same_records(tmp_path, write):
    from imports import cleaning

    found = {}
    for kind in ("csv", "xlsx", "ods", "xls"):
        if kind == "xls":
            pytest.importorskip("xlwt")
        path = tmp_path / f"a.{kind}"
        sample = write(path, rows=120)
        source, records = read(path)
        assert len(records) == sample.records + sample.repeats + sample.mistakes
        references = source.sheet.columns[0 if write is subscribers_file else 1].position
        found[kind] = [
            (number, cleaning.to_reference(cells[references], width=8), len(cells)) for number, cells in records
        ]
    assert found["csv"] == found["xlsx"] == found["ods"] == found["xls"]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_workbook_read_in_slices_gives_what_it_gives_whole(tmp_path, kind, monkeypatch):
    """The same file through slices of a few rows and in one piece."""
    from imports.reading import workbook

    path = tmp_path / f"a.{kind}"
    readings_file(path, rows=3_000)
    source = inspect(path, path.name)
    whole = list(rows(path, source))
    child = (files.ROOT / "imports/reading/child.py").read_text()
    assert "SLICE = 6 * 1024 * 1024" in child
    small = tmp_path / "child.py"
    small.write_text(child.replace("SLICE = 6 * 1024 * 1024", "SLICE = 20_000").replace("PIECE = 256", "PIECE = 8"))
    monkeypatch.setattr(workbook, "_CHILD", str(small))
    assert list(rows(path, source)) == whole
    assert len(whole) == 3_000 + 2 + 3


def test_a_reader_that_stops_early_leaves_no_process(tmp_path):
    path = tmp_path / "a.xlsx"
    readings_file(path, rows=5_000)
    before = set(files.children_of_this_process())
    reading = rows(path, inspect(path, path.name))
    next(reading)
    assert set(files.children_of_this_process()) > before
    reading.close()
    assert set(files.children_of_this_process()) == before


COUNT = 100_000
PERSON = ["{:08d}", "MARTIN Camille {}", "{} rue du Lavoir", "00110", "Octon-le-Vieux", "C19FA{:06d}", "15",
          "02/09/2019",
          "EAU+ASS", "A7KQ4MWX9D", "{}", "12/11/2026", "04 65 71 45 12", "Rien"]  # fmt: skip


def large_file(path):
    """100,000 rows of 14 columns, written fast."""
    line = "\0".join(PERSON)
    people = (line.format(i, i, i % 90, i, i % 3_000).split("\0") for i in range(COUNT))
    table = [[f"Colonne {letter}" for letter in "ABCDEFGHIJKLMN"]]
    if path.suffix == ".csv":
        path.write_text("".join(";".join(cells) + "\n" for cells in (*table, *people)))
    elif path.suffix == ".xlsx":
        template = "<row>" + "".join(files.cell("{}") for _ in PERSON) + "</row>"
        files.xlsx(path, sheet=[files.SHEET_START, *_pieces(template, table, people), files.SHEET_END])
    else:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        template = f"<table:table-row>{cell * len(PERSON)}</table:table-row>"
        files.ods(path, table=_pieces(template, table, people))
    return path


def _pieces(template, *tables):
    return ("".join(template.format(*cells) for cells in batch) for batch in chain(tables[:1], _batches(tables[1])))


def _batches(people):
    while batch := list(islice(people, 1_000)):
        yield batch


@pytest.mark.parametrize(("kind", "megabytes"), [("csv", 40), ("xlsx", 130), ("ods", 130)])
def test_a_hundred_thousand_rows_in_constant_memory(tmp_path, kind, megabytes):
    """The reader's process and the parser's together; the rule is 300 MB."""
    found = files.measure(large_file(tmp_path / f"a.{kind}"), full=True)
    assert (found["said"], found["rows"]) == (None, COUNT)
    assert found["memory"] < megabytes < 300, found

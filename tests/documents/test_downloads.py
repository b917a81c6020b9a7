"""Files that leave: their names, their headers, what a spreadsheet may not run."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.http import Http404
from openpyxl import load_workbook

from documents.downloads import private_file, safe_name
from documents.spreadsheets import neutralised, to_xlsx
from documents.storage import private_storage


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("facture-F2026-00412.pdf", "facture-F2026-00412.pdf"),
        ('2019/12 "x"\r\n.pdf', "2019-12-x.pdf"),
        ("../../etc/passwd", "etc-passwd"),
        ("Relèves été.XLSX", "Relèves-été.xlsx"),
        ("???.csv", "document.csv"),
        ("a.c\r\nX: 1", "a.cx1"),
    ],
)
def test_a_name_that_any_computer_takes(name, safe):
    assert safe_name(name) == safe


def test_a_private_file_is_downloaded_and_kept_by_no_cache(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path

    class Field:
        storage = private_storage()
        name = storage.save("a.pdf", ContentFile(b"%PDF"))

    answer = private_file(Field, "reçu 1.pdf")
    assert b"".join(answer.streaming_content) == b"%PDF"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    Field.storage.delete(Field.name)
    for file in (Field, None, ""):
        with pytest.raises(Http404):
            private_file(file, "a.pdf")


def test_no_cell_is_a_formula():
    for start in "=+-@\t\r\n":
        assert neutralised(f"{start}1") == f"'{start}1"
    assert [neutralised(value) for value in ("12 rue", 12, None)] == ["12 rue", 12, None]


def test_a_workbook_takes_any_title_and_any_text():
    """What staff called a procedure, what somebody pasted: openpyxl refuses some of it."""
    rows = [["Nom"], ["a\x0bb\x00"], ["x" * 40_000], [dt.date(1848, 2, 24)], [dt.date(1900, 1, 1)]]
    for title, shown in (("Rendez-vous : où ? [1/2]", "Rendez-vous où 1 2"), ("'Quote'", "Quote"), ("/", "Feuille")):
        [sheet] = load_workbook(to_xlsx(rows, title))
        assert sheet.title == shown
    cells = [row[0] for row in sheet.values]
    assert cells[1] == "ab" and len(cells[2]) == 32_767
    assert cells[3:] == ["24/02/1848", dt.datetime(1900, 1, 1)]

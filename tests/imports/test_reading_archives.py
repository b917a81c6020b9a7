"""The ZIP of invoices: only PDFs come out, and nothing leaves a folder."""

import struct
import zipfile

import pytest

from imports.reading import Unreadable, limits
from imports.reading.archives import pdfs
from imports.samples import invoice_pdf, invoices_archive, known

from . import reading_files as files

PDF = b"%PDF-1.4\nx"


def names(path):
    return [stem for stem, _info, _read in pdfs(path)]


def test_names_and_contents(tmp_path):
    path = files.write_zip(
        tmp_path / "a.zip",
        {"Factures/": "", "Factures/2026/F2026-00412.pdf": PDF, "F2026-00413.PDF": PDF + b"2", "Été n° 4.pdf": PDF},
    )
    found = {stem: read() for stem, _info, read in pdfs(path)}
    assert found == {"F2026-00412": PDF, "F2026-00413": PDF + b"2", "Été n° 4": PDF}


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp850", "cp437"])
def test_names_in_old_encodings(tmp_path, encoding):
    path = files.write_zip(tmp_path / "a.zip", {"Facture ete.pdf": PDF, "b.pdf": PDF})
    data = path.read_bytes()
    old, new = b"Facture ete.pdf", "Facture été.pdf".encode(encoding)
    if len(new) == len(old):
        path.write_bytes(data.replace(old, new))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            info = zipfile.ZipInfo("Facture ..ete.pdf")
            archive.writestr(info, PDF)
            archive.writestr("b.pdf", PDF)
        path.write_bytes(path.read_bytes().replace(b"Facture ..ete.pdf", new))
    assert names(path) == ["Facture été", "b"]


def test_what_computers_leave_in_archives_is_ignored(tmp_path):
    path = files.write_zip(
        tmp_path / "a.zip",
        {"__MACOSX/._a.pdf": b"x", ".DS_Store": b"x", "Thumbs.db": b"x", "a.pdf": PDF, "b/._a.pdf": b""},
    )
    assert names(path) == ["a"]


def test_windows_separators(tmp_path):
    path = files.write_zip(tmp_path / "a.zip", {"x..Factures.a.pdf": PDF})
    path.write_bytes(path.read_bytes().replace(b"x..Factures.a.pdf", b"x__Factures\\a.pdf"))
    assert names(path) == ["a"]


@pytest.mark.parametrize(
    ("members", "sentence"),
    [
        ({"../a.pdf": PDF}, "chemins interdits"),
        ({"x/../../a.pdf": PDF}, "chemins interdits"),
        ({"/etc/a.pdf": PDF}, "chemins interdits"),
        ({"C:/a.pdf": PDF}, "chemins interdits"),
        ({"a.pdf": PDF, "x/a.pdf": PDF}, "portent le nom"),
        ({"a.exe": b"MZ"}, "n’est pas un PDF"),
        ({"inner.zip": b"PK\x03\x04"}, "n’est pas un PDF"),
        ({}, "aucun PDF"),
        ({"a.pdf": [b"%PDF-" + b"0" * 11_000_000]}, "dépasse 10 Mo"),
        ({"a.pdf": [b"%PDF-" + b"0" * 9_000_000]}, "démesurée"),
        ({f"{i}.pdf": PDF for i in range(3)} | {"z.txt": b"x"}, "« z.txt » n’est pas un PDF"),
    ],
)
def test_archives_that_are_refused(tmp_path, members, sentence):
    path = files.write_zip(tmp_path / "a.zip", members)
    with pytest.raises(Unreadable, match=sentence):
        list(pdfs(path))


def test_a_file_that_only_claims_to_be_a_pdf_is_refused_alone(tmp_path):
    path = files.write_zip(tmp_path / "a.zip", {"a.pdf": PDF, "b.pdf": b"MZ\x90", "c.pdf": b""})
    seen = []
    for stem, _info, read in pdfs(path):
        try:
            seen.append((stem, read()))
        except Unreadable as error:
            seen.append((stem, str(error)))
    assert seen[0] == ("a", PDF)
    assert "« b.pdf » n’est pas un PDF" in seen[1][1]
    assert "« c.pdf » n’est pas un PDF" in seen[2][1]


def test_an_archive_that_lies_about_sizes(tmp_path):
    path = files.write_zip(tmp_path / "a.zip", {"a.pdf": [b"%PDF-" + b"0" * 60_000_000]})
    files.lie_about_sizes(path, "a.pdf", 500)
    with pytest.raises(Unreadable):
        for _stem, _info, read in pdfs(path):
            read()


def test_an_encrypted_archive(tmp_path):
    path = files.write_zip(tmp_path / "a.zip", {"a.pdf": PDF})
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, at + 8, 1)
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="mot de passe"):
        list(pdfs(path))


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.4", b"PK\x03\x04" + b"\0" * 200])
def test_what_is_no_zip(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="abîmée"):
        list(pdfs(path))


def test_an_archive_over_the_limit(tmp_path):
    path = tmp_path / "a.zip"
    with path.open("wb") as file:
        file.truncate(limits.ARCHIVE_MAX_BYTES + 1)
    with pytest.raises(Unreadable, match="500 Mo"):
        list(pdfs(path))


def test_the_sample_archive(tmp_path):
    sample = invoices_archive(tmp_path / "a.zip", rows=12)
    camille = known().camille
    found = {}
    for stem, _info, read in pdfs(sample.path):
        found[stem] = read()
    assert len(found) == 12
    assert found["F2026-00412"] == invoice_pdf(camille, camille.invoices[-1])

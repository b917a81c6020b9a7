"""What may come in (rules of the trade, "Files"), and what hostile files meet: a sentence, quickly."""

import io
import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from documents import checks
from documents.checks import check, clean_name

from . import files
from .files import upload


def refusal(content, name, content_type=None):
    """Check a file that must be refused within 2 seconds; return the sentence."""
    started = time.monotonic()
    with pytest.raises(ValidationError) as caught:
        check(upload(content, name, content_type))
    assert time.monotonic() - started < 2
    (sentence,) = caught.value.messages
    assert sentence.endswith(".") and sentence[0].isupper()
    return sentence


# What is accepted ----------------------------------------------------------------------------------------------------


def test_a_pdf_is_stored_as_it_is():
    content = files.pdf(pages=3, Title="Avis d’imposition")
    checked = check(upload(content, "Avis d’imposition.PDF"))
    assert (checked.name, checked.content_type) == ("Avis d’imposition.pdf", "application/pdf")
    assert checked.content == content and checked.size == len(content)
    assert files.pages_of(checked.content) == 3


@pytest.mark.parametrize(
    ("kind", "name", "stored", "stored_type"),
    [
        ("JPEG", "photo.jpeg", "photo.jpg", "image/jpeg"),
        ("PNG", "photo.png", "photo.png", "image/png"),
        ("WEBP", "photo.webp", "photo.webp", "image/webp"),
    ],
)
def test_an_image_is_drawn_again_without_exif_gps_nor_comment(kind, name, stored, stored_type):
    sent = files.image(kind)
    assert Image.open(io.BytesIO(sent)).getexif().get_ifd(files.GPS), "the test must have something to lose"
    checked = check(upload(sent, name, stored_type))
    assert (checked.name, checked.content_type) == (stored, stored_type)
    drawn = Image.open(io.BytesIO(checked.content))
    assert drawn.format == kind and drawn.size == (60, 40)
    assert dict(drawn.getexif()) == {}
    for trace in (b"Exif", b"Telephone", b"Alice", b"Tilleuls"):
        assert trace not in checked.content


def test_a_heic_photo_becomes_a_jpeg_without_its_exif():
    sent = files.heic()
    assert b"Telephone" in sent
    checked = check(upload(sent, "IMG_0042.HEIC"))
    assert (checked.name, checked.content_type) == ("IMG_0042.jpg", "image/jpeg")
    drawn = Image.open(io.BytesIO(checked.content))
    assert drawn.format == "JPEG" and drawn.size == (64, 48)
    assert b"Telephone" not in checked.content


def test_a_photo_taken_sideways_stands_upright():
    checked = check(upload(files.image(exif=files.exif(orientation=6)), "photo.jpg"))
    drawn = Image.open(io.BytesIO(checked.content))
    assert drawn.size == (40, 60)
    red, _green, blue = drawn.getpixel((35, 5))
    assert blue > red, "the blue quarter was turned to the right"


@pytest.mark.parametrize("mode", ["CMYK", "L"])
def test_a_jpeg_of_a_scanner_or_a_printer(mode):
    checked = check(upload(files.image(mode=mode, exif=b""), "scan.jpg"))
    assert Image.open(io.BytesIO(checked.content)).size == (60, 40)


@pytest.mark.parametrize("mode", ["P", "1", "LA", "RGBA", "I;16"])
def test_every_kind_of_png(mode):
    picture = (
        files.picture("L").point(lambda x: x * 256, "I").convert("I;16") if mode == "I;16" else files.picture(mode)
    )
    written = io.BytesIO()
    picture.save(written, "PNG")
    checked = check(upload(written.getvalue(), "plan.png"))
    assert Image.open(io.BytesIO(checked.content)).size == (60, 40)


@pytest.mark.parametrize("declared", ["", "application/octet-stream", "image/jpeg; charset=binary", "IMAGE/JPG"])
def test_what_a_browser_does_not_know_contradicts_nothing(declared):
    assert check(upload(files.image(), "photo.jpg", declared)).content_type == "image/jpeg"


def test_forty_megapixels_are_the_most():
    assert check(upload(files.image("PNG", "L", (8000, 5000), exif=b""), "plan.png")).size > 0
    assert refusal(files.image("PNG", "L", (8001, 5000), exif=b""), "plan.png") == (
        "Cette image est trop grande : 41 mégapixels, 40 au plus. Réduisez-la, puis envoyez-la."
    )


# What is refused -----------------------------------------------------------------------------------------------------


def test_an_empty_file():
    assert refusal(b"", "vide.pdf") == "Ce fichier est vide. Choisissez-en un autre."


def test_a_file_over_10_megabytes():
    content = files.pdf() + b" " * checks.MAX_BYTES
    assert refusal(content, "gros.pdf").startswith("Ce fichier pèse 10,1\xa0Mo, 10 Mo au plus")


@pytest.mark.parametrize("name", ["virus.exe", "feuille.xlsm", "page.svg", "page.html", "photo.gif", "archive.pdf.zip"])
def test_other_extensions(name):
    extension = name[name.rindex(".") :]
    assert refusal(files.pdf(), name) == (
        f"Les fichiers « {extension} » ne sont pas acceptés. Envoyez un fichier PDF, JPEG, PNG, WebP ou HEIC, "
        "10 Mo au plus."
    )


def test_a_name_without_extension():
    assert refusal(files.pdf(), "impots").startswith("Le nom de ce fichier n’a pas d’extension.")


def test_an_extension_that_lies():
    assert refusal(files.image("PNG"), "avis.pdf") == (
        "Le nom de ce fichier annonce un PDF, mais son contenu est un PNG. Corrigez son extension."
    )
    assert refusal(b"MZ\x90\0 this program cannot be run in DOS mode", "photo.jpg") == (
        "Le contenu de ce fichier n’est pas celui d’un JPEG. Enregistrez-le de nouveau en JPEG."
    )


def test_a_declared_type_that_lies():
    assert refusal(files.pdf(), "avis.pdf", "text/html").startswith("Ce fichier est déclaré « text/html »")
    assert refusal(files.image(), "photo.jpg", "image/svg+xml").startswith("Ce fichier est déclaré « image/svg+xml »")


@pytest.mark.parametrize("password", ["secret", ""])
def test_an_encrypted_pdf_even_when_it_opens_without_a_password(password):
    assert refusal(files.pdf(password=password), "avis.pdf") == (
        "Ce PDF est protégé par un mot de passe ou chiffré. Enregistrez-le sans protection, puis envoyez-le."
    )


def test_a_huge_image_is_refused_before_it_is_drawn():
    content = files.huge_png()
    assert len(content) < checks.MAX_BYTES
    assert refusal(content, "bombe.png").startswith("Cette image est trop grande : ")


@pytest.mark.parametrize(("make", "name"), [(files.huge_jpeg, "bombe.jpg"), (files.huge_webp, "bombe.webp")])
def test_a_header_that_announces_a_huge_image_is_enough(make, name):
    assert refusal(make(), name).startswith("Cette image est trop grande : ")


def test_a_pdf_that_would_unpack_to_a_gigabyte():
    content = files.pdf_bomb()
    assert len(content) < checks.MAX_BYTES
    assert "est abîmé ou incomplet" in refusal(content, "bombe.pdf")


@pytest.mark.parametrize("name", sorted(f"vide.{extension}" for extension in files.TYPES))
def test_an_empty_file_of_each_kind(name):
    assert refusal(b"", name) == "Ce fichier est vide. Choisissez-en un autre."


@pytest.mark.parametrize("said", sorted(files.TYPES))
@pytest.mark.parametrize("true", ["pdf", "jpg", "png", "webp", "heic"])
def test_each_kind_under_the_extension_of_each_other(said, true):
    contents = {
        "pdf": files.pdf,
        "jpg": files.image,
        "png": lambda: files.image("PNG"),
        "webp": lambda: files.image("WEBP"),
        "heic": files.heic,
    }
    if said == true:
        assert check(upload(contents[true](), f"a.{said}")).size
    else:
        assert "Corrigez son extension." in refusal(contents[true](), f"a.{said}")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (files.pdf()[: len(files.pdf()) // 3], "coupe.pdf"),
        (b"%PDF-1.7\n", "rien.pdf"),
        (b"%PDF-1.7\n" + b"\xde\xad\xbe\xef" * 5000, "bruit.pdf"),
        (files.image()[:-400], "coupe.jpg"),
        (files.image("PNG", size=(600, 400))[:300], "coupe.png"),
        (files.image("WEBP", size=(600, 400))[:200], "coupe.webp"),
        (files.heic()[:600], "coupe.heic"),
        (b"\xff\xd8\xff" + b"\0" * 500, "zeros.jpg"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 500, "zeros.heic"),
    ],
)
def test_a_damaged_file(content, name):
    assert "est abîmé ou incomplet : il ne s’ouvre pas" in refusal(content, name)


def test_a_pdf_without_pages():
    assert refusal(files.pdf(pages=0), "vide.pdf") == "Ce PDF n’a aucune page. Vérifiez-le, puis envoyez-le de nouveau."


def test_a_pdf_whose_pages_contain_themselves():
    loop = (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n"
        b"trailer<</Root 1 0 R/Size 3>>\n%%EOF"
    )
    refusal(loop, "boucle.pdf")


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_an_animated_image(kind):
    assert refusal(files.animated(kind), f"image.{kind.lower()}") == "Cette image est animée. Envoyez une image fixe."


# Polyglots -----------------------------------------------------------------------------------------------------------

HIDES = "Ce fichier en cache un autre : par sécurité, il est refusé."
POLYGLOTS = {
    "PDF and archive behind it": (files.pdf() + files.archive(), "a.pdf"),
    "PDF and archive in its comment": (
        files.pdf().replace(b"\n", b"\n%" + b" " * 20 + b"\n", 1) + files.archive("a"),
        "a.pdf",
    ),
    "PDF and page": (files.pdf().replace(b"\n", b"\n%<html><script>alert(1)</script>\n", 1), "a.pdf"),
    "PDF and script behind it": (files.pdf() + b"\n<?php system($_GET['c']);", "a.pdf"),
    "PDF and megabytes behind it": (files.pdf() + b"x" * 5000, "a.pdf"),
    "PDF and PDF": (b"%PDF-1.7\n" + files.pdf(), "a.pdf"),
    "PDF and tar": ((files.pdf()[:9] + b"%" + b"0" * 247 + b"ustar\0" + files.pdf()[9:]), "a.pdf"),
    "JPEG and archive": (files.image() + files.archive(), "a.jpg"),
    "JPEG and PDF": (files.image() + files.pdf(), "a.jpg"),
    "JPEG and PHP in its comment": (files.image(comment="<?php system($_GET['c']); ?>"), "a.jpg"),
    "JPEG and page": (files.image() + b"<!DOCTYPE html><p>hello", "a.jpg"),
    "PNG and archive": (files.image("PNG") + files.archive(), "a.png"),
    "PNG and script": (files.image("PNG") + b"<SCRIPT>alert(1)</SCRIPT>", "a.png"),
    "PNG and RAR": (files.image("PNG") + b"Rar!\x1a\x07\x00", "a.png"),
    "WebP and archive": (files.image("WEBP") + files.archive(), "a.webp"),
    "HEIC and PDF": (files.heic() + files.pdf(), "a.heic"),
}


@pytest.mark.parametrize("case", POLYGLOTS)
def test_a_polyglot(case):
    content, name = POLYGLOTS[case]
    assert refusal(content, name).startswith(HIDES)


def test_what_stands_behind_an_image_does_not_come_along():
    """Telephones leave a film or a depth map there: the photo is taken, and nothing else of it."""
    checked = check(upload(files.image() + b"MotionPhoto_Data" * 1000, "photo.jpg"))
    assert b"MotionPhoto" not in checked.content


# Names, and anything at all ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("avis.pdf", "avis.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\Alice\\avis.pdf", "avis.pdf"),
        ("a\r\nX-Header: 1\0.pdf", "aX-Header: 1.pdf"),
        ("\u202efdp.exe.pdf", "fdp.exe.pdf"),
        (" . .pdf", "document.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_the_name_is_cleaned(name, clean):
    assert clean_name(name, ".pdf") == clean


STARTS = [b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(files.TYPES)), st.sampled_from([b"", *STARTS]), st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused_with_a_sentence(extension, start, noise):
    try:
        checked = check(upload(start + noise, f"fichier.{extension}"))
    except ValidationError as error:
        assert len(error.messages) == 1
    else:
        assert checked.content


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.data())
def test_an_honest_image_with_some_bytes_changed_never_breaks_the_portal(kind, data):
    content = bytearray(files.image(kind))
    for _change in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        check(upload(bytes(content), f"photo.{kind.lower()}"))
    except ValidationError as error:
        assert len(error.messages) == 1

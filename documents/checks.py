"""What a resident may send (rules of the trade, "Files"): PDF, JPEG, PNG, WebP, HEIC, and nothing disguised as one.

Extension, declared type and content must agree, and the content must parse. Images are drawn again from their pixels:
whatever else the file carried (EXIF, GPS, a second file behind the first) stays behind. Each refusal is a sentence.
"""

import hashlib
import io
import logging
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageOps
from pillow_heif import HeifImageFile
from pypdf import PdfReader

from .rules import size_text

logger = logging.getLogger(__name__)

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_NAME = 200
QUALITY = 88
ACCEPTED = gettext_lazy("PDF, JPEG, PNG, WebP ou HEIC, 10 Mo au plus.")
# For the browser's file dialogue. Telephones also look at the types.
ACCEPT = ".pdf,.jpg,.jpeg,.png,.webp,.heic,.heif,application/pdf,image/*"
# A browser that does not know a type declares one of these: it says nothing, so it contradicts nothing.
SAYS_NOTHING = ("", "application/octet-stream")


@dataclass(frozen=True)
class Checked:
    """A file that may be stored: its clean name, its true type, and its content (re-encoded for an image)."""

    name: str
    content_type: str
    content: bytes

    @property
    def size(self):
        return len(self.content)

    @cached_property
    def sha256(self):
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Kind:
    """A kind of file: how it is called and declared, how it begins, and how it is cleaned."""

    label: str
    extensions: tuple[str, ...]
    declared: tuple[str, ...]
    begins: Callable[[bytes], bool]
    clean: Callable[[bytes], bytes]
    # What is stored: a HEIC photo becomes a JPEG, which every screen shows.
    stored_as: str
    stored_type: str


def check(upload):
    """Return the `Checked` of an uploaded file (`name`, `size`, `content_type`, `read()`).

    Raises ValidationError with a sentence that says why the file is refused, and what to do.
    """
    if not upload.size:
        raise ValidationError(_("Ce fichier est vide. Choisissez-en un autre."))
    if upload.size > MAX_BYTES:
        raise ValidationError(
            _("Ce fichier pèse %(size)s, 10 Mo au plus sont acceptés. Réduisez-le, ou envoyez-le en plusieurs fois.")
            % {"size": size_text(upload.size)}
        )
    kind = _kind_of_name(upload.name)
    upload.seek(0)
    content = upload.read(MAX_BYTES + 1)
    _check_agreement(kind, content, (upload.content_type or "").partition(";")[0].strip().lower())
    _check_alone(kind, content)
    cleaned = kind.clean(content)
    return Checked(clean_name(upload.name, kind.stored_as), kind.stored_type, cleaned)


def clean_name(name, extension):
    """Return `name` as it is shown and stored: without folders nor control characters, with the true extension."""
    stem = PurePath(name.replace("\\", "/")).stem
    stem = "".join(c for c in unicodedata.normalize("NFC", stem) if unicodedata.category(c)[0] != "C").strip(" .")
    return (stem or "document")[: MAX_NAME - len(extension)] + extension


# Do name, type and content agree? ------------------------------------------------------------------------------------


def _kind_of_name(name):
    extension = PurePath(name).suffix.lower()
    for kind in KINDS:
        if extension in kind.extensions:
            return kind
    raise ValidationError(
        _("Les fichiers « %(extension)s » ne sont pas acceptés. Envoyez un fichier %(accepted)s")
        % {"extension": extension, "accepted": ACCEPTED}
        if extension
        else _("Le nom de ce fichier n’a pas d’extension. Envoyez un fichier %(accepted)s") % {"accepted": ACCEPTED}
    )


def _check_agreement(kind, content, declared):
    if not kind.begins(content):
        true = next((other.label for other in KINDS if other.begins(content)), "")
        raise ValidationError(
            _("Le nom de ce fichier annonce un %(named)s, mais son contenu est un %(true)s. Corrigez son extension.")
            % {"named": kind.label, "true": true}
            if true
            else _("Le contenu de ce fichier n’est pas celui d’un %(named)s. Enregistrez-le de nouveau en %(named)s.")
            % {"named": kind.label}
        )
    if declared not in (*SAYS_NOTHING, *kind.declared):
        raise ValidationError(
            _("Ce fichier est déclaré « %(declared)s », ce qui n’est pas un %(named)s. Enregistrez-le de nouveau.")
            % {"declared": declared[:60], "named": kind.label}
        )


# Is it one file only? ------------------------------------------------------------------------------------------------

# Marks that another kind of file starts with, wherever they stand: of archives, programs, documents.
ANYWHERE = (b"%PDF-", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"PK\x05\x06")
MARKUP = re.compile(rb"<\?php|<script|<!doctype html|<html", re.IGNORECASE)
# (offset, mark) of the kinds that do not begin at their first byte: tar, disc image, medical image.
AT = ((257, b"ustar"), (0x8001, b"CD001"), (128, b"DICM"))
END_OF_PDF = b"%%EOF"
# How much a writer may leave behind the end of a PDF, and where a browser looks for markup.
MARGIN = 1024


def _check_alone(kind, content):
    """Refuse a polyglot: a file that is also one of another kind, and that some programs would open as such."""
    if kind is PDF:
        # A PDF holds other files as a matter of course (an invoice, a font): what counts is its beginning and its end.
        end = content.rfind(END_OF_PDF) + len(END_OF_PDF) if END_OF_PDF in content else len(content)
        behind = content[end:].strip(b"\0\t\r\n\f ")
        edges = content[:MARGIN] + behind
        double = (
            len(behind) > MARGIN
            or zipfile.is_zipfile(io.BytesIO(content))
            or any(mark in edges[5:] for mark in ANYWHERE)
            or MARKUP.search(edges)
        )
    else:
        double = any(mark in content for mark in ANYWHERE) or MARKUP.search(content)
    if double or any(content[offset : offset + len(mark)] == mark for offset, mark in AT):
        raise ValidationError(
            _(
                "Ce fichier en cache un autre : par sécurité, il est refusé. Ouvrez-le, enregistrez-le ou imprimez-le "
                "dans un nouveau fichier, puis envoyez celui-ci."
            )
        )


# Does it parse? ------------------------------------------------------------------------------------------------------


def _damaged(kind, error):
    # The kind of error only: a decoder's sentence may quote the file.
    logger.info("upload refused", extra={"kind": kind, "error": type(error).__name__})
    return ValidationError(
        _("Ce fichier %(kind)s est abîmé ou incomplet : il ne s’ouvre pas. Vérifiez-le, puis envoyez-le de nouveau.")
        % {"kind": kind}
    )


def _clean_pdf(content):
    """Return `content` as it is, once its pages were counted; a PDF under a password is refused."""
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        encrypted = reader.is_encrypted
        pages = 0 if encrypted else len(reader.pages)
    except Exception as error:  # whatever a parser does with hostile bytes, the resident gets a sentence
        raise _damaged("PDF", error) from error
    if encrypted:
        raise ValidationError(
            _("Ce PDF est protégé par un mot de passe ou chiffré. Enregistrez-le sans protection, puis envoyez-le.")
        )
    if not pages:
        raise ValidationError(_("Ce PDF n’a aucune page. Vérifiez-le, puis envoyez-le de nouveau."))
    return content


def _clean_image(label, opener, **saving):
    """Return a cleaner that draws the image of `label` again, upright, as `saving` (Pillow's parameters) says."""

    def clean(content):
        try:
            # Pillow warns of what it skips, and of a large image before we have looked at its size.
            with warnings.catch_warnings(action="ignore"), opener(content) as image:
                _check_pixels(image.size)
                _check_still(image, label)
                return _drawn_again(image, **saving)
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        except ValidationError:
            raise
        except Exception as error:  # as above
            raise _damaged(label, error) from error

    return clean


def _check_pixels(size):
    width, height = size
    if width * height > MAX_PIXELS:
        raise _too_large(width * height)


def _too_large(pixels=None):
    if pixels is None:
        return ValidationError(_("Cette image est trop grande : 40 mégapixels au plus. Réduisez-la, puis envoyez-la."))
    return ValidationError(
        _("Cette image est trop grande : %(count)d mégapixels, 40 au plus. Réduisez-la, puis envoyez-la.")
        % {"count": -(-pixels // 1_000_000)}
    )


def _check_still(image, label):
    # A telephone's JPEG or HEIC may hold a second picture (a preview, a depth map): the first is the photo.
    if label in ("PNG", "WebP") and getattr(image, "n_frames", 1) > 1:
        raise ValidationError(_("Cette image est animée. Envoyez une image fixe."))


def _drawn_again(image, **saving):
    # As the photographer held the telephone: that was in the EXIF, which goes.
    image = ImageOps.exif_transpose(image)
    if saving["format"] == "JPEG":
        image = image if image.mode in ("RGB", "L") else image.convert("RGB")
    elif image.mode not in ("RGB", "RGBA", "L", "LA"):
        transparent = "transparency" in image.info or "A" in image.mode
        image = image.convert("RGBA" if transparent else "RGB")
    # Pillow writes back the comments and profiles it finds here.
    image.info = {}
    drawn = io.BytesIO()
    image.save(drawn, **saving)
    return drawn.getvalue()


def _pillow(kind):
    """Return an opener that takes the content for `kind` and nothing else."""
    return lambda content: Image.open(io.BytesIO(content), formats=[kind])


def _heif(content):
    # Not `register_heif_opener`: that would teach HEIC to every Pillow of the process, the editors' images too.
    return HeifImageFile(io.BytesIO(content))


HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

PDF = Kind(
    "PDF",
    (".pdf",),
    ("application/pdf", "application/x-pdf"),
    lambda content: content.startswith(b"%PDF-"),
    _clean_pdf,
    ".pdf",
    "application/pdf",
)
KINDS = (
    PDF,
    Kind(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        ("image/jpeg", "image/jpg", "image/pjpeg"),
        lambda content: content.startswith(b"\xff\xd8\xff"),
        _clean_image("JPEG", _pillow("JPEG"), format="JPEG", quality=QUALITY, optimize=True),
        ".jpg",
        "image/jpeg",
    ),
    Kind(
        "PNG",
        (".png",),
        ("image/png", "image/x-png"),
        lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"),
        _clean_image("PNG", _pillow("PNG"), format="PNG"),
        ".png",
        "image/png",
    ),
    Kind(
        "WebP",
        (".webp",),
        ("image/webp",),
        lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
        _clean_image("WebP", _pillow("WEBP"), format="WEBP", quality=QUALITY),
        ".webp",
        "image/webp",
    ),
    Kind(
        "HEIC",
        (".heic", ".heif"),
        ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"),
        lambda content: content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS,
        _clean_image("HEIC", _heif, format="JPEG", quality=QUALITY, optimize=True),
        ".jpg",
        "image/jpeg",
    ),
)

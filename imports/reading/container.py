"""What a workbook (a ZIP of XML files) really holds, looked at before any parser opens it.

Everything is inflated once, in small pieces and within limits, so that a bomb, a document type declaration, a
gigantic cell or 10,000 columns are found in a fraction of a second, whatever the directory of the ZIP claims.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from posixpath import normpath
from xml.parsers import expat

from .errors import Unreadable
from .limits import (
    MAX_INFLATED,
    MAX_MARKUP_GAP,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_REPEATS,
    MAX_ROWS,
    MAX_STRINGS,
)
from .text import TOO_MANY_ROWS

CHUNK = 256 * 1024
_OVERLAP = 64
_SMALL_XML = 2 * 1024 * 1024
_MAX_DEPTH = 50

DAMAGED = "Ce classeur est abîmé ou incomplet. Ouvrez-le dans votre tableur, enregistrez-le à nouveau, puis déposez-le."
BOMB = (
    "Ce classeur est démesuré une fois décompressé : il n’a pas été ouvert. "
    "Enregistrez au format CSV la feuille utile, puis déposez ce fichier."
)
MACROS = (
    "Ce classeur contient des macros, qui ne sont pas acceptées. "
    "Enregistrez-le au format « Classeur Excel (.xlsx) », sans macro, puis déposez-le à nouveau."
)
ENCRYPTED = (
    "Ce classeur est protégé par un mot de passe. Retirez la protection dans votre tableur, puis déposez-le à nouveau."
)
ENTITIES = (
    "Ce classeur contient des déclarations interdites (DTD). "
    "Ouvrez-le dans votre tableur, enregistrez-le à nouveau, puis déposez-le."
)
GIGANTIC_CELL = (
    "Ce classeur a une cellule démesurée. Videz cette cellule, enregistrez le classeur, puis déposez-le à nouveau."
)

NO_SHEET = "Ce classeur n’a aucune feuille visible. Ajoutez-y un tableau, puis déposez-le à nouveau."


@dataclass(frozen=True)
class SheetPart:
    """A sheet of a workbook: its name, the file that holds it and its vertical merges.

    A merge is (first row, first column, last row, last column), 0-based.
    """

    name: str
    member: str
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Container:
    """A workbook that may be opened, with its visible sheets; for XLS, only a parser knows them."""

    format: str
    parts: list[SheetPart]
    support: list[str] = field(default_factory=list)  # the other files that a parser needs


def examine(path: Path) -> Container:
    """What the workbook holds. Raises Unreadable when it is no XLSX or ODS, or must not be opened."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _directory(archive)
            if "[Content_Types].xml" in members:
                return _examine_xlsx(archive, members)
            if "content.xml" in members:
                return _examine_ods(archive, members)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, OverflowError):
        raise Unreadable(DAMAGED) from None
    except expat.ExpatError:
        raise Unreadable(DAMAGED) from None
    raise Unreadable(
        "Ce fichier est une archive ZIP, pas un classeur. Décompressez-la, puis déposez le tableau qu’elle contient."
    )


def inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """A file of the archive in pieces of `CHUNK` bytes, never more than its directory declares."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable(DAMAGED)
    with archive.open(info) as file:  # checks the CRC, and stops at the declared size
        while chunk := file.read(CHUNK):
            yield chunk


def _directory(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len(infos) > MAX_MEMBERS:
        raise Unreadable(BOMB)
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable(ENCRYPTED)
    if sum(info.file_size for info in infos) > MAX_INFLATED:
        raise Unreadable(BOMB)
    for info in infos:
        if info.file_size > 8 * 1024 * 1024 and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise Unreadable(BOMB)
    names = [info.filename.lower() for info in infos]
    if any(
        name.endswith(("vbaproject.bin", "vbadata.xml")) or name.startswith(("basic/", "scripts/", "xl/macrosheets/"))
        for name in names
        if not name.endswith("/")
    ):
        raise Unreadable(MACROS)
    return {info.filename: info for info in infos}


# --- XLSX ---

_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]{0,80}?ref=\"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})\"")
_MAX_MERGES = 20_000


def _examine_xlsx(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Container:
    types = _small(archive, members, "[Content_Types].xml")
    if b"macroEnabled" in types or b"vbaProject" in types:
        raise Unreadable(MACROS)
    book = _workbook_member(archive, members)
    folder = book.rpartition("/")[0]
    relations_name = f"{folder}/_rels/{book.rpartition('/')[2]}.rels".lstrip("/")
    relations = {}
    support = ["[Content_Types].xml", "_rels/.rels", book, relations_name]
    for tag, attributes in _elements(_small(archive, members, relations_name)):
        if tag == "Relationship":
            target = attributes.get("Target", "")
            target = target.lstrip("/") if target.startswith("/") else normpath(f"{folder}/{target}").lstrip("/")
            kind = attributes.get("Type", "").rpartition("/")[2]
            relations[attributes.get("Id", "")] = kind, target
            if kind in ("sharedStrings", "styles") and target in members:
                support.append(target)
    parts = []
    for tag, attributes in _elements(_small(archive, members, book)):
        if tag != "sheet" or attributes.get("state", "visible") != "visible":
            continue
        relation = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
        kind, member = relations.get(relation, ("", ""))
        if kind == "worksheet" and member in members:
            parts.append((attributes.get("name", ""), member))
    sheets = {member for _name, member in parts}
    merges = {}
    for name in members:
        if name in sheets:
            merges[name] = _scan_sheet(archive, members[name])
        elif name.endswith((".xml", ".rels", ".vml")):
            if name in support and members[name].file_size > MAX_STRINGS:
                raise Unreadable(BOMB)
            for _piece in scan(archive, members[name]):
                pass
    if not parts:
        raise Unreadable(NO_SHEET)
    return Container("xlsx", [SheetPart(name, member, merges[member]) for name, member in parts], support)


def _workbook_member(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> str:
    for tag, attributes in _elements(_small(archive, members, "_rels/.rels")):
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            target = attributes.get("Target", "").lstrip("/")
            if target.endswith(".bin"):
                raise Unreadable(
                    "Ce classeur est au format binaire .xlsb. Enregistrez-le au format XLSX, puis déposez-le à nouveau."
                )
            if target in members and target.startswith("xl/"):
                return target
    raise Unreadable(
        "Ce fichier n’est pas un classeur Excel. Ouvrez-le dans votre tableur, enregistrez-le au format XLSX, "
        "puis déposez-le à nouveau."
    )


def _scan_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> list[tuple[int, int, int, int]]:
    """Checks a sheet's size, and returns its vertical merges (they stand after the rows)."""
    rows, merges = 0, []
    for piece in scan(archive, info):
        rows += piece.count(b"<row")
        if rows > MAX_ROWS + 100:
            raise Unreadable(TOO_MANY_ROWS)
        if b"mergeCell " in piece and len(merges) < _MAX_MERGES:
            merges += [
                (int(top) - 1, _column(left), int(bottom) - 1, _column(right))
                for left, top, right, bottom in _MERGE.findall(piece)
            ]
    return sorted({merge for merge in merges if merge[2] > merge[0]})


def _column(name: bytes) -> int:
    position = 0
    for character in name:
        position = position * 26 + character - 64
    return position - 1


# --- ODS ---

_TABLE = re.compile(rb"<table:table(?=[\s>])[^>]*>")
_TABLE_NAME = re.compile(rb"table:name=\"([^\"]*)\"")
_STYLE_NAME = re.compile(rb"table:style-name=\"([^\"]*)\"")
_HIDDEN_STYLE = re.compile(
    rb"<style:style\b[^>]*style:name=\"([^\"]*)\"[^>]*>\s*<style:table-properties\b[^>]*table:display=\"false\""
)
_REPEAT = re.compile(rb"number-(?:columns|rows)-repeated=\"(\d+)\"")


def _examine_ods(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Container:
    kind = _small(archive, members, "mimetype").strip() if "mimetype" in members else b""
    if not kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        raise Unreadable(
            "Ce fichier OpenDocument n’est pas un classeur. Enregistrez le tableau au format ODS, puis déposez-le."
        )
    if "META-INF/manifest.xml" in members and b"encryption-data" in _small(archive, members, "META-INF/manifest.xml"):
        raise Unreadable(ENCRYPTED)
    if "META-INF/manifest.xml" not in members:
        raise Unreadable(DAMAGED)
    names: list[str] = []
    hidden: set[bytes] = set()
    for name, info in members.items():
        if not name.endswith((".xml", ".rdf")):
            continue
        rows = 0
        for piece in scan(archive, info):
            if name != "content.xml":
                continue
            rows += piece.count(b"<table:table-row")
            if rows > MAX_ROWS + 100:
                raise Unreadable(TOO_MANY_ROWS)
            if any(len(figure) > 7 or int(figure) > MAX_REPEATS for figure in set(_REPEAT.findall(piece))):
                raise Unreadable(DAMAGED)
            hidden.update(_HIDDEN_STYLE.findall(piece))
            for tag in _TABLE.findall(piece):
                style, label = _STYLE_NAME.search(tag), _TABLE_NAME.search(tag)
                if label and not (style and style[1] in hidden):
                    names.append(unescape(label[1].decode("utf-8", "replace")))
    if not names:
        raise Unreadable(NO_SHEET)
    return Container("ods", [SheetPart(name, "content.xml") for name in names])


# --- XML in pieces ---


def scan(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The pieces of an XML file, cut after a tag; refuses a DTD, a gigantic text, a hiding encoding."""
    carry = b""
    for chunk in inflate(archive, info):
        if not carry and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in chunk[:4]):
            raise Unreadable(DAMAGED)  # UTF-16: no spreadsheet writes it, and it would hide what is searched here
        carry += chunk
        cut = carry.rfind(b">") + 1
        if len(carry) - cut > MAX_MARKUP_GAP:
            raise Unreadable(GIGANTIC_CELL)
        piece, carry = carry[:cut], carry[cut:]
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise Unreadable(ENTITIES)
        if piece:
            yield piece
    if b"<!" in carry:
        raise Unreadable(ENTITIES)


def _small(archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str) -> bytes:
    if name not in members or members[name].file_size > _SMALL_XML:
        raise Unreadable(DAMAGED)
    return b"".join(inflate(archive, members[name]))


def _elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small XML file, as (local name, attributes). A DTD is refused whatever the encoding."""
    found, depth = [], 0

    def refuse(*_arguments):
        raise Unreadable(ENTITIES)

    def start(tag, attributes):
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise Unreadable(DAMAGED)
        found.append((tag.rpartition(":")[2], attributes))

    def end(_tag):
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(xml, True)
    return found

"""CSV as old software writes it."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from .errors import Unreadable
from .layout import Row
from .limits import MAX_CELL, MAX_COLUMNS, MAX_ROWS

DELIMITERS = ";\t|,"
_LINE = 1024 * 1024
_CHUNK = 1024 * 1024
# French accents in the DOS code page, that are rare punctuation in Windows-1252.
_DOS = frozenset(b"\x82\x85\x87\x88\x8a\x97\x96\x93")
_WINDOWS = frozenset("éèêàçôùîûÉÈÀïë°".encode("cp1252"))


def detect_encoding(path: Path) -> str:
    """The codec that reads the file: utf-8-sig, utf-16-le, utf-16-be, cp1252 or cp850. Raises Unreadable for binary."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(codecs.BOM_UTF16_LE):
            return _checked_utf16(path, "utf-16-le")
        if start.startswith(codecs.BOM_UTF16_BE):
            return _checked_utf16(path, "utf-16-be")
        if b"\0" in start:
            even, odd = start[0::2].count(0), start[1::2].count(0)
            if odd > 0.3 * len(start) / 2 and even < 0.02 * len(start):
                return _checked_utf16(path, "utf-16-le")
            if even > 0.3 * len(start) / 2 and odd < 0.02 * len(start):
                return _checked_utf16(path, "utf-16-be")
            raise Unreadable(_BINARY)
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        utf8, windows, dos, controls = True, 0, 0, 0
        while chunk := file.read(_CHUNK):
            controls += len(chunk) - len(chunk.translate(None, _CONTROLS))
            if controls > 20:
                raise Unreadable(_BINARY)
            if utf8:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    utf8 = False
            if not utf8:
                windows += len(chunk) - len(chunk.translate(None, bytes(_WINDOWS)))
                dos += len(chunk) - len(chunk.translate(None, bytes(_DOS)))
        if utf8:
            try:
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                utf8 = False
    if utf8:
        return "utf-8-sig"
    return "cp850" if dos > 2 * windows else "cp1252"


_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1a\x1b")) + b"\x7f"
_BINARY = (
    "Ce fichier n’est pas un fichier de texte : son contenu est illisible. "
    "Ouvrez-le dans votre tableur, puis enregistrez-le au format XLSX ou CSV."
)


def _checked_utf16(path: Path, encoding: str) -> str:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while text := file.read(_CHUNK):
                if "\0" in text:
                    raise Unreadable(_BINARY)
    except UnicodeError:
        raise Unreadable(_BINARY) from None
    return encoding


def detect_delimiter(path: Path, encoding: str) -> str:
    """The separator that cuts the first rows most evenly; `;` for a file of one column."""
    best, best_score = ";", 0.0
    for delimiter in DELIMITERS:
        widths: dict[int, int] = {}
        try:
            for number, cells in records(path, encoding, delimiter):
                if len(cells) > 1:
                    widths[len(cells)] = widths.get(len(cells), 0) + 1
                if number >= 200:
                    break
        except Unreadable:
            continue
        if widths:
            score = max(count * min(width, 12) for width, count in widths.items())
            if score > best_score:
                best, best_score = delimiter, score
    return best


def records(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Each record with its rank in the file (as a spreadsheet numbers it), in constant memory.

    Raises Unreadable for a line, a cell, a number of columns or of rows beyond the limits.
    """
    # Undefined bytes of Windows-1252 must not stop a file of 100,000 rows: they show as a replacement character.
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(_lines(file), delimiter=delimiter)
        number, start = 0, 1
        try:
            for number, cells in enumerate(reader, 1):
                if number > MAX_ROWS + 100:
                    raise Unreadable(TOO_MANY_ROWS)
                start = reader.line_num + 1
                if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
                    raise Unreadable(TOO_MANY_COLUMNS)
                yield number, [_cell(cell, number) if cell else None for cell in cells]
        except csv.Error:
            raise Unreadable(
                f"À partir de la ligne {start}, un guillemet ouvert n’est jamais refermé, ou une cellule est "
                "démesurée. Corrigez cette ligne, puis déposez à nouveau le fichier."
            ) from None


def check_length(path: Path, encoding: str, delimiter: str) -> None:
    """Raises Unreadable for too many rows. Parses the file only when its number of line ends asks for it."""
    with path.open("rb") as file:
        ends = sum(chunk.count(b"\n") + chunk.count(b"\r") for chunk in iter(lambda: file.read(_CHUNK), b""))
    if ends > MAX_ROWS:
        for _row in records(path, encoding, delimiter):
            pass


TOO_MANY_ROWS = (
    "Ce fichier a plus d’un million de lignes. Coupez-le en plusieurs fichiers, puis déposez-les l’un après l’autre."
)
TOO_MANY_COLUMNS = (
    f"Ce fichier a plus de {MAX_COLUMNS} colonnes. Gardez seulement les colonnes utiles, puis déposez-le à nouveau."
)


def _cell(cell: str, number: int) -> str | None:
    if len(cell) > MAX_CELL:
        raise Unreadable(too_long_cell(number))
    return cell if not cell.isspace() else None


def too_long_cell(number: int) -> str:
    """The sentence for a cell that no spreadsheet could hold."""
    return f"La ligne {number} a une cellule démesurée. Videz cette cellule, puis déposez à nouveau le fichier."


def _lines(file) -> Iterator[str]:
    first = True
    number = 0
    while line := file.readline(_LINE):
        number += 1
        if len(line) >= _LINE:
            raise Unreadable(
                f"La ligne {number} est démesurée : ce fichier n’est pas un tableau. "
                "Ouvrez-le dans votre tableur, puis enregistrez-le au format XLSX ou CSV."
            )
        if first:
            first = False
            line = line.removeprefix("\ufeff")
        yield line

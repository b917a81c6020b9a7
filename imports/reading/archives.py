"""The ZIP of invoices in PDF that comes beside a spreadsheet."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

from .errors import Unreadable
from .limits import (
    ARCHIVE_MAX_BYTES,
    ARCHIVE_MAX_INFLATED,
    ARCHIVE_MAX_MEMBERS,
    PDF_MAX_BYTES,
    PDF_MAX_RATIO,
)

_DAMAGED = "Cette archive ZIP est abîmée ou incomplète. Recréez-la, puis déposez-la à nouveau."
_BOMB = (
    "Cette archive ZIP est démesurée une fois décompressée : elle n’a pas été ouverte. Coupez-la en plusieurs archives."
)


def pdfs(path: Path) -> Iterator[tuple[str, zipfile.ZipInfo, Callable[[], bytes]]]:
    """The PDFs of an archive: (name without folder or extension, entry, function that returns the checked content).

    The whole directory is checked before the first one is given. Nothing is written to disk, so no name can leave
    a folder. Raises Unreadable for an archive that must not be opened; the function raises it for a file that is no
    PDF, is over 10 MB, or is not what the directory says.
    """
    path = Path(path)
    if path.stat().st_size > ARCHIVE_MAX_BYTES:
        raise Unreadable("Cette archive dépasse 500 Mo. Coupez-la en plusieurs archives, puis déposez-les.")
    try:
        with zipfile.ZipFile(path) as archive:
            found = _directory(archive)
            for stem, info in found:
                yield stem, info, lambda info=info: _content(archive, info)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OverflowError, UnicodeError):
        raise Unreadable(_DAMAGED) from None


def _directory(archive: zipfile.ZipFile) -> list[tuple[str, zipfile.ZipInfo]]:
    infos = archive.infolist()
    if len(infos) > ARCHIVE_MAX_MEMBERS or sum(info.file_size for info in infos) > ARCHIVE_MAX_INFLATED:
        raise Unreadable(_BOMB)
    found, names = [], {}
    for info in infos:
        name = _name(info)
        parts = PurePosixPath(name.replace("\\", "/")).parts
        if (
            info.is_dir()
            or not parts
            or parts[0] == "__MACOSX"
            or parts[-1].startswith((".", "Thumbs.db", "desktop.ini"))
        ):
            continue
        if ".." in parts or name.startswith(("/", "\\")) or (len(name) > 1 and name[1] == ":"):
            raise Unreadable("Cette archive contient des chemins interdits (« .. »). Recréez-la, puis déposez-la.")
        if info.flag_bits & 1:
            raise Unreadable("Cette archive est protégée par un mot de passe. Recréez-la sans mot de passe.")
        if not parts[-1].lower().endswith(".pdf"):
            raise Unreadable(
                f"« {parts[-1][:80]} » n’est pas un PDF. Gardez seulement les factures en PDF dans l’archive."
            )
        if info.file_size > PDF_MAX_BYTES:
            raise Unreadable(f"« {parts[-1][:80]} » dépasse 10 Mo. Réduisez ce PDF ou retirez-le de l’archive.")
        if info.file_size > 1024 * 1024 and info.file_size > PDF_MAX_RATIO * max(info.compress_size, 1):
            raise Unreadable(_BOMB)
        stem = parts[-1][:-4].strip()
        if stem in names:
            raise Unreadable(f"Deux PDF de l’archive portent le nom « {stem[:80]} ». Gardez le bon, puis déposez-la.")
        names[stem] = True
        found.append((stem, info))
    if not found:
        raise Unreadable("Cette archive ne contient aucun PDF. Ajoutez-y les factures, nommées par leur numéro.")
    return found


def _name(info: zipfile.ZipInfo) -> str:
    """The name of an entry: without the UTF-8 flag, CP437 by the standard; CP850 or Windows-1252 on French machines."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    raw = info.filename.encode("cp437")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        dos = sum(byte in b"\x82\x85\x87\x88\x8a\x93\x96\x97\x90\xf8" for byte in raw)
        windows = sum(byte in "éèêàçôùîûÉÈÀëï°".encode("cp1252") for byte in raw)
        return raw.decode("cp850" if dos >= windows else "cp1252", errors="replace")


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    name = PurePosixPath(_name(info).replace("\\", "/")).name[:80]
    try:
        with archive.open(info) as file:
            content = file.read(PDF_MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError):
        raise Unreadable(_DAMAGED) from None
    if len(content) > PDF_MAX_BYTES:
        raise Unreadable(f"« {name} » dépasse 10 Mo. Réduisez ce PDF ou retirez-le de l’archive.")
    if not content.startswith(b"%PDF-"):
        raise Unreadable(
            f"« {name} » n’est pas un PDF. Remplacez-le par la facture en PDF, ou retirez-le de l’archive."
        )
    return content

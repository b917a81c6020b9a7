"""What a file is, by its content; its name must agree."""

from pathlib import Path

from .container import ENCRYPTED, MACROS, Container, examine
from .errors import Unreadable
from .limits import MAX_FILE_BYTES

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_NAMES = frozenset({"csv", "txt", "tsv"})
_ACCEPTED = _TEXT_NAMES | {"xlsx", "xls", "ods"}
_NAMES = {"csv": "un fichier CSV", "xlsx": "un classeur XLSX", "xls": "un classeur XLS", "ods": "un classeur ODS"}


def detect(path: Path, filename: str) -> tuple[str, Container]:
    """The format ("csv", "xlsx", "xls" or "ods") and, for a workbook, what it holds. Raises Unreadable."""
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if extension in ("xlsm", "xltm", "xlsb", "xlam"):
        raise Unreadable(MACROS)
    if extension not in _ACCEPTED:
        raise Unreadable(
            "Seuls les fichiers CSV, XLSX, XLS et ODS sont acceptés. Enregistrez le tableau dans l’un d’eux."
        )
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("Ce fichier est vide. Vérifiez l’export, puis déposez-le à nouveau.")
    if size > MAX_FILE_BYTES:
        raise Unreadable(
            "Ce fichier dépasse 50 Mo. Coupez-le en plusieurs fichiers, puis déposez-les l’un après l’autre."
        )
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(b"PK\x03\x04") or start.startswith(b"PK\x05\x06"):
        container = examine(path)
        _agree(extension, container.format)
        return container.format, container
    if start.startswith(_OLE):
        _examine_ole(path, extension)
        return "xls", Container("xls", [])
    if start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise Unreadable(
            "Ce fichier est une page HTML ou XML, pas un tableau. Ouvrez-le dans votre tableur, puis enregistrez-le au "
            "format XLSX."
        )
    if start.startswith(b"%PDF"):
        raise Unreadable("Ce fichier est un PDF, pas un tableau. Demandez au logiciel d’origine un export CSV ou XLSX.")
    if extension in _TEXT_NAMES:
        return "csv", Container("csv", [])
    if b"\0" not in start and extension == "xls":
        raise Unreadable(
            "Ce fichier porte l’extension .xls mais contient du texte. Renommez-le en .csv, ou ouvrez-le dans votre "
            "tableur et enregistrez-le au format XLSX."
        )
    raise Unreadable(
        f"Ce fichier porte l’extension .{extension} mais n’est pas {_NAMES[extension]}. Ouvrez-le dans votre tableur, "
        "enregistrez-le à nouveau, puis déposez-le."
    )


def _agree(extension: str, format: str) -> None:
    if extension != format:
        raise Unreadable(
            f"Ce fichier porte l’extension .{extension} mais contient {_NAMES[format]}. Renommez-le en .{format}, "
            "ou enregistrez-le à nouveau, puis déposez-le."
        )


def _examine_ole(path: Path, extension: str) -> None:
    """A compound file: an old .xls, or a workbook under a password. Names of its streams are in UTF-16."""
    data = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable(ENCRYPTED)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        raise Unreadable(MACROS)
    if "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
        raise Unreadable(
            "Ce fichier n’est pas un classeur Excel. Ouvrez-le dans votre tableur, enregistrez-le au format XLSX, puis "
            "déposez-le."
        )
    _agree(extension, "xls")

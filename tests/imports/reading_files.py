"""Builds, byte by byte, the files of the reader's tests: workbooks as software writes them, and as attackers do."""

import json
import struct
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROOT_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK_RELS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)
BOOK = (
    f'<?xml version="1.0"?><workbook xmlns="{MAIN}" xmlns:r="{REL}"><sheets>'
    '<sheet name="Feuille1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
SHEET_START = f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><sheetData>'
SHEET_END = "</sheetData></worksheet>"
MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)
ODS_START = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="Feuille1">'
)
ODS_END = "</table:table></office:spreadsheet></office:body></office:document-content>"


def cell(value, ref=""):
    """A cell of an XLSX sheet, text in place."""
    at = f' r="{ref}"' if ref else ""
    return f'<c{at} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'


def xlsx(path, *, sheet="", **parts):
    """A minimal XLSX. `sheet` is the XML of its sheet (bytes, text, or pieces); `parts` replace or add members."""
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": BOOK_RELS,
        "xl/worksheets/sheet1.xml": sheet,
        **parts.get("members", {}),
    }
    return write_zip(path, members)


def ods(path, *, table="", **parts):
    """A minimal ODS; `table` is the XML between the start and the end of its table."""
    pieces = [ODS_START, *([table] if isinstance(table, str) else table), ODS_END]
    return write_zip(
        path,
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": MANIFEST,
            "content.xml": pieces,
            **parts.get("members", {}),
        },
    )


def write_zip(path, members):
    """A ZIP from names to contents; a content may be an iterable of pieces, so that a bomb costs no memory here."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            pieces = [content] if isinstance(content, str | bytes) else content
            with archive.open(name, "w", force_zip64=False) as file:
                for piece in pieces:
                    file.write(piece.encode() if isinstance(piece, str) else piece)
    return path


def lie_about_sizes(path, name, declared):
    """Rewrites the directory of a ZIP: the entry claims to be `declared` bytes once inflated."""
    data = bytearray(path.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if bytes(data[at + 46 : at + 46 + length]) == name.encode():
            struct.pack_into("<I", data, at + 24, declared)
        at = data.find(b"PK\x01\x02", at + 4)
    local = data.find(b"PK\x03\x04")
    while local >= 0:
        length = struct.unpack_from("<H", data, local + 26)[0]
        if bytes(data[local + 30 : local + 30 + length]) == name.encode():
            struct.pack_into("<I", data, local + 22, declared)
        local = data.find(b"PK\x03\x04", local + 4)
    path.write_bytes(data)
    return path


_MEASURE = """
    import json, resource, sys, time
    from pathlib import Path
    from imports.reading import Unreadable, inspect, rows

    path, filename, full = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "full"
    start, before, said, count = time.monotonic(), time.process_time(), None, 0
    try:
        source = inspect(path, filename)
        if full:
            for _row in rows(path, source):
                count += 1
    except Unreadable as error:
        said = str(error)
    wall = time.monotonic() - start
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in used) - before
    own = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
    memory = (own + used[1].ru_maxrss) / 1024
    print(json.dumps({"said": said, "seconds": seconds, "wall": wall, "rows": count, "memory": memory}))
"""


def measure(path, filename=None, *, full=False):
    """Reads a file in a new process: what it said, the seconds and megabytes that it and the parser's process took.

    The seconds are those of the processor, so that a busy machine does not fail the tests; `wall` is the clock's.
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(_MEASURE), str(path), filename or path.name, "full" if full else "head"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def children_of_this_process():
    """The processes that this one started and that still run."""
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += (task / "children").read_text().split()
    return found

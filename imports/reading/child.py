"""Parses a workbook with calamine, in a process of its own, and prints its rows as JSON lines.

Why a process: calamine holds a sheet as a dense table (one stray cell in XFD1048576 asks for 400 GB and aborts), a
hostile file can make any parser spin, and Python does not give memory back. Here a limit on memory and time
stops such a file, and the web or queue process stays as it was.

Why slices: measured on 100,000 rows × 14 columns, calamine needs 137 MB for an XLSX read whole (183 MB for an ODS),
and a million rows would need ten times more; openpyxl's read-only mode is constant but 8 times slower. So the XML of
the sheet is cut every few thousand rows into small workbooks, which calamine reads one after the other at full
speed: 75 MB whatever the number of rows. An XLS is read whole: its format stops at 65,536 rows.

Run as `python -P child.py`, with the job as JSON on the standard input. It imports nothing of the project, so that
starting it costs 50 ms.
"""

import html
import json
import os
import re
import sys
import tempfile
import zipfile
from datetime import date, datetime, time, timedelta

SLICE = 6 * 1024 * 1024  # bytes of XML parsed at once
HEAD_SLICE = 512 * 1024  # the same, to see the first rows only
PIECE = 256 * 1024  # bytes inflated at once
BATCH = 500  # rows on one line of output
LONGEST_GAP = 5_000  # blank rows that a slice may span
LONGEST_HEAD = 4 * 1024 * 1024  # bytes of XML looked at for the first rows, and before them


class Refused(Exception):
    """Carries the word that the parent turns into a sentence."""


def main():
    job = json.load(sys.stdin)
    limit_resources(job)
    import python_calamine as calamine

    try:
        {"xlsx": read_xlsx, "ods": read_ods, "xls": read_xls, "names": names}[job["mode"]](calamine, job)
    except Refused as error:
        answer({"error": str(error)})
    except calamine.PasswordError:
        answer({"error": "password"})
    except MemoryError:
        answer({"error": "too_big"})
    except BaseException as error:  # a panic of the parser is no Exception; whatever it is, the file caused it
        answer({"error": "password" if "assword" in str(error) else "damaged", "why": type(error).__name__})


def limit_resources(job):
    """Bounds the memory and the time of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows, in development
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (job["memory"], job["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (job["seconds"], job["seconds"]))


def answer(value):
    sys.stdout.write(json.dumps(value, default=encode, ensure_ascii=False, separators=(",", ":")))
    sys.stdout.write("\n")


def encode(value):
    """Dates as tagged objects, durations as text: what JSON lacks."""
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    raise TypeError(type(value))


def clean(cell, longest):
    if cell == "" and isinstance(cell, str):
        return None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 1e15 else cell if cell - cell == 0 else None
    if isinstance(cell, str) and len(cell) > longest:
        raise Refused("cell")
    return cell


def emit(rows, first, left, job, limit=None):
    """Prints rows numbered from `first`, shifted by `left` empty columns. Returns how many were seen."""
    longest, margin, batch, count = job["longest"], [None] * left, [], 0
    for count, row in enumerate(rows, 1):
        if left + len(row) > job["columns"] and any(cell != "" for cell in row[max(job["columns"] - left, 0) :]):
            raise Refused("columns")
        cells = [clean(cell, longest) for cell in row]
        if any(cell is not None for cell in cells):
            batch.append((first + count - 1, margin + cells))
            if len(batch) >= BATCH:
                answer(batch)
                batch = []
        if limit and count >= limit:
            break
    if batch:
        answer(batch)
    return count


def names(calamine, job):
    """The visible sheets of an XLS workbook."""
    with calamine.load_workbook(job["path"]) as book:
        answer(
            [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
            ]
        )


def read_xls(calamine, job):
    """A sheet of an XLS workbook, which cannot be cut."""
    with calamine.load_workbook(job["path"]) as book:
        for name in job["sheets"]:
            sheet = book.get_sheet_by_name(name)
            merges = [(a, b, c, d) for (a, b), (c, d) in sheet.merged_cell_ranges or [] if c > a]
            answer({"sheet": name, "merges": merges[:20_000]})
            if sheet.start is not None:
                emit(sheet.iter_rows(), 1, sheet.start[1], job, job["head"])
            del sheet


def read_xlsx(calamine, job):
    """A sheet of an XLSX workbook, slice after slice."""
    with zipfile.ZipFile(job["path"]) as archive, tempfile.TemporaryDirectory() as folder:
        for name, member in job["sheets"]:
            answer({"sheet": name})
            seen = 0
            for xml, first in slices(archive, member, job["head"]):
                path = os.path.join(folder, "slice.xlsx")
                pack(archive, job["support"], member, xml, path)
                seen += read_slice(calamine, path, name, first, job)
                if job["head"] and seen >= job["head"]:
                    break


def read_slice(calamine, path, name, first, job):
    """Prints the rows of a small workbook, which stand `first` rows further down in the whole one."""
    with calamine.load_workbook(path) as book:
        sheet = book.get_sheet_by_name(name)
        if sheet.start is None:
            return 0
        top, left = sheet.start
        # `iter_rows` gives the blank rows above as well: up to a million of them when rows carry their number.
        return emit(sheet.to_python(), first + top + 1, left, job, job["head"])


def slices(archive, member, head):
    """The sheet cut into complete small sheets: (XML, rows before it, or 0 when rows carry their own number)."""
    with archive.open(member) as file:
        stream = Stream(file)
        before = stream.until(rb"<(?:\w+:)?sheetData(?:\s[^>]*)?>", LONGEST_HEAD)
        start = re.search(rb"<(\w+:)?sheetData(?:\s[^>]*)?>$", before)
        if start[0].endswith(b"/>"):
            return
        prefix = start[1] or b""
        # The announced dimension would make calamine reserve the whole table for each slice.
        before = re.sub(rb"<(?:\w+:)?dimension\b[^>]*?/>", b"", before)
        after = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
        size, done, counted, total = HEAD_SLICE if head else SLICE, False, 0, 0
        while not done and not (head and total > LONGEST_HEAD):
            body, done = stream.cut(
                size, rb"</%ssheetData\s*>" % prefix, rb"</%srow\s*>|<%srow[^>]*/>" % (prefix, prefix)
            )
            total += len(body)
            rows = [
                (row.start(), row[1]) for row in re.finditer(rb"<%srow\b[^>]*?(?:\sr=\"(\d+)\"[^>]*)?>" % prefix, body)
            ]
            if rows:
                for part in parts(body, rows):
                    yield before + part + after, 0 if rows[0][1] else counted
                counted += len(rows)


def parts(body, rows):
    """The slice cut where row numbers jump: one cell typed by mistake at the bottom would make the table huge."""
    start = previous = 0
    for position, number in rows:
        number = int(number) if number else previous + 1
        if number - previous > LONGEST_GAP and position > rows[0][0]:
            yield body[start:position]
            start = position
        previous = number
    yield body[start:]


def read_ods(calamine, job):
    """The sheets of an ODS workbook, in the order of the file, slice after slice."""
    with zipfile.ZipFile(job["path"]) as archive, tempfile.TemporaryDirectory() as folder:
        manifest = archive.read("META-INF/manifest.xml")
        seen = dict.fromkeys(job["sheets"], 0)
        path = os.path.join(folder, "slice.ods")
        for name, xml, first in ods_slices(archive, job, lambda name: job["head"] and seen[name] >= job["head"]):
            if xml is None:
                answer({"sheet": name})
                continue
            with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as small:
                small.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
                small.writestr("META-INF/manifest.xml", manifest)
                small.writestr("content.xml", xml)
            seen[name] += read_slice(calamine, path, name, first, job)


def ods_slices(archive, job, enough):
    """The wanted sheets cut into complete small documents: (sheet, XML, rows before it), XML being None to begin."""
    wanted, last = set(job["sheets"]), job["sheets"][-1]
    with archive.open("content.xml") as file:
        stream = Stream(file)
        prologue = stream.until(rb"<office:spreadsheet[^>]*>", LONGEST_HEAD)
        # Styles say nothing of values here, and may be long.
        prologue = re.sub(rb"<office:automatic-styles>.*?</office:automatic-styles>", b"", prologue, flags=re.DOTALL)
        while opening := stream.skip_to(rb"<table:table(?=[\s>])[^>]*>"):
            name = html.unescape((re.search(rb'table:name="([^"]*)"', opening) or [b"", b""])[1].decode())
            if name not in wanted:
                stream.skip_to(rb"</table:table>")
                continue
            yield name, None, 0
            first, total, size = 0, 0, HEAD_SLICE if job["head"] else SLICE
            while True:
                body, done = stream.cut(size, rb"</table:table>", rb"</table:table-row>|<table:table-row[^>]*/>")
                # Groups and printed titles only wrap rows; cut in two, they would not close.
                body = re.sub(rb"</?table:table-(?:row-group|header-rows|rows)\b[^>]*>", b"", body)
                rows = re.findall(rb"<table:table-row\b([^>]*)>", body)
                if rows:
                    xml = (prologue, opening, body, b"</table:table></office:spreadsheet></office:body>", CLOSING)
                    yield name, b"".join(xml), first
                first += sum(int((REPEATED.search(row) or (0, 1))[1]) for row in rows)
                total += len(body)
                if done or enough(name) or (job["head"] and total > LONGEST_HEAD):
                    break
            if name == last:
                return
            if not done:
                stream.skip_to(rb"</table:table>")


CLOSING = b"</office:document-content>"
REPEATED = re.compile(rb'table:number-rows-repeated="(\d+)"')


class Stream:
    """An XML file read forward, piece by piece."""

    def __init__(self, file):
        self.file, self.data = file, b""

    def more(self, size=None):
        piece = self.file.read(size or PIECE)
        self.data += piece
        return bool(piece)

    def until(self, pattern, longest):
        """What comes up to the end of `pattern`."""
        while not (found := re.search(pattern, self.data)):
            if len(self.data) > longest or not self.more():
                raise Refused("damaged")
        start, self.data = self.data[: found.end()], self.data[found.end() :]
        return start

    def skip_to(self, pattern):
        """The next `pattern`, after which the stream stands; None at the end of the file."""
        while not (found := re.search(pattern, self.data)):
            self.data = self.data[-2_000:]  # a tag may be cut between two pieces
            if not self.more():
                return None
        self.data = self.data[found.end() :]
        return found[0]

    def cut(self, size, end, breaks):
        """About `size` bytes, up to a break or to `end`, and whether `end` was met (and passed)."""
        while True:
            while len(self.data) < size and self.more(size - len(self.data)):
                pass
            if found := re.search(end, self.data):
                body, self.data = self.data[: found.start()], self.data[found.end() :]
                return body, True
            if len(self.data) < size:
                raise Refused("damaged")
            window = max(len(self.data) - 2 * 1024 * 1024, 0)
            if last := max(re.compile(breaks).finditer(self.data, window), key=end_of, default=None):
                body, self.data = self.data[: last.end()], self.data[last.end() :]
                return body, False
            if size >= SLICE:  # a row that long has more columns than any table
                raise Refused("columns")
            size = SLICE


def end_of(match):
    return match.end()


def pack(archive, support, member, xml, path):
    """A workbook of one slice: what gives meaning to the cells (styles, shared strings), and the slice."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as small:
        for name in support:
            with archive.open(name) as source, small.open(name, "w") as target:
                while chunk := source.read(PIECE):
                    target.write(chunk)
        small.writestr(member, xml)


if __name__ == "__main__":
    main()

"""Parses a workbook with calamine, in a process of its own, and prints its rows as JSON lines.

Why a process: calamine holds a sheet as a dense table (one stray cell in XFD1048576 asks for 400 GB and aborts), a
hostile file can make any parser spin, and Python does not give memory back. Here a limit on memory and time
stops such a file, and the web or queue process stays as it was.

Why slices: measured on 100,000 rows × 14 columns, calamine needs 137 MB for an XLSX read whole, and a million rows
would need ten times more; openpyxl's read-only mode is constant but 8 times slower. So the XML of the sheet is
cut every few thousand rows into small workbooks, which calamine reads one after the other at full speed.

Run as `python -P child.py`, with the job as JSON on the standard input. It imports nothing of the project, so that
starting it costs 50 ms.
"""

import json
import os
import re
import sys
import tempfile
import zipfile
from datetime import date, datetime, time, timedelta

SLICE = 6 * 1024 * 1024  # bytes of XML parsed at once
BATCH = 500  # rows on one line of output
LONGEST_HEAD = 4 * 1024 * 1024


class Refused(Exception):
    """Carries the word that the parent turns into a sentence."""


def main():
    job = json.load(sys.stdin)
    limit_resources(job)
    import python_calamine as calamine

    try:
        {"xlsx": read_xlsx, "ods": read_whole, "xls": read_whole, "names": names}[job["mode"]](calamine, job)
    except Refused as error:
        answer({"error": str(error)})
    except calamine.PasswordError:
        answer({"error": "password"})
    except MemoryError:
        answer({"error": "too_big"})
    except (calamine.CalamineError, zipfile.BadZipFile, OSError, EOFError, ValueError, OverflowError) as error:
        answer({"error": "password" if "assword" in str(error) else "damaged"})


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
    """The visible sheets of an XLS or ODS workbook."""
    with calamine.load_workbook(job["path"]) as book:
        answer(
            [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.typ == calamine.SheetTypeEnum.WorkSheet and sheet.visible == calamine.SheetVisibleEnum.Visible
            ]
        )


def read_whole(calamine, job):
    """A sheet of an XLS or ODS workbook, which cannot be cut."""
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
            for rank, (xml, first) in enumerate(slices(archive, member, job["head"])):
                path = os.path.join(folder, f"{rank}.xlsx")
                pack(archive, job["support"], member, xml, path)
                with calamine.load_workbook(path) as book:
                    sheet = book.get_sheet_by_name(name)
                    os.unlink(path)
                    if sheet.start is not None:
                        top, left = sheet.start
                        rows = sheet.to_python() if top else sheet.iter_rows()
                        seen += emit(rows, (first or 0) + top + 1, left, job, job["head"])
                        del sheet, rows
                if job["head"] and seen >= job["head"]:
                    break


def slices(archive, member, head):
    """The sheet cut into complete small sheets: (XML, rows before it, or None when rows carry their own number)."""
    row_end = re.compile(rb"</(?:\w+:)?row\s*>")
    with archive.open(member) as file:
        data = b""
        while not (start := re.search(rb"<(\w+:)?sheetData(\s[^>]*)?(/)?>", data)):
            more = file.read(256 * 1024)
            if not more or len(data) > LONGEST_HEAD:
                raise Refused("damaged" if not re.search(rb"<(\w+:)?chartsheet", data) else "empty")
            data += more
        if start[3]:
            return
        prefix = start[1] or b""
        # The announced dimension would make calamine reserve the whole table for each slice.
        before = re.sub(rb"<(?:\w+:)?dimension\b[^>]*?/>", b"", data[: start.end()])
        after = b"</%ssheetData></%sworksheet>" % (prefix, prefix)
        parts, size, done, counted = [data[start.end() :]], len(data) - start.end(), False, 0
        end_tag = b"</%ssheetData" % prefix
        first_slice = True
        while not done:
            wanted = 512 * 1024 if head and first_slice else SLICE
            while size < wanted:
                more = file.read(256 * 1024)
                if not more:
                    break
                parts.append(more)
                size += len(more)
            data = b"".join(parts)
            at = data.find(end_tag)
            if at >= 0:
                body, rest, done = data[:at], b"", True
            else:
                last = max(row_end.finditer(data, max(len(data) - 2 * 1024 * 1024, 0)), key=end_of, default=None)
                if last is None:
                    raise Refused("columns" if size >= wanted else "damaged")
                body, rest = data[: last.end()], data[last.end() :]
                if size < wanted:
                    raise Refused("damaged")
            opening = re.search(rb"<(?:\w+:)?row\b([^>]*)>", body)
            if opening:
                numbered = re.search(rb"\sr\s*=", opening[1])
                yield before + body + after, None if numbered else counted
                if not numbered:
                    counted += len(re.findall(rb"<(?:\w+:)?row\b", body))
            parts, size, first_slice = [rest], len(rest), False


def end_of(match):
    return match.end()


def pack(archive, support, member, xml, path):
    """A workbook of one slice: what gives meaning to the cells (styles, shared strings), and the slice."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as small:
        for name in support:
            with archive.open(name) as source, small.open(name, "w") as target:
                while chunk := source.read(256 * 1024):
                    target.write(chunk)
        small.writestr(member, xml)


if __name__ == "__main__":
    main()

"""Workbooks, read by the process of `child.py`: this side starts it, translates its answers and stops it."""

import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from threading import Timer

from .container import DAMAGED, ENCRYPTED, Container
from .errors import Unreadable
from .layout import Row
from .limits import (
    CHILD_CPU_SECONDS,
    CHILD_MEMORY,
    HEAD_CPU_SECONDS,
    HEAD_ROWS,
    HEAD_SECONDS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_SHEETS,
)
from .text import TOO_MANY_COLUMNS

logger = logging.getLogger(__name__)
_CHILD = str(Path(__file__).with_name("child.py"))
TOO_BIG = (
    "Ce classeur est trop étendu pour être lu. Supprimez les lignes et les colonnes vides au-delà du tableau, "
    "ou enregistrez la feuille au format CSV, puis déposez à nouveau le fichier."
)
_SENTENCES = {
    "password": ENCRYPTED,
    "damaged": DAMAGED,
    "too_big": TOO_BIG,
    "columns": TOO_MANY_COLUMNS,
    "cell": "Ce classeur a une cellule démesurée. Videz cette cellule, puis déposez-le à nouveau.",
    "empty": "Cette feuille ne contient pas de tableau. Choisissez une autre feuille.",
}


def heads(path: Path, container: Container) -> list[tuple[str, list[Row]]]:
    """The first rows of each sheet."""
    if container.parts:
        names = [part.name for part in container.parts[:MAX_SHEETS]]
    else:
        names = next(iter(_run(path, {"mode": "names"}, HEAD_SECONDS)))[:MAX_SHEETS]
    found = {name: [] for name in names}
    name = None
    for line in _run(path, _job(container, names, HEAD_ROWS), HEAD_SECONDS):
        if isinstance(line, dict):
            name, merges = line["sheet"], _merges(container, line)
            fill = _Fill(merges)
        else:
            found[name] += fill.rows(line)
    return list(found.items())


def stream(path: Path, container: Container, name: str) -> Iterator[Row]:
    """The rows of a sheet that are not empty, in constant memory on this side."""
    fill = _Fill([])
    for line in _run(path, _job(container, [name], None), None):
        if isinstance(line, dict):
            fill = _Fill(_merges(container, line))
        else:
            yield from fill.rows(line)


class _Fill:
    """Gives to each row of a vertical merge the value that the sheet holds only once, in its first cell."""

    def __init__(self, merges):
        self.merges, self.next, self.open = sorted(merges), 0, []

    def rows(self, batch: list[Row]) -> Iterator[Row]:
        for number, cells in batch:
            if self.next < len(self.merges) or self.open:
                self._fill(number - 1, cells)
            yield number, cells

    def _fill(self, row: int, cells: list):
        self.open = [item for item in self.open if item[0] >= row]
        for _last, column, value in self.open:
            if column < len(cells) and cells[column] is None:
                cells[column] = value
        while self.next < len(self.merges) and self.merges[self.next][0] <= row:
            top, left, bottom, _right = self.merges[self.next]
            self.next += 1
            if top == row and left < len(cells) and cells[left] is not None:
                self.open.append((bottom, left, cells[left]))


def _merges(container: Container, line: dict) -> list:
    part = next((part for part in container.parts if part.name == line["sheet"]), None)
    return part.merges if part else line.get("merges", [])


def _job(container: Container, names: list[str], head: int | None) -> dict:
    if container.format != "xlsx":
        return {"mode": container.format, "sheets": names, "head": head}
    members = {part.name: part.member for part in container.parts}
    sheets = [(name, members[name]) for name in names]
    return {"mode": "xlsx", "sheets": sheets, "support": container.support, "head": head}


def _run(path: Path, job: dict, seconds: float | None) -> Iterator:
    job |= {
        "path": str(path),
        "memory": CHILD_MEMORY,
        "seconds": HEAD_CPU_SECONDS if seconds else CHILD_CPU_SECONDS,
        "columns": MAX_COLUMNS,
        "longest": MAX_CELL,
    }
    process = subprocess.Popen(
        [sys.executable, "-P", "-X", "utf8", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    watchdog = Timer(seconds, process.kill) if seconds else None
    try:
        if watchdog:
            watchdog.daemon = True
            watchdog.start()
        with suppress(BrokenPipeError):  # it could not start; its return code says so below
            process.stdin.write(json.dumps(job))
            process.stdin.close()
        for line in process.stdout:
            if not line.endswith("\n"):
                raise Unreadable(TOO_BIG)  # killed in the middle of a line
            answer = json.loads(line, object_hook=_decode)
            if isinstance(answer, dict) and "error" in answer:
                logger.info("spreadsheet refused by its parser: %s %s", answer["error"], answer.get("why", ""))
                raise Unreadable(_SENTENCES[answer["error"]])
            yield answer
        code = process.wait()
        if code > 0:  # our own fault, not the file's
            raise RuntimeError(f"The process that parses spreadsheets ended with code {code}.")
        if code < 0:
            raise Unreadable(TOO_BIG)
    finally:
        if watchdog:
            watchdog.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _decode(value: dict):
    if "d" in value:
        return date.fromisoformat(value["d"])
    if "t" in value:
        return datetime.fromisoformat(value["t"])
    return value

"""Where the table is in a sheet: title rows above it, blank, total and footer rows that are no records."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from .model import Cell, Column, Sheet, letter
from .normalise import normalise

Row = tuple[int, list[Cell]]

_TOTAL = re.compile(r"(sous )?totau?x?\b|(sous )?total\b|somme\b|cumul\b|recapitulatif\b")
_BARE_TOTAL = re.compile(r"(sous )?tota(l|ux)( (general|generaux|page|ttc|ht|eur|m3|a reporter))*")
_FOOTER = re.compile(
    r"nombre d|nb d|edite\b|edition\b|imprime|extrait\b|extraction\b|exporte|fin d|page \d|date d edition"
)
_FIGURE = re.compile(r"[-+(]?[\d\s.,/:'%€ -]*\d[\d\s.,/:'%€) -]*(m3|m³|eur)?")
_USUAL = frozenset(
    re.findall(
        r"\w+",
        """reference ref client abonne abonnes nom titulaire prenom adresse rue cp postal commune ville compteur numero
        no n diametre date service services code activation index releve facture montant ht tva ttc periode echeance
        regle paye solde emission telephone mail courriel email type etat""",
    )
)


def find_table(name: str, head: Sequence[Row]) -> Sheet:
    """The header among the first rows of a sheet, with its columns; `header_row` is 0 when there is no table."""
    filled = [(number, cells) for number, cells in head if any(not is_blank(cell) for cell in cells)]
    best, best_score = None, 0.0
    for rank, (_number, cells) in enumerate(filled[:40]):
        score = _header_score(cells, [row for _n, row in filled[rank + 1 : rank + 21]])
        if score > best_score:
            best, best_score = rank, score
    if best is None:
        return Sheet(name, 0, [])
    number, labels = filled[best]
    below = [cells for _n, cells in filled[best + 1 :]]
    records = [cells for cells in below if not is_footer(cells, labels)]
    width = max([len(labels), *(len(cells) for cells in records)])
    columns = []
    for position in range(width):
        label = _text(labels[position]) if position < len(labels) else ""
        values = [_text(cells[position]) for cells in records if position < len(cells)]
        samples = [value for value in values if value][:3]
        columns.append(Column(position, letter(position), label or f"Colonne {letter(position)}", samples))
        if not label and not samples:
            columns.pop()
    return Sheet(name, number, columns)


def records(rows: Iterable[Row], sheet: Sheet) -> Iterator[Row]:
    """The rows that hold records: after the header, without blank rows, totals, footers and repeated headers.

    A last row of bare figures under an empty first column is the sum that a clerk typed: it is dropped too.
    """
    width = sheet.width
    labels: list[Cell] = [None] * width
    for column in sheet.columns:
        labels[column.position] = column.label
    first = sheet.columns[0].position
    doubtful = None
    for number, cells in rows:
        if number <= sheet.header_row:
            continue
        cells = (cells + [None] * (width - len(cells)))[:width] if len(cells) != width else cells
        if all(cell is None or is_blank(cell) for cell in cells):
            continue
        if is_footer(cells, labels):
            continue
        if doubtful is not None:
            yield doubtful
            doubtful = None
        if is_blank(cells[first]) and _only_figures(cells):
            doubtful = (number, cells)
            continue
        yield number, cells


def is_blank(cell: Cell) -> bool:
    """Whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and (not cell or cell.isspace()))


def is_footer(cells: Sequence[Cell], labels: Sequence[Cell]) -> bool:
    """Whether a row is a total, a footer or the header printed again, rather than a record."""
    first = next((cell for cell in cells if not is_blank(cell)), None)
    if not isinstance(first, str):
        return False
    if _text(first) == next((_text(label) for label in labels if not is_blank(label)), None):
        return all(
            is_blank(cell) or _text(cell) == (_text(labels[position]) if position < len(labels) else "")
            for position, cell in enumerate(cells)
        )
    # One pattern at a time and only for the few first letters they share: this runs for every row of the file.
    if first.lstrip(" \"'*-=#").casefold()[:1] not in _FIRST_LETTERS:
        return False
    words = normalise(first[:100])
    count = sum(not is_blank(cell) for cell in cells)
    if _TOTAL.match(words):
        if count <= max(len(labels) / 2, 1):
            return True
        # A holder may be called Total: the row of a record has hardly a blank cell, and words beside the name.
        blanks = sum(label is not None for label in labels) - count
        figures = sum(_is_figure(cell) for cell in cells if not is_blank(cell))
        certain = 1 if "gener" in words else 2
        return bool(_BARE_TOTAL.fullmatch(words)) and (blanks >= certain or figures == count - 1)
    return bool(_FOOTER.match(words)) and count <= 2 < len(labels)


_FIRST_LETTERS = frozenset("tsncreéifpd")


def _only_figures(cells: Sequence[Cell]) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    return 2 * len(filled) < len(cells) and all(_is_figure(cell) for cell in filled)


def _is_figure(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(_FIGURE.fullmatch(cell.strip()))
    return not isinstance(cell, date)


def _header_score(cells: Sequence[Cell], below: Sequence[Sequence[Cell]]) -> float:
    """How much a row looks like a header: distinct short words, as many as the rows below have cells."""
    filled = [cell for cell in cells if not is_blank(cell)]
    words = [cell.strip() for cell in filled if isinstance(cell, str) and not _FIGURE.fullmatch(cell.strip())]
    if not below or len(words) < 1 or len(words) < 0.7 * len(filled):
        return 0.0
    if any(len(word) > 120 for word in words):
        return 0.0
    widths = sorted(sum(not is_blank(cell) for cell in row) for row in below)
    usual_width = max(widths[len(widths) // 2], 1)
    if len(filled) < 0.5 * usual_width or (usual_width > 1 and len(filled) < 2):
        return 0.0
    known = sum(bool(_USUAL.intersection(normalise(word).split())) for word in words)
    with_digits = sum(any(c.isdigit() for c in word) for word in words)
    distinct = len({normalise(word) for word in words})
    return (2.0 * known + distinct - 0.8 * with_digits - (len(filled) - distinct)) / max(len(filled), usual_width)


def _text(cell: Cell) -> str:
    """A cell as it is shown to the clerk."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Oui" if cell else "Non"
    if isinstance(cell, date):
        shown = f"{cell:%d/%m/%Y}"
        return shown if not hasattr(cell, "hour") else f"{shown} {cell:%H:%M}"
    if isinstance(cell, float):
        return f"{cell:.10g}".replace(".", ",")
    return " ".join(str(cell).split())[:120]

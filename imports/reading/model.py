"""What a spreadsheet looks like to the rest of the portal, whatever its format."""

from dataclasses import dataclass
from datetime import date, datetime

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `position` is 0-based in the file (column A is 0); `label` is never empty."""

    position: int
    letter: str
    label: str
    samples: list[str]


@dataclass(frozen=True)
class Sheet:
    """A sheet and its header; `header_row` is the 1-based row of the file, 0 for a sheet without a table."""

    name: str
    header_row: int
    columns: list[Column]

    @property
    def width(self) -> int:
        """Length of the lists of cells that `rows` gives."""
        return self.columns[-1].position + 1 if self.columns else 0


@dataclass(frozen=True)
class Source:
    """A readable file, and the sheet chosen in it. `encoding` and `delimiter` are empty unless it is a CSV file."""

    format: str
    sheets: list[Sheet]
    sheet: Sheet
    encoding: str = ""
    delimiter: str = ""


def letter(position: int) -> str:
    """The name of a column in a spreadsheet: 0 → A, 26 → AA."""
    name = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name

"""What a planning is made of: cells, days, totals. Plain values: `booking.queries.planning` reads and fills them."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from . import cells
from .cells import CHOOSABLE, CHOSEN, Facts
from .enums import Act, CellState, DayState, UnitKind

# What a cell says when it is chosen: shorter than in the legend.
SHORT = {
    CellState.SELECTED: "Choisi",
    CellState.SELECTED_REQUEST: "Choisi, sur demande",
    CellState.SELECTED_WAITING: "Choisi, liste d’attente",
    CellState.FULL_WAITING: "Complet : liste d’attente",
    CellState.TO_CANCEL_REQUEST: "À annuler, sur demande",
}


@dataclass(frozen=True, slots=True)
class Held:
    """An active day of a child: what stands in the planning whatever is chosen."""

    pk: int
    state: DayState
    session_id: int
    unit: object
    date: dt.date
    hours: tuple
    range: str
    ours: bool
    shown: bool
    cancelling: bool
    price: Decimal | None
    rank: int | None


@dataclass(slots=True)
class Cell:
    """A child, a unit, a date: its state in text, its control, and why."""

    child: object
    unit: object
    date: dt.date
    state: CellState
    control: bool
    facts: Facts
    session: object = None
    held: Held | None = None
    range: str = ""
    error: str = ""
    typed: tuple = ("", "")

    @property
    def key(self):
        """What names the control: one child, one session."""
        return f"{child_key(self.child)}-{self.session.pk}" if self.session else ""

    @property
    def chosen(self):
        return self.state in CHOSEN

    @property
    def choosable(self):
        return self.control and self.state in CHOOSABLE

    @property
    def by_hours(self):
        """Whether the cell takes a range of hours, rather than a tick."""
        return self.unit.kind == UnitKind.HOURS and self.facts.act == Act.ADD

    @property
    def label(self):
        """What the cell says, in text."""
        if self.facts.cancelling:
            return "Annulation demandée"
        if self.facts.act == Act.CANCEL and self.state == CellState.CLOSED:
            return "Rien à annuler"
        if self.held and not self.held.ours:
            return "Pris par l’autre foyer"
        if self.state == CellState.CLOSED:
            return self.facts.obstacle or CellState.CLOSED.label
        if self.state == CellState.OVERLAP:
            return f"Incompatible : {self.facts.blocked_by}"
        return SHORT.get(self.state, self.state.label)

    @property
    def note(self):
        """What stands beside the label: places left, hours booked, rank."""
        if self.state in (CellState.FREE, CellState.ON_REQUEST) and self.facts.act == Act.ADD:
            if self.facts.by_moment:
                return cells.FULL_AT_TIMES.lower()
            return f"{self.facts.free} place{'s' if self.facts.free > 1 else ''}"
        if self.facts.act == Act.CANCEL and self.facts.held and cells.too_late_to_cancel(self.facts):
            return "délai dépassé"
        if self.held and self.held.state == DayState.WAITING and self.held.ours and self.held.rank:
            return f"rang {self.held.rank}"
        return self.hours if self.held else ""

    @property
    def hours(self):
        """Return « 8 h 30 – 17 h 15 » of a range booked or chosen, "" elsewhere."""
        times = cells.parse_range(self.held.range if self.held else self.range)
        return cells.hours_label(*times) if times else ""

    @property
    def times(self):
        """The two values of the hours' fields: what was typed when it was wrong, else what is chosen."""
        if self.error or any(self.typed):
            return self.typed
        start, _dash, end = self.range.partition("-")
        return start, end

    @property
    def why(self):
        hours = f"Horaires réservés : {self.hours}." if self.held and self.hours else ""
        return cells.why(self.facts, self.state, hours=hours)


@dataclass(slots=True)
class Day:
    """A row of the planning. A day without any session has `closed`, the reason, instead of cells."""

    date: dt.date
    cells: list = field(default_factory=list)
    closed: str = ""
    explained: tuple = ()  # (cell, its price in words) when the day is explained


@dataclass(slots=True)
class Count:
    """A line of the totals: a unit, for a child when there are several."""

    label: str
    number: int
    child: object = None


@dataclass(slots=True)
class Totals:
    """The running total of a draft: days by unit, and euros; `amount` is None when nothing has a price."""

    counts: list
    number: int
    at_once: int
    on_request: int
    waiting: int
    amount: Decimal | None


def child_key(child):
    """A short name for a child in a form: enough among the children of one household."""
    return child.public_id.hex[:8]

"""What a cell of the planning says and allows: pure functions, no database, no clock (s3.8, s3.11, s3.16, s4.11).

A cell is a child, a unit and a date. It says its state in text, allows a control or not, and explains itself.
"""

import datetime as dt
import re
from dataclasses import dataclass

from .enums import Act, CellState, DayState, Outcome
from .words import clock

_RANGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")

# What is said of the places of a day when they are not the same at all hours (s4.11).
FULL_AT_TIMES = "Complet à certaines heures"
FULL_THEN = "Complet à ces heures"

# States whose cell has a control; those it shows once chosen.
CHOSEN = frozenset(
    {
        CellState.SELECTED,
        CellState.SELECTED_REQUEST,
        CellState.SELECTED_WAITING,
        CellState.TO_CANCEL,
        CellState.TO_CANCEL_REQUEST,
    }
)
CHOOSABLE = frozenset({CellState.FREE, CellState.ON_REQUEST, CellState.FULL_WAITING})
HELD = {
    DayState.ACCEPTED: CellState.BOOKED,
    DayState.REQUESTED: CellState.REQUESTED,
    DayState.WAITING: CellState.WAITING,
    DayState.OFFERED: CellState.OFFERED,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """All that decides of a cell.

    `held` is the state of the child's active day in the session (None: no day), `ours` whether this household made
    it, `cancelling` whether its cancellation is already asked for. `free` counts places. `obstacle` is a reason why
    the cell is closed for this child ("": none); `blocked_by` names what is booked at the same hours; `shared` says
    that siblings who are served before take some of the places.
    """

    act: Act
    treatment: object = None
    free: int = 0
    capacity: int = 0
    by_moment: bool = False
    shared: bool = False
    waiting_list: bool = False
    obstacle: str = ""
    held: DayState | None = None
    ours: bool = True
    cancelling: bool = False
    chosen: bool = False
    blocked_by: str = ""


def state_of(facts):
    """Return (CellState, whether the cell has a control) of a cell."""
    return _state_to_cancel(facts) if facts.act == Act.CANCEL else _state_to_add(facts)


def _state_to_add(facts):
    if facts.held:
        return HELD[facts.held], False
    if facts.obstacle:
        return CellState.CLOSED, False
    if facts.treatment.outcome == Outcome.CLOSED:
        return CellState.TOO_LATE, False
    if facts.blocked_by:
        return CellState.OVERLAP, False
    if facts.free <= 0:
        if not facts.waiting_list:
            return CellState.FULL, False
        return (CellState.SELECTED_WAITING if facts.chosen else CellState.FULL_WAITING), True
    if facts.treatment.outcome == Outcome.ON_REQUEST:
        return (CellState.SELECTED_REQUEST if facts.chosen else CellState.ON_REQUEST), True
    return (CellState.SELECTED if facts.chosen else CellState.FREE), True


def _state_to_cancel(facts):
    if not facts.held or not facts.ours:
        return CellState.CLOSED, False
    if facts.cancelling or too_late_to_cancel(facts):
        return HELD[facts.held], False
    if not facts.chosen:
        return HELD[facts.held], True
    return (CellState.TO_CANCEL if cancelled_at_once(facts) else CellState.TO_CANCEL_REQUEST), True


def too_late_to_cancel(facts):
    """Return whether a booked day can't be cancelled any more; what was not granted is given up whenever one wants."""
    return facts.held == DayState.ACCEPTED and facts.treatment.outcome == Outcome.CLOSED


def cancelled_at_once(facts):
    return facts.held != DayState.ACCEPTED or facts.treatment.outcome == Outcome.AT_ONCE


def why(facts, state, *, hours=""):
    """Return the sentences that explain a cell: its state, its places, its deadline with its hour (s3.8, s3.11)."""
    if facts.act == Act.CANCEL and not facts.held:
        return ["Rien n’est réservé : il n’y a rien à annuler."]
    if facts.held and not facts.ours:
        return ["Ce jour est pris par l’autre foyer de l’enfant."]
    sentences = [hours] if hours else []
    if facts.cancelling:
        sentences.append("Son annulation est déjà demandée : un agent vous répond.")
    elif facts.held:
        sentences.append(_HELD_WORDS[facts.held])
    if facts.obstacle:
        return [*sentences, f"{facts.obstacle}."]
    if facts.blocked_by:
        return [*sentences, f"Incompatible avec {facts.blocked_by} : les horaires se chevauchent."]
    if not facts.held:
        sentences.append(_places_words(facts))
        if state in (CellState.FULL_WAITING, CellState.SELECTED_WAITING):
            sentences.append("Inscrivez-vous sur la liste d’attente : nous vous prévenons si une place se libère.")
    if facts.act == Act.CANCEL and not facts.cancelling:
        sentences.append(_cancel_words(facts))
    elif not facts.held:
        sentences.append(facts.treatment.sentence)
    return sentences


def _cancel_words(facts):
    if facts.held != DayState.ACCEPTED:
        return "Vous pouvez y renoncer tout de suite."
    words = facts.treatment.sentence
    return f"Annulation : {words[0].lower()}{words[1:]}"


_HELD_WORDS = {
    DayState.ACCEPTED: "Ce jour est réservé.",
    DayState.REQUESTED: "Votre demande attend la réponse d’un agent.",
    DayState.WAITING: "Vous êtes sur la liste d’attente. Nous vous prévenons si une place se libère.",
    DayState.OFFERED: "Une place vous est proposée : répondez depuis « Mes réservations ».",
}


def _places_words(facts):
    if facts.shared and facts.free <= 0:
        return "Vos choix pour vos autres enfants prennent les places qui restent."
    if facts.by_moment:
        return f"{FULL_THEN if facts.free <= 0 else FULL_AT_TIMES}."
    return places_words(facts.free, facts.capacity)


def places_words(free, capacity):
    """Return « 14 places libres sur 30 », « 1 place libre sur 30 » or « Complet : 30 places prises »."""
    if free <= 0:
        return f"Complet : {capacity} place{'s' if capacity > 1 else ''} prise{'s' if capacity > 1 else ''}."
    plural = "s" if free > 1 else ""
    return f"{free} place{plural} libre{plural} sur {capacity}."


# Time ranges (s4.11) --------------------------------------------------------------------------------------------------


def parse_range(text):
    """Return the two times of "08:30-17:15", or None when it is no range."""
    match = _RANGE.fullmatch(text or "")
    if not match:
        return None
    first, second, third, fourth = map(int, match.groups())
    return dt.time(first, second), dt.time(third, fourth)


def range_text(start, end):
    return f"{start:%H:%M}-{end:%H:%M}"


def parse_time(text):
    """Return the time of "8:30", "08:30", "8h30" or "08h30", None for anything else (and for nothing)."""
    match = re.fullmatch(r"\s*(\d{1,2})\s*[:hH]\s*(\d{2})?\s*", text or "")
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


def hours_label(start, end):
    """Return « 8 h 30 – 17 h 15 »."""
    return f"{clock(start)} – {clock(end)}"

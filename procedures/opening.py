"""When a procedure can be filed. Pure."""

from dataclasses import dataclass
from enum import Enum

from theme.formats import full_date


class OpeningState(Enum):
    OPEN = "open"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Opening:
    """`sentence` is for residents; empty for a procedure that is always open."""

    state: OpeningState
    sentence: str = ""

    @property
    def is_open(self):
        return self.state is OpeningState.OPEN


def opening_of(opens_on, closes_on, today):
    """Return the Opening of a procedure between two dates, both included, either of which may be missing."""
    if opens_on and today < opens_on:
        if closes_on:
            text = f"Cette démarche sera ouverte du {full_date(opens_on)} au {full_date(closes_on)}."
        else:
            text = f"Cette démarche ouvrira le {full_date(opens_on)}."
        return Opening(OpeningState.BEFORE, text)
    if closes_on and today > closes_on:
        return Opening(OpeningState.AFTER, f"Cette démarche est fermée depuis le {full_date(closes_on)}.")
    if closes_on:
        return Opening(OpeningState.OPEN, f"Vous pouvez la faire jusqu’au {full_date(closes_on)} inclus.")
    return Opening(OpeningState.OPEN)

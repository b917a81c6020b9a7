"""Which column of the clerk's file holds which field."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .model import Column
from .normalise import normalise

CERTAIN = 0.9  # below, the clerk is asked
_PLAUSIBLE = 0.6  # below, nothing is proposed
_SPELLING = 0.82  # likeness of letters: more than "couleur" has to "compteur"
_SMALL_WORDS = frozenset(re.findall(r"\w+", "de du des d la le les l un une en a au aux et ou par pour sur the of"))
_ALIASES = {
    "no": "numero", "n": "numero", "num": "numero", "nr": "numero", "nro": "numero",
    "ref": "reference", "refs": "reference", "adr": "adresse", "dt": "date", "mt": "montant", "mnt": "montant",
    "cp": "codepostal", "cpt": "compteur", "compt": "compteur", "diam": "diametre", "fact": "facture",
    "serv": "service", "services": "service", "tel": "telephone", "ech": "echeance",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A field that an importer fills, with the names under which old software exports it."""

    name: str
    label: str
    synonyms: Sequence[str] = ()
    required: bool = False


@dataclass(frozen=True)
class Match:
    """Where a field was found: `position` is that of the column in the file, None when nowhere."""

    position: int | None
    certainty: float

    @property
    def certain(self) -> bool:
        """Whether the clerk need not be asked."""
        return self.certainty >= CERTAIN


def match_columns(columns: Sequence[Column], fields: Iterable[Field]) -> dict[str, Match]:
    """The best column of each field, a column serving once; a certainty under `CERTAIN` is to be asked.

    Two columns that suit a field equally well are never chosen between silently: the certainty says so.
    """
    fields = list(fields)
    names = {column.position: _Name(column.label) for column in columns}
    scores = {}
    for field in fields:
        label = _Name(field.label)
        others = [_Name(text) for text in (field.name.replace("_", " "), *field.synonyms)]
        for position, name in names.items():
            # The field's own label wins over a synonym, when a file has both ("Dernier index", "Index").
            score = max(name.likeness(label), *(name.likeness(other) - 0.02 for other in others))
            if score >= _PLAUSIBLE:
                scores[field.name, position] = score
    found: dict[str, Match] = {}
    taken: set[int] = set()
    order = {field.name: rank for rank, field in enumerate(fields)}
    for (field_name, position), score in sorted(scores.items(), key=lambda i: (-i[1], order[i[0][0]], i[0][1])):
        if field_name in found or position in taken:
            continue
        rivals = [
            other
            for (name, place), other in scores.items()
            if place not in taken
            and ((name == field_name and place != position) or (place == position and name != field_name))
            and name not in found
        ]
        if any(other >= score - 0.01 for other in rivals):
            score = min(score, 0.75)
        found[field_name] = Match(position, round(score, 2))
        taken.add(position)
    return {field.name: found.get(field.name, Match(None, 0.0)) for field in fields}


def shape(columns: Iterable[Column]) -> str:
    """A signature of the header, the same for the next file of the same software: its labels, in order."""
    labels = "\n".join(normalise(column.label) for column in columns)
    return hashlib.sha256(labels.encode()).hexdigest()


class _Name:
    """A name of a column or a field, in the forms in which it is compared."""

    def __init__(self, text: str):
        self.plain = normalise(text)
        words = [_ALIASES.get(word, word) for word in self.plain.split()]
        self.words = [word for word in words if word not in _SMALL_WORDS] or words
        self.joined = "".join(self.words)

    def likeness(self, other: "_Name") -> float:
        if not self.plain or not other.plain:
            return 0.0
        if self.plain == other.plain:
            return 1.0
        if self.joined == other.joined:
            return 0.98
        mine, theirs = set(self.words), set(other.words)
        if mine == theirs:
            return 0.95
        score = SequenceMatcher(None, self.joined, other.joined).ratio()
        score = score if score > _SPELLING else 0.0
        if mine < theirs or theirs < mine:
            score = max(score, 0.6 + 0.25 * len(mine & theirs) / len(mine | theirs))
        return min(score, CERTAIN - 0.01)

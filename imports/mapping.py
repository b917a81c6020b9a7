"""Which column holds which field, before the clerk says so: the last choice for such a file, else the titles."""

from dataclasses import dataclass

from . import queries, reading, sources
from .enums import ImportKind
from .importers import REGISTRY


@dataclass(frozen=True)
class Guess:
    """A column proposed for a field. `remembered`: the clerk's own choice for a file of this shape."""

    position: int | None
    certainty: float
    remembered: bool = False

    @property
    def asked(self):
        """Whether the clerk must answer: a title that may mean this field, without certainty."""
        return self.position is not None and self.certainty < reading.CERTAIN


def guess(kind, source):
    """Return {field name: Guess} for a file."""
    columns = source.sheet.columns
    positions = {column.position for column in columns}
    importer = REGISTRY[ImportKind(kind)]()
    known = queries.remembered_mapping(kind, reading.shape(columns))
    if known is not None and all(position is None or position in positions for position in known.values()):
        return {name: Guess(known.get(name), 1.0, True) for name in importer.fields}
    found = reading.match_columns(columns, importer.reading_fields())
    return {name: Guess(match.position, match.certainty) for name, match in found.items()}


def guesses_of(batch):
    """Return {field name: Guess} for a batch: what its clerk already chose, else what `guess` says."""
    if batch.options.get("chosen"):
        importer = REGISTRY[ImportKind(batch.kind)]()
        return {name: Guess(batch.mapping.get(name), 1.0, True) for name in importer.fields}
    return guess(batch.kind, sources.load(batch.source))


def reference_width(batch, guesses):
    """Return the length that numeric references should have: the portal's, else what the file's zeros say, or None."""
    if batch.options.get("chosen"):
        return batch.options.get("reference_width")
    return queries.reference_width() or _width_of(reference_samples(batch, guesses))


def reference_samples(batch, guesses):
    """Return the first numeric references of the file."""
    chosen = guesses.get("customer_reference") or guesses.get("reference")
    columns = sources.load(batch.source).sheet.columns
    column = next((column for column in columns if chosen and column.position == chosen.position), None)
    return [sample for sample in (column.samples if column else ()) if sample.isascii() and sample.isdigit()]


def _width_of(samples):
    if not any(sample.startswith("0") for sample in samples):
        return None
    return max(len(sample) for sample in samples)

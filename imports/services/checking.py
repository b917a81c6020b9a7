"""Check: read the file chunk by chunk, clean each row, compare it with the records, and stage what it would change."""

from itertools import islice

from django.db import transaction
from django.utils import timezone

from .. import bulk, reading, sources
from ..enums import BatchState, RowAction
from ..importers.base import SLOTS, Chunk
from ..models import StagedRow
from ..queries import counts_of
from .states import locked, move

CHUNK = 2_000
# Above this share of the records already known, the clerk is asked whether the file is the right one.
CHANGED_WARNING = 0.20


def columns_of(batch, importer):
    """Return [(field name, position, "Référence (A)")] of the mapped columns."""
    source = sources.load(batch.source)
    titles = {column.position: f"{column.label} ({column.letter})" for column in source.sheet.columns}
    return [
        (name, batch.mapping[name], titles.get(batch.mapping[name], ""))
        for name in importer.fields
        if batch.mapping.get(name) is not None
    ]


def count_rows(path, source):
    """Return the number of rows of the table. Raises Unreadable."""
    return sum(1 for _row in reading.rows(path, source))


class Checking:
    """The check of one batch: `step` does one chunk in one transaction, and says whether any is left."""

    state = BatchState.CHECKING

    def __init__(self, batch, importer, path):
        self.batch_id = batch.pk
        self.importer = importer
        self.path = path
        self.source = sources.load(batch.source)
        self.columns = columns_of(batch, importer)
        self.cursor = None
        self.rows = None

    def step(self):
        """Stage the next chunk. Returns False when the file is finished (the batch is checked then)."""
        with transaction.atomic():
            batch = locked(self.batch_id)
            if batch.state != self.state:
                return False
            if not batch.rows_total:
                batch.rows_total = count_rows(self.path, self.source)
            self._seek(batch.cursor)
            found = list(islice(self.rows, CHUNK))
            if not found:
                self._finish(batch)
                return False
            rows = [self.importer.clean(number, cells, self.columns) for number, cells in found]
            self._stage(batch, rows)
            batch.cursor = self.cursor = found[-1][0]
            batch.rows_done = min(batch.rows_done + len(rows), batch.rows_total)
            batch.heartbeat_at = timezone.now()
            batch.attempts = 0
            batch.save(update_fields=["cursor", "rows_done", "rows_total", "heartbeat_at", "attempts"])
            return True

    def _seek(self, cursor):
        """Stand after the row `cursor`: where this worker is, unless another one did a chunk meanwhile."""
        if self.rows is None or self.cursor != cursor:
            self.rows = (row for row in reading.rows(self.path, self.source) if row[0] > cursor)
            self.cursor = cursor

    def _stage(self, batch, rows):
        chunk = Chunk(rows)
        self.importer.resolve(chunk)
        mark_duplicates(batch, self.importer, rows)
        self.importer.plan(chunk)
        bulk.insert(StagedRow, STAGED, (staged(batch, row) for row in rows))

    def _finish(self, batch):
        counts = counts_of(batch)
        notices = self.importer.whole_file_notices(batch)
        known = counts["update"] + counts["unchanged"]
        if known and counts["update"] / known > CHANGED_WARNING:
            share = counts["update"] * 100 // known
            notices.insert(
                0,
                {
                    "tone": "warning",
                    "kind": "changed",
                    "title": f"Ce fichier change {share} % des enregistrements déjà connus.",
                    "text": (
                        "Est-ce le bon fichier, avec les bonnes colonnes ? Regardez les différences avant d’appliquer."
                    ),
                    "details": [],
                },
            )
        move(
            batch,
            BatchState.CHECKED,
            counts=counts,
            notices=notices,
            checked_at=timezone.now(),
            rows_done=batch.rows_total,
            rows_total=batch.rows_total,
            heartbeat_at=timezone.now(),
        )


STAGED = (
    *("batch", "number", "key", "second_key", "third_key"),
    *("raw", "values", "action", "errors", "notices", "changes", "applied"),
)


def staged(batch, row):
    """Return the values of a Row in the order of STAGED."""
    refused = row.refused
    return (
        batch.pk,
        row.number,
        *row.keys,
        row.raw,
        row.values,
        (RowAction.REFUSED if refused else row.action).value,
        row.errors,
        row.notices,
        [] if refused else row.changes,
        False,
    )


def mark_duplicates(batch, importer, rows):
    """Merge the rows that say the same twice; refuse those that contradict each other, in this chunk or before."""
    for row in rows:
        if not row.refused:
            row.keys = tuple(key[:120] for key in importer.keys(row))
    for position, slot in enumerate(SLOTS):
        fresh = [row for row in rows if row.keys[position] and row.action != RowAction.MERGED]
        wanted = {row.keys[position] for row in fresh}
        if not wanted:
            continue
        # The first row seen of each key: from an earlier chunk (staged), else from this one.
        first = {}
        earlier = {}
        for known in StagedRow.objects.filter(batch=batch, **{f"{slot}__in": wanted}).order_by("number"):
            key = getattr(known, slot)
            earlier.setdefault(key, []).append(known)
            if key not in first:
                held = importer.load(known.values)
                # Refused for another reason, it is merged with: the clerk corrects one row, not two.
                refused = any(error["field"] in SLOTS for error in known.errors)
                first[key] = (known.number, importer.fingerprint(slot, held), refused, None)
        contradicted = {}
        for row in fresh:
            key = row.keys[position]
            mine = importer.fingerprint(slot, row.values)
            if key not in first:
                first[key] = (row.number, mine, False, row)
                continue
            number, theirs, refused, same_chunk = first[key]
            refused = refused or (same_chunk is not None and same_chunk.refused)
            if mine == theirs and not refused:
                if slot == "key":
                    row.action = RowAction.MERGED
                    row.notices.append(f"Identique à la ligne {number} : comptée une seule fois.")
                continue
            if slot != "key" and refused and mine == theirs:
                continue
            row.refuse(importer.duplicate(slot, key, number), field=slot, value=key)
            contradicted.setdefault(key, row.number)
            if same_chunk is not None and not same_chunk.refused:
                same_chunk.refuse(importer.duplicate(slot, key, row.number), field=slot, value=key)
                same_chunk.action = ""
        _refuse_earlier(importer, slot, earlier, contradicted)
        # Rows merged into a row that turned out to be contradicted are refused with it.
        for row in fresh:
            key = row.keys[position]
            if row.action == RowAction.MERGED and key in contradicted:
                row.refuse(importer.duplicate(slot, key, contradicted[key]), field=slot, value=key)


def _refuse_earlier(importer, slot, earlier, contradicted):
    """Refuse the staged rows that a later row contradicts."""
    changed = []
    for key, number in contradicted.items():
        for known in earlier.get(key, ()):
            if known.action == RowAction.REFUSED:
                continue
            known.action = RowAction.REFUSED
            known.errors.append(
                {"field": slot, "column": "", "value": key, "text": importer.duplicate(slot, key, number)}
            )
            known.changes = []
            changed.append(known)
    if changed:
        StagedRow.objects.bulk_update(changed, ["action", "errors", "changes"], batch_size=500)


def drop_rows(batch):
    """Forget what an earlier check staged."""
    StagedRow.objects.filter(batch=batch).delete()

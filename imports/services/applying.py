"""Apply: write the staged rows chunk by chunk, against the records as they are now, and note how to take them back."""

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from .. import bulk
from ..enums import BatchState, RowAction, UndoState
from ..importers.base import Chunk, Row
from ..models import StagedRow, UndoEntry
from ..queries import counts_of
from .checking import CHUNK
from .states import locked, move

RETRIES = 3
WRITTEN = (RowAction.CREATE, RowAction.UPDATE)


class Applying:
    """The application of one batch: `step` writes one chunk in one transaction, and says whether any is left."""

    state = BatchState.APPLYING

    def __init__(self, batch, importer, path):
        self.batch_id = batch.pk
        self.importer = importer

    def step(self):
        """Write the next chunk. Returns False when nothing is left (the batch is applied then)."""
        for attempt in range(1, RETRIES + 1):
            try:
                with transaction.atomic():
                    return self._step()
            except (IntegrityError, OperationalError):
                # Someone wrote the same records meanwhile: plan again, against what they are now.
                if attempt == RETRIES:
                    raise
        raise AssertionError("unreachable")

    def _step(self):
        batch = locked(self.batch_id)
        if batch.state != self.state:
            return False
        todo = StagedRow.objects.filter(batch=batch, number__gt=batch.cursor, action__in=WRITTEN, applied=False)
        staged = list(todo.order_by("number")[:CHUNK])
        if not staged:
            self._finish(batch)
            return False
        rows = [Row(known.number, self.importer.load(known.values), notices=list(known.notices)) for known in staged]
        chunk = Chunk(rows, lock=True)
        self.importer.resolve(chunk)
        self.importer.plan(chunk)
        changes = chunk.write(self.importer.models)
        self.importer.written([change.instance for change in changes])
        bulk.insert(
            UndoEntry,
            ("batch", "number", "model", "object_pk", "before", "after", "state", "reason"),
            (
                (
                    batch.pk,
                    change.number,
                    change.instance._meta.label_lower,
                    change.instance.pk,
                    change.before,
                    change.after,
                )
                + (UndoState.PENDING.value, "")
                for change in changes
            ),
        )
        self._note(staged, rows)
        batch.cursor = staged[-1].number
        batch.rows_done = min(batch.rows_done + len(staged), batch.rows_total)
        batch.heartbeat_at = timezone.now()
        batch.attempts = 0
        batch.save(update_fields=["cursor", "rows_done", "heartbeat_at", "attempts"])
        return True

    def _note(self, staged, rows):
        """Write on the staged rows that they are done; and what turned out otherwise than the preview said."""
        different = []
        for known, row in zip(staged, rows, strict=True):
            action = RowAction.REFUSED if row.refused else row.action
            if action != known.action or row.changes != known.changes:
                known.action, known.errors, known.notices = action, row.errors, row.notices
                known.changes = [] if row.refused else row.changes
                different.append(known)
        if different:
            StagedRow.objects.bulk_update(different, ["action", "errors", "notices", "changes"], batch_size=500)
        done = [row.number for row in rows if not row.refused]
        StagedRow.objects.filter(batch_id=self.batch_id, number__in=done).update(applied=True)

    def _finish(self, batch):
        counts = counts_of(batch)
        move(
            batch,
            BatchState.APPLIED,
            counts=counts,
            applied_at=timezone.now(),
            rows_done=batch.rows_total,
            heartbeat_at=timezone.now(),
        )
        log(instance=batch, action="imports.batch.applied", user=batch.applied_by, data={"kind": batch.kind, **counts})

"""Undo: give back what was there, last row first; keep the rows whose records changed or served since, and say why."""

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from wagtail.log_actions import log

from ..enums import BatchState, UndoState
from ..models import UndoEntry
from .states import locked, move

CHUNK = 500  # rows; each wrote up to six records


class Undoing:
    """The undoing of one batch: `step` takes one chunk of rows back in one transaction."""

    state = BatchState.UNDOING

    def __init__(self, batch, importer, path):
        self.batch_id = batch.pk
        self.importer = importer

    def step(self):
        """Take the next rows back. Returns False when none is left (the batch is undone then)."""
        with transaction.atomic():
            batch = locked(self.batch_id)
            if batch.state != self.state:
                return False
            pending = UndoEntry.objects.filter(batch=batch, state=UndoState.PENDING)
            numbers = list(pending.order_by("-number").values_list("number", flat=True).distinct()[:CHUNK])
            if not numbers:
                self._finish(batch)
                return False
            entries = list(pending.filter(number__in=numbers).order_by("-pk"))
            _Chunk(self.importer, entries, batch.undone_by).run()
            batch.cursor = numbers[-1]
            batch.rows_done = min(batch.rows_done + len(numbers), batch.rows_total)
            batch.heartbeat_at = timezone.now()
            batch.attempts = 0
            batch.save(update_fields=["cursor", "rows_done", "heartbeat_at", "attempts"])
            return True

    def _finish(self, batch):
        kept = UndoEntry.objects.filter(batch=batch, state=UndoState.REFUSED).values("number").distinct().count()
        move(
            batch,
            BatchState.UNDONE,
            counts={**batch.counts, "kept": kept},
            undone_at=timezone.now(),
            rows_done=batch.rows_total,
            heartbeat_at=timezone.now(),
        )
        log(
            instance=batch, action="imports.batch.undone", user=batch.undone_by, data={"kind": batch.kind, "kept": kept}
        )


class _Chunk:
    """Rows taken back together. A row is taken back wholly or not at all: half a subscriber helps nobody."""

    def __init__(self, importer, entries, by):
        self.importer = importer
        self.by = by
        self.entries = entries
        self.by_model = {}
        for entry in entries:
            self.by_model.setdefault(entry.model, []).append(entry)
        self.records = {}
        self.kept = {}  # row number → why

    def run(self):
        for label, entries in self.by_model.items():
            model = apps.get_model(label)
            found = model._base_manager.select_for_update().filter(pk__in={e.object_pk for e in entries}).order_by("pk")
            for record in found:
                self.records[label, record.pk] = record
        self._keep_changed()
        self._keep_referenced()
        for model in reversed(self.importer.models):  # children before their parents
            entries = self.by_model.get(model._meta.label_lower, ())
            self._take_back(model, [entry for entry in entries if entry.number not in self.kept])
        kept = [entry for entry in self.entries if entry.number in self.kept]
        for entry in kept:
            entry.reason = self.kept[entry.number][:300]
            entry.state = UndoState.REFUSED
        UndoEntry.objects.bulk_update(kept, ["state", "reason"], batch_size=500)
        undone = [entry.pk for entry in self.entries if entry.number not in self.kept]
        UndoEntry.objects.filter(pk__in=undone).update(state=UndoState.UNDONE)

    def _keep_changed(self):
        for label, entries in self.by_model.items():
            model = apps.get_model(label)
            present = [record for entry in entries if (record := self.records.get((label, entry.object_pk)))]
            sentences = self.importer.keep(model, present)
            name = str(model._meta.verbose_name)
            for entry in entries:
                record = self.records.get((label, entry.object_pk))
                if record is None:
                    # Deleted since: nothing to take back of a new record; an old one can't be given back.
                    if entry.before is not None:
                        self.kept.setdefault(entry.number, f"Supprimé depuis : {name}.")
                elif record.pk in sentences and entry.before is None:
                    self.kept[entry.number] = sentences[record.pk]
                elif not all(_holds(model, record, attname, value) for attname, value in entry.after.items()):
                    self.kept.setdefault(entry.number, f"Modifié depuis : {name} {record}.")

    def _keep_referenced(self):
        """Keep what something else refers to since; then what refers to that, until nothing more is kept."""
        users = {}
        for label, entries in self.by_model.items():
            created = {e.object_pk for e in entries if e.before is None and (label, e.object_pk) in self.records}
            if created:
                users.update(_references(apps.get_model(label), created))
        settled = False
        while not settled:
            settled = True
            leaving = set()
            for entry in self.entries:
                if entry.number not in self.kept:
                    names = [None] if entry.before is None else list(entry.before)
                    leaving.update((entry.model, entry.object_pk, name) for name in names)
            for entry in self.entries:
                if entry.before is not None or entry.number in self.kept:
                    continue
                for model, pk, attname, words in users.get((entry.model, entry.object_pk), ()):
                    if (model, pk, None) not in leaving and (model, pk, attname) not in leaving:
                        record = self.records[entry.model, entry.object_pk]
                        self.kept[entry.number] = f"Utilisé depuis : {record._meta.verbose_name} {record} ({words})."
                        settled = False
                        break

    def _take_back(self, model, entries):
        label = model._meta.label_lower
        created = [entry for entry in entries if entry.before is None]
        present = [self.records[label, e.object_pk] for e in created if (label, e.object_pk) in self.records]
        files = _files_of(model, present)
        if present:
            self.importer.delete(model, present, by=self.by)
        restored, names = {}, set()
        for entry in entries:
            if entry.before is None:
                continue
            record = self.records[label, entry.object_pk]
            files += _files_of(model, [record], only=entry.before)
            for attname, value in entry.before.items():
                column = model._meta.get_field(attname)
                setattr(record, attname, value if column.is_relation else column.to_python(value))
                names.add(column.name)
            restored[record.pk] = record
        if restored:
            model._base_manager.bulk_create(
                list(restored.values()),
                update_conflicts=True,
                unique_fields=[model._meta.pk.name],
                update_fields=sorted(names),
            )
            self.importer.written(list(restored.values()))
        for storage, name in files:
            transaction.on_commit(lambda storage=storage, name=name: storage.delete(name))


def _holds(model, record, attname, value):
    """Whether a record still holds what the import wrote there."""
    column = model._meta.get_field(attname)
    current = getattr(record, attname)
    if isinstance(column, models.FileField):
        return str(current or "") == (value or "")
    if value is None or current is None or column.is_relation:
        return value == current
    return column.to_python(value) == current


def _files_of(model, records, only=None):
    """Return (storage, name) of the private files that records hold and are about to lose."""
    return [
        (stored.storage, stored.name)
        for column in model._meta.concrete_fields
        if isinstance(column, models.FileField) and (only is None or column.attname in only)
        for record in records
        if (stored := getattr(record, column.attname))
    ]


def _references(model, pks):
    """Return {(label, pk): [(label of the user, its pk, its field, words)]}: one query for each relation."""
    found = {}
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
            continue
        user, attname = relation.related_model, relation.field.attname
        rows = user._base_manager.filter(**{f"{relation.field.name}__in": pks}).values_list("pk", attname)
        for pk, used in rows:
            found.setdefault((model._meta.label_lower, used), []).append(
                (user._meta.label_lower, pk, attname, str(user._meta.verbose_name))
            )
    return found

"""The clerk's verbs, from the upload of a file to its undoing."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from .. import mapping as mapping_of
from .. import perms, queries, reading, sources
from ..enums import RUNNING, BatchState, ImportKind, UndoState
from ..files import local_path, sha256_of
from ..importers import REGISTRY
from ..importers.pdfs import Pdfs
from ..models import ColumnChoice, ImportBatch, StagedRow, UndoEntry
from ..reading import Unreadable, shape
from .checking import drop_rows
from .running import enqueue
from .states import locked, move, start

# Rows and files hold personal data: the report alone stays after this long.
RETENTION = timedelta(days=365)


def upload(*, by, kind, file, archive=None):
    """Take a clerk's file, and return its ImportBatch, ready for its columns to be chosen.

    Raises ValidationError({"file" or "archive": sentence}) for a file that can't be read; PermissionDenied.
    """
    perms.require(perms.may_add(by))
    kind = ImportKind(kind)
    with local_path(file) as path:
        try:
            source = reading.inspect(path, file.name)
        except Unreadable as error:
            raise ValidationError({"file": str(error)}) from None
        digest = sha256_of(path)
    if archive is not None:
        _check_archive(kind, archive)
    with transaction.atomic():
        batch = ImportBatch(
            kind=kind,
            original_name=file.name[-255:],
            size=file.size,
            sha256=digest,
            sheet=source.sheet.name,
            source=sources.dump(source),
            mapping={name: found.position for name, found in mapping_of.guess(kind, source).items()},
            created_by=by,
        )
        file.seek(0)
        batch.file.save(file.name, file, save=False)
        if archive is not None:
            _keep_archive(batch, archive)
        batch.save()
        log(instance=batch, action="imports.batch.upload", user=by, data={"kind": kind.value, "sha256": digest})
    return batch


def attach_archive(*, by, batch, archive):
    """Add the ZIP of PDFs to a batch of invoices, or replace it. The check must be done (again) after it.

    Raises ValidationError({"archive": sentence}); PermissionDenied.
    """
    perms.require(perms.may_add(by))
    _check_archive(ImportKind(batch.kind), archive)
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.state != BatchState.UPLOADED:
            raise ValidationError({"archive": "L’archive se joint avant le contrôle du fichier."})
        old = batch.archive.name
        _keep_archive(batch, archive)
        batch.save(update_fields=["archive", "archive_name"])
        log(instance=batch, action="imports.batch.archive", user=by)
        if old:
            transaction.on_commit(lambda: batch.archive.storage.delete(old))
    return batch


def _check_archive(kind, archive):
    if not REGISTRY[kind].takes_archive:
        raise ValidationError({"archive": "Seules les factures s’importent avec une archive de PDF."})
    with local_path(archive) as path:
        try:
            Pdfs(path, None).names()
        except Unreadable as error:
            raise ValidationError({"archive": str(error)}) from None


def _keep_archive(batch, archive):
    archive.seek(0)
    batch.archive_name = archive.name[-255:]
    batch.archive.save(archive.name, archive, save=False)


def choose_sheet(*, by, batch, sheet):
    """Read another sheet of the workbook. Raises ValidationError, PermissionDenied."""
    perms.require(perms.may_add(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        with local_path(batch.file) as path:
            try:
                source = reading.inspect(path, batch.original_name, sheet=sheet)
            except Unreadable as error:
                raise ValidationError({"sheet": str(error)}) from None
        if batch.state != BatchState.UPLOADED:
            _back_to_columns(batch)
        batch.sheet = source.sheet.name
        batch.source = sources.dump(source)
        batch.mapping = {name: found.position for name, found in mapping_of.guess(batch.kind, source).items()}
        batch.options = {}
        batch.save(update_fields=["sheet", "source", "mapping", "options"])
    return batch


def reopen_columns(*, by, batch):
    """Go back to the choice of columns: what a check staged is forgotten. Raises ValidationError, PermissionDenied."""
    perms.require(perms.may_add(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.state != BatchState.UPLOADED:
            _back_to_columns(batch)
    return batch


def _back_to_columns(batch):
    if batch.undo_entries.exists():
        raise ValidationError(
            "Une partie de ce fichier est déjà appliquée : annulez l’import, puis déposez le fichier à nouveau."
        )
    move(batch, BatchState.UPLOADED, counts={}, notices=[], error="", failed_in="", rows_done=0, rows_total=0, cursor=0)
    drop_rows(batch)


GUESSED = object()


def map_columns(*, by, batch, mapping, reference_width=GUESSED):
    """Say which column holds which field ({name: position or None}), and remember it for the next file of that shape.

    `reference_width` is the length up to which numeric references get their leading zeros back; None leaves them alone.
    Raises ValidationError with the sentences of what is missing or taken twice; PermissionDenied.
    """
    perms.require(perms.may_add(by))
    importer = REGISTRY[ImportKind(batch.kind)]()
    source = sources.load(batch.source)
    positions = {column.position for column in source.sheet.columns}
    chosen = {name: mapping.get(name) for name in importer.fields}
    errors = {
        name: ["Cette colonne n’existe pas dans le fichier."]
        for name, p in chosen.items()
        if p is not None and p not in positions
    }
    seen = {}
    for name, position in chosen.items():
        if position is None:
            continue
        if position in seen:
            errors.setdefault(name, []).append(
                f"Cette colonne sert déjà pour « {importer.fields[seen[position]].label} ». Choisissez-en une autre."
            )
        seen.setdefault(position, name)
    for name, sentence in importer.missing(chosen):
        errors.setdefault(name, []).append(sentence)
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.state not in (BatchState.UPLOADED, BatchState.MAPPED):
            _back_to_columns(batch)
        if reference_width is GUESSED:
            reference_width = mapping_of.reference_width(batch, mapping_of.guesses_of(batch))
        options = {**batch.options, "chosen": True, "reference_width": reference_width}
        if batch.state == BatchState.MAPPED:
            batch.mapping, batch.options = chosen, options
            batch.save(update_fields=["mapping", "options"])
        else:
            move(batch, BatchState.MAPPED, mapping=chosen, options=options)
        ColumnChoice.objects.update_or_create(
            kind=batch.kind, shape=shape(source.sheet.columns), defaults={"mapping": chosen, "chosen_by": by}
        )
        log(instance=batch, action="imports.batch.columns", user=by)
    return batch


def start_check(*, by, batch):
    """Queue the check of a mapped batch. Raises ValidationError when it is not its turn; PermissionDenied."""
    perms.require(perms.may_add(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        start(batch, BatchState.CHECKING, rows_total=0, counts={}, notices=[])
        drop_rows(batch)
        enqueue(batch)
        log(instance=batch, action="imports.batch.check", user=by)
    return batch


def start_apply(*, by, batch, confirm_changes=False):
    """Queue the application of a checked batch.

    `confirm_changes` says that the clerk saw the warning of a file that changes many records. Raises ValidationError,
    PermissionDenied. Two clerks at once: the second is told that it is under way.
    """
    perms.require(perms.may_apply(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.state == BatchState.APPLYING:
            raise ValidationError("L’application de cet import est déjà en cours.")
        if any(notice.get("kind") == "changed" for notice in batch.notices) and not confirm_changes:
            raise ValidationError({"confirm_changes": "Confirmez que vous avez regardé les différences."})
        total = batch.counts.get("create", 0) + batch.counts.get("update", 0)
        if batch.state == BatchState.CHECKED and not total:
            raise ValidationError("Il n’y a rien à appliquer : aucune ligne ne crée ni ne modifie quoi que ce soit.")
        start(batch, BatchState.APPLYING, rows_total=total, applied_by=by)
        enqueue(batch)
        log(instance=batch, action="imports.batch.apply", user=by, data={"rows": total})
    return batch


def start_undo(*, by, batch):
    """Queue the undoing of an applied batch, or of what an interrupted one had written.

    Raises ValidationError, PermissionDenied.
    """
    perms.require(perms.may_undo(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.purged_at:
            raise ValidationError(
                "Cet import a plus d’un an : ses lignes ont été effacées, il ne peut plus être annulé."
            )
        if batch.state == BatchState.FAILED and batch.failed_in == BatchState.CHECKING:
            raise ValidationError("Rien n’a été appliqué : il n’y a rien à annuler.")
        pending = UndoEntry.objects.filter(batch=batch, state=UndoState.PENDING)
        start(batch, BatchState.UNDOING, rows_total=pending.values("number").distinct().count(), undone_by=by)
        enqueue(batch)
        log(instance=batch, action="imports.batch.undo", user=by)
    return batch


def retry(*, by, batch):
    """Go on with an interrupted batch, from the chunk where it stood. Raises ValidationError, PermissionDenied."""
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.state != BatchState.FAILED:
            raise ValidationError("Cet import n’est pas interrompu.")
        work = BatchState(batch.failed_in)
        allowed = {BatchState.APPLYING: perms.may_apply, BatchState.UNDOING: perms.may_undo}.get(work, perms.may_add)
        perms.require(allowed(by))
        move(batch, work, error="", failed_in="", attempts=0, heartbeat_at=timezone.now())
        enqueue(batch)
        log(instance=batch, action="imports.batch.retry", user=by, data={"work": work.value})
    return batch


def abandon(*, by, batch):
    """Give up a batch that wrote nothing: its rows and files are erased at once.

    Raises ValidationError, PermissionDenied.
    """
    perms.require(perms.may_add(by))
    with transaction.atomic():
        batch = locked(batch.pk)
        if batch.undo_entries.exists():
            raise ValidationError(
                "Une partie de ce fichier est déjà appliquée : annulez l’import plutôt que de l’abandonner."
            )
        move(batch, BatchState.ABANDONED)
        _erase(batch)
        log(instance=batch, action="imports.batch.abandon", user=by)
    return batch


def purge(*, now=None):
    """Erase the rows and the files of the imports older than RETENTION; their report stays. Returns how many."""
    count = 0
    before = (now or timezone.now()) - RETENTION
    for pk in list(queries.purgeable(before).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            batch = locked(pk)
            if batch.state not in RUNNING and batch.purged_at is None:
                _erase(batch)
                count += 1
    return count


def _erase(batch):
    StagedRow.objects.filter(batch=batch).delete()
    UndoEntry.objects.filter(batch=batch).delete()
    for stored in (batch.file, batch.archive):
        if stored:
            transaction.on_commit(lambda storage=stored.storage, name=stored.name: storage.delete(name))
    batch.file = batch.archive = ""
    # The samples of the columns are people's data too.
    batch.source, batch.notices = {}, []
    batch.purged_at = timezone.now()
    batch.save(update_fields=["file", "archive", "source", "notices", "purged_at"])

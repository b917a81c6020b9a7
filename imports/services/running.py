"""The worker's side: a running batch goes on chunk by chunk, and survives whatever kills the worker."""

import logging
from contextlib import ExitStack
from datetime import timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_q.tasks import async_task

from ..enums import RUNNING, BatchState
from ..files import local_path
from ..importers import importer_of
from ..importers.pdfs import Pdfs
from ..models import ImportBatch
from ..reading import Unreadable
from .applying import Applying
from .checking import Checking
from .states import locked, move
from .undoing import Undoing

logger = logging.getLogger(__name__)

WORKS = {work.state: work for work in (Checking, Applying, Undoing)}
TASK = "imports.tasks.run"
# Starts without a single chunk done, after which the batch is declared interrupted.
MAX_ATTEMPTS = 5
# A task gives its worker back after this long, and queues the rest: mails must not wait behind a large file.
SLICE_SECONDS = 120
# A batch whose worker said nothing for this long is queued again.
SILENCE = timedelta(minutes=2)


def enqueue(batch):
    """Queue the work of a running batch, in the transaction of the change that asks for it."""
    async_task(TASK, batch.pk, group="imports")


def run(batch_id, *, seconds=SLICE_SECONDS):
    """Do the work of a running batch until it is done, or for `seconds` (the rest is queued). Safe to run twice.

    Whatever fails is left to `resume_stalled`, up to MAX_ATTEMPTS starts without progress.
    """
    batch = _begin(batch_id)
    if batch is None:
        return
    try:
        _work(batch, monotonic() + seconds)
    except Unreadable as error:
        fail(batch_id, str(error))
    except Exception as error:
        # Its class only: the message of a database error quotes the row, which is personal data.
        logger.error("import.stopped", extra={"batch": batch_id, "error": type(error).__name__})
        with transaction.atomic():
            stopped = locked(batch_id)
            if stopped.attempts >= MAX_ATTEMPTS:
                _fail_locked(stopped, _stuck(stopped))


def _begin(batch_id):
    """Count a start; None when there is nothing (more) to do."""
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(of=("self",)).filter(pk=batch_id, state__in=RUNNING).first()
        if batch is None:
            return None
        if batch.attempts >= MAX_ATTEMPTS:
            # A worker that is killed each time leaves no exception behind: only this count tells.
            _fail_locked(batch, _stuck(batch))
            return None
        batch.attempts += 1
        batch.heartbeat_at = timezone.now()
        batch.save(update_fields=["attempts", "heartbeat_at"])
        return batch


def _work(batch, deadline):
    importer = importer_of(batch)
    with ExitStack() as files:
        path = None
        if batch.state == BatchState.CHECKING:
            path = files.enter_context(local_path(batch.file))
        if batch.archive and batch.state != BatchState.UNDOING:
            importer.pdfs = Pdfs(files.enter_context(local_path(batch.archive)), batch.pk)
        work = WORKS[BatchState(batch.state)](batch, importer, path)
        while work.step():
            if monotonic() > deadline:
                with transaction.atomic():
                    enqueue(batch)
                return


def _stuck(batch):
    return (
        f"Le traitement s’est arrêté {MAX_ATTEMPTS} fois de suite après la ligne {batch.cursor}. Rien de ce qui "
        "précède n’est "
        "perdu. Relancez-le ; s’il s’arrête encore, prévenez la personne qui administre le portail."
    )


def fail(batch_id, sentence):
    """Stop a running batch for good, with the sentence that the clerk reads."""
    with transaction.atomic():
        batch = locked(batch_id)
        if batch.state in RUNNING:
            _fail_locked(batch, sentence)


def _fail_locked(batch, sentence):
    move(batch, BatchState.FAILED, error=sentence, failed_in=batch.state)


def resume_stalled():
    """Queue again the running batches whose worker is silent. Returns how many. Scheduled every minute."""
    count = 0
    silent = Q(heartbeat_at=None) | Q(heartbeat_at__lt=timezone.now() - SILENCE)
    for pk in list(ImportBatch.objects.filter(silent, state__in=RUNNING).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            batch = ImportBatch.objects.select_for_update(of=("self",)).filter(silent, pk=pk, state__in=RUNNING).first()
            if batch is not None:
                batch.heartbeat_at = timezone.now()
                batch.save(update_fields=["heartbeat_at"])
                enqueue(batch)
                count += 1
    return count

"""What the import screens read: a fixed number of queries each."""

from django.db.models import Count, Min
from django.db.models.functions import Length

from water.models import WaterContract

from .enums import BatchState, RowAction, UndoState
from .models import ColumnChoice, ImportBatch, StagedRow, UndoEntry


def batches(kind=""):
    """Return the imports, newest first, with who uploaded them."""
    found = ImportBatch.objects.select_related("created_by").defer("source", "mapping", "notices", "error")
    return found.filter(kind=kind) if kind else found


def waiting(states):
    """Return {state: (number of imports, date of the oldest, its number)} of those in one of `states`. One query."""
    found = ImportBatch.objects.filter(state__in=states).order_by().values_list("state")
    found = found.annotate(count=Count("pk"), since=Min("created_at"), first=Min("pk"))
    return {state: (count, since, first) for state, count, since, first in found}


def batch_with_people(pk):
    """Return an import with the people who handled it. Raises ImportBatch.DoesNotExist."""
    return ImportBatch.objects.select_related("created_by", "applied_by", "undone_by").get(pk=pk)


def counts_of(batch):
    """Return {action: number of rows} of a batch, zero included, and how many rows carry a notice ("noticed")."""
    counted = dict(StagedRow.objects.filter(batch=batch).order_by().values_list("action").annotate(count=Count("pk")))
    counts = {action.value: counted.get(action.value, 0) for action in RowAction}
    return {**counts, "noticed": rows_with_notices(batch).count()}


def rows_of(batch, action=""):
    """Return the staged rows of a batch, in the order of the file; of one action only when it is given."""
    found = StagedRow.objects.filter(batch=batch).order_by("number")
    return found.filter(action=action) if action else found


def rows_with_notices(batch):
    """Return the rows that are kept but that the clerk should look at."""
    return (
        StagedRow.objects.filter(batch=batch)
        .exclude(notices=[])
        .exclude(action__in=[RowAction.REFUSED, RowAction.MERGED])
        .order_by("number")
    )


def kept_rows(batch):
    """Return the rows that undo kept: {"number", "reason"}, in the order of the file."""
    return (
        UndoEntry.objects.filter(batch=batch, state=UndoState.REFUSED)
        .order_by("number")
        .values("number", "reason")
        .distinct()
    )


def same_file(batch):
    """Return the last import of exactly this file that was applied and still is, None if there is none."""
    return (
        ImportBatch.objects.filter(kind=batch.kind, sha256=batch.sha256, state=BatchState.APPLIED)
        .exclude(pk=batch.pk)
        .select_related("applied_by")
        .order_by("-applied_at")
        .first()
    )


def remembered_mapping(kind, shape):
    """Return the mapping last chosen for files of this kind and shape, None when there is none."""
    return ColumnChoice.objects.filter(kind=kind, shape=shape).values_list("mapping", flat=True).first()


def purgeable(before):
    """Return the imports finished before a date whose rows are still there."""
    return ImportBatch.objects.filter(purged_at=None, created_at__lt=before).exclude(
        state__in=[BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING]
    )


def reference_width():
    """Return the length shared by all the numeric references of the portal's contracts; None when there is none."""
    lengths = set(
        WaterContract.objects.filter(reference__regex=r"^[0-9]+$")
        .annotate(length=Length("reference"))
        .order_by()
        .values_list("length", flat=True)
        .distinct()[:2]
    )
    return lengths.pop() if len(lengths) == 1 else None

"""Changes of state: the one place that knows how a batch goes from one to the next."""

from django.core.exceptions import ValidationError
from django.utils import timezone

from ..enums import TRANSITIONS, BatchState
from ..models import ImportBatch


def locked(batch_id):
    """Return the batch, its row locked until the end of the transaction: one worker, one clerk at a time."""
    return ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch_id)


def move(batch, state, **fields):
    """Put a locked batch into `state` and save `fields` with it.

    Raises ValidationError, in words for the clerk, when it cannot go there from where it is.
    """
    if state not in TRANSITIONS[BatchState(batch.state)]:
        raise ValidationError(
            f"Cet import est dans l’état « {BatchState(batch.state).label} » : cette action n’est plus possible."
        )
    fields["state"] = state
    for name, value in fields.items():
        setattr(batch, name, value)
    batch.save(update_fields=list(fields))


def start(batch, state, **fields):
    """Put a locked batch into a running state, at its beginning."""
    move(batch, state, cursor=0, rows_done=0, attempts=0, heartbeat_at=timezone.now(), error="", failed_in="", **fields)

"""Queue entry points. Each may run twice."""

from . import services


def run(batch_id):
    """Go on with the check, the application or the undoing of a batch."""
    services.run(batch_id)


def resume_stalled():
    """Queue again the batches whose worker died."""
    services.resume_stalled()


def purge():
    """Erase the rows and the files of old imports."""
    services.purge()

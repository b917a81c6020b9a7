"""A worker in a process of its own, for the tests that kill it: `python -m tests.imports.worker VERB BATCH FILES`.

It works on the database of DATABASE_URL itself, not on a test database made from it.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

CHUNK = 10
# Long enough to be killed between two chunks, whatever the machine.
PAUSE = 0.02


def start(verb, batch_pk, *, database, private_root):
    """Start a worker on the database at the address `database`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.imports.worker", verb, str(batch_pk), str(private_root)],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "cms.settings.test", "DATABASE_URL": database},
        cwd=Path(__file__).parent.parent.parent,
    )


def finish(*arguments, **where):
    """Run a worker to its end."""
    assert start(*arguments, **where).wait(timeout=120) == 0


def kill_in_the_middle(batch_pk, *, progress, **where):
    """kill -9 a worker once `progress()` says that some chunks are done."""
    process = start("run", batch_pk, **where)
    deadline = time.monotonic() + 60
    while progress() < 3 * CHUNK:
        assert process.poll() is None, "the worker ended before it was killed"
        assert time.monotonic() < deadline, "the worker does not advance"
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(timeout=10) == -signal.SIGKILL


def main(verb, batch_pk, private_root):
    import django

    django.setup()
    from django.conf import settings

    settings.PRIVATE_ROOT = Path(private_root)
    from imports import services
    from imports.models import ImportBatch
    from imports.services import applying, checking, running

    checking.CHUNK = applying.CHUNK = CHUNK
    if verb == "apply":
        batch = ImportBatch.objects.get(pk=batch_pk)
        services.start_apply(by=batch.created_by, batch=batch, confirm_changes=True)
        return
    for work in running.WORKS.values():
        work.step = slowly(work.step)
    running.run(batch_pk)


def slowly(step):
    def slow(self):
        time.sleep(PAUSE)
        return step(self)

    return slow


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])

"""Two writers at once: what the database could not put in order is tried again."""

import functools
import time

from django.db import OperationalError, transaction

ATTEMPTS = 3
# Serialisation failure, deadlock, lock timeout.
SQLSTATES = {"40001", "40P01", "55P03"}


def retry_on_conflict(function):
    """Run `function` in a transaction of its own, at most three times when the database reports a conflict.

    Inside a caller's transaction it runs once: only the whole of it could be tried again.
    """

    @functools.wraps(function)
    def run(*args, **kwargs):
        if transaction.get_connection().in_atomic_block:
            return function(*args, **kwargs)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic():
                    return function(*args, **kwargs)
            except OperationalError as error:
                if attempt == ATTEMPTS or getattr(error.__cause__, "sqlstate", None) not in SQLSTATES:
                    raise
                time.sleep(0.05 * attempt)

    return run

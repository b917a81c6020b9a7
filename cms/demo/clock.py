"""The demonstration happens over months: what was booked in September was booked in September."""

import datetime as dt
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone


@contextmanager
def at(moment):
    """Let the services called inside, and the defaults of the models, believe that it is `moment` (aware)."""

    class Then(dt.datetime):
        @classmethod
        def now(cls, tz=None):
            return moment.astimezone(tz)

    # Where `timezone.now` looks: models hold the function itself.
    with mock.patch.object(timezone, "datetime", Then):
        yield

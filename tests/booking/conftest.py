import pytest
from django.utils import timezone

from tests.booking.households import NOW


@pytest.fixture
def clock(monkeypatch):
    """The clock of the services, on 1 December 2026 at noon; `clock.set(moment)` moves it."""

    class Clock:
        now = NOW

        def set(self, moment):
            self.now = moment

    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock

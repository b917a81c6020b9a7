"""« Ce qui vous attend », on the first page of the back office: each app says what waits for whom."""

import datetime as dt
from dataclasses import dataclass

from django.utils.timesince import timesince
from wagtail.admin.ui.components import Component

_sources = []


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line: `count` things that wait, where they are, and since when the oldest does (when it matters)."""

    label: str
    count: int
    url: str
    since: dt.datetime | None = None

    @property
    def age(self):
        """How long the oldest has waited, in its largest unit."""
        return timesince(self.since, depth=1) if self.since else ""


def register(source):
    """Add `source(user)`, which returns the lines (`Waiting`) of what waits for `user`; without a right, none.

    Call it in an app's `wagtail_hooks`. Lines that count nothing are left out.
    """
    if source not in _sources:
        _sources.append(source)
    return source


def lines_of(user):
    """Return what waits for `user`, in the order of the registered sources."""
    return [line for source in _sources for line in source(user) if line.count]


class WaitingPanel(Component):
    """The lines; made only when there are some."""

    name = "waiting"
    order = 40
    template_name = "accounts/admin/waiting_panel.html"

    def __init__(self, lines):
        self.lines = lines

    def get_context_data(self, parent_context):
        return {"lines": self.lines}

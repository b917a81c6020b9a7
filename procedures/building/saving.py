"""What saving a procedure makes of what was typed: missing keys are made, words become the keys they name."""

import json

from .keys import fill_keys, fill_status_keys, lacks_keys, saved_keys
from .references import settle_references


def settle(page, *, revision=None):
    """Complete the StreamFields of `page` (or of anything with them) in place.

    `revision` is the last one saved: a key that was emptied by mistake comes back. Doing it twice changes nothing.
    """
    if lacks_keys(page.form, page.statuses):
        earlier = _earlier(revision)
        fill_keys(page.form, earlier=earlier)
        fill_status_keys(page.statuses, earlier=earlier)
    settle_references(page.form, page.routing, page.inputs)


def _earlier(revision):
    found = {}
    for name in ("form", "statuses"):
        try:
            found |= saved_keys(json.loads((revision.content.get(name) if revision else "") or "[]"))
        except ValueError:
            continue
    return found

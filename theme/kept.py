"""What staff publish and every page asks for (site, brand, menus, the pages of the space), kept for some seconds.

Kept in the process as it is, without copying: treat it as read-only. Publishing forgets it at once in the process
that publishes; the others follow within KEPT_SECONDS. Nothing of a resident is ever kept.
"""

import time

from django.conf import settings

# A crawler may ask for any number of addresses.
MOST = 1_000
_kept = {}


def kept(key, build):
    """Return what `build()` returned less than KEPT_SECONDS ago for `key` (hashable), building it when needed."""
    seconds = settings.KEPT_SECONDS
    if not seconds:
        return build()
    now = time.monotonic()
    found = _kept.get(key)
    if found is None or found[0] < now:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = found = (now + seconds, build())
    return found[1]


def forget():
    """Forget everything that is kept in this process."""
    _kept.clear()

"""The first of the locks: whoever decides something for a profile takes its row before any other."""

from .models import Profile


def lock_profile(pk):
    """Return the Profile `pk`, its row locked until the end of the transaction. Raises Profile.DoesNotExist.

    Rows that point at it may still be written meanwhile: who holds another row and writes one of those would otherwise
    wait for us, and we for them.
    """
    return Profile.objects.select_for_update(no_key=True).get(pk=pk)

"""News that travel up to the domains, in the transaction of their cause."""

from django.dispatch import Signal

# `by` found that `child`, which waited, is `existing`: what was asked for one is asked for the other.
child_merged = Signal()

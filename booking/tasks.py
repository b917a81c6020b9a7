"""Queue entry points of bookings: they call a service, and are safe to run twice."""

from django.utils import timezone

from .services import drafts, reminders, waiting


def expire_offers():
    """Take back the places offered that nobody accepted in time (every five minutes)."""
    waiting.expire_offers()


def close_lists():
    """Tell those who wait for a date that can't be booked any more (every hour)."""
    waiting.close_lists()


def remind():
    """Tell families who booked nothing that a deadline is near (every morning)."""
    reminders.remind(now=timezone.now())


def erase_drafts():
    """Erase the plannings that nobody touched for three months (every night)."""
    drafts.erase_old(now=timezone.now())

"""Entry points of the queue: they take ids, call a service, and are safe to run twice."""

import logging

from .models import StoredFile
from .scanner import ScannerUnavailable
from .services import supporting, uploads

logger = logging.getLogger(__name__)


def scan_file(file_id):
    """Have the antivirus look at a file that just came in."""
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is None:
        return  # erased meanwhile
    try:
        uploads.scan(file=stored)
    except ScannerUnavailable as error:
        # It stays pending; `scan_waiting` comes back to it.
        logger.warning("scanner unavailable", extra={"file": file_id, "error": str(error)})


def scan_waiting():
    """Scan what waits because the antivirus was down (every 5 minutes)."""
    uploads.scan_waiting()


def follow_dates():
    """Mark what expired, and remind of what soon will (every morning)."""
    supporting.expire()
    supporting.remind()


def purge():
    """Erase what is kept no longer than its rule says (every night)."""
    uploads.purge_staged()
    supporting.purge()

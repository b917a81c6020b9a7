"""How long accounts keep what they must: one rule a kind of data, run every night."""

import logging
from datetime import timedelta

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from .enums import MailState
from .models import Attempt, OneTimeLink, OutgoingMail

logger = logging.getLogger(__name__)

TRIES = timedelta(days=1)
LINKS = timedelta(days=1)
MAIL_BODIES = timedelta(days=1)
MAIL_JOURNAL = timedelta(days=365)
LOGINS = timedelta(days=180)


def purge(now=None):
    """Erase what is past its term at `now`; returns how many rows of each kind were touched."""
    now = now or timezone.now()
    counts = {
        "attempts": Attempt.objects.filter(at__lt=now - TRIES).delete()[0],
        "failed_logins": AccessAttempt.objects.filter(attempt_time__lt=now - TRIES).delete()[0],
        "logins": AccessLog.objects.filter(attempt_time__lt=now - LOGINS).delete()[0],
        "links": OneTimeLink.objects.filter(created_at__lt=now - LINKS).delete()[0],
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
        "mails": OutgoingMail.objects.filter(created_at__lt=now - MAIL_JOURNAL).delete()[0],
    }
    if not settings.DEMONSTRATION:
        old = OutgoingMail.objects.filter(created_at__lt=now - MAIL_BODIES).exclude(state=MailState.PENDING)
        counts["mail_bodies"] = old.filter(~Q(text="") | ~Q(html="")).update(text="", html="")
    logger.info("accounts purged", extra=counts)
    return counts

"""A resident's file comes in: checked, stored under a random name, then handed to the antivirus."""

import hashlib
import logging
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django_q.tasks import async_task
from wagtail.log_actions import log

from accounts.locks import lock_profile
from accounts.mail import absolute_url, send_mail
from accounts.throttle import throttle

from .. import perms, queries, scanner
from ..checks import check
from ..enums import DocumentState, ScanState
from ..models import StoredFile, SupportingDocument
from ..rules import size_text

logger = logging.getLogger(__name__)

# A file that nothing took (its form was never finished) is erased after this long.
STAGED = timedelta(days=1)
# What the scanner was too busy or too broken to look at is asked again this many at a time.
BATCH = 200
MEGABYTE = 1024 * 1024
INFECTED = "L’antivirus a trouvé ce fichier dangereux : il a été supprimé. Envoyez-en un autre."


def receive(*, by, profile, upload):
    """Check and store an uploaded file of `profile`; returns the StoredFile, staged until a service files it.

    The same file sent again is stored once. Raises PermissionDenied if `by` can't send for `profile`, Throttled,
    ValidationError when the file is refused or no room is left.
    """
    if not perms.can_send(by, profile):
        raise PermissionDenied
    # Decoding an image costs a second: not as often as one likes.
    throttle("documents.receive", by.pk, limit=60, seconds=60 * 60)
    checked = check(upload)  # outside the transaction: it takes time and touches nothing
    with transaction.atomic():
        lock_profile(profile.pk)
        own = StoredFile.objects.filter(profile=profile, produced=False)
        if known := _stored_already(own, checked):
            return known
        room = settings.RESIDENT_QUOTA_MB * MEGABYTE
        _check_room(queries.space_used(profile), checked, room, _("Contactez le service."))
        return keep(_incoming(checked, profile=profile, sent_by=by), checked.content)


def receive_anonymous(*, upload, origin, files=()):
    """Check and store a file sent without an account; returns the StoredFile, staged until a service files it.

    `origin` is what accounts.throttle calls one; `files` are the StoredFiles that the case has already: they share one
    room, and the same content is stored once. Raises Throttled, ValidationError when the file is refused or no room is
    left.
    """
    throttle("documents.receive_anonymous", origin, limit=40, seconds=60 * 60)
    checked = check(upload)
    with transaction.atomic():
        # Locked, so that two uploads at once don't both see room.
        own = StoredFile.objects.filter(pk__in=[file.pk for file in files])
        used = sum(file.size for file in own.select_for_update().order_by("pk"))
        if known := _stored_already(own, checked):
            return known
        _check_room(used, checked, settings.ANONYMOUS_QUOTA_MB * MEGABYTE, _("Retirez un fichier pour en ajouter un."))
        return keep(_incoming(checked), checked.content)


def receive_from_staff(*, by, profile, upload):
    """Check and store a file that an agent sends for `profile` (None: for somebody without an account).

    It takes none of the profile's room, and is scanned as the others. Returns the StoredFile, staged. Whether the agent
    handles the case is the caller's to ask. Raises PermissionDenied for who is no staff, Throttled, ValidationError.
    """
    if not (by.is_active and by.is_staff):
        raise PermissionDenied
    throttle("documents.receive_from_staff", by.pk, limit=300, seconds=60 * 60)
    checked = check(upload)
    with transaction.atomic():
        return keep(_incoming(checked, profile=profile, sent_by=by, produced=True), checked.content)


def _incoming(checked, **fields):
    """Return the unsaved StoredFile of what came in."""
    return StoredFile(
        name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        scan=ScanState.PENDING if scanner.configured() else ScanState.UNSCANNED,
        **fields,
    )


@transaction.atomic
def keep(stored, content):
    """Write an unsaved StoredFile and its content, and hand it to the antivirus if it waits for one. Returns it."""
    saved = None
    try:
        stored.file.save(stored.name, ContentFile(content), save=False)
        saved = stored.file
        stored.save()
        if stored.scan == ScanState.PENDING:
            async_task("documents.tasks.scan_file", stored.pk)
        return stored
    except BaseException:
        # The row is undone; what the storage took would stay for ever.
        if saved:
            saved.storage.delete(saved.name)
        raise


def digest(content):
    """Return what tells two contents apart."""
    return hashlib.sha256(content).hexdigest()


def usable(profile, file):
    """Return the StoredFile `file` of `profile` as it is now. Raises ValidationError when it is gone, or dangerous."""
    stored = StoredFile.objects.filter(pk=file.pk, profile=profile).exclude(scan=ScanState.INFECTED).first()
    if stored is None or not stored.file:
        raise ValidationError(_("Ce fichier n’est plus disponible. Choisissez-le de nouveau."))
    return stored


def _stored_already(files, checked):
    same = files.filter(sha256=checked.sha256, name=checked.name)
    return same.exclude(scan=ScanState.INFECTED).exclude(file="").first()


def _check_room(used, checked, room, advice):
    if used + checked.size > room:
        raise ValidationError(
            _("Il ne reste plus assez de place : %(used)s sur %(room)s sont utilisés. %(advice)s")
            % {"used": size_text(used), "room": size_text(room), "advice": advice}
        )


def file_away(stored):
    """Mark that something took `stored`: it is no longer staged. For the services that take files, in their
    transaction."""
    StoredFile.objects.filter(pk=stored.pk, filed_at=None).update(filed_at=Now())


def scan(*, file):
    """Ask the antivirus about `file`, and write what it says. Safe to run twice. Returns the ScanState.

    An infected file is erased, and what it was sent for is refused; its sender is told. A scanner that is down leaves
    the file as it was: `scan_waiting` comes back.
    """
    stored = StoredFile.objects.get(pk=file.pk)
    if stored.scan not in (ScanState.PENDING, ScanState.UNSCANNED) or not stored.file:
        return ScanState(stored.scan)
    # Outside the transaction: a network call.
    with stored.file.open("rb") as opened:
        verdict = scanner.scan(opened)
    with transaction.atomic():
        stored = StoredFile.objects.select_for_update(of=("self",)).select_related("sent_by").get(pk=file.pk)
        if stored.scan not in (ScanState.PENDING, ScanState.UNSCANNED):
            return ScanState(stored.scan)  # another worker was faster
        stored.scan = verdict
        if verdict == ScanState.INFECTED:
            _quarantine(stored)
        stored.save(update_fields=["scan", "file"])
    return verdict


def _quarantine(stored):
    _erase(stored.file)
    stored.file = ""
    documents = SupportingDocument.objects.filter(file=stored, state=DocumentState.SENT)
    documents.update(state=DocumentState.REFUSED, reason=INFECTED, decided_at=timezone.now())
    log(instance=stored, action="documents.file.infected")
    if stored.sent_by and stored.sent_by.is_active:
        send_mail(
            kind="documents/file_infected",
            to=stored.sent_by.email,
            context={
                "first_name": stored.sent_by.first_name,
                "name": stored.name,
                "documents_url": absolute_url("/mon-compte/documents/?onglet=envoyees"),
            },
        )


def scan_waiting():
    """Scan again what no antivirus has seen yet: it was down, or there was none. Stops when it is down still.

    A file that it can't look at (lost by the storage, too long for its settings) keeps no other waiting. Returns how
    many files were scanned.
    """
    if not scanner.configured():
        return 0
    waiting = StoredFile.objects.filter(scan__in=[ScanState.PENDING, ScanState.UNSCANNED]).exclude(file="")
    count = 0
    for stored in waiting.order_by("pk")[:BATCH]:
        try:
            scan(file=stored)
        except (scanner.ScannerUnavailable, FileNotFoundError) as error:
            if not scanner.is_up():
                break
            logger.warning("file not scanned", extra={"file": stored.pk, "error": str(error)})
            continue
        count += 1
    return count


def purge_staged(now=None):
    """Erase the files that nothing took within a day of their sending; returns how many."""
    now = now or timezone.now()
    return erase(StoredFile.objects.filter(filed_at=None, sent_at__lt=now - STAGED))


@transaction.atomic
def erase(files):
    """Delete those of the queryset `files` that nothing points to, and their contents once that commits.

    Returns how many. A content that belongs to another record stays with it.
    """
    # The ids first: PostgreSQL locks no row through an outer join. Asked again under the lock: one may serve since.
    ids = list(files.unused().values_list("pk", flat=True))
    locked = StoredFile.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    ids = [stored.pk for stored in locked]
    found = list(StoredFile.objects.filter(pk__in=ids).unused())
    for stored in found:
        if not stored.borrowed:
            _erase(stored.file)
        stored.delete()
    return len(found)


def _erase(file):
    if file:
        storage, name = file.storage, file.name
        transaction.on_commit(lambda: storage.delete(name))

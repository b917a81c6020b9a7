"""What residents do with a filed case: take it back, write to the service, read its answers, file it again.

`by` is the User, or the `anonymous.Grant` of somebody without an account.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.throttle import throttle
from billing.conflicts import retry_on_conflict
from documents.services.folders import file_sent

from ..enums import OPEN, CaseState, EventKind
from ..models import CaseMessage
from ..statuses import WITHDRAWN
from ..subject import subject_of
from . import appointments, drafts
from .actors import may_fill, user_of
from .review import attach
from .statuses import give, grow, lock, record, tell, tell_agents

MESSAGE_LENGTH = CaseMessage._meta.get_field("text").max_length
REASON_LENGTH = 1000
HANDLED = "Ce dossier est déjà terminé : il ne peut plus être retiré."
NO_MESSAGE = "On n’écrit plus au service depuis ce dossier."


def _check_right(by, case):
    if not may_fill(by, case):
        raise PermissionDenied


@retry_on_conflict
def withdraw(*, by, case, reason=""):
    """Take back the open `case`: nobody will handle it, its appointments are free again. Returns the Case.

    Taken back already, nothing more happens. Raises PermissionDenied, or ValidationError once an agent decided.
    """
    _check_right(by, case)
    user = user_of(by)
    case = lock(case)
    if case.state == CaseState.WITHDRAWN:
        return case
    if case.state not in OPEN:
        raise ValidationError(HANDLED)
    reason = reason.strip()
    if len(reason) > REASON_LENGTH:
        raise ValidationError(f"Cette explication est trop longue\u00a0: {REASON_LENGTH} caractères au plus.")
    corrected = case.state == CaseState.TO_CORRECT
    appointments.release(by=user, case=case)
    event = give(case, WITHDRAWN, by=user, text=reason, kind=EventKind.WITHDRAWN)
    if corrected:
        # What was joined to a correction never sent is no file of the case.
        drafts.mirror_files(case)
    log(instance=case, action="procedures.case.withdraw", user=user)
    tell(
        case,
        "status_changed",
        title=f"{WITHDRAWN.label} : dossier {case.number}",
        text=WITHDRAWN.explanation,
        source=f"procedures.event:{event.pk}",
        context={
            "label": WITHDRAWN.label,
            "explanation": WITHDRAWN.explanation,
            "more": "",
            "text": reason,
            "text_label": "Votre explication",
            "effect": "",
        },
    )
    tell_agents(case, news="a été retiré par son demandeur")
    return case


def send_message(*, by, case, text, files=()):
    """Write to the service that handles `case`, with `files` (StoredFiles, checked and staged); returns the message.

    What the service wrote counts as read. Raises PermissionDenied, Throttled, or ValidationError.
    """
    _check_right(by, case)
    # Outside the transaction: a refused try counts.
    throttle("procedures.message", case.pk, limit=30, seconds=60 * 60)
    return _send_message(by, case, text.strip(), list(files))


@retry_on_conflict
def _send_message(by, case, text, files):
    user = user_of(by)
    case = lock(case)
    if case.state in (CaseState.DRAFT, CaseState.WITHDRAWN):
        raise ValidationError(NO_MESSAGE)
    if not text:
        raise ValidationError("Écrivez votre message.")
    if len(text) > MESSAGE_LENGTH:
        raise ValidationError(f"Ce message est trop long\u00a0: {MESSAGE_LENGTH} caractères au plus.")
    if any(file.profile_id != case.profile_id for file in files):
        raise PermissionDenied
    last = case.messages.order_by("-pk").first()
    if last and _is_same(last, user, text, files):
        return last  # a double click
    message = CaseMessage.objects.create(case=case, author=user, from_agent=False, text=text)
    attach(message, files)
    subject = subject_of(case) if files else {}
    for file in files:
        source = f"procedures.case:{case.pk}:{file.pk}"
        file_sent(profile=case.profile, stored=file, title=file.name, source=source, by=user, **subject)
    _read(case)
    record(case, EventKind.MESSAGE, "Message envoyé au service", by=user, public=True, tone="neutral")
    grow(case)
    log(instance=case, action="procedures.case.resident_message", user=user, data={"files": len(files)})
    tell_agents(case, news="a un nouveau message")
    return message


def _is_same(message, user, text, files):
    said = (message.from_agent, message.author_id, message.text)
    return said == (False, user and user.pk, text) and set(message.files.all()) == set(files)


@transaction.atomic
def mark_read(*, by, case):
    """The applicant of `case` has read what the service wrote. Returns how many messages were unread."""
    _check_right(by, case)
    return _read(case)


def _read(case):
    return case.messages.filter(from_agent=True, read_at=None).update(read_at=timezone.now())


def refile(*, by, profile, case):
    """File again from an old `case` of `profile`; returns (the draft, whether it was made from that case).

    A draft of the same procedure is found again and left as it is: nothing typed is lost. Raises PermissionDenied, or
    ValidationError when the procedure is not open.
    """
    _check_right(by, case)
    if case.profile_id is None or case.profile_id != profile.pk or case.state == CaseState.DRAFT:
        raise PermissionDenied
    draft = drafts.start(by=by, page=case.page, profile=profile, copied_from=case)
    return draft, not draft.found_again

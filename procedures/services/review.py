"""What agents do with a case: give it a status, decide, ask for a correction, write, note."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.log_actions import log

from billing.conflicts import retry_on_conflict
from documents.services.uploads import file_away

from .. import handlers, perms
from ..enums import CASE_TRANSITIONS, NO_ANSWER, CaseState, EventKind
from ..forms import reading
from ..models import CaseFile, CaseMessage
from ..statuses import first_of
from . import appointments
from .drafts import mirror_files
from .statuses import Stale, give, grow, lock, record, resume, tell

__all__ = [
    "Stale",
    "add_note",
    "ask_correction",
    "change_status",
    "correctable_fields",
    "decide",
    "mark_read",
    "send_message",
    "statuses_for",
]

MESSAGE_LENGTH = CaseMessage._meta.get_field("text").max_length


def check_right(by, case):
    """Raise PermissionDenied unless `by` handles `case`."""
    if not perms.can_review(by) or not perms.reviewable_cases(by).filter(pk=case.pk).exists():
        raise PermissionDenied


def opened(by, case, revision=None):
    """Return `case` read again and locked, for `by` who handles it still: it may have been passed on meanwhile.

    Raises PermissionDenied, and Stale when it is no longer at `revision`.
    """
    case = lock(case)
    check_right(by, case)
    if revision is not None and case.revision != revision:
        raise Stale(case)
    return case


def statuses_for(case):
    """Return the statuses of its procedure that an agent may give `case` now; a correction is asked for otherwise."""
    reachable = CASE_TRANSITIONS[CaseState(case.state)] - {CaseState.TO_CORRECT, CaseState.WITHDRAWN}
    return [status for status in case.version.statuses if status.state in reachable and status.key != case.status]


def correctable_fields(case):
    """Return the fields of its form that the applicant of `case` may be asked to correct."""
    return [field for field in case.definition.fields.values() if field.kind not in NO_ANSWER]


@retry_on_conflict
def change_status(*, by, case, status, text="", revision=None):
    """Give `case` the status whose key is `status`; returns the Case. Its applicant is told, with `text` added.

    A status that accepts runs the procedure's handler in the same transaction. Raises PermissionDenied if `by` doesn't
    handle the case, Stale if it is no longer at `revision`, ValidationError when it can't have this status or the
    handler refuses: then nothing has changed.
    """
    case = opened(by, case, revision)
    chosen = next((one for one in case.version.statuses if one.key == status), None)
    if chosen is None:
        raise ValidationError("Choisissez un statut de cette démarche.")
    if chosen.state == CaseState.TO_CORRECT:
        raise ValidationError("Demandez la correction depuis le dossier : dites ce qui est à compléter.")
    if chosen.key == case.status and case.is_open:
        raise ValidationError(f"Ce dossier a déjà le statut « {chosen.label} ».")
    text = _cut(text)
    former = case.status
    corrected = case.state == CaseState.TO_CORRECT
    # The time its applicant took to correct doesn't count, whoever ends it.
    resume(case, timezone.localdate())
    sentence = _handle(case, by) if chosen.state == CaseState.ACCEPTED and case.is_open else ""
    event = give(case, chosen, by=by, text=text)
    if corrected:
        # What was joined to a correction never sent is no file of the case.
        mirror_files(case)
    if chosen.state == CaseState.REFUSED:
        appointments.release(by=by, case=case)
    log(instance=case, action="procedures.case.status", user=by, data={"from": former, "to": chosen.key})
    _tell_status(case, chosen, event, text, sentence)
    return case


def decide(*, by, case, status, text="", revision=None):
    """Give `case` a final status: `change_status` does it; another status is refused with a ValidationError."""
    if status not in {one.key for one in case.version.statuses if one.final}:
        raise ValidationError("Choisissez un statut qui termine le dossier.")
    return change_status(by=by, case=case, status=status, text=text, revision=revision)


def _handle(case, by):
    """Do what the acceptance of the locked `case` does; returns the sentence that says it, to be saved with it."""
    key = case.version.handling.get("handler", "")
    handler = handlers.get(key)
    if not handler:
        return ""
    case.outcome = handler.apply(case=case, by=by)
    case.save(update_fields=["outcome"])
    record(case, EventKind.HANDLED, "Effet de l’acceptation", by=by, text=case.outcome["sentence"], tone="success")
    log(instance=case, action="procedures.case.handle", user=by, data={"handler": key})
    return case.outcome["sentence"]


def _tell_status(case, status, event, text, sentence=""):
    tell(
        case,
        "status_changed",
        title=f"{status.label} : dossier {case.number}",
        text=text or status.explanation,
        source=f"procedures.event:{event.pk}",
        context={
            "label": status.label,
            "explanation": status.explanation,
            "more": status.mail,
            "text": text,
            "effect": sentence,
        },
    )


@retry_on_conflict
def ask_correction(*, by, case, fields, message, status="", revision=None):
    """Ask the applicant of `case` to correct `fields` (keys of its form); `message` says why. Returns the Case.

    `status`: key of the status it then has, else the first of the procedure that says so. Raises as `change_status`.
    """
    case = opened(by, case, revision)
    known = [field.key for field in correctable_fields(case)]
    wanted = [key for key in known if key in set(fields)]
    message = _cut(message)
    if not wanted:
        raise ValidationError("Cochez au moins une réponse à corriger.")
    if not message:
        raise ValidationError("Dites ce qu’il faut corriger : le demandeur lira cette phrase.")
    asking = [one for one in case.version.statuses if one.state == CaseState.TO_CORRECT]
    if status and status not in {one.key for one in asking}:
        raise ValidationError("Choisissez un statut qui demande une correction.")
    chosen = next((one for one in asking if one.key == status), first_of(asking, CaseState.TO_CORRECT))
    # Asked again before the answer: what was begun stays, and so do the day it waits since and where it goes back to.
    begun = case.correction or {"asked_on": timezone.localdate().isoformat(), "status": case.status}
    case.correction = {**begun, "fields": wanted, "message": message}
    event = give(case, chosen, by=by, text=message, kind=EventKind.CORRECTION_ASKED)
    log(instance=case, action="procedures.case.ask_correction", user=by, data={"fields": wanted})
    labels = [field.label for field in correctable_fields(case) if field.key in wanted]
    tell(
        case,
        "correction",
        title=f"{chosen.label} : dossier {case.number}",
        text=message,
        source=f"procedures.event:{event.pk}",
        context={"label": chosen.label, "message": message, "fields": labels, "more": chosen.mail},
    )
    return case


@retry_on_conflict
def send_message(*, by, case, text, files=(), revision=None):
    """Write to the applicant of `case`, with `files` (StoredFiles); returns the CaseMessage.

    A case that is over can still be written about. Raises as `change_status`.
    """
    case = opened(by, case, revision)
    text = _cut(text)
    if not text:
        raise ValidationError("Écrivez votre message.")
    message = CaseMessage.objects.create(case=case, author=by, from_agent=True, text=text)
    attach(message, files)
    # Who answers has read.
    _read(case)
    record(case, EventKind.MESSAGE, "Message du service", by=by, public=True, tone="info")
    grow(case)
    log(instance=case, action="procedures.case.message", user=by, data={"files": len(files)})
    tell(
        case,
        "message",
        title=f"Nouveau message : dossier {case.number}",
        text=text,
        source=f"procedures.message:{message.pk}",
        context={"message": text, "files": [file.name for file in files]},
    )
    return message


def attach(message, files):
    """Attach `files` to `message`: they are then files of its case, and no longer staged."""
    for file in files:
        CaseFile.objects.get_or_create(case_id=message.case_id, file=file)
        file_away(file)
    message.files.set(files)


def mark_read(*, by, case):
    """`by` has read what the applicant of `case` wrote. Returns how many messages were unread."""
    check_right(by, case)
    return _read(case)


def _read(case):
    return case.messages.filter(from_agent=False, read_at=None).update(read_at=timezone.now())


@retry_on_conflict
def add_note(*, by, case, text):
    """Add a note to `case` that agents alone read; returns the CaseEvent. Nobody is told, no form is out of date."""
    case = opened(by, case)
    text = _cut(text)
    if not text:
        raise ValidationError("Écrivez votre note.")
    last = case.events.order_by("-pk").first()
    if last and (last.kind, last.by_id, last.text) == (EventKind.NOTE, by.pk, text):
        return last  # a double click
    event = record(case, EventKind.NOTE, "Note interne", by=by, text=text)
    log(instance=case, action="procedures.case.note", user=by)
    return event


def _cut(text):
    text = reading.text(text).strip()
    if len(text) > MESSAGE_LENGTH:
        raise ValidationError(f"Ce texte est trop long : {MESSAGE_LENGTH} caractères au plus.")
    return text

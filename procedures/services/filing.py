"""A draft becomes a case: checked whole under lock, numbered, handed to a department, acknowledged; once."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django_q.tasks import async_task
from wagtail.log_actions import log

from accounts.locks import lock_profile
from accounts.mail import absolute_url
from accounts.models import Department
from billing.conflicts import retry_on_conflict
from documents.models import StoredFile
from documents.services.folders import file_sent
from documents.services.uploads import file_away

from ..definition import kept_answers
from ..enums import CaseState, Channel, EventKind, FieldKind, Prefill
from ..forms import context_of, file_ids, problems_of
from ..numbers import next_case_number
from ..queries.filing import why_not, working
from ..receipts import facts_of
from ..routing import routed_to
from ..search import search_text_of
from ..statuses import first_of, status_of
from ..subject import subject_of
from . import anonymous, appointments
from .actors import may_fill, user_of
from .drafts import mirror_files
from .statuses import give, grow, lock, record, resume, tell, tell_agents

__all__ = ["Incomplete", "Moved", "mirror_files", "resubmit", "submit"]

NOT_ASKED = "Rien n’est à corriger dans ce dossier."


class Incomplete(ValidationError):
    """Answers are missing or wrong: `problems` is {step key: [(field key, sentence)]}."""

    def __init__(self, problems):
        super().__init__("Il reste des réponses à compléter ou à corriger.", code="incomplete")
        self.problems = problems


class Moved(ValidationError):
    """The answers, or the form, are no longer those that were read before sending."""

    def __init__(self):
        super().__init__("Vos réponses ont changé depuis l’affichage de cette page : relisez-les.", code="moved")


@retry_on_conflict
def submit(*, by, case, revision=None, version=None):
    """File the draft `case`; returns the Case. Filed already (a double click), it is given back as it is.

    `revision` and `version` (its number) are those of the summary that was read. The case that comes back has
    `new_code`, its follow-up code, when it has no account and was filed just now.
    Raises PermissionDenied, Moved, Incomplete, or ValidationError when the procedure is closed to this profile.
    """
    if not may_fill(by, case) and not (case.number and by == case.entered_by):
        raise PermissionDenied
    if case.profile_id:
        # The house's order of locks: the profile first. One case at a time is counted under it.
        lock_profile(case.profile_id)
    case = lock(case)
    case.new_code = ""
    if case.state != CaseState.DRAFT:
        return case
    now = working(case)
    if (revision is not None and revision != case.revision) or (version is not None and version != now.version.number):
        raise Moved
    _check_open(case)
    user = user_of(by)
    _check_answers(case, now, user)
    _take(case, now, user)
    _hand_over(case)
    # Numbered before its appointments are taken: their mail names the case. Undone together when a slot is gone.
    _number(case)
    try:
        appointments.take_all(case=case)
    except ValidationError as error:
        raise _as_problems(case.definition, error) from error
    mirror_files(case)
    _file_documents(case, user)
    _acknowledge(case, user)
    return case


@retry_on_conflict
def resubmit(*, by, case, revision=None):
    """Send back the `case` that was corrected; returns it. Sent back already, it is given back as it is.

    Raises PermissionDenied, Moved, Incomplete, or ValidationError when an agent decided meanwhile.
    """
    if not may_fill(by, case):
        raise PermissionDenied
    case = lock(case)
    now = working(case)
    if not now.correcting:
        if _was_sent_back(case):
            return case
        raise ValidationError(NOT_ASKED)
    if revision is not None and revision != case.revision:
        raise Moved
    user = user_of(by)
    _check_answers(case, now, user)
    former = dict(case.answers)
    case.answers = kept_answers(now.definition, now.answers)
    resume(case, timezone.localdate())
    status = _status_before(case)
    if _changed_slots(case.definition, former, case.answers):
        try:
            appointments.take_all(case=case)
        except ValidationError as error:
            raise _as_problems(case.definition, error) from error
    case.search_text = search_text_of(case)
    event = give(case, status, by=user, kind=EventKind.CORRECTED, title="Dossier complété")
    grow(case, "answers", "search_text")
    mirror_files(case)
    _file_documents(case, user)
    log(instance=case, action="procedures.case.resubmit", user=user)
    tell(
        case,
        "corrected",
        title=f"Dossier {case.number} complété",
        text="Vos corrections sont bien arrivées.",
        source=f"procedures.event:{event.pk}",
        context={"at": timezone.localtime(event.at)},
    )
    tell_agents(case, news="a été complété par son demandeur")
    return case


# The inside -----------------------------------------------------------------------------------------------------------


def _check_open(case):
    """Raise ValidationError when the procedure takes no case, or none of this profile, any more."""
    if not case.page.live:
        raise ValidationError("Cette démarche n’est plus proposée. Votre brouillon est gardé.")
    opening = case.page.opening()
    if case.channel == Channel.ONLINE and not opening.is_open:
        raise ValidationError(f"{opening.sentence} Votre brouillon est gardé.")
    if case.profile_id and (refusal := why_not(case.page, case.profile)):
        raise ValidationError(refusal.sentence)


def _check_answers(case, now, user):
    person = user if case.channel == Channel.ONLINE else case.filed_by
    context = context_of(user=person, profile=case.profile, case=case)
    problems = problems_of(now.definition, now.answers, context, only=now.only)
    if problems:
        raise Incomplete({key: [(one.key, str(one)) for one in found] for key, found in problems.items()})


def _as_problems(definition, error):
    """Return the Incomplete of slots that were taken meanwhile: a ValidationError keyed by fields."""
    problems = {}
    for key, sentences in getattr(error, "message_dict", {}).items():
        problems.setdefault(definition.step_of(key).key, []).extend((key, sentence) for sentence in sentences)
    return Incomplete(problems)


def _take(case, now, user):
    """Fix what the case keeps for good: its version, its answers, who asks and where they are written to."""
    case.version, case.answers = now.version, kept_answers(now.definition, now.answers)
    # A cached property of the former version.
    case.__dict__.pop("definition", None)
    if case.channel == Channel.ONLINE and user:
        case.filed_by, case.email = user, user.email
    case.applicant = _applicant(case)
    case.filed_at = timezone.now()
    case.saved_steps, case.expiry_told_at = [], None


def _applicant(case):
    """Return who asks: the profile, else the name that the form asked for, else the address."""
    if case.profile_id:
        return case.profile.name
    names = {
        field.prefill: str(case.answers[key]).strip()
        for key, field in case.definition.fields.items()
        if field.kind == FieldKind.SHORT_TEXT and key in case.answers
    }
    full = names.get(Prefill.FULL_NAME) or " ".join(
        filter(None, [names.get(Prefill.FIRST_NAME), names.get(Prefill.LAST_NAME)])
    )
    return (case.applicant or full or case.email)[:200]


def _hand_over(case):
    """Choose the department and the date limit."""
    routed = routed_to(case.version.handling.get("routing", ()), case.answers)
    chosen = Department.objects.filter(pk=routed, active=True).select_related("contact").first() if routed else None
    case.department = chosen or case.page.department
    if case.page.time_limit_days:
        case.due_on = timezone.localdate(case.filed_at) + dt.timedelta(days=case.page.time_limit_days)


def _number(case):
    """Number the case and give it its first status: once all is checked, as the counter is everybody's."""
    status = first_of(case.version.statuses, CaseState.RECEIVED)
    case.state, case.status = CaseState.RECEIVED, status.key
    case.status_label, case.status_tone = status.label, status.tone
    if case.profile_id is None:
        case.new_code = anonymous.new_code(case)
    case.number = next_case_number(timezone.localdate(case.filed_at).year)
    case.search_text = search_text_of(case)
    case.revision += 1
    case.touched_at = case.filed_at
    case.save()


def _file_documents(case, user):
    """The files that the answers name are taken for good, and stand in « Envoyés »."""
    ids = file_ids(case.definition, case.answers)
    subject = subject_of(case)
    for stored in StoredFile.objects.filter(public_id__in=ids, case_files__case=case):
        file_away(stored)
        # One that the resident chose among their documents is in a folder already.
        if case.profile_id and not stored.filed.exists():
            file_sent(
                profile=case.profile,
                stored=stored,
                title=stored.name,
                source=f"procedures.case:{case.pk}:{stored.pk}",
                by=user,
                **subject,
            )


def _acknowledge(case, user):
    """History, log, receipt, mail, notification, department: all in the transaction of the filing."""
    status = status_of(case.version.statuses, case.status)
    text = "" if case.channel == Channel.ONLINE else f"Saisi par un agent. {case.get_channel_display()}."
    record(case, EventKind.FILED, "Dossier déposé", by=user, text=text, public=True, tone=status.tone)
    log(instance=case, action="procedures.case.file", user=user)
    async_task("procedures.tasks.make_receipt", case.pk)
    tell(
        case,
        "receipt",
        title=f"Dossier {case.number} bien reçu",
        text=case.page.title,
        source=f"procedures.case:{case.pk}:filed",
        context={**facts_of(case), "code": case.new_code, "follow_url": absolute_url(reverse("procedures:follow_up"))},
    )
    tell_agents(case, news="vient d’être déposé")


def _status_before(case):
    """Return the status that a corrected case goes back to: the one it had, else that of a case just received."""
    try:
        status = status_of(case.version.statuses, case.correction.get("status", ""))
    except KeyError:
        status = None
    if status and status.state in (CaseState.RECEIVED, CaseState.IN_REVIEW):
        return status
    return first_of(case.version.statuses, CaseState.RECEIVED)


def _was_sent_back(case):
    """Whether the correction asked last came back; an agent may have done without it."""
    asked = case.events.filter(kind__in=(EventKind.CORRECTION_ASKED, EventKind.CORRECTED))
    last = asked.order_by("-pk").first()
    return last is not None and last.kind == EventKind.CORRECTED and case.is_open


def _changed_slots(definition, former, answers):
    """Whether an appointment is not the one that was taken."""
    keys = [key for key, field in definition.fields.items() if field.kind == FieldKind.APPOINTMENT]
    return any(former.get(key) != answers.get(key) for key in keys)

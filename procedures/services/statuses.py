"""What every change of a case goes through: its lock, its status, its history, and the words that go out.

For the services that move a case, inside their transaction: they check the right and write the audit log.
"""

import datetime as dt

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.mail import absolute_url, send_mail
from accounts.models import Membership
from accounts.perms import WRITERS
from accounts.services.notifications import notify

from .. import perms
from ..addresses import case_path
from ..enums import CASE_TRANSITIONS, CaseState, EventKind
from ..models import Case, CaseEvent

# Where a case without an account is followed, by its number and its code.
FOLLOW_UP = "/demarches/suivi/"
CHANGED = "Ce dossier a changé pendant que vous l’aviez ouvert. Lisez ce qui est nouveau, puis validez à nouveau."
OVER = "Ce dossier est terminé : son statut ne change plus."


class Stale(ValidationError):
    """Somebody changed the case since the form was opened. `case` is what it has become."""

    def __init__(self, case):
        super().__init__(CHANGED, code="stale")
        self.case = case


def lock(case):
    """Return `case` read again, its row locked."""
    return (
        Case.objects.select_for_update(of=("self",))
        .select_related("page", "version", "profile", "department__contact", "filed_by", "assigned_to")
        .get(pk=case.pk)
    )


def grow(case, *fields):
    """Save `fields` of the locked `case`, one revision further."""
    case.revision += 1
    case.touched_at = timezone.now()
    case.save(update_fields=["revision", "touched_at", *fields])


def record(case, kind, title, *, by=None, text="", public=False, tone=""):
    """Add a line to the history of `case`; returns the CaseEvent. Residents read the `public` ones."""
    return CaseEvent.objects.create(
        case=case, kind=kind, title=title[:200], by=by, text=text, public=public, tone=str(tone)
    )


def give(case, status, *, by=None, text="", kind=EventKind.STATUS, title=""):
    """Give `status` (a procedures.statuses.Status) to the locked `case`; returns the public event that says so.

    Raises ValidationError when the state of the case doesn't lead there. What was asked to correct is forgotten once
    the case is no longer to be corrected.
    """
    if status.state not in CASE_TRANSITIONS[CaseState(case.state)]:
        raise ValidationError(
            OVER if not CASE_TRANSITIONS[CaseState(case.state)] else "Ce statut ne convient pas à ce dossier."
        )
    now = timezone.now()
    case.state, case.status = str(status.state), status.key
    case.status_label, case.status_tone = status.label, status.tone
    if status.final:
        case.decided_at = now
    if status.state != CaseState.TO_CORRECT:
        case.correction = {}
    grow(case, "state", "status", "status_label", "status_tone", "decided_at", "correction", "due_on", "due_told_at")
    return record(case, kind, title or status.label, by=by, text=text, public=True, tone=status.tone)


def resume(case, today):
    """Put off the date limit of the locked `case`, that `give` saves; agents are warned of the new one too."""
    due_on = resumed_due(case, today)
    if due_on != case.due_on:
        case.due_on, case.due_told_at = due_on, None


def resumed_due(case, today):
    """Return the date limit of `case` once corrected: the days it waited for its applicant don't count."""
    asked_on = case.correction.get("asked_on", "")
    if case.due_on is None or not asked_on:
        return case.due_on
    return case.due_on + max(today - dt.date.fromisoformat(asked_on), dt.timedelta())


# Telling --------------------------------------------------------------------------------------------------------------


def case_url(case):
    """Return the path where its applicant follows `case`."""
    return case_path(case) or FOLLOW_UP


def members_of(case):
    """The users who may act for the profile of `case` today; none for a case without an account."""
    if not case.profile_id:
        return []
    members = Membership.objects.active().filter(profile=case.profile_id, role__in=WRITERS, user__is_active=True)
    return [member.user for member in members.select_related("user").order_by("pk")]


def addressees(case):
    """Return [(e-mail, first name)] of those whom a mail about `case` goes to.

    Whoever filed it, still a member of the profile; else its members. Without an account, the address that was given.
    """
    if not case.profile_id:
        return [(case.email, "")] if case.email else []
    members = members_of(case)
    people = [user for user in members if user.pk == case.filed_by_id] or members
    return [(user.email, user.first_name) for user in people]


def tell(case, mail, *, title, source, text="", context=None, attachments=()):
    """Mail the applicant of `case` (template `procedures/<mail>`) and tell the members of its profile the same.

    In the transaction of its cause: both go out with it, once. `source` names what is told ("procedures.event:12").
    """
    department = case.department
    shared = {
        "number": case.number,
        "procedure": case.page.title,
        "applicant": case.applicant,
        "status": case.status_label,
        "case_url": absolute_url(case_url(case)),
        "has_account": bool(case.profile_id),
        "department": department.name if department else "",
        "contact": department.contact if department else None,
        "contact_url": absolute_url("/contact/"),
        **(context or {}),
    }
    for email, first_name in addressees(case):
        send_mail(
            kind=f"procedures/{mail}", to=email, context={"first_name": first_name, **shared}, attachments=attachments
        )
    if case.profile_id:
        notify(users=members_of(case), profile=case.profile, title=title, text=text, url=case_url(case), source=source)


def tell_agents(case, *, news):
    """Mail the agent who has the case, else its department: only what happened; the rest is in the back office.

    An agent who handles cases no longer is not written to.
    """
    agent = case.assigned_to
    to = agent.email if agent and perms.can_review(agent) else case.department and case.department.email
    if to:
        send_mail(
            kind="procedures/agent_news",
            to=to,
            context={
                "number": case.number,
                "procedure": case.page.title,
                "applicant": case.applicant,
                "news": news,
                "case_url": absolute_url(reverse("cases:case", args=[case.pk])),
            },
        )

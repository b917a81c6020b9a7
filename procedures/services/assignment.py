"""Who has a case: an agent takes it, is given it, gives it back; a department passes it on to another."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.mail import absolute_url, send_mail
from billing.conflicts import retry_on_conflict

from .. import perms
from ..enums import EventKind
from ..forms import reading
from ..models import Case, CaseEvent
from ..queries.worklist import departments_of
from .statuses import grow, lock, record

NOTE_LENGTH = 2_000


@retry_on_conflict
def assign(*, by, cases, to):
    """Give `cases` to the agent `to`, or back to their team when it is None; returns those that changed.

    An agent takes cases and gives its own back; the rest asks for the right to assign. All or nothing: PermissionDenied
    without the right, ValidationError for a case that is over or not in the scope of `by`, and for an agent who doesn't
    handle those of its department. A case's revision stays: who is deciding it is not disturbed.
    """
    cases = _locked(by, cases)
    _check_right(by, cases, to)
    _check_agent(cases, to)
    changed = [case for case in cases if case.assigned_to_id != (to.pk if to else None)]
    return _give(by, changed, to)


@retry_on_conflict
def take(*, by, cases):
    """Give to `by` those of `cases` that nobody has; returns them. Raises ValidationError when somebody has them all.

    Two agents who take the same case: the first has it, the second is told.
    """
    cases = _locked(by, cases)
    free = [case for case in cases if case.assigned_to_id is None]
    if not free and any(case.assigned_to_id != by.pk for case in cases):
        raise ValidationError(_("Un autre agent vient de prendre ce dossier. Rechargez la liste pour voir qui."))
    return _give(by, free, by)


@retry_on_conflict
def pass_on(*, by, case, department, to=None, text=""):
    """Pass `case` on to `department`, and to its agent `to` if any; returns the Case.

    Its applicant reads which department has it now; `text` is a note that agents alone read. The department is mailed.
    Raises PermissionDenied without the right to assign, ValidationError for a case that is over, the same department,
    or an agent of another one.
    """
    if not perms.can_assign(by):
        raise PermissionDenied
    _locked(by, [case])
    case = lock(case)
    if not department.active:
        raise ValidationError(_("Ce service n’est plus en activité : choisissez-en un autre."))
    if department.pk == case.department_id:
        raise ValidationError(_("Ce service a déjà le dossier : choisissez-en un autre."))
    former, case.department, case.assigned_to = case.department, department, to
    _check_agent([case], to)
    grow(case, "department", "assigned_to")
    title = _("Dossier transmis au service « %(department)s »") % {"department": department.name}
    record(case, EventKind.ASSIGNED, title, by=by, public=True)
    text = reading.text(text).strip()[:NOTE_LENGTH]
    if text:
        record(case, EventKind.NOTE, _("Note de transmission"), by=by, text=text)
    data = {"from": former.pk if former else None, "to": department.pk, "agent": to.pk if to else None}
    log(instance=case, action="procedures.case.pass", user=by, data=data)
    if department.email:
        context = {
            "number": case.number,
            "procedure": case.page.title,
            "department": department.name,
            "former": former.name if former else "",
            "case_url": absolute_url(reverse("cases:case", args=[case.pk])),
        }
        send_mail(kind="procedures/passed_on", to=department.email, context=context)
    return case


def _locked(by, cases):
    """Return `cases` read again and locked, in one order for all. Raises unless `by` handles them, all of them open."""
    if not perms.can_review(by):
        raise PermissionDenied
    pks = {case.pk for case in cases}
    # The lock first, the scope after: a case that was passed on meanwhile is no longer found.
    rows = list(Case.objects.select_for_update().filter(pk__in=pks).order_by("pk").defer("answers", "search_text"))
    scope = set(perms.reviewable_cases(by).filter(pk__in=pks).values_list("pk", flat=True))
    if scope != pks:
        raise ValidationError(_("Certains dossiers ne sont plus de vos services. Rechargez la liste."))
    over = [case.number for case in rows if not case.is_open]
    if over:
        raise ValidationError(
            _("Un dossier terminé n’est plus attribué : décochez %(numbers)s.") % {"numbers": _several(over)}
        )
    return rows


def _check_right(by, cases, to):
    """Raise PermissionDenied unless `by` may give `cases` to `to`: to itself, its own back to the team, or all."""
    if perms.can_assign(by) or to == by:
        return
    if to is not None or any(case.assigned_to_id != by.pk for case in cases):
        raise PermissionDenied


def _check_agent(cases, to):
    """Raise ValidationError unless `to` handles the cases of their departments."""
    if to is None:
        return
    if not perms.can_review(to):
        raise ValidationError(_("%(agent)s n’instruit pas de dossiers.") % {"agent": to})
    if perms.sees_all(to):
        return
    own = set(departments_of(to))
    others = [case.number for case in cases if case.department_id not in own]
    if others:
        sentence = _("%(agent)s n’est pas du service qui traite %(numbers)s.")
        raise ValidationError(sentence % {"agent": to, "numbers": _several(others)})


def _give(by, cases, to):
    """Write that `to` has the locked `cases`: an event each, an audit line each."""
    title = _("Attribué à %(agent)s") % {"agent": to} if to else _("Rendu au service")
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(assigned_to=to)
    CaseEvent.objects.bulk_create(
        CaseEvent(case=case, kind=EventKind.ASSIGNED, by=by, title=title[:200]) for case in cases
    )
    for case in cases:
        case.assigned_to = to
        action = "procedures.case.assign" if to else "procedures.case.release"
        log(instance=case, action=action, user=by, data={"agent": to.pk if to else None})
    return cases


def _several(numbers):
    """Return numbers as they are read in a sentence, the first ones only."""
    shown = ", ".join(numbers[:5])
    return f"{shown}…" if len(numbers) > 5 else shown

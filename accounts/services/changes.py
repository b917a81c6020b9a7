"""Moderated changes (s3.3): what a resident changes is written at once or waits for an agent, field by field."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from .. import family_perms as perms
from .. import records
from ..enums import ChangeState, FamilyForm
from ..family_fields import rules_of
from ..locks import lock_profile
from ..mail import absolute_url, send_mail
from ..models import ChangedField, ChangeRequest, Guardian, User
from .members import change_login
from .notifications import notify

GONE = gettext_lazy("Cette fiche n’existe plus.")
CHANGED = gettext_lazy("Cette demande a changé depuis que vous l’avez ouverte : relisez-la.")
NO_REASON = gettext_lazy("Dites pourquoi vous refusez : la famille lira cette phrase.")
LAST_GUARDIAN = gettext_lazy("C’est le seul responsable légal du foyer : ajoutez-en un autre d’abord.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What became of an edit: the fields written at once, the request that waits for the rest, the record as it is.

    `target` is None as long as a new record waits.
    """

    applied: list[str]
    pending: ChangeRequest | None
    target: models.Model | None


@transaction.atomic
def propose(*, by, profile, form, target, values, child=None):
    """Change a record of the family as `by`, a resident, says in `values` (the cleaned data of a form).

    `form` is a FamilyForm; `target` the record (for the family, a child or its health: None will do), not saved for one
    to add. Only fields that the household may see and change are read, whatever `values` holds. Fields whose rule asks
    for no approval are written; the others go to the one ChangeRequest that waits on the record, whose values are
    replaced; a field put back to what is held leaves it. A record to add waits whole when a field that is filled does;
    sent twice, it is added or asked for once, and gets the first answer again.

    Returns the Proposal. Raises PermissionDenied for who may not, ValidationError (by field) for what can't be.
    """
    if not _may_propose(by, profile, form, child) or (form == FamilyForm.LOGIN and target != by):
        raise PermissionDenied
    profile = lock_profile(profile.pk)
    record = records.held(form=form, profile=profile, child=child, target_id=_target_id(form, target))
    if record is None:
        raise ValidationError(GONE)
    rules = rules_of(form)
    given = {name: value for name, value in values.items() if name in rules and _open(rules[name], record)}
    if record.adding and (first := _sent_before(profile, form, child, {name: given.get(name) for name in rules})):
        return first
    new = {name: value for name, value in given.items() if not record.holds(name, value)}
    moderated = {name for name in new if rules[name].needs_approval}
    if record.adding and moderated:
        moderated = set(new)
    now = {name: value for name, value in new.items() if name not in moderated}
    if now or (record.adding and not moderated):
        _save(record, now)
        log(instance=child or profile, action="accounts.change.apply", user=by, data=_traced(form, now))
    later = {name: new[name] for name in rules if name in moderated}
    request = _waiting(profile, form, child, record)
    if later:
        record.check(later)
        request = _ask(by, request or ChangeRequest(profile=profile, child=child, form=form), record, rules, later)
    if request is not None:
        request = _forget(request, set(given) - set(later))
    return Proposal([*now], request, record.target if record.target.pk and not record.adding else None)


def _sent_before(profile, form, child, given):
    """Return the Proposal of the same person to add, when they are there or asked for already."""
    if same := records.twin(form=form, profile=profile, child=child, values=given):
        return Proposal([name for name, value in given.items() if value], None, same.target)
    asked = {name: records.dump(value) for name, value in given.items() if value not in (None, "")}
    waiting = ChangeRequest.objects.filter(profile=profile, form=form, child=child, state=ChangeState.PENDING)
    for request in waiting.filter(target_id=None).prefetch_related("fields"):
        if {row.field: row.new for row in request.fields.all()} == asked:
            return Proposal([], request, None)
    return None


def _may_propose(by, profile, form, child):
    if form in records.OF_A_CHILD:
        return child is not None and perms.can_change_child(by, profile, child, form)
    if form == FamilyForm.LOGIN:
        return perms.membership_of(by, profile) is not None
    return perms.can_change_family(by, profile)


def _traced(form, names, **data):
    """What the audit log keeps of a change: the names of its fields, but not of health, where they say too much."""
    fields = {} if form == FamilyForm.HEALTH else {"fields": sorted(names)}
    return {"form": form, **data, **fields}


def check_not_last(guardian):
    """Raise ValidationError if `guardian` is the last one: a household always has one. Its profile is locked."""
    others = Guardian.objects.filter(profile=guardian.profile_id, removed_at=None).exclude(pk=guardian.pk)
    if not others.exists():
        raise ValidationError(LAST_GUARDIAN)


def _save(record, values):
    if values.get("removed_at"):
        # Also when it was asked for: two may have been, each for the other's sake.
        check_not_last(record.target)
    if record.form == FamilyForm.LOGIN:
        change_login(user=record.target, email=values["email"])
    else:
        record.write(values)


def _target_id(form, target):
    return target.pk if target is not None and form in records.ADDED | {FamilyForm.LOGIN} else None


def _open(rule, record):
    return rule.visible and (rule.editable or record.adding)


def _waiting(profile, form, child, record):
    """Return the request that waits on the record; new records each have their own."""
    if record.adding:
        return None
    waiting = ChangeRequest.objects.filter(profile=profile, form=form, child=child, state=ChangeState.PENDING)
    return waiting.filter(target_id=record.target_id).first()


def _ask(by, request, record, rules, values):
    """Write the fields that wait on `request`, each over what was asked before."""
    request.target_id, request.requested_by, request.requested_at = record.target_id, by, timezone.now()
    request.save()
    for name, value in values.items():
        ChangedField.objects.update_or_create(
            request=request,
            field=name,
            defaults={
                "label": rules[name].label,
                "position": rules[name].position,
                "old": records.dump(record.value(name)),
                "new": records.dump(value),
                "old_text": record.text(name),
                "new_text": records.shown(record.form, name, value),
            },
        )
    log(
        instance=request.child or request.profile,
        action="accounts.change.ask",
        user=by,
        data=_traced(request.form, values, request=request.pk),
    )
    return request


def _forget(request, names):
    """Drop the fields `names` from what waits; returns the request, or None when nothing is left of it."""
    if names:
        request.fields.filter(field__in=names).delete()
    if request.fields.exists():
        return request
    _close(request, ChangeState.WITHDRAWN)
    return None


def _close(request, state, *, by=None, reason=""):
    request.state, request.reason = state, reason
    request.decided_by, request.decided_at = by, timezone.now()
    request.save(update_fields=["state", "reason", "decided_by", "decided_at"])


@transaction.atomic
def withdraw(*, by, profile, change_request):
    """Take back a request that still waits, for a member of the household. Returns the ChangeRequest.

    The request of a login is its owner's only. Raises PermissionDenied for anyone else, ValidationError when it was
    decided.
    """
    # The profile's row first, as when it is asked: what is taken back can't be asked again meanwhile.
    lock_profile(change_request.profile_id)
    request = _pending(change_request)
    mine = request.profile_id == profile.pk and _may_propose(by, profile, request.form, request.child)
    if not mine or (request.form == FamilyForm.LOGIN and request.target_id != by.pk):
        raise PermissionDenied
    request.fields.update(state=ChangeState.WITHDRAWN)
    _close(request, ChangeState.WITHDRAWN)
    log(instance=request.child or profile, action="accounts.change.withdraw", user=by, data={"request": request.pk})
    return request


def drop_for(form, target_id):
    """Withdraw what waits on a record that goes away. Call it in the transaction that takes the record away."""
    for request in ChangeRequest.objects.filter(form=form, target_id=target_id, state=ChangeState.PENDING):
        request.fields.update(state=ChangeState.WITHDRAWN)
        _close(request, ChangeState.WITHDRAWN)


def _pending(change_request):
    rows = ChangeRequest.objects.select_for_update(of=("self",)).select_related("profile", "child", "requested_by")
    request = rows.get(pk=change_request.pk)
    if not request.is_pending:
        raise ValidationError(_("Cette demande a déjà été traitée."))
    return request


@transaction.atomic
def decide(*, by, change_request, accepted, reason="", reasons=None, seen=None):
    """Accept the fields `accepted` (their names) of a request and refuse the others; the family is told by mail.

    A refusal has a reason: `reasons` by field, else `reason` for all. `seen` is the `fingerprint` of what the agent
    read: what the family asked for since is not decided unread. Returns the ChangeRequest.
    Raises PermissionDenied without the right, ValidationError for a refusal without reason, a request that was decided,
    a value that can't be any more, a new record without what it can't be without.
    """
    # The profile's row first, as when it is asked: the lock order of the house.
    lock_profile(change_request.profile_id)
    request = _pending(change_request)
    if not perms.can_decide_change(by, request):
        raise PermissionDenied
    if seen is not None and seen != request.fingerprint:
        raise ValidationError(CHANGED)
    reason, reasons = reason.strip(), {name: text.strip() for name, text in (reasons or {}).items()}
    fields = list(request.fields.all())
    unknown = set(accepted) - {field.field for field in fields}
    if unknown:
        raise ValidationError(CHANGED)
    for field in fields:
        taken = field.field in accepted
        field.state = ChangeState.ACCEPTED if taken else ChangeState.REFUSED
        field.reason = "" if taken else reasons.get(field.field) or reason
        if not taken and not field.reason:
            raise ValidationError(NO_REASON)
        field.save(update_fields=["state", "reason"])
    if accepted:
        _write(by, request, [field for field in fields if field.field in accepted])
    _close(request, _outcome(fields), by=by, reason=reason)
    log(
        instance=request.child or request.profile,
        action="accounts.change.decide",
        user=by,
        data=_traced(request.form, accepted, request=request.pk),
    )
    _tell(request, fields)
    return request


def _outcome(fields):
    states = {field.state for field in fields}
    return states.pop() if len(states) == 1 else ChangeState.PARTLY


def _write(by, request, fields):
    record = records.held(form=request.form, profile=request.profile, child=request.child, target_id=request.target_id)
    if record is None:
        raise ValidationError(_("Cette fiche n’existe plus : refusez la demande en disant pourquoi."))
    values = {field.field: records.load(request.form, field.field, field.new) for field in fields}
    try:
        _save(record, values)
    except ValidationError as error:
        raise ValidationError(_("Ce choix n’est pas possible : %s") % " ".join(error.messages)) from error
    if request.adds:
        request.target_id = record.target_id
        request.save(update_fields=["target_id"])


def _tell(request, fields):
    """Tell who asked: the mail says which fields, never their values."""
    if request.requested_by is None or not request.requested_by.is_active:
        return
    user = User.objects.get(pk=request.requested_by_id)  # the login may have changed a moment ago
    subject = str(request.child or request.profile)
    # A login is its owner's, who may have no family: it has its own page.
    of_login = request.form == FamilyForm.LOGIN
    notify(
        profile=request.profile,
        users=[user],
        title=_("Demande de modification pour %(subject)s : %(state)s")
        % {"subject": subject, "state": request.state_enum.label.lower()},
        text=request.get_form_display(),
        url="/mon-compte/identifiant/" if of_login else "/mon-compte/famille/demandes/",
        source=f"accounts.change_request:{request.pk}",
    )
    send_mail(
        kind="accounts/change_decided",
        to=user.email,
        context={
            "user": user,
            "request": request,
            "subject_of": subject,
            "form_label": request.get_form_display(),
            "accepted": [field for field in fields if field.state == ChangeState.ACCEPTED],
            "refused": [field for field in fields if field.state == ChangeState.REFUSED],
            "family_url": "" if of_login else absolute_url("/mon-compte/famille/"),
        },
    )

"""A household asks for a child's enrolment in activities for a school year; an agent decides (s3.2)."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.enums import ChildState
from accounts.locks import lock_profile
from accounts.mail import absolute_url, send_mail
from accounts.models import Guardianship
from accounts.perms import can_act_for

from .. import perms
from ..eligibility import file_obstacle, school_year_label
from ..enums import ENROLMENT_TRANSITIONS, EnrolmentState
from ..models import Enrolment
from ..queries.enrolments import activities_to_enrol, obstacle_to, years_to_enrol
from ..recipients import tell_household

HANDLED = "Cette demande d’inscription a déjà été traitée."


@transaction.atomic
def request(*, by, profile, child, activities, school_year, message=""):
    """Ask for the enrolment of `child` in `activities` (their primary keys) for a school year. Returns the Enrolments.

    What the household already asked for and still waits is given again: a double click changes nothing. The receipt
    is mailed to `by`. Raises PermissionDenied if `by` can't act for `profile`, ValidationError when the child is not
    of the household, or when one of the activities is not open to them: then nothing is asked for.
    """
    if not can_act_for(by, profile):
        raise PermissionDenied
    lock_profile(profile.pk)
    today = timezone.localdate()
    _check_child(profile, child, today)
    if school_year not in years_to_enrol(today):
        raise ValidationError(f"Les inscriptions pour {school_year_label(school_year)} ne sont pas ouvertes.")
    wanted = set(activities)
    found = activities_to_enrol(wanted)
    if not wanted:
        raise ValidationError("Choisissez au moins une activité.")
    if len(found) < len(wanted):
        raise ValidationError("Les inscriptions à cette activité ne sont pas ouvertes en ligne.")
    asked = [_ask(by, profile, child, activity, school_year, message.strip()) for activity in found]
    if new := [enrolment for enrolment, created in asked if created]:
        send_mail(
            kind="booking/enrolment_requested",
            to=by.email,
            context={
                "first_name": by.first_name,
                "child": child.first_name,
                "year": school_year_label(school_year),
                "activities": [_place(enrolment.activity) for enrolment in new],
                "documents_url": absolute_url("/mon-compte/documents/?onglet=pieces"),
                "enrolments_url": absolute_url("/mon-compte/inscriptions/"),
            },
        )
    return [enrolment for enrolment, _created in asked]


def _check_child(profile, child, today):
    if not Guardianship.objects.on(today).filter(profile=profile, child=child).exists():
        raise ValidationError("Cet enfant n’est pas dans votre foyer.")
    if child.state not in (ChildState.ACTIVE, ChildState.PENDING):
        raise ValidationError(file_obstacle(child))


def _ask(by, profile, child, activity, school_year, message):
    """Return (enrolment, whether it is new)."""
    same = {"child": child, "activity": activity, "school_year": school_year}
    waiting = Enrolment.objects.filter(**same, profile=profile, state=EnrolmentState.REQUESTED).first()
    if waiting is not None:
        return waiting, False
    if obstacle := obstacle_to(child, activity, school_year):
        raise ValidationError(f"{activity} : {obstacle}")
    enrolment = Enrolment(**same, profile=profile, message=message, requested_by=by)
    enrolment.validate_constraints()
    try:
        with transaction.atomic():
            enrolment.save()
    except IntegrityError:  # the other household, at the same moment
        enrolment.validate_constraints()
        raise
    log(instance=enrolment, action="booking.enrolment.request", user=by)
    return enrolment, True


@transaction.atomic
def withdraw(*, by, profile, enrolment):
    """Take back a request that nobody decided yet. Returns the Enrolment.

    Raises PermissionDenied if `by` can't act for `profile` or the request is another's, ValidationError when it was
    decided.
    """
    if not can_act_for(by, profile) or enrolment.profile_id != profile.pk:
        raise PermissionDenied
    (enrolment,) = _locked([enrolment.pk], EnrolmentState.WITHDRAWN)
    _move(enrolment, EnrolmentState.WITHDRAWN, by)
    log(instance=enrolment, action="booking.enrolment.withdraw", user=by)
    return enrolment


@transaction.atomic
def decide(*, by, enrolments, accept, reason=""):
    """Accept or refuse enrolments, given by their primary keys; each household reads it in a mail.

    Returns those decided: what another agent decided meanwhile is left alone. Raises PermissionDenied without the
    right; ValidationError for a refusal without a reason, for a child whose file is not validated, or when nothing is
    left to decide.
    """
    if not perms.can_decide_enrolments(by):
        raise PermissionDenied
    reason = reason.strip()
    if not accept and not reason:
        raise ValidationError("Dites pourquoi l’inscription est refusée : la famille lira cette phrase.")
    state = EnrolmentState.ACCEPTED if accept else EnrolmentState.REFUSED
    decided = _locked(enrolments, state)
    if accept:
        _check_files(decided)
    for enrolment in decided:
        _move(enrolment, state, by, reason)
        log(instance=enrolment, action=f"booking.enrolment.{'accept' if accept else 'refuse'}", user=by)
        _tell(enrolment, "enrolment_accepted" if accept else "enrolment_refused")
    return decided


def _check_files(enrolments):
    unknown = {str(enrolment.child) for enrolment in enrolments if enrolment.child.state != ChildState.ACTIVE}
    if unknown:
        raise ValidationError(f"Validez d’abord le dossier de l’enfant : {', '.join(sorted(unknown))}.")


@transaction.atomic
def end(*, by, enrolment, reason):
    """End an enrolment: nothing more can be booked with it; the days already booked stay. Returns the Enrolment.

    Raises PermissionDenied without the right, ValidationError without a reason or when it does not run.
    """
    if not perms.can_decide_enrolments(by):
        raise PermissionDenied
    reason = reason.strip()
    if not reason:
        raise ValidationError("Dites pourquoi l’inscription prend fin : la famille lira cette phrase.")
    (enrolment,) = _locked([enrolment.pk], EnrolmentState.ENDED)
    _move(enrolment, EnrolmentState.ENDED, by, reason)
    log(instance=enrolment, action="booking.enrolment.end", user=by)
    _tell(enrolment, "enrolment_ended")
    return enrolment


def follow_merge(*, child, existing, by, **kwargs):
    """What was asked for `child`, who turned out to be `existing`, is asked for `existing`: receiver of `child_merged`.

    What `existing` has already, or asks for, is not asked for twice.
    """
    asked = Enrolment.objects.select_for_update(of=("self",)).filter(child=child, state=EnrolmentState.REQUESTED)
    for enrolment in asked.order_by("pk"):
        enrolment.child = existing
        try:
            enrolment.validate_constraints()
        except ValidationError as error:
            enrolment.child = child
            _move(enrolment, EnrolmentState.WITHDRAWN, by, " ".join(error.messages))
            log(instance=enrolment, action="booking.enrolment.withdraw", user=by)
        else:
            enrolment.save(update_fields=["child"])


def _locked(pks, state):
    """Return the enrolments `pks` that may become `state`, locked, in the order of their keys; an error without any."""
    sources = [source for source, targets in ENROLMENT_TRANSITIONS.items() if state in targets]
    found = list(
        Enrolment.objects.select_for_update(of=("self",))
        .select_related("child", "activity__facility", "profile")
        .filter(pk__in=pks, state__in=sources)
        .order_by("pk")
    )
    if not found:
        raise ValidationError(HANDLED)
    return found


def _move(enrolment, state, by, reason=""):
    enrolment.state, enrolment.reason = state, reason
    enrolment.decided_by, enrolment.decided_at = by, timezone.now()
    enrolment.save(update_fields=["state", "reason", "decided_by", "decided_at"])


NEWS = {
    EnrolmentState.ACCEPTED: "Inscription de %s acceptée",
    EnrolmentState.REFUSED: "Inscription de %s refusée",
    EnrolmentState.ENDED: "Fin de l’inscription de %s",
}


def _tell(enrolment, kind):
    tell_household(
        enrolment.profile,
        kind,
        title=NEWS[enrolment.state] % enrolment.child.first_name,
        text=f"{_place(enrolment.activity)}. {enrolment.reason}",
        url=f"/mon-compte/inscriptions/{enrolment.public_id}/",
        source=f"booking.enrolment:{enrolment.pk}:{enrolment.state}",
        child=enrolment.child.first_name,
        activity=_place(enrolment.activity),
        year=school_year_label(enrolment.school_year),
        reason=enrolment.reason,
    )


def _place(activity):
    return f"{activity}, {activity.facility}"

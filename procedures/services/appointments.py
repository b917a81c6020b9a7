"""Appointments are taken when a case is filed, given back, and noted once their time has come (s1.9)."""

import datetime as dt

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.mail import absolute_url, send_mail

from .. import appointments as rules
from .. import definition, ics, perms
from ..conditions import is_empty
from ..enums import AppointmentState, EventKind, FieldKind
from ..forms import reading
from ..models import Appointment, AppointmentKind
from ..queries.appointments import open_slots
from .statuses import grow, lock, record, tell

TAKEN = "slot_taken"


@transaction.atomic
def take(*, case, field, kind, starts_at):
    """Take the slot of `kind` that begins at `starts_at` for the question `field` of `case`; returns the Appointment.

    `starts_at` is the answer's text or an aware datetime. The slot that the question has already is given again; any
    other it had is given back. The mail of confirmation goes out with the transaction.
    Raises ValidationError(code="slot_taken") when the slot is no longer free.
    """
    # The kind's row is the lock of all its slots: counted again once it is held.
    kind = AppointmentKind.objects.select_for_update(of=("self",)).get(pk=getattr(kind, "pk", kind))
    try:
        starts_at = starts_at if isinstance(starts_at, dt.datetime) else rules.parse(starts_at)
    except ValueError as error:
        raise ValidationError(_("Choisissez un créneau de la liste."), code=TAKEN) from error
    former = case.appointments.filter(field=field, state=AppointmentState.BOOKED).first()
    if former and former.kind_id == kind.pk and former.starts_at == starts_at:
        return former
    value = rules.value_of(starts_at)
    slot = next((slot for slot in open_slots(kind, case=case, field=field) if slot.value == value), None)
    if slot is None:
        raise ValidationError(_("Ce créneau n’est plus libre. Choisissez-en un autre."), code=TAKEN)
    if former:
        former.state = AppointmentState.CANCELLED
        former.save(update_fields=["state"])
    appointment = Appointment.objects.create(
        kind=kind, case=case, field=field, starts_at=slot.starts_at, ends_at=slot.ends_at
    )
    log(instance=appointment, action="procedures.appointment.take", user=case.entered_by or case.filed_by)
    _tell(appointment, "appointment_booked", _("Rendez-vous pris"), file=True)
    return appointment


@transaction.atomic
def take_all(*, case):
    """Take the slots that the answers of `case` name, and give back those they no longer do; returns the Appointments.

    Raises ValidationError({field key: sentences}) when some are no longer free; nothing is taken then.
    """
    shown = [field for _step, fields in definition.shown(case.definition, case.answers) for field in fields]
    wanted = [
        field
        for field in shown
        if field.kind == FieldKind.APPOINTMENT and not is_empty(case.answers.get(field.key)) and field.appointment
    ]
    taken, wrong = [], {}
    # In the order of the kinds' keys: two filings never wait for each other.
    for field in sorted(wanted, key=lambda field: (field.appointment, field.key)):
        try:
            taken.append(take(case=case, field=field.key, kind=field.appointment, starts_at=case.answers[field.key]))
        except ValidationError as error:
            wrong[field.key] = error.messages
    if wrong:
        raise ValidationError(wrong, code=TAKEN)
    left = case.appointments.filter(state=AppointmentState.BOOKED).exclude(field__in=[field.key for field in wanted])
    left.filter(starts_at__gt=timezone.now()).update(state=AppointmentState.CANCELLED)
    return taken


@transaction.atomic
def cancel(*, by, appointment, reason=""):
    """Give the slot back; returns the Appointment. `reason` is read by the resident.

    `by` is a member of the case's profile, or an agent; None for a case without an account, whose right the view
    checked. The resident gets a mail; the team too, when it was the resident who cancelled.
    Raises PermissionDenied without the right, ValidationError once it began or is no longer booked.
    """
    reason = reading.text(reason).strip()
    case = lock(appointment.case)
    appointment = _locked(appointment)
    agent = by is not None and perms.can_note_appointment(by, appointment)
    if not agent and not _is_theirs(by, case):
        raise PermissionDenied
    if appointment.state != AppointmentState.BOOKED:
        raise ValidationError(_("Ce rendez-vous est déjà annulé ou passé."))
    if appointment.starts_at <= timezone.now():
        raise ValidationError(_("L’heure de ce rendez-vous est passée : il ne peut plus être annulé."))
    appointment.state = AppointmentState.CANCELLED
    appointment.save(update_fields=["state"])
    grow(case)
    when = rules.words(appointment.starts_at)
    record(
        case,
        EventKind.APPOINTMENT,
        _("Rendez-vous du %(when)s annulé") % {"when": when},
        by=by,
        text=reason,
        public=True,
        tone=AppointmentState.CANCELLED.tone,
    )
    log(instance=appointment, action="procedures.appointment.cancel", user=by)
    _tell(appointment, "appointment_cancelled", _("Rendez-vous annulé"), reason=reason, by_agent=agent)
    if not agent:
        _tell_team(appointment)
    return appointment


@transaction.atomic
def release(*, by, case):
    """Give back the coming appointments of `case`, without a word: what ends the case tells. Returns how many."""
    coming = case.appointments.filter(state=AppointmentState.BOOKED, starts_at__gt=timezone.now())
    found = list(coming.select_for_update(of=("self",)))
    for appointment in found:
        appointment.state = AppointmentState.CANCELLED
        appointment.save(update_fields=["state"])
        log(instance=appointment, action="procedures.appointment.cancel", user=by)
    return len(found)


@transaction.atomic
def note(*, by, appointment, kept):
    """Note that the resident came, or did not; a slip is put right by noting again. Returns the Appointment.

    Raises PermissionDenied without the right, ValidationError before its time, or when it was cancelled.
    """
    if not perms.can_note_appointment(by, appointment):
        raise PermissionDenied
    appointment = _locked(appointment)
    if appointment.state == AppointmentState.CANCELLED:
        raise ValidationError(_("Ce rendez-vous a été annulé."))
    if appointment.starts_at > timezone.now():
        raise ValidationError(_("Ce rendez-vous n’a pas encore eu lieu."))
    state = AppointmentState.KEPT if kept else AppointmentState.MISSED
    if appointment.state != state:
        appointment.state = state
        appointment.save(update_fields=["state"])
        title = _("Rendez-vous du %(when)s honoré") if kept else _("Rendez-vous du %(when)s manqué")
        record(
            appointment.case,
            EventKind.APPOINTMENT,
            title % {"when": rules.words(appointment.starts_at)},
            by=by,
            tone=state.tone,
        )
        log(instance=appointment, action="procedures.appointment.note", user=by, data={"kept": kept})
    return appointment


def remind(*, now=None):
    """Mail those who have an appointment tomorrow, once each; returns how many. Safe to run twice at once."""
    now = now or timezone.now()
    tomorrow = timezone.localdate(now) + dt.timedelta(days=1)
    first, end = (
        timezone.make_aware(dt.datetime.combine(tomorrow + dt.timedelta(days=days), dt.time())) for days in (0, 1)
    )
    due = Appointment.objects.filter(
        state=AppointmentState.BOOKED, reminded_at=None, starts_at__gte=first, starts_at__lt=end
    )
    return sum(_remind(pk, now) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _remind(pk, now):
    """Remind of one appointment, unless another worker has it or it was cancelled meanwhile."""
    claimed = Appointment.objects.filter(pk=pk, state=AppointmentState.BOOKED, reminded_at=None)
    if not claimed.update(reminded_at=now):
        return 0
    appointment = _with_case(Appointment.objects.all()).get(pk=pk)
    _tell(appointment, "appointment_reminder", _("Rendez-vous demain"), file=True)
    return 1


# Inside ---------------------------------------------------------------------------------------------------------------


def _with_case(appointments):
    return appointments.select_related(
        "kind__department__contact", "case__page", "case__profile", "case__department__contact", "case__version"
    )


def _locked(appointment):
    return _with_case(Appointment.objects.select_for_update(of=("self",))).get(pk=appointment.pk)


def _is_theirs(by, case):
    if case.profile_id is None:
        return by is None
    return by is not None and perms.can_act_for(by, case.profile)


def _tell(appointment, mail, title, *, file=False, **context):
    """Mail the resident and tell the members of the profile; with the .ics when `file`."""
    kind, when = appointment.kind, rules.words(appointment.starts_at)
    calendar = ics.calendar_file(appointment).decode() if file else ""
    tell(
        appointment.case,
        mail,
        title=f"{title} : {when}",
        text=f"{kind.name}, {kind.place}",
        source=f"procedures.{mail}:{appointment.pk}",
        context={
            "when": when,
            "minutes": kind.minutes,
            "kind": kind.name,
            "place": kind.place,
            "instructions": kind.instructions,
            **context,
        },
        attachments=[{"name": ics.NAME, "text": calendar}] if file else [],
    )


def _tell_team(appointment):
    department = appointment.kind.department
    if department.email:
        send_mail(
            kind="procedures/appointment_freed",
            to=department.email,
            context={
                "when": rules.words(appointment.starts_at),
                "kind": appointment.kind.name,
                "number": appointment.case.number,
                "agenda_url": absolute_url("/admin/demarches/rendez-vous/"),
            },
        )

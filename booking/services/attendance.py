"""Who was there (pointage): noted on a tablet, and what an absence does to the charge of the day."""

from dataclasses import dataclass, field
from datetime import time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from billing.enums import ChargeState
from billing.models import Charge
from billing.services.charges import give_back, take_back

from .. import perms
from ..enums import AbsenceRule, DayState, Presence
from ..models import Attendance, ReservationDay
from .charges import source_of

# Kept on the charges that an absence took back: a presence noted later brings these back, and no other.
ABSENT = "Absence"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is noted of a booked day. Without `presence`, the note is taken back.

    `seen` is the fingerprint of what the screen showed: two tablets never overwrite each other silently.
    """

    day_id: int
    presence: str = ""
    reason: str = ""
    arrived_at: time | None = None
    left_at: time | None = None
    seen: str = ""


@dataclass(slots=True)
class Noted:
    """What became of the marks: `saved` days, `problems` ({day's id: sentence}), days `invoiced` all the same."""

    saved: list = field(default_factory=list)
    problems: dict = field(default_factory=dict)
    invoiced: list = field(default_factory=list)


def fingerprint(presence="", reason="", arrived_at=None, left_at=None):
    """Return a note as one comparable text; "" for no note."""
    if not presence:
        return ""
    return "|".join([presence, *(f"{hour:%H:%M}" if hour else "" for hour in (arrived_at, left_at)), reason])


def fingerprint_of(attendance):
    """Return the fingerprint of an Attendance, or of None."""
    if attendance is None:
        return ""
    return fingerprint(attendance.presence, attendance.reason, attendance.arrived_at, attendance.left_at)


def is_charged(rule, presence):
    """Whether a day is charged once `presence` is noted ("" for no note), by the AbsenceRule of its activity."""
    if presence == Presence.ABSENT:
        return rule != AbsenceRule.FREE
    if presence == Presence.ABSENT_JUSTIFIED:
        return rule == AbsenceRule.CHARGED
    return True


def note(*, by, marks, today):
    """Note `marks` (a list of Mark) on days up to `today`; returns Noted. A mark with a problem keeps no other back.

    Raises PermissionDenied without the right.
    """
    if not perms.can_note_attendance(by):
        raise PermissionDenied
    noted = Noted()
    wanted = {mark.day_id: mark for mark in marks}
    with transaction.atomic():
        days = _locked(wanted)
        before = {attendance.day_id: attendance for attendance in Attendance.objects.filter(day__in=days)}
        changed, removed = [], []
        for day in days:
            mark, current = wanted[day.pk], before.get(day.pk)
            problem = _problem(day, mark, current, today)
            if problem:
                noted.problems[day.pk] = problem
            elif not mark.presence:
                removed.append(day)
            else:
                changed.append(_attendance(day, mark, by))
        _write(changed, removed)
        noted.saved = [*(attendance.day for attendance in changed), *removed]
        presences = {attendance.day_id: attendance.presence for attendance in changed}
        noted.invoiced = _follow_the_rule(noted.saved, presences)
        _audit(by, noted.saved, before, presences)
    missing = _("Ce jour n’est plus réservé : rechargez la page.")
    noted.problems |= dict.fromkeys(set(wanted) - {day.pk for day in days}, missing)
    return noted


def note_all_present(*, by, day_ids, today):
    """Note present those of the days that nobody noted; returns Noted, without a word on the others."""
    noted = note(by=by, marks=[Mark(day_id, Presence.PRESENT) for day_id in day_ids], today=today)
    noted.problems = {}
    return noted


def _locked(wanted):
    """The booked days of `wanted`, locked in the order of their keys."""
    return list(
        ReservationDay.objects.select_for_update(of=("self",), no_key=True)
        .select_related("child", "session__unit__activity")
        .filter(pk__in=wanted, state=DayState.ACCEPTED, cancels=None)
        .order_by("pk")
    )


def _problem(day, mark, current, today):
    if day.session.date > today:
        return _("Ce jour n’est pas encore venu : le pointage se fait le jour même ou après.")
    if fingerprint_of(current) != mark.seen:
        if current is None:
            return _("Le pointage a été effacé entre-temps : vérifiez, puis enregistrez de nouveau.")
        return _("%(who)s a noté « %(what)s » entre-temps : vérifiez, puis enregistrez de nouveau.") % {
            "who": current.noted_by or _("Un agent"),
            "what": current.get_presence_display(),
        }
    if mark.presence and mark.presence not in Presence.values:
        return _("Choisissez présent ou absent.")
    if mark.presence == Presence.ABSENT_JUSTIFIED and not mark.reason.strip():
        return _("Indiquez le motif de l’absence, ou choisissez « Absent, sans motif ».")
    if mark.presence == Presence.PRESENT and mark.arrived_at and mark.left_at and mark.left_at < mark.arrived_at:
        return _("L’heure de départ ne peut pas précéder l’heure d’arrivée.")
    return ""


def _attendance(day, mark, by):
    """The row of a mark: hours are those of a presence, a reason that of a justified absence."""
    present, justified = mark.presence == Presence.PRESENT, mark.presence == Presence.ABSENT_JUSTIFIED
    return Attendance(
        day=day,
        presence=mark.presence,
        reason=mark.reason.strip()[:200] if justified else "",
        arrived_at=mark.arrived_at if present else None,
        left_at=mark.left_at if present else None,
        noted_by=by,
    )


def _write(changed, removed):
    Attendance.objects.filter(day__in=removed).delete()
    Attendance.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["presence", "reason", "arrived_at", "left_at", "noted_by", "noted_at"],
    )


def _follow_the_rule(days, presences):
    """Take back or bring back the charges of `days`; returns those that should be free and are invoiced already."""
    charged, free = [], []
    for day in days:
        kept = is_charged(day.session.unit.activity.absence_rule, presences.get(day.pk, ""))
        (charged if kept else free).append(day)
    give_back(sources=[source_of(day) for day in charged], reason=ABSENT)
    take_back(sources=[source_of(day) for day in free], reason=ABSENT)
    sources = {source_of(day): day for day in free}
    invoiced = Charge.objects.filter(source__in=sources, state=ChargeState.INVOICED).values_list("source", flat=True)
    return [sources[source] for source in invoiced]


def _audit(by, days, before, presences):
    """One line a session: which days, what was noted before, what is now."""
    sessions = {}
    for day in days:
        was = before[day.pk].presence if day.pk in before else ""
        line = {"day": day.pk, "was": was, "now": presences.get(day.pk, "")}
        sessions.setdefault(day.session, []).append(line)
    for session, lines in sessions.items():
        log(instance=session, action="booking.attendance.note", user=by, data={"days": lines})

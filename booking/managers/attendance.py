"""Attendance on a tablet: one form for a unit's children, saved whole, or line by line where JavaScript runs."""

import datetime as dt
from collections import Counter

from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from .. import perms
from ..enums import Presence
from ..queries import managers as queries
from ..screens import ids_of
from ..services import attendance
from .base import ManagerView

# Offered beside a free text: the reason of an absence, never a diagnosis.
REASONS = ["Prévenue par la famille", "Justificatif reçu", "Sortie scolaire", "Grève ou fermeture"]


class Register(ManagerView):
    """The children expected for a unit on a day, each with what is noted."""

    name = "attendance"
    template_name = "booking/managers/attendance.html"
    allowed = staticmethod(perms.can_note_attendance)

    @cached_property
    def units(self):
        return queries.units_to_note(self.place.facility, self.place.date) if self.place.facility else []

    @property
    def unit(self):
        """The one in the address, else the first of the day to which somebody comes, else the first, else None."""
        wanted = self.request.GET.get("unite", "")
        busy = (unit for unit in self.units if unit.expected)
        first = next(busy, next(iter(self.units), None))
        return next((unit for unit in self.units if str(unit.pk) == wanted), first)

    def days(self):
        """The days to note, read anew."""
        return queries.days_to_note(self.unit, self.place.date) if self.unit else []

    def get(self, request):
        return self._show(attendance.Noted())

    def post(self, request):
        """Save what changed on the screen; `tous`: note present all those that nobody noted."""
        today = self.place.today
        if "tous" in request.POST:
            missing = [day.pk for day in self.days() if queries.noted(day) is None]
            noted = attendance.note_all_present(by=request.user, day_ids=missing, today=today)
        else:
            now = timezone.localtime().time().replace(second=0, microsecond=0)
            noted = attendance.note(by=request.user, marks=marks_of(request.POST, now), today=today)
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(self._answer(noted))
        self._tell(noted)
        return self._show(noted) if noted.problems else redirect(request.get_full_path())

    def _show(self, noted):
        place = self.place
        lines = [Line(day, noted, self.request.POST) for day in self.days()]
        return self.show(
            status=422 if noted.problems else 200,
            units=self.units,
            unit=self.unit,
            lines=lines,
            problems=[line for line in lines if line.problem],
            figures=figures_of([line.attendance for line in lines]),
            presences=list(Presence),
            reasons=REASONS,
            future=place.date > place.today,
            next_open=queries.next_day_open(place.facility, place.date) if place.facility and not self.units else None,
        )

    def _answer(self, noted):
        """What the script shows: the figures and, for each day, the fingerprint to send next time, with a sentence."""
        notes = {day.pk: queries.noted(day) for day in self.days()}
        return {
            "saved": {
                day.pk: {"seen": attendance.fingerprint_of(notes.get(day.pk)), "text": saved_text(notes.get(day.pk))}
                for day in noted.saved
            },
            "problems": noted.problems,
            "warnings": [_invoiced(day) for day in noted.invoiced],
            "figures": figures_of(notes.values()),
        }

    def _tell(self, noted):
        count = len(noted.saved)
        if count:
            text = ngettext("%(count)s pointage enregistré.", "%(count)s pointages enregistrés.", count)
            messages.success(self.request, text % {"count": count})
        elif not noted.problems:
            messages.info(self.request, _("Rien n’a changé depuis le dernier enregistrement."))
        for day in noted.invoiced:
            messages.warning(self.request, _invoiced(day))


class Line:
    """A child of the register: what is noted, or what was just posted and could not be saved."""

    def __init__(self, day, noted, posted):
        self.day = day
        self.attendance = queries.noted(day)
        self.problem = noted.problems.get(day.pk, "")
        self.seen = attendance.fingerprint_of(self.attendance)
        self.note = saved_text(self.attendance)
        if self.problem:
            mark = mark_of(posted, day.pk)
            self.presence, self.reason = mark.presence, mark.reason
            self.arrived_at, self.left_at = mark.arrived_at, mark.left_at
        else:
            found = self.attendance
            self.presence = found.presence if found else ""
            self.reason = found.reason if found else ""
            self.arrived_at, self.left_at = (found.arrived_at, found.left_at) if found else (None, None)


def marks_of(posted, now):
    """Return the Marks of the lines that differ from what the screen had shown; `maintenant` fills an hour in."""
    stamped, _sep, stamped_day = posted.get("maintenant", "").partition("-")
    marks = []
    for name in posted:
        prefix, _sep, day_id = name.partition("-")
        if prefix != "etait" or not (ids := ids_of([day_id])):
            continue
        mark = mark_of(posted, *ids, now if stamped_day == day_id else None, stamped)
        if attendance.fingerprint(mark.presence, mark.reason, mark.arrived_at, mark.left_at) != mark.seen:
            marks.append(mark)
    return marks


def mark_of(posted, day_id, now=None, stamped=""):
    """Return the Mark that the form says of a day; at `now`, the child arrives or leaves (`stamped`)."""
    hours = {name: _time(posted.get(f"{name}-{day_id}", "")) for name in ("arrivee", "depart")}
    presence = posted.get(f"presence-{day_id}", "")
    if now and stamped in hours:
        hours[stamped], presence = now, Presence.PRESENT
    return attendance.Mark(
        day_id=day_id,
        presence=str(presence),
        reason=posted.get(f"motif-{day_id}", "").strip() if presence == Presence.ABSENT_JUSTIFIED else "",
        arrived_at=hours["arrivee"] if presence == Presence.PRESENT else None,
        left_at=hours["depart"] if presence == Presence.PRESENT else None,
        seen=posted.get(f"etait-{day_id}", ""),
    )


def _time(text):
    try:
        return dt.time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return None


def figures_of(notes):
    """Return how many are expected, present, absent, and not noted yet."""
    counts = Counter(note.presence if note else "" for note in notes)
    return {
        "expected": counts.total(),
        "present": counts[Presence.PRESENT],
        "absent": counts[Presence.ABSENT] + counts[Presence.ABSENT_JUSTIFIED],
        "missing": counts[""],
    }


def saved_text(note):
    """Return who noted it and when, as a short sentence; "" for nothing noted."""
    if note is None:
        return ""
    who = note.noted_by.get_short_name() or note.noted_by.email if note.noted_by else _("un agent")
    return _("Noté par %(who)s à %(hour)s") % {"who": who, "hour": f"{timezone.localtime(note.noted_at):%H:%M}"}


def _invoiced(day):
    return _("La journée de %(child)s est déjà facturée : son absence ne change pas la facture.") % {"child": day.child}

"""The agenda of appointments: a day or a week, who came noted, one cancelled with a word to the resident."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from theme.formats import NBSP, long_date

from .. import appointments as rules
from .. import perms
from ..enums import AppointmentState
from ..models import Appointment, AppointmentKind
from ..queries.appointments import DAY, agenda, open_slots
from ..services import appointments as services
from .base import DeskView

WEEK = 7 * DAY
# Nobody's agenda: an address typed by hand may say anything.
FIRST, LAST = dt.date(2000, 1, 3), dt.date(2100, 12, 26)
REASON_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Span:
    """What the address shows: the days from `first` to `last`, of one kind of appointment or of all."""

    date: dt.date
    by_week: bool
    kind: AppointmentKind | None
    cancelled: bool

    @property
    def first(self):
        return self.date - self.date.weekday() * DAY if self.by_week else self.date

    @property
    def last(self):
        return self.first + WEEK - DAY if self.by_week else self.date

    @property
    def title(self):
        if not self.by_week:
            return f"{long_date(self.date)} {self.date.year}".capitalize()
        first, last = (long_date(day).partition(" ")[2] for day in (self.first, self.last))
        if self.first.month == self.last.month:
            first = first.partition(NBSP)[0]
        return f"Semaine du {first} au {last} {self.last.year}"

    def query(self, **changed):
        """Return the query string of the same agenda, `changed`."""
        values = {
            "date": self.date.isoformat(),
            "vue": "semaine" if self.by_week else "jour",
            "type": self.kind.pk if self.kind else "",
            "annules": "oui" if self.cancelled else "",
        } | changed
        return urlencode({name: value for name, value in values.items() if value != ""})

    def beside(self, steps):
        """Return the query string so many days or weeks away."""
        return self.query(date=(self.date + steps * (WEEK if self.by_week else DAY)).isoformat())


def span_of(parameters, kinds):
    """Return the Span that `parameters` (a QueryDict) name: this week, and all `kinds`, when they name none."""
    try:
        date = dt.date.fromisoformat(parameters.get("date", ""))
    except ValueError:
        date = timezone.localdate()
    kind = next((kind for kind in kinds if str(kind.pk) == parameters.get("type")), None)
    return Span(
        date=min(max(date, FIRST), LAST),
        by_week=parameters.get("vue") != "jour",
        kind=kind,
        cancelled=parameters.get("annules") == "oui",
    )


class AgendaView(DeskView):
    """What the agenda's screens share: the kinds of appointments of the agent's departments."""

    tab = "agenda"

    @cached_property
    def kinds(self):
        departments = perms.agenda_departments(self.request.user)
        found = AppointmentKind.objects.select_related("department")
        return list(found if departments is None else found.filter(department__in=departments))

    @cached_property
    def span(self):
        return span_of(self.request.GET, self.kinds)

    @cached_property
    def appointment(self):
        """The one that the address names, among those of the agent's departments. Raises Http404."""
        found = Appointment.objects.select_related("kind__department", "case__page")
        return get_object_or_404(found.filter(kind__in=self.kinds), pk=self.kwargs["pk"])

    @property
    def back(self):
        return f"{reverse('cases:agenda')}?{self.span.query()}"


class Agenda(AgendaView):
    """The appointments of a week, or of a day, by day."""

    name = "agenda"
    template_name = "procedures/desk/agenda.html"
    allowed = staticmethod(perms.can_see_agenda)

    def get(self, request):
        span, today = self.span, timezone.localdate()
        found = list(
            agenda(self._departments, first=span.first, last=span.last, kind=span.kind, cancelled=span.cancelled)
        )
        return self.show(
            span=span,
            today=today,
            previous=span.beside(-1),
            next=span.beside(1),
            to_today=span.query(date=today.isoformat()),
            shows_today=span.first <= today <= span.last,
            kinds=self.kinds,
            days=self._days(found, today),
            count=sum(one.state != AppointmentState.CANCELLED for one in found),
            open_cases=self._open_cases(found),
            may_note=perms.can_note_appointment(request.user),
            now=timezone.now(),
            not_noted=self._not_noted(),
        )

    @cached_property
    def _departments(self):
        return perms.agenda_departments(self.request.user)

    def _days(self, found, today):
        """[(date, its appointments, free slots or None)]: each working day, and the others when something is there."""
        free = {}
        if self.span.kind:
            free = {day: len(slots) for day, slots in rules.by_day(open_slots(self.span.kind))}
        by_day = {}
        for appointment in found:
            by_day.setdefault(timezone.localdate(appointment.starts_at), []).append(appointment)
        dates = [self.span.first + distance * DAY for distance in range((self.span.last - self.span.first).days + 1)]
        return [
            {
                "date": date,
                "words": f"{long_date(date)} {date.year}",
                "appointments": by_day.get(date, []),
                "free": free.get(date, 0) if self.span.kind and date >= today else None,
            }
            for date in dates
            if date.weekday() < 5 or date in by_day or date in free or not self.span.by_week
        ]

    def _open_cases(self, found):
        """The primary keys of the cases that the agent may open."""
        return set(self.cases.filter(pk__in=[one.case_id for one in found]).values_list("pk", flat=True))

    def _not_noted(self):
        """(how many, the last date) of past appointments that nobody noted, before what is shown; None without any."""
        past = Appointment.objects.filter(
            kind__in=self.kinds, state=AppointmentState.BOOKED, ends_at__lt=timezone.now()
        ).order_by("-starts_at")
        found = past.aggregate(count=Count("pk"))["count"] if self.kinds else 0
        if not found:
            return None
        date = timezone.localdate(past.values_list("starts_at", flat=True)[0])
        return {"count": found, "query": self.span.query(date=date.isoformat(), vue="jour", type="")}


class NoteAppointment(AgendaView):
    """« Venu » or « Pas venu »: a POST from the agenda."""

    allowed = staticmethod(perms.can_note_appointment)

    def get(self, request, pk):
        return HttpResponseNotAllowed(["POST"])

    def post(self, request, pk):
        presence = request.POST.get("presence")
        if presence not in ("venu", "absent"):
            raise Http404
        try:
            services.note(by=request.user, appointment=self.appointment, kept=presence == "venu")
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            sentence = _("Rendez-vous honoré : c’est noté.") if presence == "venu" else _("Absence notée.")
            messages.success(request, sentence)
        return redirect(self.back)


class CancelAppointment(AgendaView):
    """Cancel an appointment to come: the resident reads why in a mail."""

    title = gettext_lazy("Annuler un rendez-vous")
    template_name = "procedures/desk/agenda_cancel.html"
    allowed = staticmethod(perms.can_note_appointment)

    def get_crumbs(self):
        return [{"url": self.back, "label": _("Rendez-vous")}]

    def get(self, request, pk):
        return self._page()

    def post(self, request, pk):
        reason = request.POST.get("motif", "").strip()
        if not reason:
            return self._page(error=_("Écrivez le motif : l’usager le lira."), status=422)
        if len(reason) > REASON_LENGTH:
            more = len(reason) - REASON_LENGTH
            sentence = ngettext(
                "Le motif est trop long de %(more)s caractère.", "Le motif est trop long de %(more)s caractères.", more
            )
            return self._page(reason=reason, error=sentence % {"more": more}, status=422)
        try:
            services.cancel(by=request.user, appointment=self.appointment, reason=reason)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("Le rendez-vous est annulé. L’usager est prévenu, le créneau est libre."))
        return redirect(self.back)

    def _page(self, *, reason="", error="", status=200):
        return self.show(
            status=status,
            appointment=self.appointment,
            when=rules.words(self.appointment.starts_at),
            reason=reason,
            error=error,
            back=self.back,
            length=REASON_LENGTH,
        )

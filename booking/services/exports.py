"""The bookings leave as a spreadsheet: with the right, written in the audit log, and without health data."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.log_actions import log

from .. import perms
from ..enums import Act, DayState
from ..models import ReservationDay
from ..queries.managers import BOOKED, noted

HEADERS = [
    "Date",
    "Activité",
    "Unité",
    "Groupe",
    "Nom de l’enfant",
    "Prénom",
    "Date de naissance",
    "Niveau scolaire",
    "Foyer",
    "Réservation",
    "Nature",
    "État",
    "Arrivée prévue",
    "Départ prévu",
    "Prix",
    "Pointage",
    "Arrivée",
    "Départ",
]


def export_days(*, by, facility, first, last, booked_only=True):
    """Write down that `by` exports the days of `facility` from `first` to `last`; returns an iterator of rows.

    The first row is the header. `booked_only` leaves out requests, refusals and cancellations. The reason of an absence
    stays out: it may speak of health. Raises PermissionDenied without the right.
    """
    if not perms.can_export_days(by):
        raise PermissionDenied
    days = (
        ReservationDay.objects.filter(
            session__unit__activity__facility=facility, session__date__gte=first, session__date__lte=last
        )
        .select_related("session__unit__activity", "session__group", "child", "reservation__profile", "attendance")
        .order_by("session__date", "session__unit__activity__name", "session__unit__position", "child__last_name", "pk")
    )
    if booked_only:
        days = days.filter(BOOKED)
    with transaction.atomic():
        data = {"from": first.isoformat(), "to": last.isoformat(), "booked_only": booked_only, "days": days.count()}
        log(instance=facility, action="booking.days.export", user=by, data=data)
    return _rows(days)


def _rows(days):
    yield HEADERS
    for day in days.iterator(2_000):
        session, child, attendance = day.session, day.child, noted(day)
        yield [
            session.date,
            session.unit.activity.name,
            session.unit.name,
            session.group.name if session.group else "",
            child.last_name,
            child.first_name,
            child.birth_date,
            child.get_school_level_display(),
            day.reservation.profile.name,
            day.reservation.number,
            str(Act(day.reservation.act).label),
            _state(day),
            _hour(day.starts_at),
            _hour(day.ends_at),
            day.price,
            str(attendance.get_presence_display()) if attendance else "",
            _hour(attendance.arrived_at) if attendance else "",
            _hour(attendance.left_at) if attendance else "",
        ]


def _state(day):
    if day.cancels_id and day.state == DayState.ACCEPTED:
        return "Annulation acceptée"
    return str(day.state_enum.label)


def _hour(hour):
    return f"{hour:%H:%M}" if hour else ""

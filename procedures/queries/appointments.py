"""Reads of appointments: what is still open, what a case took, what agents see of a week."""

import datetime as dt

from django.db.models import Q
from django.utils import timezone

from cms.models import PublicHoliday

from .. import appointments as rules
from ..enums import AppointmentState
from ..models import Appointment, AppointmentKind

DAY = dt.timedelta(days=1)


def week_of(kind):
    """Return the `appointments.Week` of an AppointmentKind: three queries."""
    ranges = {}
    for weekday, opens, closes in kind.ranges.values_list("weekday", "opens", "closes").order_by("opens"):
        ranges.setdefault(weekday, []).append((opens, closes))
    closures = kind.closures.values_list("first", "last")
    today = timezone.localdate()
    horizon = today + kind.horizon_days * DAY
    holidays = PublicHoliday.objects.filter(date__range=(today - DAY, horizon + DAY)).values_list("date", flat=True)
    return rules.Week(
        ranges={weekday: tuple(found) for weekday, found in ranges.items()},
        minutes=kind.minutes,
        capacity=kind.capacity,
        notice_hours=kind.notice_hours,
        horizon_days=kind.horizon_days,
        closed=tuple((first, last or first) for first, last in closures),
        holidays=frozenset(holidays),
    )


def taken_of(kind, *, now, case=None, field=None):
    """Return [(start, end)] of the appointments of `kind` that hold a place from `now` on, but for those of `case`
    (of its question `field` only, when given)."""
    found = Appointment.objects.filter(kind=kind, ends_at__gt=now).exclude(state=AppointmentState.CANCELLED)
    if case is not None and case.pk:
        found = found.exclude(case=case, **({"field": field} if field else {}))
    return list(found.order_by("starts_at").values_list("starts_at", "ends_at"))


def open_slots(kind, *, now=None, case=None, field=None):
    """Return the free Slots of `kind` (an AppointmentKind or a primary key), oldest first: five queries at most.

    None of a kind that is no longer proposed. What `case` (its question `field`) took itself counts as free.
    """
    now = now or timezone.now()
    if not isinstance(kind, AppointmentKind):
        kind = AppointmentKind.objects.filter(pk=kind).first()
    if kind is None or not kind.active:
        return []
    return rules.slots(week_of(kind), taken_of(kind, now=now, case=case, field=field), now=now)


def appointments_of(case):
    """Return the appointments of `case` with their kinds, the newest first. One query."""
    return list(case.appointments.select_related("kind__department").order_by("-starts_at", "-pk"))


def agenda(departments, *, first, last, kind=None, cancelled=False):
    """Return the appointments from the date `first` to `last` of the kinds of `departments` (None: of all of them)."""
    start, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (first, last + DAY))
    found = Appointment.objects.filter(starts_at__gte=start, starts_at__lt=end)
    if departments is not None:
        found = found.filter(kind__department__in=departments)
    if kind is not None:
        found = found.filter(kind=kind)
    if not cancelled:
        found = found.filter(~Q(state=AppointmentState.CANCELLED))
    return found.select_related("kind__department", "case__page", "case__profile").order_by("starts_at", "kind__name")

"""What a period's sessions are and should be: for the preview, and for the service that creates them."""

from django.db.models import Exists, OuterRef

from ..calendars import Calendar
from ..models import Group, ReservationDay, Session, Unit
from ..plans import compare, days_without, wanted_slots


def with_booked(sessions):
    """Return the queryset with `booked`: whether any day, whatever became of it, hangs on the session."""
    return sessions.annotate(booked=Exists(ReservationDay.objects.filter(session=OuterRef("pk"))))


def plan_of(period, *, resize=False):
    """Return the Plan (`booking.plans`) that gives `period` its sessions; `resize` also gives those without booking
    their places by default again. Six queries at most, however long the period.
    """
    activity = period.activity
    calendar = Calendar.of(activity.facility)
    units = list(Unit.objects.filter(activity=activity))
    groups = list(Group.objects.filter(activity=activity))
    sessions = with_booked(period.sessions.select_related("unit", "group"))
    others = (
        Session.objects.filter(unit__in=units, date__range=(period.starts_on, period.ends_on))
        .exclude(period=period)
        .values_list("unit_id", "group_id", "date", "period__name")
    )
    return compare(
        wanted_slots(period, units, groups, calendar),
        list(sessions),
        others,
        without=days_without(period, calendar),
        resize=resize,
    )

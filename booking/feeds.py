"""A child's bookings as an iCalendar file. Pure: no database, no clock; nothing about health is ever in it."""

import datetime as dt
import uuid

from icalendar import Calendar, Event

from .enums import DayState
from .words import PARIS

REFRESH = dt.timedelta(hours=6)
# What a calendar shows of a day that is not certain; the others are CONFIRMED.
TENTATIVE = {
    DayState.REQUESTED: "Demande en attente de la réponse du service.",
    DayState.OFFERED: "Une place est proposée : confirmez-la dans « Mes réservations ».",
}


def calendar(child, days, *, portal):
    """Return the iCalendar file (bytes) of the ReservationDays of a child, each with its session, unit, activity and
    facility. `portal` is the name of the portal."""
    feed = Calendar()
    feed.add("prodid", "-//Parvis//Agenda//FR")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", f"{child.first_name} – {portal}")
    feed.add("x-wr-timezone", "Europe/Paris")
    feed.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    feed.add("x-published-ttl", REFRESH)
    for day in days:
        feed.add_component(_event(child, day))
    feed.add_missing_timezones()
    return feed.to_ical()


def _event(child, day):
    session, unit = day.session, day.session.unit
    facility = unit.activity.facility
    event = Event()
    # The same for the same session: a calendar updates its event when the day is booked anew.
    event.add("uid", f"{uuid.uuid5(child.public_id, str(session.pk))}@parvis")
    event.add("dtstamp", day.decided_at or day.reservation.made_at)
    event.add("dtstart", _at(session.date, day.starts_at or unit.starts_at))
    event.add("dtend", _at(session.date, day.ends_at or unit.ends_at))
    event.add("summary", f"{child.first_name} : {unit} ({unit.activity})")
    address = " ".join(filter(None, [facility.postcode, facility.town]))
    event.add("location", ", ".join(filter(None, [facility.name, facility.address, address])))
    event.add("status", "TENTATIVE" if day.state in TENTATIVE else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # the child is busy, not the parents
    if note := TENTATIVE.get(day.state):
        event.add("description", note)
    return event


def _at(day, hour):
    return dt.datetime.combine(day, hour, tzinfo=PARIS)

"""An appointment as an iCalendar file, to download and to join to a mail. Pure but for the answer it is sent in."""

import datetime as dt
import uuid

from django.http import HttpResponse
from icalendar import Calendar, Event

from .enums import AppointmentState

NAME = "rendez-vous.ics"


def calendar_file(appointment):
    """Return the iCalendar file (bytes) of an Appointment, with its kind and its case.

    The same event for the same question of a case: a calendar moves it when another slot was taken.
    """
    kind, case = appointment.kind, appointment.case
    file, event = Calendar(), Event()
    file.add("prodid", "-//Parvis//Rendez-vous//FR")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    event.add("uid", f"{uuid.uuid5(case.public_id, appointment.field)}@parvis")
    event.add("dtstamp", dt.datetime.now(dt.UTC))
    event.add("sequence", appointment.pk)
    event.add("dtstart", appointment.starts_at.astimezone(dt.UTC))
    event.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    event.add("summary", f"{kind.name} – {kind.department}")
    event.add("location", kind.place)
    event.add("description", "\n".join(filter(None, [case.page.title, kind.instructions])))
    event.add("status", "CANCELLED" if appointment.state == AppointmentState.CANCELLED else "CONFIRMED")
    file.add_component(event)
    return file.to_ical()


def ics_response(appointment):
    """Return the file as a download; the right to the appointment was checked by who calls."""
    response = HttpResponse(calendar_file(appointment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{NAME}"'
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response

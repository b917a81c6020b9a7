"""Bookings as a spreadsheet: with the right, logged, without health data, formulas neutralised."""

import io
from datetime import time, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from booking.enums import DayState, Presence
from booking.models import Attendance
from booking.services.exports import HEADERS, export_days
from documents.spreadsheets import to_csv

from .day import WEDNESDAY, FacilityDay

pytestmark = pytest.mark.django_db
URL = "/admin/enfance/exports/"


@pytest.fixture
def centre(db):
    centre = FacilityDay()
    mia = centre.child("Mia", "=HYPERLINK(1)")
    centre.health(mia, "Sans porc", care_plan=True, care_plan_details="Asthme")
    (day, _lunch) = centre.book(mia)
    Attendance.objects.create(day=day, presence=Presence.ABSENT_JUSTIFIED, reason="Varicelle")
    centre.book(centre.child("Léo", "Ferrand"), units=[centre.day], state=DayState.REFUSED)
    return centre


def posted(centre, **fields):
    day = WEDNESDAY.isoformat()
    return {"facility": centre.facility.pk, "first": day, "last": day, "scope": "booked", "format": "csv", **fields}


def content(response):
    return b"".join(response.streaming_content)


def test_a_csv_holds_the_booked_days_and_no_health(staff, client, centre):
    staff("Responsable enfance")
    answer = client.post(URL, posted(centre))
    text = content(answer).decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header == ";".join(HEADERS) and len(rows) == 2
    assert "'=HYPERLINK(1)" in rows[0] and "9,50" in rows[0] and "Absent, avec motif" in rows[0]
    for secret in ("Sans porc", "PAI", "Asthme", "Varicelle"):
        assert secret not in text
    assert "no-store" in answer["Cache-Control"] and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith('attachment; filename="reservations-Accueil-de-loisirs-des-')


def test_an_xlsx_of_all_the_requests(staff, client, centre):
    staff("Responsable enfance")
    answer = client.post(URL, posted(centre, scope="all", format="xlsx"))
    rows = list(load_workbook(io.BytesIO(content(answer))).active.values)
    assert list(rows[0]) == HEADERS and len(rows) == 4
    assert [row[11] for row in rows[1:]].count("Refusé") == 1
    assert rows[1][0].date() == WEDNESDAY and rows[1][14] == 9.5


def test_each_export_is_in_the_audit_log_without_a_name(staff, client, centre):
    manager = staff("Responsable enfance")
    client.post(URL, posted(centre))
    entry = ModelLogEntry.objects.get(action="booking.days.export")
    assert entry.user == manager and entry.object_id == str(centre.facility.pk)
    assert entry.data == {"from": "2026-11-18", "to": "2026-11-18", "booked_only": True, "days": 2}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"last": "2026-11-01"}, "La fin ne peut pas précéder le début."),
        ({"last": (WEDNESDAY + timedelta(days=400)).isoformat()}, "Exportez une année à la fois"),
        ({"facility": ""}, "Établissement</a>"),
        ({"format": "exe"}, "exe"),
    ],
)
def test_what_cannot_be_exported_is_said(staff, client, centre, fields, sentence):
    staff("Responsable enfance")
    answer = client.post(URL, posted(centre, **fields))
    assert answer.status_code == 422 and sentence in answer.text
    assert "<title>" in answer.text and "Erreur :" in answer.text
    assert not ModelLogEntry.objects.filter(action="booking.days.export").exists()


def test_a_get_exports_nothing(staff, client, centre):
    staff("Responsable enfance")
    assert "Durand" not in client.get(URL, posted(centre)).text
    assert not ModelLogEntry.objects.filter(action="booking.days.export").exists()


def test_the_service_asks_for_the_right(staff, centre):
    with pytest.raises(PermissionDenied):
        export_days(by=staff("Administrateur"), facility=centre.facility, first=WEDNESDAY, last=WEDNESDAY)


def test_the_export_costs_the_same_with_one_and_with_many_days(staff, centre, sql_count):
    manager = staff("Responsable enfance")

    def run():
        rows = export_days(by=manager, facility=centre.facility, first=WEDNESDAY, last=WEDNESDAY)
        return list(to_csv(rows))

    run()
    one = sql_count(run)
    for _ in range(5):
        centre.book()
    assert sql_count(run) == one
    assert len(run()) == 13


def test_hours_of_a_nursery_are_written(staff, centre):
    manager = staff("Responsable enfance")
    centre.book(units=[centre.day], starts_at=time(8, 30), ends_at=time(17, 15))
    rows = list(export_days(by=manager, facility=centre.facility, first=WEDNESDAY, last=WEDNESDAY))
    assert ("08:30", "17:15") in [(row[12], row[13]) for row in rows]


def test_the_screen_is_the_managers_alone(staff, client):
    staff("Régisseur")
    assert client.get(reverse("childcare:export")).status_code == 302

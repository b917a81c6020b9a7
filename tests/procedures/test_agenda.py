"""The agents' agenda of appointments."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from procedures.enums import AppointmentState
from procedures.models import Appointment
from tests.factories.cases import AppointmentKindFactory, CaseFactory

pytestmark = pytest.mark.django_db
AGENDA = "/admin/demarches/rendez-vous/"


@pytest.fixture
def kind(department):
    return AppointmentKindFactory(department=department, name="Parler d’un projet")


def appointment_of(kind, days=1, hour=9, **case):
    """Book an appointment so many days from today."""
    day = timezone.localdate() + dt.timedelta(days=days)
    starts_at = timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))
    return Appointment.objects.create(
        kind=kind,
        case=CaseFactory(page__department=kind.department, **case),
        field="creneau",
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=30),
    )


def on(appointment, **parameters):
    """The agenda on the day of `appointment`."""
    return {"date": timezone.localdate(appointment.starts_at).isoformat(), "vue": "jour", **parameters}


def text(response):
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ")


def test_the_day_and_the_week_of_an_agent(agent, kind, client):
    appointment = appointment_of(kind, applicant="Alice Durand")
    elsewhere = appointment_of(AppointmentKindFactory(), applicant="Charlie Petit")
    for view in ("jour", "semaine"):
        page = text(client.get(AGENDA, on(appointment, vue=view)))
        assert "Alice Durand" in page and "Rendez-vous pris" in page and appointment.case.number in page
        assert "Charlie Petit" not in page, "another department’s"
    assert elsewhere.case.number not in text(client.get(AGENDA, on(elsewhere)))


def test_what_the_address_says_may_be_anything(agent, kind, client):
    for query in ("?date=9999-12-31", "?date=0001-01-01", "?date=hier&vue=mois&type=x", "?type=99999"):
        assert client.get(AGENDA + query).status_code == 200


def test_who_opens_the_agenda(staff, kind, client, login, alice):
    appointment = appointment_of(kind)
    urls = [AGENDA, reverse("cases:appointment", args=[appointment.pk])]
    urls.append(reverse("cases:appointment_cancel", args=[appointment.pk]))
    login(alice)
    assert {client.get(url).status_code for url in urls} <= {302, 403}
    staff("Communication")
    assert {client.get(url).status_code for url in urls} <= {302, 403}
    staff("Instructeur")  # of no department
    assert client.get(AGENDA).status_code == 200
    assert client.post(urls[1], {"presence": "venu"}).status_code == 404
    assert client.post(urls[2], {"motif": "x"}).status_code == 404


def test_cancelled_ones_are_shown_when_asked_for(agent, kind, client):
    appointment = appointment_of(kind, applicant="Alice Durand")
    Appointment.objects.update(state=AppointmentState.CANCELLED)
    assert "Alice Durand" not in text(client.get(AGENDA, on(appointment)))
    assert "Rendez-vous annulé" in text(client.get(AGENDA, on(appointment, annules="oui")))


def test_who_came_is_noted(agent, kind, client):
    appointment = appointment_of(kind, days=-1)
    page = text(client.get(AGENDA, on(appointment)))
    assert "1 rendez-vous passé à noter" in page
    url = reverse("cases:appointment", args=[appointment.pk])
    assert client.get(url).status_code == 405
    assert client.post(url, {"presence": "peut-être"}).status_code == 404
    response = client.post(f"{url}?date=2026-11-20&vue=jour", {"presence": "absent"})
    assert response.url == f"{AGENDA}?date=2026-11-20&vue=jour"
    appointment.refresh_from_db()
    assert appointment.state == "missed"
    client.post(url, {"presence": "venu"})
    appointment.refresh_from_db()
    assert appointment.state == "kept"


def test_one_to_come_can_t_be_noted(agent, kind, client):
    appointment = appointment_of(kind)
    page = client.post(reverse("cases:appointment", args=[appointment.pk]), {"presence": "venu"}, follow=True)
    assert "n’a pas encore eu lieu" in text(page)


def test_a_cancellation_asks_for_its_reason_and_mails_it(agent, kind, client):
    appointment = appointment_of(kind, profile=None)
    url = reverse("cases:appointment_cancel", args=[appointment.pk])
    assert "Annuler un rendez-vous" in text(client.get(url))
    refused = client.post(url, {"motif": "  "})
    assert refused.status_code == 422 and "Écrivez le motif" in text(refused)
    long = client.post(url, {"motif": "x" * 503})
    assert "trop long de 3 caractères" in text(long) and "x" * 503 in text(long), "what was typed stays"
    assert not OutgoingMail.objects.exists()
    client.post(url, {"motif": "L’agent est absent."})
    appointment.refresh_from_db()
    assert appointment.state == "cancelled"
    assert "L’agent est absent." in OutgoingMail.objects.get().text
    again = client.post(url, {"motif": "Encore"}, follow=True)
    assert "déjà annulé" in text(again)
    assert OutgoingMail.objects.count() == 1


def test_the_agenda_costs_the_same_with_one_and_three(agent, kind, client, sql_count):
    first = appointment_of(kind)
    address = {**on(first), "type": kind.pk}
    client.get(AGENDA, address)
    one = sql_count(lambda: client.get(AGENDA, address))
    for hour in (10, 11):
        appointment_of(kind, hour=hour)
    assert sql_count(lambda: client.get(AGENDA, address)) == one

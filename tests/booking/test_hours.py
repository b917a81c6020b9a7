"""The planning of a nursery, whose places are counted hour by hour (s4.11)."""

import datetime as dt

import pytest
from django.utils import timezone

from booking.enums import DayState
from booking.models import Activity, Reservation, Session
from tests.factories.booking import ReservationDayFactory, ReservationFactory
from tests.factories.families import ChildFactory
from tests.portal_pages.bookings import NOW, URL, draft_of, key, nursery, planning_url
from tests.portal_pages.test_bookings import MONDAY, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def client(login, alice):
    return login(alice)


@pytest.fixture
def crowded(dashboard, alice):
    """A nursery of one place, taken from 9 to 11 on Monday."""
    place = nursery(alice.profiles.get())
    Session.objects.update(capacity=1)
    hours = {"starts_at": dt.time(9), "ends_at": dt.time(11)}
    other = ReservationFactory(period=place.period)
    ReservationDayFactory(reservation=other, session=place.sessions[MONDAY], **hours)
    Session.objects.filter(pk=place.sessions[MONDAY].pk).update(taken=1)
    return place


@pytest.mark.parametrize("waiting_list", [True, False])
def test_s4_11_a_day_full_at_some_hours_is_booked_at_others(crowded, client, alice, waiting_list):
    Activity.objects.update(waiting_list=waiting_list)
    (zoe,) = crowded.children
    draft = draft_of(crowded, alice)
    url = planning_url(draft, zoe)
    page = text_of(client.get(url + "&jour=2027-01-11"))
    assert "Libre, complet à certaines heures" in page
    panel = {"jours": ["0", "1"], "unites": [crowded.unit.pk], "ou": "ecran", "faire": "jours:cocher"}
    answer = text_of(client.post(url, {**panel, "debut": "8:00", "fin": "10:00"}, follow=True))
    assert "1 jour complet n’a pas été coché" in answer
    client.post(url, {"faire": "rien:ecran"})
    client.post(url, {**panel, "debut": "11:00", "fin": "16:00"})
    draft.refresh_from_db()
    assert draft.days[str(zoe.public_id)][str(crowded.sessions[MONDAY].pk)] == "11:00-16:00"
    assert "liste d’attente" not in text_of(client.get(url)).partition("Légende")[0]
    client.post(f"{URL}planning/{draft.public_id}/verifier/", {"faire": "confirmer"})
    states = {day.session.date: day.state for day in Reservation.objects.get(profile=crowded.profile).days.all()}
    assert states[MONDAY] == DayState.ACCEPTED


def test_s4_11_hours_chosen_for_one_child_are_not_free_for_the_next(crowded, client, alice):
    (zoe,), tuesday = crowded.children, MONDAY + dt.timedelta(days=1)
    twin = ChildFactory(first_name="Ana", birth_date=zoe.birth_date, profile=crowded.profile)
    session = crowded.sessions[tuesday]
    draft = draft_of(crowded, alice, days={str(zoe.public_id): {str(session.pk): "08:00-12:00"}})
    url = planning_url(draft, twin)
    assert "complet à certaines heures" in text_of(client.get(url))
    name = key(twin, session)
    client.post(url, {f"de-{name}": "11:00", f"a-{name}": "15:00"})
    assert "Choisi, liste d’attente" in text_of(client.get(url))
    client.post(url, {f"de-{name}": "12:00", f"a-{name}": "15:00"})
    assert "Choisi, liste d’attente" not in text_of(client.get(url))


def test_s4_11_hours_that_are_full_wait_when_there_is_a_list_and_are_refused_without_one(crowded, client, alice):
    (zoe,) = crowded.children
    draft, monday = draft_of(crowded, alice), key(zoe, crowded.sessions[MONDAY])
    url, typed = planning_url(draft, zoe), {f"de-{monday}": "08:00", f"a-{monday}": "10:00"}
    client.post(url, typed)
    assert "Choisi, liste d’attente" in text_of(client.get(url))
    Activity.objects.update(waiting_list=False)
    client.post(url, {f"de-{monday}": "", f"a-{monday}": ""})
    draft.days = {}
    draft.save()
    answer = client.post(url, {**typed, "faire": "valider"})
    assert answer.status_code == 200 and "<title>Erreur : " in answer.text
    assert "Complet à ces heures : choisissez-en d’autres." in text_of(answer).replace("\xa0", " ")
    draft.refresh_from_db()
    assert draft.days == {}

"""The managers' screens in Chromium, on a desktop, a tablet and a telephone, with and without scripts; axe on each."""

import re
from itertools import combinations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from booking.enums import DayState, Presence
from booking.models import Attendance, ReservationDay
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.factories.accounts import UserFactory

from .day import FacilityDay

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
TABLET = {"width": 820, "height": 1180}


@pytest.fixture
def centre(db):
    """Today's leisure centre, with three children, a request and one to cancel."""
    centre = FacilityDay(on=timezone.localdate())
    children = [centre.child(name) for name in ("Mia", "Léo", "Inès")]
    centre.health(children[0], "Sans porc", care_plan=True)
    days = [centre.book(child)[0] for child in children]
    centre.book(
        centre.child("Zoé"),
        units=[centre.day],
        state=DayState.REQUESTED,
        computed_from={"quantity": "1", "unit_price": "9.50"},
    )
    centre.ask_to_cancel(days[2])
    return centre


@pytest.fixture
def manager(live_server, open_page):
    """Return `manager(viewport, **options)`: a page of a manager who is logged in."""

    def make(viewport, **options):
        user = UserFactory(is_staff=True, first_name="Claire")
        user.groups.set(Group.objects.filter(name="Responsable enfance"))
        device = TOTPDevice.objects.create(user=user, name="test", confirmed=True)
        client = Client()
        client.force_login(user)
        session = client.session
        session["otp_device_id"] = device.persistent_id
        session.save()
        page = open_page(viewport, **options)
        page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_server.url}])
        return page

    return make


@pytest.mark.parametrize("viewport", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_every_screen_is_accessible_and_fits(live_server, manager, accessible, centre, viewport):
    page = manager(viewport)
    for path in (
        "",
        "feuille/",
        "pointage/",
        "demandes/",
        "occupation/",
        f"occupation/{centre.activity.pk}/",
        "exports/",
    ):
        page.goto(f"{live_server.url}/admin/enfance/{path}")
        expect(page.locator("h1")).to_have_count(1)
        assert_fits(page)
        for closed in page.locator("main summary").all():
            closed.click()
        accessible(page)


def test_attendance_is_saved_as_it_is_filled_in(live_server, manager, accessible, centre):
    page = manager(TABLET)
    page.goto(f"{live_server.url}/admin/enfance/pointage/")
    mia, leo = (page.get_by_role("group", name=re.compile(name)) for name in ("Mia", "Léo"))
    mia.get_by_label("Présent", exact=True).press("Space")
    mia.get_by_text("Noté par Claire").wait_for()
    leo.get_by_label("Absent, avec motif").press("Space")
    reason = leo.get_by_label("Motif de l’absence")
    expect(leo.get_by_text("Noté par")).to_have_count(0)
    reason.fill("Prévenue par la famille")
    reason.press("Tab")
    leo.get_by_text("Noté par Claire").wait_for()
    expect(page.locator("[data-figure=missing]")).to_have_text("1")
    accessible(page)
    mia.get_by_role("button", name="Part maintenant").click()
    page.locator("[data-status]", has_text="Enregistré.").wait_for()
    page.wait_for_load_state("networkidle")
    page.reload()
    assert page.get_by_role("group", name=re.compile("Mia")).get_by_label("Départ").input_value() != ""
    found = {note.day.child.first_name: note for note in Attendance.objects.all()}
    assert set(found) == {"Mia", "Léo"}
    assert found["Mia"].left_at and found["Léo"].reason == "Prévenue par la famille"


@pytest.mark.parametrize("viewport", [TABLET, {"width": 800, "height": 1100}, PHONE], ids=["820", "800", "phone"])
def test_nothing_of_a_line_of_attendance_covers_another(live_server, manager, centre, viewport):
    page = manager(viewport)
    page.goto(f"{live_server.url}/admin/enfance/pointage/")
    line = page.locator("[data-day]").first
    boxes = [one.bounding_box() for one in line.locator("input[type=time], .childcare-hours button").all()]
    frame = line.bounding_box()
    assert len(boxes) == 4
    assert all(box["x"] + box["width"] <= frame["x"] + frame["width"] for box in boxes)
    for one, other in combinations(boxes, 2):
        apart = one["x"] + one["width"] <= other["x"] or one["y"] + one["height"] <= other["y"]
        assert apart, "given from left to right, from top to bottom"


def test_attendance_with_the_keyboard_alone(live_server, manager, centre):
    page = manager(TABLET)
    page.goto(f"{live_server.url}/admin/enfance/pointage/")
    first = page.locator("[type=radio][value=present]").first
    first.focus()
    page.keyboard.press("Space")
    page.get_by_text("Noté par Claire").first.wait_for()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.locator("[data-figure=absent]", has_text="1").wait_for()
    assert Attendance.objects.get().presence == Presence.ABSENT


def test_attendance_without_scripts(live_server, manager, centre):
    page = manager(TABLET, java_script_enabled=False)
    page.goto(f"{live_server.url}/admin/enfance/pointage/")
    page.locator("[type=radio][value=absent]").first.press("Space")
    page.get_by_role("button", name="Enregistrer le pointage").click()
    page.get_by_role("button", name="Tous présents").click()
    assert sorted(Attendance.objects.values_list("presence", flat=True)) == ["absent", "present", "present"]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_requests_are_decided_in_bulk(live_server, manager, centre, scripts):
    page = manager(DESKTOP, java_script_enabled=scripts)
    page.goto(f"{live_server.url}/admin/enfance/demandes/")
    if scripts:
        page.get_by_label("Toute la page").check()
        expect(page.locator("[name=jour]:checked")).to_have_count(2)
    else:
        for box in page.locator("[name=reservation]").all():
            box.check()
    page.get_by_role("button", name="Accepter ce qui est coché").click()
    page.get_by_text("2 jours acceptés.").wait_for()
    assert not ReservationDay.objects.filter(state=DayState.REQUESTED).exists()

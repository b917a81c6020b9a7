"""The booking journeys in a browser: mouse, keyboard only, without JavaScript, on a phone; axe on every screen."""

import datetime as dt
import os

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from booking.enums import Act, DayState
from booking.models import PlanningDraft, Reservation, ReservationDay
from tests.browser import DESKTOP, PHONE, assert_fits

from .bookings import NOW, URL, draft_of, key, nursery, planning_url, school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MONDAY = dt.date(2027, 1, 11)
TABLET = {"width": 800, "height": 1100}
SHOTS = os.environ.get("SHOTS")  # a folder: each screen's picture is kept there


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def place(dashboard, alice):
    return school(alice.profiles.get(), "Mia", "Tom")


@pytest.fixture
def enter(live_server, open_page, client, accessible):
    """Return `enter(user, viewport, scripts=True)` → (page, look): a page logged in, what every screen must pass."""

    def log_in(user, viewport=DESKTOP, scripts=True):
        page = open_page(viewport, java_script_enabled=scripts)
        client.force_login(user)
        page.context.add_cookies(
            [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
        )
        taken = []

        def look(name):
            taken.append(name)
            if SHOTS:
                kind = f"{viewport['width']}{'' if scripts else '-nojs'}"
                page.screenshot(path=f"{SHOTS}/{name}-{kind}.png", full_page=True)
            assert_fits(page)
            if scripts:
                accessible(page)

        return page, look

    return log_in


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_s3_6_from_the_choice_to_the_list(live_server, enter, place, alice, viewport, scripts):
    mia, tom = place.children
    page, look = enter(alice, viewport, scripts)
    page.goto(live_server.url + URL)
    look("list-empty")
    page.get_by_role("link", name="Nouvelle réservation").first.click()
    look("choose")
    page.get_by_role("link", name="Mia").click()
    page.get_by_role("button", name="Continuer").click()
    look("month")

    meal = page.get_by_role("checkbox", name="Repas lundi 11 janvier")
    meal.check()
    if scripts:
        page.wait_for_selector("#selection >> text=3,10")
        expect(meal).to_be_checked()
        expect(meal).to_be_focused()
        expect(page.locator("#annonce")).to_contain_text("1 choix, 3,10")
    page.get_by_role("button", name="Détails du mardi 12 janvier").click()
    page.wait_for_selector("text=Accepté tout de suite jusqu’au")
    expect(page.get_by_role("checkbox", name="Repas lundi 11 janvier")).to_be_checked()
    look("explained")
    page.locator("#legende > summary").click()
    page.locator("#jours-semaine > summary").click()
    page.get_by_label("Mardi", exact=True).check()
    page.get_by_label("Uniquement sur le mois affiché").check()
    page.get_by_role("button", name="Cocher ces jours", exact=True).click()
    page.wait_for_selector("text=cases cochées")
    look("weekdays")
    page.get_by_role("button", name="Une semaine, tous les enfants").click()
    page.wait_for_selector("text=Un mois, un enfant")
    look("week")
    page.locator("[name=faire][value=valider]:visible").first.click()
    page.wait_for_selector("text=Vérifiez votre réservation")
    look("review")
    page.get_by_role("link", name="Retour au planning").click()
    page.locator("[name=faire][value=valider]:visible").first.click()
    page.get_by_role("button", name="Confirmer la réservation").click()
    page.wait_for_selector("text=Votre réservation est enregistrée")
    look("recap")
    page.get_by_role("link", name="Terminer").click()
    look("list")
    reservation = Reservation.objects.get()
    page.get_by_role("link", name=reservation.number).click()
    look("detail")
    page.goto(live_server.url + URL + "semaine/?semaine=2027-01-11")
    look("family-week")
    page.goto(live_server.url + URL + "annuler/")
    look("choose-cancel")


@pytest.mark.parametrize("viewport", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_the_week_of_four_children_hides_no_column(live_server, enter, dashboard, alice, viewport):
    place = school(alice.profiles.get(), "Lou", "Mia", "Noé", "Tom")
    page, look = enter(alice, viewport)
    page.goto(live_server.url + planning_url(draft_of(place, alice), semaine="2027-01-11"))
    look("week-of-four")
    box = page.locator(f"#c{key(place.children[-1], place.sessions[MONDAY, 'Soir'])}")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport(ratio=1)
    box.check()
    expect(page.locator(".planning-bar")).to_contain_text("1,80")


def test_s3_7_a_month_chosen_in_the_list_is_shown(live_server, enter, place, alice):
    mia, _ = place.children
    page, _look = enter(alice)
    page.goto(f"{live_server.url}{URL}nouvelle/?enfant={mia.public_id}")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Mois", exact=True).select_option("2027-02")
    page.wait_for_url("**mois=2027-02**")
    expect(page.get_by_role("table")).to_contain_text("Février 2027")
    expect(page.get_by_label("Mois", exact=True)).to_have_value("2027-02")


def test_s3_8_with_the_keyboard_only(live_server, enter, place, alice):
    """Tab to a cell, Space to choose, on to « Valider », Enter: no mouse; the focus is never lost."""
    mia, _ = place.children
    page, look = enter(alice)
    page.goto(live_server.url + planning_url(draft_of(place, alice), mia))
    meal = page.locator(f"#c{key(mia, place.sessions[MONDAY, 'Repas'])}")
    page.locator(f"#c{key(mia, place.sessions[MONDAY, 'Matin'])}").focus()
    page.keyboard.press("Tab")
    expect(meal).to_be_focused()
    page.keyboard.press("Space")
    page.wait_for_selector("#selection >> text=3,10")
    assert page.locator(":focus").get_attribute("id") == meal.get_attribute("id")
    page.locator("#d2027-01-11").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=places libres sur 22")
    assert page.locator(":focus").get_attribute("id") == "d2027-01-11"
    page.locator("#apres").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Février 2027, Mia")
    assert "mois=2027-02" in page.url
    page.locator("#valider").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Vérifiez votre réservation")
    page.get_by_role("button", name="Confirmer la réservation").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Votre réservation est enregistrée")
    assert ReservationDay.objects.get().state == DayState.ACCEPTED


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_s4_11_the_hours_of_a_nursery(live_server, enter, dashboard, alice, viewport):
    place = nursery(alice.profiles.get())
    (zoe,) = place.children
    monday, tuesday = key(zoe, place.sessions[MONDAY]), key(zoe, place.sessions[MONDAY + dt.timedelta(days=1)])
    page, look = enter(alice, viewport)
    page.goto(live_server.url + planning_url(draft_of(place, alice), zoe))
    page.fill(f"#c{monday}", "08:30")
    page.fill(f"#a{monday}", "17:15")
    page.locator(f"#a{monday}").blur()
    page.wait_for_selector("#selection >> text=17,50")
    page.click(f"#k{monday}")
    page.wait_for_selector(f"#p{tuesday}")
    page.click(f"#p{tuesday}")
    page.wait_for_selector("#selection >> text=35,00")
    look("nursery")
    page.fill(f"#c{tuesday}", "08:40")
    page.click("[name=faire][value=valider]:visible")
    page.wait_for_selector("text=Des horaires sont à corriger")
    look("nursery-error")


def test_s3_16_days_are_cancelled(live_server, enter, place, alice):
    mia, _ = place.children
    meal = place.sessions[MONDAY, "Repas"]
    page, look = enter(alice)
    draft = draft_of(place, alice, days={str(mia.public_id): {str(meal.pk): ""}})
    page.goto(f"{live_server.url}{URL}planning/{draft.public_id}/verifier/")
    page.get_by_role("button", name="Confirmer la réservation").click()
    page.wait_for_selector("text=Votre réservation est enregistrée")
    page.goto(live_server.url + URL + "annuler/")
    look("cancel-choose")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("checkbox", name="Repas lundi 11 janvier").check()
    page.wait_for_selector("text=À annuler")
    look("cancel")
    page.locator("#valider").click()
    page.wait_for_selector("text=Vérifiez votre demande d’annulation")
    page.get_by_role("button", name="Confirmer l’annulation").click()
    page.wait_for_selector("text=Votre demande d’annulation est enregistrée")
    look("cancel-recap")
    assert list(Reservation.objects.order_by("pk").values_list("act", flat=True)) == [Act.ADD, Act.CANCEL]
    assert PlanningDraft.objects.filter(confirmed_at=None).count() == 0

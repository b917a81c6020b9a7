"""« Mes inscriptions » and « Mes agendas » in Chromium: with the keyboard, without JavaScript, at 360 pixels, axe."""

import os
import re

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import ProfileKind
from booking.eligibility import school_year_of
from booking.enums import EnrolmentState
from booking.models import Enrolment
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.factories.booking import ActivityFactory, EnrolmentFactory
from tests.factories.families import ChildFactory, DocumentRequirementFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
LIST = "/mon-compte/inscriptions/"


@pytest.fixture
def family(alice):
    """Mia and Léo: she is enrolled somewhere and refused elsewhere; there is more to ask for."""
    profile, year = alice.profiles.get(), school_year_of(timezone.localdate())
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    mia, leo = (ChildFactory(first_name=name, profile=profile) for name in ("Mia", "Léo"))
    wednesdays = ActivityFactory(
        name="Mercredis",
        needs_enrolment=True,
        facility__name="Accueil de loisirs La Cabane",
        description="Les mercredis à La Cabane : jeux, sorties et ateliers.",
    )
    wednesdays.requirements.set([DocumentRequirementFactory(name="Certificat médical", scope="activity")])
    wednesdays.save()
    ActivityFactory(name="Accueil régulier", needs_enrolment=True, max_age_months=47, facility__name="Les Coccinelles")
    meals = ActivityFactory(name="Périscolaire et cantine", needs_enrolment=True, facility__name="École des Tilleuls")
    EnrolmentFactory(child=mia, activity=meals, profile=profile, school_year=year)
    EnrolmentFactory(
        child=leo,
        activity=meals,
        profile=profile,
        school_year=year,
        state=EnrolmentState.REFUSED,
        reason="Le dossier est incomplet : il manque l’attestation d’assurance.",
    )
    EnrolmentFactory(child=mia, activity=meals, profile=profile, school_year=year - 1, state=EnrolmentState.ENDED)
    return mia


@pytest.fixture
def visit(live_server, open_page, login, alice, dashboard):
    """Return `visit(viewport, **options)`: a page of the browser in which Alice is logged in."""

    def enter(viewport=DESKTOP, **options):
        page = open_page(viewport, **options)
        cookie = login(alice).cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + LIST)
        return page

    return enter


def look(page, name):
    """Keep a picture for who asks for it."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_s3_2_each_step_is_accessible_and_nothing_scrolls_sideways(visit, family, accessible, viewport):
    page = visit(viewport)

    def check(name):
        look(page, name)
        accessible(page)
        assert_fits(page)

    check("list")
    page.get_by_role("link", name="Demander une inscription").click()
    check("child")
    page.get_by_label("Mia").check()
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name="Continuer").click()
    expect(page).to_have_title(re.compile("^Erreur"))
    check("activities")
    page.get_by_label("Mercredis").check()
    page.get_by_role("button", name="Continuer").click()
    check("review")
    page.get_by_label("Un message pour le service").fill("Deux mercredis par mois.")
    page.get_by_role("button", name="Demander l’inscription").click()
    expect(page.get_by_text("Votre demande est envoyée")).to_be_visible()
    page.get_by_role("link", name="Mercredis", exact=True).click()
    check("detail")
    page.get_by_role("link", name="Retirer ma demande").click()
    check("withdraw")
    page.goto(page.url.split(LIST)[0] + LIST + "agendas/")
    page.get_by_role("button", name="Créer une adresse pour Mia").click()
    check("calendars")
    page.goto(page.url.split(LIST)[0] + "/mon-compte/")
    check("dashboard")


def test_s3_2_with_the_keyboard_alone_and_without_javascript(visit, family):
    page = visit(java_script_enabled=False)
    page.get_by_role("link", name="Demander une inscription").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Mia").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_label("Mercredis").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Demander l’inscription").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Votre demande est envoyée").wait_for()
    assert Enrolment.objects.get(child=family, activity__name="Mercredis").state == EnrolmentState.REQUESTED

"""« Ma famille » in a browser: without JavaScript, on a phone, with the keyboard, and towns completed as one types."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Acceptance, ChangeRequest, Guardian
from cms.demo.skeleton import load_skeleton
from cms.demo.space import load_space
from tests.browser import PHONE, assert_fits
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.families import ChildFactory, FamilyQuotientFactory, GuardianFactory, HouseholdFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
URL = "/mon-compte/famille/"


@pytest.fixture
def visit(live_server, open_page, client):
    """Return `visit(**options)`: a page opened on « Ma famille », logged in as a parent."""
    load_skeleton()
    load_space()
    parent = UserFactory(first_name="Camille", last_name="Durand")
    household = MembershipFactory(user=parent, profile=HouseholdFactory(name="Foyer Durand")).profile
    GuardianFactory(profile=household, first_name="Camille", user=parent)
    ChildFactory(profile=household, first_name="Léo")
    FamilyQuotientFactory(profile=household)
    client.force_login(parent)

    def opened(**options):
        page = open_page(**options)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto(live_server.url + URL)
        return page

    return opened


def test_s3_3_s4_2_the_family_file_on_a_phone_without_javascript(visit, accessible):
    page = visit(viewport=PHONE, java_script_enabled=False)
    assert_fits(page)
    page.get_by_role("link", name="Modifier les informations de la famille").click()
    page.get_by_label("Code postal").fill("34800")
    page.get_by_label("Commune").fill("")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page).to_have_title(re.compile("^Erreur : "))
    page.get_by_label("Commune").select_option("Nébian")
    page.get_by_label("J’accepte").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le service doit valider votre demande")).to_be_visible()
    assert {field.new for field in ChangeRequest.objects.get().fields.all()} == {"34800", "Nébian"}
    assert Acceptance.objects.count() == 1


def test_the_screens_of_the_family_are_accessible_and_towns_are_completed(visit, live_server, accessible):
    page = visit()
    for path in ("", "informations/", "responsables/ajouter/", "quotient/", "demandes/"):
        page.goto(f"{live_server.url}{URL}{path}")
        accessible(page)
    page.goto(f"{live_server.url}{URL}responsables/ajouter/")
    page.get_by_label("Prénom").focus()
    for text in ("Noé", "Martin", "Père"):  # with the keyboard only
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_label("Code postal").press_sequentially("44800")
    expect(page.get_by_label("Commune")).to_have_value("Saint-Herblain")
    page.get_by_label("J’accepte").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Noé Martin").wait_for()
    assert Guardian.objects.count() == 1  # the other waits for the services

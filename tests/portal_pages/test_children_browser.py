"""A child's file in Chromium: without scripts on a phone, with the keyboard only, axe on each page (s4.3 to s4.10)."""

import re

import pytest
from playwright.sync_api import expect

from accounts.enums import FamilyForm
from accounts.models import AcceptanceText, AuthorisedPickup, Child, EmergencyContact, HealthAccess, HealthRecord
from accounts.services import changes
from accounts.services.notifications import notify
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.families import (
    AuthorisedPickupFactory,
    ChildFactory,
    ConsentTypeFactory,
    DietFactory,
    EmergencyContactFactory,
    HealthRecordFactory,
    HouseholdFactory,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def parent():
    household = HouseholdFactory(name="Foyer Martin")
    return MembershipFactory(user=UserFactory(email="alice@example.test"), profile=household).user


@pytest.fixture
def visit(live_server, open_page, client, parent):
    """Return `visit(viewport, **options)`: a page of Chromium where the parent is logged in."""
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    load_skeleton()
    load_space()
    AcceptanceText.objects.create(text="Je certifie que ces informations sont exactes.", version=1)
    DietFactory(label="Sans porc")
    ConsentTypeFactory(label="Être photographié")
    client.force_login(parent)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}

    def make(viewport, **options):
        page = open_page(viewport, **options)
        page.context.add_cookies([cookie])
        return page

    return make


@pytest.fixture
def lea(parent):
    """A child with a bit of everything."""
    profile = parent.profiles.get()
    child = ChildFactory(first_name="Léa", last_name="Martin", sex="girl", profile=profile)
    HealthRecordFactory(child=child, has_care_plan=False, observations="Porte des lunettes.")
    contact = EmergencyContactFactory(child=child, address="3 rue du Lavoir", postcode="49000", town="Angers")
    EmergencyContactFactory(child=child, first_name="Paul", relationship="Oncle")
    AuthorisedPickupFactory(child=child, contact=contact)
    HealthAccess.objects.create(child=child, reader_name="Nadia Roy", where="Planning du jour")
    changes.propose(
        by=parent, profile=profile, form=FamilyForm.CHILD, target=child, child=child, values={"school": "École du Parc"}
    )
    return child


def test_s4_3_a_child_is_added_on_a_phone_without_scripts(live_server, visit):
    page = visit(PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/mon-compte/famille/enfants/ajouter/")
    page.get_by_label("Prénom").first.fill("Tom")
    page.get_by_label("Nom *", exact=True).first.fill("Martin")
    page.get_by_label("Garçon").check()
    page.get_by_label("Date de naissance").fill("2020-02-29")
    page.get_by_label("Régime alimentaire", exact=True).select_option("Sans porc")
    page.locator("fieldset").filter(has_text="PAI").get_by_label("Oui").check()
    page.get_by_label("Détails du PAI").fill("Trousse d’urgence")
    contacts = page.locator("#contacts")
    contacts.get_by_label("Prénom").fill("Josette")
    contacts.get_by_label("Nom *", exact=True).fill("Durand")
    contacts.get_by_label("Lien avec l’enfant").fill("Grand-mère")
    contacts.get_by_label("Téléphone *", exact=True).fill("02 41 00 00 01")
    contacts.get_by_label("Cette personne peut aussi venir chercher l’enfant").check()
    # One more person: nothing typed is lost, nothing is saved.
    page.locator("#autorisees").get_by_role("button", name="Ajouter une personne").click()
    assert not Child.objects.exists()
    expect(contacts.get_by_label("Prénom")).to_have_value("Josette")
    pickups = page.locator("#autorisees")
    pickups.get_by_label("Prénom").fill("Paul")
    pickups.get_by_label("Nom *", exact=True).fill("Petit")
    pickups.get_by_label("Lien avec l’enfant").fill("Voisin")
    page.locator("fieldset").filter(has_text="Être photographié").get_by_label("Non", exact=True).check()
    page.get_by_label("J’accepte").check()
    page.get_by_role("button", name="Valider la fiche").last.click()
    expect(page.get_by_role("main")).to_contain_text("La fiche de Tom est envoyée")
    assert "#" not in page.url, "what is said at the top is in sight"
    assert_fits(page)
    assert HealthRecord.objects.get().diet.label == "Sans porc"
    assert sorted(AuthorisedPickup.objects.values_list("first_name", flat=True)) == ["Josette", "Paul"]


def test_a_block_is_changed_with_the_keyboard_only(live_server, visit, lea):
    page = visit(DESKTOP)
    page.goto(f"{live_server.url}/mon-compte/famille/enfants/{lea.public_id}/")
    page.get_by_role("link", name="Modifier : Renseignements médicaux").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/modifier/sante/")
    page.get_by_label("Observations").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Appareil dentaire")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "accept":
            page.keyboard.press("Space")
        if page.evaluate("document.activeElement.textContent.trim()") == "Enregistrer":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/enfants/{lea.public_id}/")
    assert HealthRecord.objects.get().observations == "Appareil dentaire"


def test_s4_5_a_person_is_deleted_after_confirmation(live_server, visit, lea):
    page = visit(PHONE, java_script_enabled=False)
    page.goto(f"{live_server.url}/mon-compte/famille/enfants/{lea.public_id}/")
    page.get_by_role("link", name="Supprimer Paul Durand").click()
    assert EmergencyContact.objects.count() == 2
    page.get_by_role("button", name="Supprimer Paul Durand").click()
    expect(page.get_by_role("main")).to_contain_text("Paul Durand ne figure plus dans la liste.")
    assert EmergencyContact.objects.get().first_name == "Josette"


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_each_page_is_accessible_and_fits(live_server, visit, accessible, lea, viewport):
    page, contact = visit(viewport), lea.emergency_contacts.first()
    file = f"{live_server.url}/mon-compte/famille/enfants/{lea.public_id}/"
    rests = ["", "fiche/", "modifier/sante/", "consultations/", "autorisees/ajouter/", "contacts/ajouter/"]
    rests += [f"contacts/{contact.public_id}/", f"contacts/{contact.public_id}/supprimer/"]
    for address in [*(file + rest for rest in rests), f"{live_server.url}/mon-compte/famille/enfants/ajouter/"]:
        page.goto(address)
        if address.endswith("enfants/ajouter/"):
            page.get_by_role("button", name="Valider la fiche").last.click()
            expect(page).to_have_title(re.compile("^Erreur : "))
        accessible(page)
        assert_fits(page)


def test_a_name_wider_than_a_telephone_fits(live_server, visit, parent):
    child = ChildFactory(first_name="Rakotomananjanahary" * 5, profile=parent.profiles.get())
    notify(profile=child.profiles.get(), title=str(child), source="accounts.child:1")
    page = visit(PHONE)
    for path in ("", "famille/", f"famille/enfants/{child.public_id}/", "inscriptions/demander/", "notifications/"):
        page.goto(f"{live_server.url}/mon-compte/{path}")
        expect(page.get_by_role("main")).to_contain_text(child.first_name)
        assert_fits(page)


def test_health_is_opened_on_purpose_on_the_sheet(live_server, open_page, client, staff, lea):
    staff("Responsable enfance")
    page = open_page(DESKTOP)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(f"{live_server.url}/admin/snippets/accounts/child/inspect/{lea.pk}/")
    page.get_by_role("link", name="Consulter les données de santé").click()
    expect(page.get_by_role("main")).to_contain_text("Porte des lunettes.")
    assert HealthAccess.objects.filter(where="Fiche de l’enfant").exists()

"""« Mes documents » in Chromium: with the keyboard, without scripts, on a phone; axe on each page."""

import re

import pytest
from playwright.sync_api import expect

from documents.enums import DocumentState, FolderKind, RequirementScope
from documents.models import SupportingDocument
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.documents import files
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory
from tests.factories.families import (
    ChildFactory,
    DocumentRequirementFactory,
    FiledDocumentFactory,
    HouseholdFactory,
    SupportingDocumentFactory,
)

SPACE = "/mon-compte/documents/"
LIST = f"{SPACE}?onglet=pieces"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def family(settings, tmp_path):
    """Alice's household: a proof of address to give, and Léo's insurance, refused."""
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    settings.PRIVATE_ROOT = tmp_path / "private"
    load_skeleton()
    load_space()
    user = UserFactory(email="alice@example.test", first_name="Alice")
    profile = HouseholdFactory(name="Foyer d’Alice")
    MembershipFactory(user=user, profile=profile)
    leo = ChildFactory(first_name="Léo", last_name="Durand", profile=profile)
    DocumentRequirementFactory(name="Justificatif de domicile", position=1)
    insurance = DocumentRequirementFactory(name="Attestation d’assurance", scope=RequirementScope.CHILD)
    SupportingDocumentFactory(
        requirement=insurance, profile=profile, child=leo, state=DocumentState.REFUSED, reason="Il manque une page."
    )
    return profile


def enter(page, live_server):
    page.goto(live_server.url + f"/connexion/?next={LIST}")
    page.locator("[name=username]").fill("alice@example.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + LIST)


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_s4_14_a_missing_document_is_sent_from_its_line(
    live_server, open_page, accessible, family, tmp_path, viewport, scripts
):
    page = open_page(viewport, java_script_enabled=scripts)
    notice = tmp_path / "domicile.pdf"
    notice.write_bytes(files.pdf())

    def look():
        assert_fits(page)
        if scripts:
            accessible(page)

    enter(page, live_server)
    look()
    # With the keyboard: the button of the line, then the box of another document.
    page.get_by_role("link", name="Envoyer : Justificatif de domicile").press("Enter")
    page.wait_for_url(re.compile(r"/documents/envoyer/\?piece="))
    look()
    send = page.get_by_role("button", name="Envoyer", exact=True)
    assert send.is_disabled() == scripts, "off until a file is chosen, where scripts run"
    if not scripts:
        send.click()
        expect(page.get_by_role("main")).to_contain_text("Choisissez le fichier à envoyer.")
        expect(page).to_have_title(re.compile("^Erreur :"))
    page.locator("input[type=file]").set_input_files(notice)
    other = page.get_by_role("checkbox", name="Attestation d’assurance")
    other.focus()
    page.keyboard.press("Space")
    expect(other).to_be_checked()
    expect(send).to_be_enabled()
    send.press("Enter")
    page.wait_for_url(live_server.url + LIST)
    expect(page.get_by_role("main")).to_contain_text("Votre fichier « domicile.pdf » est envoyé pour 2 pièces.")
    look()
    assert SupportingDocument.objects.filter(profile=family, state=DocumentState.SENT).count() == 2

    page.get_by_role("link", name="Déjà envoyées").click()
    page.wait_for_url(re.compile(r"onglet=envoyees$"))
    look()
    expect(page.get_by_role("link", name="Voir le fichier domicile.pdf")).to_have_count(2)


def test_the_button_goes_off_again_when_nothing_is_ticked_or_the_file_is_too_big(
    live_server, open_page, family, tmp_path
):
    page = open_page()
    heavy = tmp_path / "film.pdf"
    heavy.write_bytes(b"%PDF-" + b"0" * (10 * 1024 * 1024))
    light = tmp_path / "avis.pdf"
    light.write_bytes(files.pdf())
    enter(page, live_server)
    page.get_by_role("link", name="Envoyer un document").first.click()
    page.wait_for_url(f"{live_server.url}{SPACE}envoyer/")
    send, hint = page.get_by_role("button", name="Envoyer", exact=True), page.locator("[data-send-hint]")
    expect(hint).to_have_text("Pour envoyer, choisissez un fichier et cochez au moins une pièce.")
    page.locator("input[type=file]").set_input_files(light)
    expect(hint).to_have_text("Pour envoyer, cochez au moins une pièce.")
    expect(send).to_be_disabled()
    page.get_by_role("checkbox", name="Justificatif de domicile").check()
    expect(send).to_be_enabled()
    expect(hint).to_have_text("")
    page.locator("input[type=file]").set_input_files(heavy)
    expect(hint).to_contain_text("plus de 10 Mo")
    expect(send).to_be_disabled()


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_s0_11_s0_12_a_document_is_added_opened_found_and_deleted(
    live_server, open_page, accessible, family, tmp_path, viewport, scripts
):
    FiledDocumentFactory(profile=family, title="Votre attestation", kind=FolderKind.RECEIVED, seen_at=None)
    page = open_page(viewport, java_script_enabled=scripts)
    quote = tmp_path / "Devis toiture.pdf"
    quote.write_bytes(files.pdf())

    def look():
        assert_fits(page)
        if scripts:
            accessible(page)

    enter(page, live_server)
    page.get_by_role("link", name="Mes dossiers").press("Enter")
    page.wait_for_url(live_server.url + SPACE)
    look()
    expect(page.get_by_role("main")).to_contain_text("1 nouveau")
    # What is new is opened by a button, once; then by a link.
    page.get_by_role("link", name="Reçus").press("Enter")
    page.wait_for_url(re.compile(r"/dossier/recus/$"))
    look()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Télécharger Votre attestation").press("Enter")
    assert downloading.value.suggested_filename == "attestation.pdf"
    page.reload()
    expect(page.get_by_role("main")).not_to_contain_text("Nouveau")
    expect(page.get_by_role("link", name="Votre attestation", exact=True)).to_be_visible()
    # Choose a file, Envoyer.
    page.goto(f"{live_server.url}{SPACE}dossier/devis/")
    look()
    page.get_by_role("link", name="Ajouter un document").first.press("Enter")
    page.wait_for_url(re.compile(r"/ajouter/\?dossier=devis$"))
    look()
    page.get_by_role("button", name="Envoyer", exact=True).press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Choisissez le fichier à ajouter.")
    look()
    page.locator("input[type=file]").set_input_files(quote)
    page.get_by_role("button", name="Envoyer", exact=True).press("Enter")
    page.wait_for_url(re.compile(r"/dossier/devis/$"))
    expect(page.get_by_role("main")).to_contain_text("« Devis toiture » est rangé dans « Devis ».")
    look()
    # Found from the first page, then deleted.
    page.goto(f"{live_server.url}{SPACE}?q=TOITURE")
    look()
    page.get_by_role("link", name="Supprimer Devis toiture").press("Enter")
    page.wait_for_url(re.compile(r"/supprimer/$"))
    look()
    page.get_by_role("button", name="Supprimer ce document").press("Enter")
    page.wait_for_url(re.compile(r"/dossier/devis/$"))
    expect(page.get_by_role("main")).to_contain_text("est supprimé")
    expect(page.get_by_role("main")).to_contain_text("Ce dossier est vide")

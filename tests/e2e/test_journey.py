"""Through every layer: a legacy subscriber file becomes a resident's account that pays its invoices."""

import re

import pytest
from playwright.sync_api import expect

from imports import samples

from .acts import enter_back_office, follow_link_in_mail, import_file, log_in, wait_for

EMAIL = "lea.fournier@example.test"
PASSWORD = "Une-source-claire-en-mai"
KNOWN_TO_THE_DEMONSTRATION = 240


@pytest.fixture(scope="module")
def subscriber():
    """A subscriber of the new file, with a code printed on the contract and two invoices to pay."""
    for rank, person in enumerate(samples.subscribers()):
        if rank >= KNOWN_TO_THE_DEMONSTRATION and person.activation_code:
            unpaid = [invoice for invoice in person.invoices if invoice.paid < invoice.gross]
            if len(unpaid) >= 2:
                return person, unpaid
    raise AssertionError("no such subscriber in the sample files")


@pytest.fixture(scope="module")
def files(tmp_path_factory, subscriber):
    folder = tmp_path_factory.mktemp("samples")
    samples.write_all(folder, rows=1000)
    return folder


def test_s1_3_s4_16_a_legacy_file_becomes_an_account_that_pays(portal, open_page, accessible, files, subscriber):
    person, unpaid = subscriber
    import_as_clerk(open_page(), portal, files)
    page = open_page()
    register(page, portal, accessible)
    attach_contract(page, accessible, person)
    look_at_consumption(page, portal, accessible, person)
    pay(page, portal, accessible, unpaid[:2])
    look_at_payments(page, portal, accessible, unpaid[:2])


def import_as_clerk(page, portal, files):
    """The clerk imports the subscribers, their readings and their invoices with their PDFs."""
    enter_back_office(page, portal, "donnees@demo.test")
    import_file(page, portal, "subscribers", files / "abonnes.csv")
    import_file(page, portal, "readings", files / "releves.xlsx")
    import_file(page, portal, "invoices", files / "factures.csv", archive=files / "factures.zip")


def register(page, portal, accessible):
    """The resident creates an account from the mail's link (s1.1, s0.4), and logs in."""
    page.goto(portal.address)
    accessible(page)
    page.get_by_role("link", name="Créer un compte").first.click()
    accessible(page)
    page.get_by_label("Courriel", exact=True).fill(EMAIL)
    page.get_by_label("Confirmation courriel").fill(EMAIL)
    page.locator("main form button[type=submit]").click()
    accessible(page)
    follow_link_in_mail(page, portal, EMAIL, "Terminez la création de votre compte")
    accessible(page)
    page.get_by_label("Prénom").fill("Léa")
    page.get_by_label("Nom", exact=True).fill("Fournier")
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmation", exact=True).fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.locator("main form button[type=submit]").click()
    log_in(page, portal, EMAIL, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Léa")
    accessible(page)


def attach_contract(page, accessible, person):
    """An empty account says what to do first; the contract is attached by reference and code (s1.3)."""
    page.get_by_role("link", name="Associer une référence client").first.click()
    accessible(page)
    page.get_by_label("Courriel").fill(EMAIL)
    page.get_by_label("Code d’activation").fill("ABCDEFGHJK")
    page.get_by_label("Référence client").fill(person.reference)
    page.get_by_role("button", name="Valider").click()
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_label("Référence client")).to_have_value(person.reference)
    accessible(page)
    page.get_by_label("Code d’activation").fill(person.activation_code.lower())
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_role("main")).to_contain_text(person.reference)


def look_at_consumption(page, portal, accessible, person):
    """The contract shows its readings, the consumption and its chart (s0.9)."""
    page.goto(f"{portal.address}/mon-compte/contrats/{person.reference}/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(person.reference)
    expect(page.get_by_role("img", name=re.compile("onsommation"))).to_be_visible()
    accessible(page)


def pay(page, portal, accessible, invoices):
    """Invoices are ticked, shown with their total, and paid on the provider's page (s4.16)."""
    page.goto(f"{portal.address}/mon-compte/factures/")
    accessible(page)
    for invoice in invoices:
        page.get_by_role("row", name=re.compile(invoice.number)).get_by_role("checkbox").check()
    page.get_by_role("button", name="Régler les factures cochées").click()
    accessible(page)
    total = f"{sum(invoice.gross - invoice.paid for invoice in invoices):.2f}".replace(".", ",")
    for text in (total, *(invoice.number for invoice in invoices)):
        expect(page.get_by_role("main")).to_contain_text(text)
    page.get_by_role("button", name=re.compile("^Payer .* par carte")).click()
    page.get_by_role("button", name=re.compile("^Payer ")).click()
    page.wait_for_url(re.compile("/mon-compte/factures/paiement/"))
    expect(page.get_by_text("Règlement validé").first).to_be_visible(timeout=30_000)
    accessible(page)


def look_at_payments(page, portal, accessible, invoices):
    """The receipt is downloaded and mailed; the invoices are paid (s4.17, s3.17)."""
    receipt = page.get_by_role("link", name=re.compile("reçu", re.IGNORECASE))
    wait_for(page, f"{portal.address}/mon-compte/factures/reglements/", receipt)
    accessible(page)
    with page.expect_download() as download:
        receipt.first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")
    page.goto(f"{portal.address}/mon-compte/factures/?onglet=toutes")
    accessible(page)
    for invoice in invoices:
        expect(page.get_by_role("row", name=re.compile(invoice.number))).to_contain_text("Payée")
    mail = page.get_by_role("article").filter(has_text=EMAIL).filter(has_text="Reçu de votre règlement")
    wait_for(page, f"{portal.address}/_courriels/", mail)
    expect(mail).to_have_count(1)


def test_s2_12_an_editor_changes_the_featured_procedures_and_a_visitor_sees_it(portal, open_page, accessible):
    editor = open_page()
    enter_back_office(editor, portal, "communication@demo.test")
    editor.get_by_role("link", name="Démarches à la Une").click()
    featured = editor.locator("#inline_child_featured-0")
    first = featured.locator("[data-chooser-title]").inner_text()
    featured.locator("input[name=featured-0-title]").fill("Emménager sans souci")
    featured.locator("[data-inline-panel-child-move-down]").click()
    editor.locator("footer [data-w-dropdown-target=toggle]").click()
    editor.get_by_role("button", name="Publier").click()
    expect(editor.get_by_role("main")).to_contain_text("publiée")

    visitor = open_page()
    visitor.goto(portal.address)
    tiles = visitor.get_by_role("region", name="Démarches à la Une").get_by_role("heading", level=3)
    assert first not in tiles.all_inner_texts()
    assert tiles.all_inner_texts()[1] == "Emménager sans souci"
    accessible(visitor)

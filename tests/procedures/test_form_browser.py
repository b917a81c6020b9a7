"""A form in Chromium: its conditions, rows and files, with and without scripts, on a phone; axe on each page."""

import pytest
from playwright.sync_api import expect

from procedures.enums import Access
from procedures.models import Case
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.documents.files import image
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory
from tests.factories.cases import condition, field, step

from .filing_setup import a_procedure

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

AIDS = [
    field("short_text", "De qui", key="qui"),
    field("yes_no", "Refusée ?", key="refus"),
    field("short_text", "Motif du refus", key="motif", condition=condition("refus", "yes")),
]
FORM = [
    step(
        "Votre demande",
        field("short_text", "Objet", key="objet"),
        field("amount", "Montant", key="montant"),
        field("yes_no", "Est-ce urgent ?", key="urgent"),
        field("long_text", "Pourquoi", key="pourquoi", condition=condition("urgent", "yes")),
        field("group", "Aides reçues", key="aides", required=False, fields=AIDS),
        field("files", "Photo", key="photo", maximum="2"),
    ),
    step("Accord", field("agreement", "J’atteste que tout est exact", key="accord")),
]


@pytest.fixture
def procedure(settings, tmp_path):
    """A procedure of two steps that Alice may file."""
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    settings.PRIVATE_ROOT = tmp_path / "private"
    load_skeleton()
    load_space()
    MembershipFactory(user=UserFactory(email="alice@example.test", first_name="Alice"))
    return a_procedure(title="Demander une aide", slug="aide", access=Access.ACCOUNT, form=FORM)


def begin(page, live_server, procedure):
    """Log in, then start the procedure, as any resident does."""
    start = f"{procedure.get_url().rstrip('/')}/commencer/"
    page.goto(f"{live_server.url}/connexion/?next={start}")
    page.locator("[name=username]").fill("alice@example.test")
    page.locator("[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + start)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/etape/votre-demande/")


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_a_form_is_filled_in(live_server, open_page, accessible, procedure, tmp_path, viewport, scripts):
    page = open_page(viewport, java_script_enabled=scripts)
    begin(page, live_server, procedure)
    why, hint = page.get_by_label("Pourquoi"), page.get_by_text("Si « Est-ce urgent ? » est « Oui »")
    # Without scripts the condition is read; with them the question comes when it is asked.
    expect(why).to_be_visible(visible=not scripts)
    expect(hint).to_be_visible(visible=not scripts)
    page.locator("#id_q-urgent_0").check()
    expect(why).to_be_visible()
    page.get_by_label("Objet").fill("Un banc cassé")
    page.get_by_label("Montant").fill("douze")
    if scripts:
        accessible(page)
        page.get_by_text("Brouillon enregistré").wait_for()
        kept = Case.objects.get().answers
        assert (kept["objet"], kept["montant"]) == ("Un banc cassé", "douze")

    page.get_by_role("button", name="Ajouter : Aides reçues").click()
    page.wait_for_url("**#row-q-aides-0")
    page.get_by_label("De qui").fill("La Région")
    page.locator("#id_q-aides__0-refus_1").check()
    expect(page.get_by_label("Motif du refus")).to_be_visible(visible=not scripts)

    fake, photo = tmp_path / "faux.pdf", tmp_path / "banc.png"
    fake.write_text("pas un pdf")
    photo.write_bytes(image("PNG"))
    page.get_by_label("Joindre un ou plusieurs fichiers").set_input_files([photo, fake])
    page.get_by_role("button", name="Envoyer : Photo").click()
    page.get_by_role("heading", name="Il y a une erreur").wait_for()
    expect(page.get_by_role("link", name="banc.png")).to_be_visible()
    if scripts:
        accessible(page)

    # Nothing that was typed is gone; the sum that is no figure is told now.
    expect(page.get_by_label("De qui")).to_have_value("La Région")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.get_by_role("link", name="Montant : écrivez un nombre, par exemple 12,50.").click()
    if scripts:
        accessible(page)
        expect(page.locator("#id_q-montant")).to_be_focused()
        assert_fits(page)
    page.get_by_label("Montant").fill("1 234,5")
    why.fill("Une personne est tombée.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Enregistrer et continuer").press("Enter")
    page.wait_for_url("**/etape/accord/")
    answers = Case.objects.get().answers
    assert answers.pop("photo")
    assert answers == {
        "objet": "Un banc cassé",
        "montant": "1234.50",
        "urgent": "yes",
        "pourquoi": "Une personne est tombée.",
        "aides": [{"qui": "La Région", "refus": "no"}],
    }


def test_enter_sends_the_page_and_takes_nothing_away(live_server, open_page, procedure, tmp_path):
    """Enter presses the first button of a form: never « Retirer »."""
    page = open_page()
    begin(page, live_server, procedure)
    photo = tmp_path / "banc.png"
    photo.write_bytes(image("PNG"))
    page.get_by_label("Joindre un ou plusieurs fichiers").set_input_files(photo)
    page.get_by_role("button", name="Envoyer : Photo").click()
    page.get_by_role("link", name="banc.png").wait_for()
    page.get_by_label("Objet").press("Enter")
    page.get_by_role("heading", name="erreurs").wait_for()
    expect(page.get_by_role("link", name="banc.png")).to_be_visible()


def test_what_is_typed_outlives_the_session(live_server, open_page, procedure):
    """Sent to the login, the page would be lost; logged in again elsewhere, its token would be refused."""
    page = open_page()
    begin(page, live_server, procedure)
    page.context.clear_cookies(name="sessionid")
    page.get_by_label("Objet").fill("Un banc cassé")
    said = page.get_by_text("Votre session est terminée")
    said.wait_for()
    page.get_by_role("button", name="Enregistrer et finir plus tard").click()
    expect(said).to_be_visible()
    expect(page.get_by_label("Objet")).to_have_value("Un banc cassé")
    other = page.context.new_page()
    other.goto(f"{live_server.url}/connexion/")
    other.locator("[name=username]").fill("alice@example.test")
    other.locator("[name=password]").fill(PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/mon-compte/")
    page.get_by_role("button", name="Enregistrer et finir plus tard").click()
    page.wait_for_url("**/demarches/?onglet=brouillons")
    assert Case.objects.get().answers["objet"] == "Un banc cassé"

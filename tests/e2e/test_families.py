"""A family through every layer (s3, s4): its child, its papers, its bookings; and the childcare manager behind them."""

import re

import typst
from playwright.sync_api import expect

from tests.browser import PHONE, assert_fits

from .acts import enter_back_office, log_in, use, wait_for

PARENT, MANAGER, NEWCOMER = "parent@demo.test", "enfance@demo.test", "nouveau@demo.test"
SPACE = "/mon-compte"


def test_s3_6_to_s3_14_a_parent_books_with_the_keyboard_only(portal, open_page, accessible):
    page = open_page()
    log_in(page, portal, PARENT)
    page.goto(f"{portal.address}{SPACE}/reservations/")
    accessible(page)
    use(page, page.get_by_role("link", name="Nouvelle réservation").first)
    use(page, page.get_by_role("link", name="Mia"))
    # What can't be chosen says why (s4.12).
    expect(page.get_by_role("main")).to_contain_text("Trop grand")
    use(page, page.get_by_role("link", name="Périscolaire et cantine"))
    expect(page.get_by_role("button", name="Continuer")).to_be_visible()
    accessible(page)
    use(page, page.get_by_role("button", name="Continuer"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Réserver pour Mia")
    cell = first_evening(page, "Libre", turn=lambda month: use(page, month))
    accessible(page)
    use(page, cell, "Space")
    expect(page.locator("#selection dd.total")).to_contain_text("1,80")
    use(page, page.get_by_role("button", name="Valider le planning").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez votre réservation")
    accessible(page)
    use(page, page.get_by_role("button", name="Confirmer la réservation").first)
    recap = page.get_by_role("main")
    expect(recap).to_contain_text(re.compile(r"D\d{4}-\d{6}"))
    expect(recap).to_contain_text("Mia")
    accessible(page)
    number = re.search(r"D\d{4}-\d{6}", recap.inner_text()).group()
    use(page, page.get_by_role("link", name="Terminer"))
    line = page.get_by_role("row").filter(has_text=number)
    expect(line).to_contain_text("Acceptée")
    use(page, line.get_by_role("link"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    accessible(page)


def first_evening(page, state, turn):
    """Go month by month, with `turn(button)`, to the first evening that can be ticked and says `state`."""
    for _ in range(12):
        cells = page.get_by_role("checkbox", name=re.compile(f"^Soir.*{state}"))
        if cells.count():
            return cells.first
        month = page.get_by_role("button", name=re.compile("›$"))
        shown = month.inner_text().removesuffix("›").strip()
        turn(month)
        expect(page.locator("caption")).to_contain_text(shown)
    raise AssertionError(f"no evening in the period that says {state}")


def test_s3_15_s3_16_the_day_is_cancelled_on_a_telephone_without_javascript(portal, open_page):
    page = open_page(PHONE, java_script_enabled=False)
    log_in(page, portal, PARENT)
    page.goto(f"{portal.address}{SPACE}/reservations/")
    page.get_by_role("link", name="Annuler des jours").first.click()
    page.get_by_role("link", name="Mia").click()
    page.get_by_role("link", name="Périscolaire et cantine").click()
    page.get_by_role("button", name="Continuer").click()
    first_evening(page, "Réservé", turn=lambda month: month.click()).check()
    page.get_by_role("button", name="Valider").first.click()
    page.get_by_role("button", name="Confirmer l’annulation").first.click()
    # To cancel is a reservation of its own: a number, a state, a line of the list.
    recap = page.get_by_role("main")
    expect(recap).to_contain_text("annulation est enregistrée")
    number = re.search(r"D\d{4}-\d{6}", recap.inner_text()).group()
    page.get_by_role("link", name="Terminer").click()
    expect(page.get_by_role("row").filter(has_text=number)).to_contain_text("Annulation")
    assert_fits(page)


def test_s3_12_the_manager_decides_and_the_parent_is_told(portal, open_page, accessible):
    manager = open_page()
    enter_back_office(manager, portal, MANAGER)
    manager.goto(f"{portal.address}/admin/enfance/demandes/")
    accessible(manager)
    manager.get_by_role("checkbox", name="Zoé Lopez").first.check()
    manager.get_by_role("button", name="Accepter ce qui est coché").click()
    expect(manager.get_by_role("main")).to_contain_text("accepté")
    parent = open_page()
    log_in(parent, portal, PARENT)
    mail = parent.get_by_role("article").filter(has_text=PARENT).filter(has_text="Zoé")
    wait_for(parent, f"{portal.address}/_courriels/", mail)
    parent.goto(f"{portal.address}{SPACE}/reservations/")
    expect(parent.get_by_role("row").filter(has_text="Zoé").first).to_contain_text("Acceptée")


def test_s4_14_s4_15_a_paper_is_sent_and_validated(portal, open_page, accessible, tmp_path):
    paper = tmp_path / "assurance.pdf"
    paper.write_bytes(typst.compile(b"= Attestation d'assurance"))
    page = open_page()
    log_in(page, portal, PARENT)
    page.goto(f"{portal.address}{SPACE}/documents/?onglet=pieces")
    accessible(page)
    page.get_by_role("link", name=re.compile("^Renvoyer")).first.click()
    accessible(page)
    page.locator("input[type=file]").set_input_files(paper)
    page.get_by_role("button", name=re.compile("^Envoyer")).last.click()
    expect(page.get_by_role("main")).to_contain_text("Envoyée, à vérifier")
    manager = open_page()
    enter_back_office(manager, portal, MANAGER)
    manager.goto(f"{portal.address}/admin/")
    manager.get_by_role("link", name=re.compile("Pièces justificatives à vérifier")).click()
    manager.get_by_role("link", name=re.compile("Assurance scolaire")).first.click()
    accessible(manager)
    manager.get_by_role("button", name="Valider, puis la suivante").click()
    expect(manager.get_by_role("main")).to_contain_text("valid")


def test_s3_2_s4_2_s4_3_a_newcomer_opens_a_household_and_adds_a_child(portal, open_page, accessible):
    page = open_page()
    log_in(page, portal, NEWCOMER)
    page.goto(f"{portal.address}{SPACE}/famille/")
    accessible(page)
    page.get_by_role("link", name="Ouvrir mon dossier famille").click()
    accessible(page)
    page.get_by_label("Votre lien avec les enfants").fill("Mère")
    page.get_by_role("button", name="Ouvrir le dossier").click()
    page.get_by_role("link", name="Ajouter un enfant").first.click()
    accessible(page)
    page.get_by_role("button", name="Valider la fiche").last.click()
    expect(page).to_have_title(re.compile("^Erreur"))
    accessible(page)
    fill_the_child_s_form(page)
    page.get_by_role("button", name="Valider la fiche").last.click()
    expect(page.get_by_role("main")).to_contain_text("En attente de validation")
    accessible(page)
    manager = open_page()
    enter_back_office(manager, portal, MANAGER)
    manager.get_by_role("link", name=re.compile("Enfants ajoutés, à valider")).click()
    expect(manager.get_by_role("main")).to_contain_text("Sami Benali")


def fill_the_child_s_form(page):
    """What an asterisk marks (s4.3), block by block."""
    page.get_by_label("Prénom").first.fill("Sami")
    page.get_by_label("Nom *", exact=True).first.fill("Benali")
    page.get_by_label("Garçon").check()
    page.get_by_label("Date de naissance").fill("2019-05-12")
    page.locator("fieldset").filter(has_text="PAI").get_by_label("Non", exact=True).check()
    contacts = page.locator("#contacts")
    contacts.get_by_label("Prénom").fill("Leïla")
    contacts.get_by_label("Nom *", exact=True).fill("Benali")
    contacts.get_by_label("Lien avec l’enfant").fill("Tante")
    contacts.get_by_label("Téléphone *", exact=True).fill("06 39 98 47 00")
    contacts.get_by_label("Cette personne peut aussi venir chercher l’enfant").check()
    for question in page.locator("#autorisations fieldset").all():
        question.get_by_label("Oui", exact=True).check()
    page.get_by_label("J’accepte").check()

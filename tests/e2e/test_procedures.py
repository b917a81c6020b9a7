"""Procedures through every layer (s0.10–s0.12, s1.6–s1.15, s2): residents who file, agents who answer."""

import datetime as dt
import re

import pytest
import typst
from playwright.sync_api import expect

from tests.browser import PHONE

from .acts import enter_back_office, follow_link_in_mail, log_in, use, wait_for

AGENT = "instructeur@demo.test"
SPACE = "/mon-compte"
NUMBER = re.compile(r"D\w*\d{4}-\d{6}")
IBAN = "FR76 3000 6000 0112 3456 7890 189"


@pytest.fixture
def paper(tmp_path):
    """Return `paper(name)`: the path of a PDF."""

    def make(name):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(typst.compile(f"= {name}".encode()))
        return path

    return make


def start(page, portal, slug):
    """Begin a procedure from its page, in one's own name: who has several profiles is asked."""
    page.goto(f"{portal.address}/demarches/{slug}/")
    page.get_by_role("link", name="Commencer").first.click()
    begin = page.get_by_role("button", name=re.compile("^(Commencer|Continuer)$"))
    begin.wait_for()
    if (own := page.get_by_role("radio", name=re.compile("^En mon nom"))).count():
        own.check()
    begin.click()


def choose(page, question, answer):
    """Tick `answer` to `question`, a choice or a yes-no."""
    page.get_by_role("group", name=re.compile(re.escape(question))).get_by_label(answer, exact=True).check()


def go_on(page):
    page.get_by_role("button", name="Enregistrer et continuer").click()


def file_case(page):
    """Send the case that the summary shows; return its number."""
    expect(page.get_by_role("heading", name="Vérifiez vos réponses")).to_be_visible()
    page.get_by_role("button", name="Déposer mon dossier").click()
    expect(page.get_by_role("main")).to_contain_text(NUMBER)
    return number_of(page)


def number_of(page):
    """Return the number of the case that the page shows."""
    return NUMBER.search(page.get_by_role("main").inner_text()).group()


def open_case(agent, portal, number):
    """Find a case by its number in the worklist, and open it."""
    agent.goto(f"{portal.address}/admin/demarches/?liste=tous&q={number}")
    agent.get_by_role("link", name=re.compile(number)).first.click()
    expect(agent.get_by_role("main")).to_contain_text(number)


def decide(agent, portal, number, status, *, effect, accessible):
    """Give the final `status` to a case; what it will do (`effect`) is read before."""
    open_case(agent, portal, number)
    accessible(agent)
    agent.get_by_role("link", name=f"{status}…").click()
    expect(agent.get_by_role("main")).to_contain_text(effect)
    accessible(agent)
    agent.get_by_role("button", name=f"Valider : {status.lower()}").click()
    expect(agent.get_by_role("main")).to_contain_text(status)


def today(days=0):
    return (dt.date.today() + dt.timedelta(days=days)).isoformat()


def test_s0_10_s2_7_a_problem_is_reported_on_a_telephone_without_account_nor_javascript(
    portal, open_page, accessible, tmp_path
):
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(f"{portal.address}/demarches/signaler-un-probleme/")
    page.get_by_role("link", name="Commencer").first.click()
    page.get_by_label("Votre courriel").fill("promeneuse@example.test")
    page.get_by_role("button", name="Continuer sans compte").click()
    follow_link_in_mail(page, portal, "promeneuse@example.test", "Signaler un problème")
    page.get_by_role("button", name="Confirmer et continuer").click()
    choose(page, "Que se passe-t-il ?", "Une fuite d’eau dans la rue")
    choose(page, "Y a-t-il un danger immédiat ?", "Non")
    page.get_by_label("Décrivez ce que vous voyez").fill("De l’eau coule le long du trottoir, jour et nuit.")
    go_on(page)
    # Nothing typed is lost when something is missing.
    page.get_by_label("Repère").fill("Devant l’école")
    go_on(page)
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_label("Repère")).to_have_value("Devant l’école")
    page.get_by_label("Adresse", exact=True).fill("4 rue du Lavoir")
    page.get_by_label("Code postal").fill("00000")
    page.get_by_label("Commune").fill("Garance-sur-Lierre")
    photo = tmp_path / "photo.png"
    page.screenshot(path=photo)
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Envoyer : Photos").click()
    expect(page.get_by_role("main")).to_contain_text("photo.png")
    go_on(page)
    page.get_by_label("Prénom et nom").fill("Louise Promeneuse")
    go_on(page)
    number = file_case(page)
    code = re.search(r"\b[A-Z0-9]{5}-[A-Z0-9]{5}\b", page.get_by_role("main").inner_text()).group()
    # Another device, later: the number and the code.
    other = open_page(PHONE)
    other.goto(f"{portal.address}/demarches/suivi/")
    accessible(other)
    other.get_by_label("Numéro").fill(number)
    other.get_by_label("Code").fill(code)
    other.get_by_role("main").get_by_role("button").first.click()
    expect(other.get_by_role("main")).to_contain_text("Signalement reçu")
    accessible(other)


def test_s1_10_s2_8_s2_13_s2_14_direct_debit_is_asked_for_with_the_keyboard_and_granted(
    portal, open_page, accessible, paper
):
    page = open_page()
    log_in(page, portal, "resident@demo.test")
    page.goto(f"{portal.address}/demarches/prelevement-automatique/commencer/")
    accessible(page)
    use(page, page.get_by_role("button", name="Commencer"))
    expect(page.get_by_role("button", name="Enregistrer et continuer")).to_be_visible()
    accessible(page)
    use(page, page.get_by_role("button", name="Enregistrer et finir plus tard"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Mes démarches")
    # The draft is found again among one's own (s2.13), and from the procedure itself.
    page.goto(f"{portal.address}{SPACE}/demarches/?onglet=brouillons")
    draft = page.get_by_role("main").get_by_role("listitem").filter(has_text="Prélèvement automatique")
    expect(draft).to_have_count(1)
    accessible(page)
    page.goto(f"{portal.address}/demarches/prelevement-automatique/commencer/")
    use(page, page.get_by_role("button", name="Reprendre mon brouillon"))
    # The only contract was chosen already: it goes on with what is left.
    expect(page.get_by_label("IBAN")).to_be_visible()
    page.get_by_label("IBAN").fill("FR76 3000 6000 0112 3456 7890 188")
    page.locator("input[type=file]").set_input_files(paper("RIB"))
    use(page, page.get_by_role("button", name="Enregistrer et continuer"))
    # A wrong figure: the file that was sent with it is still there (s2.10).
    expect(page).to_have_title(re.compile("^Erreur"))
    expect(page.get_by_role("main")).to_contain_text("RIB.pdf")
    accessible(page)
    page.get_by_label("IBAN").fill(IBAN)
    use(page, page.get_by_role("button", name="Enregistrer et continuer"))
    use(page, page.get_by_label(re.compile("J’autorise le prélèvement")), "Space")
    use(page, page.get_by_role("button", name="Enregistrer et continuer"))
    expect(page.get_by_role("link", name="Modifier : IBAN")).to_be_visible()
    accessible(page)
    use(page, page.get_by_role("button", name="Déposer mon dossier"))
    expect(page.get_by_role("main")).to_contain_text(NUMBER)
    number = number_of(page)
    expect(page.get_by_role("main")).to_contain_text("Relations usagers de l’eau")
    accessible(page)
    agent = open_page()
    enter_back_office(agent, portal, AGENT)
    decide(agent, portal, number, "Prélèvement en place", effect="met en place le prélèvement", accessible=accessible)
    page.goto(f"{portal.address}{SPACE}/demarches/")
    line = page.get_by_role("row").filter(has_text=number)
    expect(line).to_contain_text("Prélèvement en place")
    line.get_by_role("link").first.click()
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("copie")).first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    mails = page.get_by_role("article").filter(has_text=number).filter(has_text="Prélèvement en place")
    wait_for(page, f"{portal.address}/_courriels/", mails)


def test_s1_6_s1_7_one_moves_out_and_another_moves_in(portal, open_page, accessible, paper):
    """Hugo leaves: his contract ends with its closing index. Nadia enters: the same meter, a new contract."""
    hugo = open_page()
    log_in(hugo, portal, "hugo@demo.test")
    start(hugo, portal, "je-demenage")
    hugo.get_by_role("radio").first.check()
    hugo.get_by_label("Date de départ").fill(today(-1))
    choose(hugo, "Pourquoi partez-vous ?", "Fin du bail")
    go_on(hugo)
    # A question appears with the answer that calls for it.
    expect(hugo.get_by_label("Index du jour du départ")).to_be_hidden()
    choose(hugo, "Avez-vous relevé l’index le jour du départ ?", "Oui")
    expect(hugo.get_by_label("Index du jour du départ")).to_be_visible()
    hugo.get_by_label("Index du jour du départ").fill("1925")
    accessible(hugo)
    go_on(hugo)
    hugo.get_by_label("Adresse", exact=True).fill("1 rue de la Gare")
    hugo.get_by_label("Code postal").fill("34700")
    hugo.get_by_label("Commune").fill("Lodève")
    hugo.get_by_label("Téléphone").fill("06 00 00 00 01")
    hugo.get_by_label("Je demande la résiliation de ce contrat").check()
    go_on(hugo)
    leaving = file_case(hugo)
    agent = open_page()
    enter_back_office(agent, portal, AGENT)
    decide(agent, portal, leaving, "Contrat résilié", effect="contrat", accessible=accessible)
    hugo.goto(f"{portal.address}{SPACE}/contrats/")
    expect(hugo.get_by_role("main")).to_contain_text("Résilié")
    meter, address = place_of(hugo)

    nadia = open_page()
    log_in(nadia, portal, "nouveau@demo.test")
    start(nadia, portal, "j-emmenage")
    nadia.get_by_role("link", name=re.compile("Votre logement")).click()
    nadia.get_by_label("Adresse", exact=True).fill(address)
    nadia.get_by_label("Code postal").fill("00000")
    nadia.get_by_label("Commune").fill("Garance-sur-Lierre")
    choose(nadia, "Vous êtes", "Locataire")
    nadia.get_by_label("Date d’entrée dans les lieux").fill(today())
    go_on(nadia)
    choose(nadia, "Connaissez-vous le numéro du compteur ?", "Oui")
    nadia.get_by_label("Numéro du compteur").fill(meter)
    choose(nadia, "Avez-vous lu l’index ?", "Non")
    choose(nadia, "Où est le compteur ?", "Dehors, accessible depuis la rue")
    go_on(nadia)
    nadia.get_by_label("Téléphone").fill("06 00 00 00 02")
    go_on(nadia)
    nadia.locator("input[type=file]").first.set_input_files(paper("Carte d’identité"))
    nadia.locator("input[type=file]").last.set_input_files(paper("Bail"))
    nadia.get_by_label("J’accepte le règlement du service de l’eau").check()
    go_on(nadia)
    entering = file_case(nadia)
    decide(agent, portal, entering, "Compteur ouvert", effect="contrat", accessible=accessible)
    nadia.goto(f"{portal.address}{SPACE}/contrats/")
    expect(nadia.get_by_role("main")).to_contain_text(address)
    accessible(nadia)


def place_of(page):
    """Return (meter number, street) of the first contract of « Mes contrats »."""
    page.get_by_role("main").get_by_role("link", name=re.compile(r"\d{8}")).first.click()
    text = page.get_by_role("main").inner_text()
    meter = re.search(r"n°\s(\w+), diamètre", text).group(1)
    address = re.search(r"Point de livraison\s+(.+?), \d{5}", text).group(1)
    return meter, address


def test_s1_8_s1_11_an_index_is_given_and_found_in_the_history(portal, open_page, accessible):
    page = open_page(PHONE)
    log_in(page, portal, "resident@demo.test")
    start(page, portal, "je-releve-mon-compteur")
    choose(page, "Avez-vous trouvé un avis de passage ?", "Non")
    page.get_by_label("Index").fill("2 345")
    accessible(page)
    go_on(page)
    number = file_case(page)
    agent = open_page()
    enter_back_office(agent, portal, AGENT)
    decide(agent, portal, number, "Relève enregistrée", effect="est enregistré sur le compteur", accessible=accessible)
    page.goto(f"{portal.address}{SPACE}/consommations/")
    expect(page.get_by_role("main")).to_contain_text(re.compile("2\\s345"))
    accessible(page)


def test_s1_13_the_tariffs_are_read_without_an_account(portal, open_page, accessible):
    page = open_page(PHONE)
    page.goto(f"{portal.address}/recherche/?q=tarifs")
    page.get_by_role("main").get_by_role("link", name="Les tarifs de l’eau").first.click()
    expect(page.get_by_role("table")).to_contain_text("Tarifs 2026")
    accessible(page)


def test_s1_9_an_appointment_is_taken_and_given_back(portal, open_page, accessible):
    page = open_page(PHONE)
    log_in(page, portal, "elise@demo.test")
    start(page, portal, "prendre-rendez-vous")
    choose(page, "De quoi voulez-vous parler ?", "De l’eau : contrat, facture, fuite")
    page.get_by_label("Créneau").and_(page.locator("select:visible")).select_option(index=1)
    accessible(page)
    go_on(page)
    page.get_by_label("Prénom et nom").fill("Élise Haddad")
    go_on(page)
    number = file_case(page)
    page.goto(f"{portal.address}{SPACE}/demarches/")
    page.get_by_role("link", name=re.compile(number)).first.click()
    expect(page.get_by_role("main")).to_contain_text("Demande enregistrée")
    accessible(page)
    page.get_by_role("link", name=re.compile("Annuler")).first.click()
    page.get_by_role("main").get_by_role("button", name=re.compile("Annuler")).click()
    expect(page.get_by_role("main")).to_contain_text("Rendez-vous annulé")


def test_s1_15_s1_14_a_question_is_asked_and_answered(portal, open_page, accessible):
    page = open_page()
    log_in(page, portal, "elise@demo.test")
    start(page, portal, "poser-une-question")
    choose(page, "Sur quoi porte-t-elle ?", "Autre chose")
    page.get_by_label("Objet").fill("Composteur")
    page.get_by_label("Votre question", exact=True).fill("Peut-on avoir un composteur, et où le retirer ?")
    go_on(page)
    number = file_case(page)
    agent = open_page()
    enter_back_office(agent, portal, AGENT)
    open_case(agent, portal, number)
    agent.get_by_label("Écrire au demandeur").fill("Oui : à la déchèterie, le samedi matin.")
    agent.get_by_role("button", name="Envoyer le message").click()
    expect(agent.get_by_role("main")).to_contain_text("à la déchèterie")
    agent.reload()  # Wagtail's own message is gone: axe finds its green too pale
    accessible(agent)
    page.goto(f"{portal.address}{SPACE}/notifications/")
    page.get_by_role("button", name=re.compile(f"Nouveau message.*{number}")).click()
    expect(page.get_by_role("main")).to_contain_text("à la déchèterie")
    accessible(page)
    page.locator("summary", has_text="Écrire au service").click()
    page.get_by_role("textbox").fill("Merci beaucoup.")
    page.get_by_role("button", name="Envoyer le message").click()
    expect(page.get_by_role("main")).to_contain_text("Merci beaucoup.")


def test_s2_6_s2_9_s2_11_an_association_asks_for_a_grant_and_gets_a_letter(portal, open_page, accessible, paper):
    page = open_page()
    log_in(page, portal, "association@demo.test")
    page.goto(f"{portal.address}/demarches/demander-une-subvention/commencer/")
    accessible(page)
    page.get_by_role("button", name=re.compile("Commencer")).first.click()
    # Many steps: a list of tasks, each with its state.
    expect(page.get_by_role("main")).to_contain_text("Ses responsables")
    accessible(page)
    page.get_by_role("link", name=re.compile("Votre association")).first.click()
    expect(page.get_by_label("Nom de l’association")).to_have_value("Les Amis du Lavoir")
    page.get_by_label("Numéro RNA").fill("W987654321")
    page.get_by_label("Date de déclaration").fill("2014-05-12")
    choose(page, "Domaine", "Culture")
    page.get_by_label("Nombre d’adhérents").fill("64")
    page.get_by_label("Dont habitants du Pays de Garance").fill("51")
    go_on(page)
    page.get_by_label("Votre fonction").fill("trésorier")
    board = page.get_by_role("group", name=re.compile("Membre du bureau"))
    board.get_by_label("Prénom et nom").first.fill("Odile Ferrand")
    board.get_by_label("Fonction").first.fill("présidente")
    page.get_by_role("button", name=re.compile("Ajouter")).click()
    expect(board.get_by_label("Prénom et nom")).to_have_count(2)
    board.get_by_label("Prénom et nom").nth(1).fill("Rachid Amrani")
    board.get_by_label("Fonction").nth(1).fill("trésorier")
    accessible(page)
    go_on(page)
    choose(page, "La subvention est pour", "Le fonctionnement de l’année")
    page.get_by_label("Que ferez-vous ?").fill("Des visites du lavoir, des ateliers, et la fête de juin. " * 2)
    choose(page, "Pour qui ?", "Tout le monde")
    go_on(page)
    page.get_by_label("Budget total").fill("6 200,50")
    page.get_by_label("Subvention demandée").fill("1500")
    page.get_by_label("Cotisations et recettes propres").fill("2 200")
    choose(page, "Demandez-vous à d’autres financeurs ?", "Non")
    go_on(page)
    choose(page, "Avez-vous déjà reçu une subvention du Pays de Garance ?", "Non")
    go_on(page)
    names = ["Statuts", "Budget", "Assemblée", "RIB"]
    for chooser, name in zip(page.locator("input[type=file]").all(), names, strict=True):
        chooser.set_input_files(paper(name))
    page.get_by_label("IBAN de l’association").fill(IBAN)
    go_on(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    go_on(page)
    expect(page.get_by_role("main")).to_contain_text(re.compile("6\\s200,50"))
    accessible(page)
    number = file_case(page)
    expect(page.get_by_role("main")).to_contain_text("Vie associative")
    agent = open_page()
    enter_back_office(agent, portal, AGENT)
    open_case(agent, portal, number)
    agent.get_by_role("link", name="Produire un courrier").click()
    agent.get_by_role("link", name="Subvention accordée").click()
    expect(agent.get_by_label("Objet")).to_have_value("Subvention à Les Amis du Lavoir")
    accessible(agent)
    agent.get_by_role("button", name="Remettre le courrier").click()
    expect(agent.get_by_role("main")).to_contain_text("Subvention à Les Amis du Lavoir")
    page.goto(f"{portal.address}{SPACE}/documents/")
    expect(page.get_by_role("main")).to_contain_text("Reçus")
    accessible(page)
    page.get_by_role("link", name=re.compile("Reçus")).first.click()
    letter = page.get_by_role("row").filter(has_text="Subvention à Les Amis du Lavoir")
    expect(letter).to_have_count(1)
    accessible(page)


def test_s0_11_s0_12_a_document_is_added_to_a_folder_and_taken_back(portal, open_page, accessible, paper):
    page = open_page(PHONE)
    log_in(page, portal, "resident@demo.test")
    page.goto(f"{portal.address}{SPACE}/documents/")
    for folder in ("Autre", "Devis", "Envoyés", "Factures", "Reçus"):
        expect(page.get_by_role("link", name=re.compile(folder)).first).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Ajouter un document").click()
    accessible(page)
    page.locator("input[type=file]").set_input_files(paper("Devis du plombier"))
    page.get_by_label("Dossier").select_option(label="Devis")
    page.get_by_role("button", name="Envoyer").click()
    page.goto(f"{portal.address}{SPACE}/documents/dossier/devis/")
    line = page.get_by_role("row").filter(has_text="Devis du plombier")
    with page.expect_download() as download:
        line.get_by_role("link", name=re.compile("Télécharger")).click()
    assert download.value.suggested_filename == "Devis-du-plombier.pdf"
    accessible(page)
    line.get_by_role("link", name=re.compile("Supprimer")).click()
    page.get_by_role("main").get_by_role("button", name=re.compile("Supprimer")).click()
    expect(page.get_by_role("row").filter(has_text="Devis du plombier")).to_have_count(0)

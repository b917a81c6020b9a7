"""Fills in the procedure of `builder` in the browser, as a resident does: what does not appear is never asked."""

import datetime as dt
import re


def file_it(page, base_url, slug, papers):
    """Drive `page` (a resident's) from the procedure's page to its receipt; return the number of the case.

    `papers` is {question: path of a file}. Without a street to close, nor an aid, but with enough people for a plan.
    """
    page.goto(f"{base_url}/demarches/{slug}/commencer/")
    page.get_by_role("button", name="Commencer").click()
    page.get_by_role("link", name="Vous").click()
    for label, value in {
        "Prénom": "Alice",
        "Nom": "Durand",
        "Votre courriel": "alice@example.test",
        "Adresse": "4 rue du Lavoir",
        "Code postal": "34700",
        "Commune": "Lodève",
    }.items():
        page.get_by_label(label, exact=True).fill(value)
    _tick(page, "Agissez-vous pour une association ?", "Non")
    _next(page)
    page.get_by_label("Nom de la fête").fill("La fête du lavoir")
    page.get_by_label("Décrivez la fête").fill("Des jeux et un repas partagé, pour toute la rue.")
    page.get_by_label("Jour de la fête").fill((dt.date.today() + dt.timedelta(days=30)).isoformat())
    page.get_by_label("Personnes attendues").fill("120")
    _tick(page, "Où se tient-elle ?", "Dans un parc")
    page.get_by_label("Nom du parc").fill("Parc du Moulin")
    _next(page)
    _tick(page, "Matériel à prêter", "Bancs")
    page.get_by_label("Combien de bancs ?").fill("10")
    _tick(page, "Faut-il de l’électricité ?", "Non")
    _tick(page, "Faut-il de l’eau ?", "Non")
    _next(page)
    _tick(page, "Vendez-vous des boissons ?", "Non")
    _tick(page, "Y aura-t-il un feu ?", "Non")
    for question, path in papers.items():
        page.get_by_role("group", name=re.compile(question)).locator("input[type=file]").set_input_files(path)
    page.get_by_label("Nom du bénévole").first.fill("Bob Durand")
    _next(page)
    page.get_by_label("Budget de la fête").fill("1 250,50")
    _tick(page, "Demandez-vous une aide ?", "Non")
    _next(page)
    page.get_by_label("Je rends la rue propre").check()
    page.get_by_label("J’ai prévenu mes voisins").check()
    _next(page)
    page.get_by_role("button", name="Déposer mon dossier").click()
    page.get_by_text(re.compile(r"DOS\d{4}-\d{6}")).first.wait_for()
    return re.search(r"DOS\d{4}-\d{6}", page.get_by_role("main").inner_text()).group()


def _tick(page, question, answer):
    page.get_by_role("group", name=re.compile(re.escape(question))).get_by_label(answer, exact=True).check()


def _next(page):
    page.get_by_role("button", name="Enregistrer et continuer").click()

"""Builds a procedure of forty questions in the back office, as an editor does: in the browser, field by field."""

from dataclasses import dataclass, field

TITLE = "Organiser une fête de quartier"
SLUG = "organiser-une-fete-de-quartier"


@dataclass
class Asked:
    """One question: its kind as the editor's menu names it, its words, and what else is written in its block.

    `when` is (question, comparison, value): words of earlier questions, which become their keys when saved.
    """

    kind: str
    label: str
    when: tuple = ()
    options: tuple = ()
    optional: bool = False
    values: dict = field(default_factory=dict)
    fields: tuple = ()


def ask(kind, label, *when, options=(), optional=False, fields=(), **values):
    return Asked(kind, label, when, tuple(options), optional, values, tuple(fields))


SHORT, LONG, NUMBER, AMOUNT, DATE = "Texte court", "Texte long", "Nombre", "Montant", "Date"
ONE, MANY, YES_NO, FILES = "Choix d’une réponse", "Choix de plusieurs réponses", "Oui ou non", "Fichiers à joindre"
YES, NO = ("est", "Oui"), ("est", "Non")
STEPS = [
    (
        "Vous",
        [
            ask(SHORT, "Prénom", prefill="first_name"),
            ask(SHORT, "Nom", prefill="last_name"),
            ask("Courriel", "Votre courriel", prefill="email"),
            ask("Téléphone", "Votre téléphone", optional=True, prefill="phone"),
            ask("Adresse", "Votre adresse", prefill="address"),
            ask(YES_NO, "Agissez-vous pour une association ?"),
            ask(SHORT, "Nom de l’association", "Agissez-vous pour une association ?", *YES),
            ask(SHORT, "Numéro RNA", "Agissez-vous pour une association ?", *YES, optional=True, pattern="W[0-9]{9}"),
        ],
    ),
    (
        "La fête",
        [
            ask(SHORT, "Nom de la fête", maximum="80"),
            ask(LONG, "Décrivez la fête", minimum="10", maximum="2000"),
            ask(DATE, "Jour de la fête", minimum="+2"),
            ask(NUMBER, "Personnes attendues", minimum="1", maximum="5000"),
            ask(ONE, "Où se tient-elle ?", options=["Dans la rue", "Sur une place", "Dans un parc"]),
            ask(SHORT, "Nom de la rue", "Où se tient-elle ?", "est", "Dans la rue"),
            ask(YES_NO, "Faut-il fermer la rue ?", "Où se tient-elle ?", "est", "Dans la rue"),
            ask(LONG, "Par où passer ?", "Faut-il fermer la rue ?", *YES),
            ask(SHORT, "Nom du parc", "Où se tient-elle ?", "est", "Dans un parc"),
        ],
    ),
    (
        "Le matériel",
        [
            ask(MANY, "Matériel à prêter", options=["Tables", "Bancs", "Barrières"], optional=True),
            ask(NUMBER, "Combien de tables ?", "Matériel à prêter", "contient", "Tables", minimum="1", maximum="50"),
            ask(NUMBER, "Combien de bancs ?", "Matériel à prêter", "contient", "Bancs", minimum="1", maximum="100"),
            ask(NUMBER, "Combien de barrières ?", "Matériel à prêter", "contient", "Barrières", minimum="1"),
            ask(YES_NO, "Faut-il de l’électricité ?"),
            ask(ONE, "Quelle puissance ?", "Faut-il de l’électricité ?", *YES, options=["3 kW", "6 kW"]),
            ask(YES_NO, "Faut-il de l’eau ?"),
            ask("Index de compteur", "Index du compteur de chantier", "Faut-il de l’eau ?", *YES, optional=True),
        ],
    ),
    (
        "La sécurité",
        [
            ask(YES_NO, "Vendez-vous des boissons ?"),
            ask(MANY, "Lesquelles ?", "Vendez-vous des boissons ?", *YES, options=["Sans alcool", "Bière et vin"]),
            ask(YES_NO, "Y aura-t-il un feu ?"),
            ask(SHORT, "Qui surveille le feu ?", "Y aura-t-il un feu ?", *YES),
            ask(FILES, "Attestation d’assurance", maximum="2"),
            ask(FILES, "Plan de la fête", "Personnes attendues", "est au moins", "100", maximum="3"),
            ask(
                "Groupe répété",
                "Bénévoles",
                minimum="1",
                maximum="5",
                fields=[ask(SHORT, "Nom du bénévole"), ask("Téléphone", "Son téléphone", optional=True)],
            ),
        ],
    ),
    (
        "Le budget",
        [
            ask(AMOUNT, "Budget de la fête", minimum="0", maximum="50 000"),
            ask(YES_NO, "Demandez-vous une aide ?"),
            ask(AMOUNT, "Montant de l’aide", "Demandez-vous une aide ?", *YES, minimum="50", maximum="1 500,50"),
            ask("IBAN", "IBAN", "Demandez-vous une aide ?", *YES),
            ask(FILES, "Relevé d’identité bancaire", "Demandez-vous une aide ?", *YES, optional=True),
        ],
    ),
    (
        "Vos engagements",
        [
            ask(LONG, "Remarques", optional=True),
            ask("Case à cocher (accord, attestation)", "Je rends la rue propre"),
            ask("Case à cocher (accord, attestation)", "J’ai prévenu mes voisins"),
        ],
    ),
]
COUNT = sum(1 for _title, asked in STEPS for _one in asked)


def build_procedure(page, base_url, index_page, *, department, steps=STEPS, title=TITLE):
    """Drive `page` (a Playwright page of somebody of Communication): write the procedure under `index_page`, publish.

    Return what the back office says once it is published. `department` is the name of an active Department.
    """
    page.goto(f"{base_url}/admin/pages/add/procedures/procedurepage/{index_page.pk}/")
    page.get_by_role("textbox", name="Titre").first.fill(title)
    page.get_by_role("tab", name="Formulaire").click()
    for number, (heading, asked) in enumerate(steps):
        _add(page, "form")
        base = f"form-{number}-value"
        _fill(page, f"{base}-title", heading)
        for place, one in enumerate(asked):
            _write(page, f"{base}-fields", place, one)
        # A closed step leaves room for the next.
        _toggle(page, f'[name="form-{number}-id"] ~ section')
    page.get_by_role("tab", name="Traitement").click()
    _choose(page, "#id_department-chooser", department)
    return publish(page)


def publish(page):
    """Press « Publier », and return what the back office answers."""
    page.locator("footer .w-dropdown__toggle").first.click()
    page.locator("[name=action-publish]").click()
    page.wait_for_load_state()
    message = page.locator(".messages li").all_inner_texts()
    return " ".join(" ".join(message).split())


def _write(page, prefix, place, one):
    """Add a question at the end of the stream `prefix`."""
    _add(page, prefix, one.kind)
    base = f"{prefix}-{place}-value"
    _fill(page, f"{base}-label", one.label)
    if one.optional:
        page.locator(f'[name="{base}-required"]').uncheck()
    if one.values.keys() & {"minimum", "maximum", "pattern"}:
        _toggle(page, f'[id="block_group-block_group-{base}-limites-section"]')
    for name, value in one.values.items():
        control = page.locator(f'[name="{base}-{name}"]')
        control.select_option(value) if name == "prefill" else control.fill(value)
    for rank, label in enumerate(one.options):
        if rank:
            page.locator(f'[name="{base}-options-count"] + [data-streamfield-list-container] > button').last.click()
        _fill(page, f"{base}-options-{rank}-value-label", label)
    for inner, child in enumerate(one.fields):
        _write(page, f"{base}-fields", inner, child)
    if one.when:
        _condition(page, f"{base}-condition", *one.when)


def _condition(page, base, question, comparison, value):
    _toggle(page, f'[id="block_group-{base}-section"]')
    page.locator(f'[name="{base}-rules-count"] + [data-streamfield-list-container] > button').last.click()
    rule = f"{base}-rules-0-value"
    _fill(page, f"{rule}-field", question)
    page.locator(f'[name="{rule}-operator"]').select_option(label=comparison)
    _fill(page, f"{rule}-value", value)


def _add(page, prefix, kind=""):
    """Press the last « Insérer un bloc » of a stream, and choose the kind of block where there are several."""
    page.locator(f'[name="{prefix}-count"] + [data-streamfield-stream-container] > div > button').last.click()
    if kind:
        page.get_by_role("option", name=kind, exact=True).click()


def _fill(page, name, text):
    control = page.locator(f'[name="{name}"]')
    control.fill(text)
    control.press("Tab")


def _toggle(page, panel):
    page.locator(f"{panel} [data-panel-toggle]").first.click()


def _choose(page, chooser, name):
    """Choose `name` in the window of a chooser."""
    page.locator(chooser).get_by_role("button", name="Choisir service").click()
    page.get_by_role("dialog").get_by_role("link", name=name).first.click()
    page.get_by_role("dialog").wait_for(state="detached")

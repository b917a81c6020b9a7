"""The check before publication: each mistake said where it is, and nothing said of what is right."""

import json

import pytest

from accounts.models import Department
from procedures.building.checks_form import check
from procedures.building.problems import field_errors
from procedures.enums import Access, Silence
from procedures.models import ProcedurePage
from tests.factories.cases import FORM, AppointmentKindFactory, DepartmentFactory, condition, field, step
from tests.factories.cms import ContactPointFactory

OPTIONS = [{"label": "Prairial", "key": "prairial"}, {"label": "Octon", "key": "octon"}]


@pytest.fixture
def department(db, alice):
    return DepartmentFactory(name="Vie associative", contact=ContactPointFactory(), members=[alice])


@pytest.fixture
def page_with(department):
    """Return `page_with(*steps, **fields)`: an unsaved procedure without mistake but those given."""

    def make(*steps, **fields):
        fields = {"form": list(steps or FORM), "department": department, "legal_notice": "<p>Un an.</p>", **fields}
        streams = {name: fields.pop(name) for name in ("form", "statuses", "routing", "inputs") if name in fields}
        page = ProcedurePage(title="Démarche", **fields)
        for name, data in streams.items():
            setattr(page, name, page._meta.get_field(name).to_python(json.dumps(data, default=str)))
        return page

    return make


def found(page):
    return [(problem.level, str(problem)) for problem in check(page)]


def only(page):
    """The sentence of the one error of `page`."""
    problems = [problem for problem in check(page) if problem.is_error]
    assert len(problems) == 1, problems
    return problems[0].sentence


def test_a_procedure_without_mistake_passes(page_with):
    assert found(page_with()) == []


def test_a_page_without_a_form_is_only_asked_for_its_dates(page_with, department):
    page = ProcedurePage(title="Décrite", opens_on="2026-05-02", closes_on="2026-05-01")
    assert found(page) == [("error", "Dépôt, dates : la fermeture précède l’ouverture.")]


def test_a_step_without_questions(page_with):
    page = page_with(*FORM, step("Vide"))
    assert found(page) == [("error", "Étape « Vide » : elle n’a aucune question.")]


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("plus-tard", "sa condition lit « plus-tard », qui vient après : placez cette question avant."),
        ("inconnue", "sa condition lit « inconnue », qui n’existe pas avant cet endroit."),
        ("celle-ci", "sa condition dépend d’elle-même."),
    ],
)
def test_a_condition_reads_only_what_comes_before(page_with, key, sentence):
    page = page_with(
        step("Une", field("yes_no", "Celle-ci ?", key="celle-ci", condition=condition(key, "yes"))),
        step("Deux", field("yes_no", "Plus tard ?", key="plus-tard")),
    )
    assert only(page) == sentence


def test_the_condition_of_a_step_reads_the_steps_before(page_with):
    page = page_with(
        step("Une", field("yes_no", "Est-ce urgent ?", key="urgent")),
        step("Deux", field("yes_no", "Et là ?", key="la"), condition=condition("la", "yes")),
    )
    assert only(page) == "sa condition lit « la », qui n’existe pas avant cet endroit."


@pytest.mark.parametrize(
    ("asked", "rule", "sentence"),
    [
        (
            field("choice", "Où ?", key="q", options=OPTIONS),
            ("q", "paris", "is"),
            "aucune réponse ne vaut « paris ». Les réponses : prairial (Prairial), octon (Octon).",
        ),
        (field("yes_no", "Oui ?", key="q"), ("q", "peut-être", "is"), "aucune réponse ne vaut « peut-être »."),
        (field("number", "Combien ?", key="q"), ("q", "beaucoup", "at_least"), "« beaucoup » n’est pas un nombre."),
        (field("date", "Quand ?", key="q"), ("q", "demain", "at_most"), "« demain » n’est pas une date (2026-01-31)."),
        (field("short_text", "Quoi ?", key="q"), ("q", "3", "at_least"), "seuls les nombres, les montants et les"),
        (field("files", "Photo", key="q"), ("q", "x", "is"), "on peut seulement demander si elle est remplie ou vide."),
        (field("short_text", "Quoi ?", key="q"), ("q", "", "is"), "il manque la valeur à comparer."),
        (
            {"type": "info", "value": {"text": "<p>Lisez.</p>", "key": "q"}},
            ("q", "", "filled"),
            "un texte d’information n’a pas de réponse.",
        ),
    ],
)
def test_a_rule_compares_what_it_can(page_with, asked, rule, sentence):
    page = page_with(step("Une", asked, field("short_text", "Suite", key="suite", condition=condition(*rule))))
    assert sentence in only(page)


def test_what_no_answer_makes_appear(page_with):
    twice = {
        "any_of": False,
        "rules": [{"field": "ou", "operator": "is", "value": town} for town in ("prairial", "octon")],
    }
    page = page_with(
        step(
            "Une",
            field("choice", "Où ?", key="ou", options=OPTIONS),
            field("short_text", "Rue", key="rue", condition=twice),
            field("yes_no", "À Octon ?", key="octon", condition=condition("ou", "octon")),
        ),
        step("Deux", field("short_text", "Nom", key="nom"), condition=twice),
    )
    assert [str(problem) for problem in check(page)] == [
        "Étape « Une », question « Rue » : cette question n’apparaît jamais : sa condition ne peut pas être remplie.",
        "Étape « Deux » : cette étape n’apparaît jamais : sa condition ne peut pas être remplie.",
    ]


def test_what_hangs_on_hidden_questions_is_found_too(page_with):
    """The rule itself can hold; the question it reads appears for the other answer only."""
    both = {
        "any_of": False,
        "rules": [
            {"field": "ou", "operator": "is", "value": "prairial"},
            {"field": "hameau", "operator": "filled", "value": ""},
        ],
    }
    page = page_with(
        step(
            "Une",
            field("choice", "Où ?", key="ou", options=OPTIONS),
            field("short_text", "Hameau", key="hameau", condition=condition("ou", "octon")),
        ),
        step("Deux", field("short_text", "Nom", key="nom"), condition=both),
    )
    assert "cette étape n’apparaît jamais" in only(page)


def test_numbers_and_dates_that_exclude_one_another(page_with):
    between = {
        "any_of": False,
        "rules": [
            {"field": "age", "operator": "at_least", "value": "18"},
            {"field": "age", "operator": "at_most", "value": "12"},
        ],
    }
    asked = field("number", "Âge", key="age")
    page = page_with(step("Une", asked, field("short_text", "Suite", key="suite", condition=between)))
    assert "n’apparaît jamais" in only(page)
    between["rules"][1]["value"] = "25"
    page = page_with(step("Une", asked, field("short_text", "Suite", key="suite", condition=between)))
    assert found(page) == []


def test_keys_used_twice(page_with):
    page = page_with(
        step("Une", field("short_text", "Nom", key="nom"), field("short_text", "Autre nom", key="nom"), key="etape"),
        step("Deux", field("choice", "Où", key="ou", options=[OPTIONS[0], OPTIONS[0]]), key="etape"),
    )
    assert [str(problem) for problem in check(page)] == [
        "Étape « Deux » : étape en double : une autre porte déjà la clé « etape » : changez l’une des deux.",
        "Étape « Une », question « Autre nom » : question en double : une autre porte déjà la clé « nom » : changez "
        "l’une des deux.",
        "Étape « Deux », question « Où » : réponse en double : une autre porte déjà la clé « prairial » : changez "
        "l’une des deux.",
    ]


def test_a_group_has_keys_and_conditions_of_its_own(page_with):
    def group(*fields):
        return field("group", "Subventions", key="subventions", fields=list(fields))

    good = group(
        field("short_text", "Objet", key="objet"),
        field("short_text", "Pourquoi", key="pourquoi", condition=condition("objet", "", "filled")),
    )
    assert found(page_with(step("Une", field("short_text", "Objet", key="objet"), good))) == []
    outside = group(field("short_text", "Pourquoi", key="pourquoi", condition=condition("titre", "", "filled")))
    page = page_with(step("Une", field("short_text", "Titre", key="titre"), outside))
    assert only(page) == "dans un groupe répété, une condition ne lit que le groupe : « titre » n’en est pas."


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (field("number", "N", key="n", minimum="dix"), "la limite « dix » ne se lit pas : écrivez un nombre."),
        (field("number", "N", key="n", minimum="10", maximum="2"), "la limite basse (10) dépasse la limite haute (2)."),
        (
            field("long_text", "N", key="n", maximum="2,5"),
            "la limite « 2,5 » ne se lit pas : écrivez un nombre entier.",
        ),
        (field("date", "N", key="n", minimum="2026-02-30"), "la limite « 2026-02-30 » ne se lit pas"),
        (field("date", "N", key="n", minimum="+5", maximum="-5"), "la limite basse (+5) dépasse la limite haute (-5)."),
        (field("files", "N", key="n", maximum="0"), "au plus zéro : personne ne pourrait répondre."),
        (
            field("files", "N", key="n", minimum="12"),
            "le portail en accepte 10 au plus : personne ne pourrait répondre.",
        ),
        (field("short_text", "N", key="n", minimum="300"), "le portail en accepte 255 au plus"),
        (field("choices", "N", key="n", options=OPTIONS, minimum="3"), "il n’y a pas 3 réponses à cocher."),
        (field("short_text", "N", key="n", pattern="[a-z"), "le motif « [a-z » n’est pas une expression régulière."),
        (field("short_text", "N", key="n", pattern="(a+)+$"), "le motif répète une répétition"),
        (field("choice", "N", key="n", options=OPTIONS[:1]), "il faut au moins deux réponses possibles."),
    ],
)
def test_bounds_patterns_and_options(page_with, asked, sentence):
    assert sentence in only(page_with(step("Une", asked)))


@pytest.mark.parametrize(
    "asked",
    [
        field("amount", "N", key="n", minimum="1 000,50 €", maximum="2000"),
        field("date", "N", key="n", minimum="31/01/2026", maximum="+30"),
        field("short_text", "N", key="n", pattern=r"\d{5}", pattern_message="Cinq chiffres."),
        field("choices", "N", key="n", options=OPTIONS, minimum="1", maximum="2"),
    ],
)
def test_bounds_as_people_write_them(page_with, asked):
    assert found(page_with(step("Une", asked))) == []


def test_a_limit_beyond_the_portal_s_own_is_told(page_with):
    page = page_with(step("Une", field("files", "N", key="n", maximum="30")))
    assert found(page) == [("warning", "Étape « Une », question « N » : le portail en accepte 10 au plus, pas 30.")]


def test_a_pattern_without_a_sentence_is_only_worth_a_word(page_with):
    page = page_with(step("Une", field("short_text", "N", key="n", pattern=r"\d{5}")))
    assert [problem.level for problem in check(page)] == ["warning"]


def test_without_an_account_nothing_of_an_account_is_asked(page_with):
    asked = field("contract", "Votre contrat", key="contrat")
    assert found(page_with(step("Une", asked))) == []
    page = page_with(step("Une", asked), access=Access.ANYONE, needs_contract=True)
    assert [problem.path for problem in check(page)] == [
        ("form", 0, "step", "fields", 0, "contract"),
        ("needs_contract",),
    ]


def test_an_appointment_must_have_a_kind_and_hours(page_with):
    missing = field("appointment", "Rendez-vous", key="rdv", appointment=None)
    assert only(page_with(step("Une", missing))) == "choisissez le type de rendez-vous."
    kind = AppointmentKindFactory()
    page = page_with(step("Une", field("appointment", "Rendez-vous", key="rdv", appointment=kind.pk)))
    assert [problem.level for problem in check(page)] == ["warning"]
    kind.active = False
    kind.save()
    page = page_with(step("Une", field("appointment", "Rendez-vous", key="rdv", appointment=kind.pk)))
    assert "n’est plus proposé" in only(page)


def test_who_files_and_who_handles(page_with, department):
    page = page_with(for_individuals=False, for_households=False, for_organisations=False)
    assert "cochez au moins un public" in only(page)
    assert only(page_with(department=None)) == "choisissez le service qui traite les dossiers."
    Department.objects.update(active=False)
    department.refresh_from_db()
    assert only(page_with()) == "« Vie associative » n’est plus en activité."


def test_warnings_about_who_handles(page_with):
    page = page_with(department=DepartmentFactory(name="Seule"), legal_notice="")
    assert [problem.level for problem in check(page)] == ["warning"] * 3


def test_routing_reads_a_question_and_one_of_its_answers(page_with, department):
    def route(key, value):
        return [{"type": "route", "value": {"field": key, "value": value, "department": department.pk}}]

    form = [step("Une", field("choice", "Où", key="ou", options=OPTIONS), field("address", "Adresse", key="adresse"))]
    assert found(page_with(*form, routing=route("ou", "octon"))) == []
    assert found(page_with(*form, routing=route("adresse", "Octon"))) == []
    assert "aucune question n’a la clé « commune »" in only(page_with(*form, routing=route("commune", "octon")))
    assert "aucune réponse ne vaut « paris »" in only(page_with(*form, routing=route("ou", "paris")))


def status(label, state, **values):
    return {"type": "status", "value": {"label": label, "state": state, "explanation": "…", "tone": "info", **values}}


STATUSES = [
    status("Reçu", "received"),
    status("À compléter", "to_correct"),
    status("Accordé", "accepted"),
    status("Refusé", "refused"),
]


def test_statuses_of_ones_own_cover_what_is_needed(page_with):
    assert found(page_with(statuses=STATUSES)) == []
    page = page_with(statuses=[status("En cours", "in_review")])
    assert [problem.sentence.split(" :")[0] for problem in check(page)] == [
        "il faut un statut pour l’étape « Déposé »",
        "il faut un statut pour l’étape « À compléter »",
        "il faut un statut de fin (« Accepté », « Refusé » ou « Terminé »)",
    ]
    page = page_with(statuses=STATUSES[:3])
    assert found(page) == [("warning", "Traitement, statuts : aucun statut pour l’étape « Refusé ».")]


def test_what_silence_means_wants_a_delay_and_a_status(page_with):
    assert "le silence n’a de sens qu’avec un délai" in only(page_with(silence=Silence.ACCEPTED))
    page = page_with(silence=Silence.REFUSED, time_limit_days=60, statuses=[*STATUSES[:3], status("Terminé", "closed")])
    assert "le silence mène à l’étape « Refusé », qui n’a pas de statut" in only(page)
    assert found(page_with(silence=Silence.REFUSED, time_limit_days=60)) == []


MANDATE = [
    step(
        "Une",
        field("contract", "Contrat", key="contrat"),
        field("short_text", "Titulaire", key="titulaire"),
        field("iban", "IBAN", key="iban"),
        field("agreement", "J’autorise", key="accord"),
        field("long_text", "Remarque", key="remarque", required=False),
    )
]


def inputs(**chosen):
    return [{"type": "input", "value": {"name": name, "field": key}} for name, key in chosen.items()]


def test_the_effect_finds_what_it_asks_for(page_with):
    from procedures import handlers

    handler = handlers.get("create_mandate")
    given = {one.name: key for one in handler.inputs if one.required for key in [_field_for(one)]}
    assert found(page_with(*MANDATE, handler="create_mandate", inputs=inputs(**given))) == []
    name = next(iter(given))
    missing = {key: value for key, value in given.items() if key != name}
    assert f"il manque la donnée « {name} »" in only(
        page_with(*MANDATE, handler="create_mandate", inputs=inputs(**missing))
    )
    page = page_with(*MANDATE, handler="create_mandate", inputs=inputs(**{**given, name: "inconnue"}))
    assert only(page) == "aucune question n’a la clé « inconnue »."
    page = page_with(*MANDATE, handler="create_mandate", inputs=inputs(**{**given, name: "remarque"}))
    assert "se prend d’une question de nature" in only(page)
    page = page_with(*MANDATE, handler="create_mandate", inputs=inputs(**given, autre="iban"))
    assert "n’attend pas de donnée « autre »" in only(page)
    assert only(page_with(*MANDATE, handler="ailleurs")) == "l’effet « ailleurs » n’existe pas."


def test_what_the_effect_needs_may_stand_in_a_step_that_is_not_always_shown(page_with):
    first, iban = step("Un", field("yes_no", "Par la banque ?", key="banque")), MANDATE[0]
    hidden = {**iban, "value": {**iban["value"], "condition": condition("banque", "yes")}}
    given = {"contract": "contrat", "holder": "titulaire", "iban": "iban", "agreement": "accord"}
    told = found(page_with(first, hidden, handler="create_mandate", inputs=inputs(**given)))
    assert {level for level, _sentence in told} == {"warning"}
    assert any("la question « iban » ne se pose pas toujours" in sentence for _level, sentence in told)


def test_a_case_that_is_not_kept_at_all_is_told(page_with):
    (told,) = found(page_with(retention_months=0))
    assert told == ("warning", "Traitement, délais : sans durée de conservation, un dossier est effacé dès sa fin.")


def _field_for(one):
    kinds = {"contract": "contrat", "iban": "iban", "agreement": "accord", "short_text": "titulaire"}
    return next(key for kind, key in kinds.items() if kind in one.kinds)


def test_each_error_stands_at_its_place_in_the_editor(page_with):
    page = page_with(
        step("Une", field("choice", "Où", key="ou", options=[OPTIONS[0], OPTIONS[0]])),
        step("Deux", field("short_text", "N", key="n", condition=condition("non", "x"))),
        closes_on=None,
        department=None,
    )
    blocks = {name: page._meta.get_field(name).stream_block for name in ("form", "statuses", "routing", "inputs")}
    errors = field_errors(check(page), blocks)
    assert set(errors) == {"form", "department"}
    options = errors["form"].block_errors[0].block_errors["fields"].block_errors[0].block_errors["options"]
    assert "en double" in options.block_errors[1].block_errors["key"].messages[0]
    rules = errors["form"].block_errors[1].block_errors["fields"].block_errors[0].block_errors["condition"]
    rule = rules.block_errors["rules"].block_errors[0].block_errors["field"]
    assert rule.messages == ["Sa condition lit « non », qui n’existe pas avant cet endroit."]

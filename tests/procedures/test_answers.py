"""Answers as a whole: in words, carried to a newer form, checked again, with the files they name."""

import datetime as dt
import json
import uuid
from dataclasses import replace

import pytest
from hypothesis import given

from documents.models import StoredFile
from procedures.conditions import ALWAYS, is_empty
from procedures.definition import Definition, Option, Step, from_json, kept_answers
from procedures.forms import (
    FormContext,
    context_of_cases,
    correctable,
    display,
    file_ids,
    merged,
    migrate,
    problems_of,
    shown_text,
    steps_of,
)
from tests.factories.accounts import ProfileFactory
from tests.factories.families import ChildFactory
from tests.factories.water import WaterContractFactory

from .forms import AB, K, ask, form_of, nobody, when
from .strategies import definitions, drafts, lawful

TODAY = dt.date(2026, 11, 22)
NAME = ask(K.SHORT_TEXT, "nom", "Nom")


def words(kind, answer, **values):
    return shown_text(ask(kind, **values), answer, nobody(today=TODAY))


@pytest.mark.parametrize(
    ("kind", "answer", "values", "told"),
    [
        (K.SHORT_TEXT, "Un banc", {}, "Un banc"),
        (K.LONG_TEXT, "Un\nbanc", {}, "Un\nbanc"),
        (K.NUMBER, "1234.5", {"unit": "m²"}, "1\u202f234,5\u00a0m²"),
        (K.AMOUNT, "1234.50", {}, "1\u202f234,50\u00a0€"),
        (K.DATE, "2026-12-01", {}, "1er déc. 2026"),
        (K.PHONE, "06 12 34 56 78", {}, "06 12 34 56 78"),
        (
            K.ADDRESS,
            {"address": "12 rue Haute", "address_complement": "", "postcode": "49000", "town": "Angers"},
            {},
            "12 rue Haute\n49000 Angers",
        ),
        (K.CHOICE, "a", {"options": AB}, "La première"),
        (K.CHOICE, "gone", {"options": AB}, "gone"),
        (K.CHOICES, ["b", "a"], {"options": AB}, "La seconde\nLa première"),
        (K.YES_NO, "yes", {}, "Oui"),
        (K.IBAN, "FR7630006000011234567890189", {}, "FR76 3000 6000 0112 3456 7890 189"),
        (K.METER_INDEX, "1234", {}, "1\u202f234\u00a0m³"),
        (K.APPOINTMENT, "2026-12-01T09:30", {}, "mardi 1er\u00a0décembre 2026 à 9\u00a0h\u00a030"),
        (K.AGREEMENT, True, {}, "Oui"),
        (
            K.GROUP,
            [{"nom": "Ville", "vide": ""}],
            {"fields": (ask(K.SHORT_TEXT, "nom", "Nom"),)},
            "1. Nom\u00a0: Ville",
        ),
        # What a draft holds that can't be read is shown as it was typed.
        (K.AMOUNT, "douze", {}, "douze"),
        (K.DATE, "demain", {}, "demain"),
        (K.APPOINTMENT, "bientôt", {}, "bientôt"),
        (K.ADDRESS, "12 rue Haute", {}, ""),
    ],
)
def test_answers_in_words(kind, answer, values, told):
    assert words(kind, answer, **values) == told


@lawful
@given(definitions(), drafts())
def test_any_draft_can_be_shown_and_checked(definition, answers):
    """A draft may hold anything, of any version: showing it and checking it never break."""
    shown = display(definition, answers, nobody())
    assert [step.key for step, _lines in shown] == [step.key for step, _fields in steps_of(definition, answers)]
    for _step, lines in shown:
        for line in lines:
            assert isinstance(line.value, str)
    problems = problems_of(definition, answers, nobody())
    assert all(problem.label in str(problem) for found in problems.values() for problem in found)


@lawful
@given(definitions(), drafts())
def test_only_what_appears_is_asked_for(definition, answers):
    appear = {field.key for _step, fields in steps_of(definition, answers) for field in fields}
    told = {problem.key for found in problems_of(definition, answers, nobody()).values() for problem in found}
    assert told <= appear
    missing = {
        key
        for key in appear
        if definition.fields[key].required and is_empty(kept_answers(definition, answers).get(key))
    }
    assert missing <= told | {key for key in appear if definition.fields[key].kind == K.INFO}


def test_problems_name_their_question():
    definition = form_of(ask(K.AMOUNT, "m", "Montant"), ask(K.YES_NO, "u", "Urgent ?"), ask(K.DATE, "j", "Jour"))
    found = problems_of(definition, {"m": "douze", "j": "2026-12-01"}, nobody())
    assert {key: [str(one) for one in told] for key, told in found.items()} == {
        "un": [
            "Montant\u00a0: écrivez un nombre, par exemple 12,50.",
            "Urgent ? Choisissez une réponse.",
        ]
    }


@pytest.mark.parametrize("kind", [K.NUMBER, K.AMOUNT, K.DATE, K.SHORT_TEXT])
def test_a_blank_left_in_a_draft_is_no_answer(kind):
    asked, optional = ask(kind, "q", "Question", required=True), ask(kind, "r", "Suite", required=False)
    found = problems_of(form_of(asked, optional), {"q": " ", "r": " "}, nobody())
    assert [problem.key for problem in found["un"]] == ["q"]


def test_problems_of_rows_name_the_row():
    group = ask(K.GROUP, "g", "Aides", fields=(ask(K.SHORT_TEXT, "nom", "Nom"), ask(K.AMOUNT, "m", "Montant")))
    found = problems_of(form_of(group), {"g": [{"nom": "Ville", "m": "1.00"}, {"m": "x"}]}, nobody())
    assert [str(one) for one in found["un"]] == [
        "Aides\u00a0: nom (n°\u00a02)\u00a0: remplissez ce champ.",
        "Aides\u00a0: montant (n°\u00a02)\u00a0: écrivez un nombre, par exemple 12,50.",
    ]


def test_an_address_is_checked_part_by_part():
    definition = form_of(ask(K.ADDRESS, "ou", "Où"))
    found = problems_of(definition, {"ou": {"address": "12 rue Haute", "postcode": "49000", "town": ""}}, nobody())
    assert [one.message for one in found["un"]] == ["Plusieurs communes ont ce code postal : choisissez la vôtre."]


# A newer form ---------------------------------------------------------------------------------------------------------


@lawful
@given(definitions(), drafts())
def test_a_form_that_did_not_change_loses_nothing(definition, answers):
    sensible = {key: value for key, value in kept_answers(definition, answers).items() if sound(definition, key, value)}
    assert migrate(sensible, definition, from_json(definition.to_json())) == (sensible, [])


@lawful
@given(definitions(), definitions(), drafts())
def test_carrying_twice_is_carrying_once(old, new, answers):
    carried, _lost = migrate(answers, old, new)
    assert set(carried) <= set(new.fields)
    assert migrate(carried, new, new)[0] == carried


@lawful
@given(definitions(), definitions(), drafts())
def test_what_is_not_carried_is_said(old, new, answers):
    carried, lost = migrate(answers, old, new)
    known = {key: value for key, value in answers.items() if key in old.fields and not is_empty(value)}
    assert len(lost) >= sum(key not in carried for key in known)


def sound(definition, key, value):
    """Whether `value` is one that the form itself may have made, had it asked."""
    asked = Step("seule", "Seule", fields=(replace(definition.fields[key], condition=ALWAYS),))
    return not is_empty(value) and not problems_of(Definition((asked,)), {key: value}, nobody())


def test_answers_follow_their_question():
    old = form_of(
        ask(K.SHORT_TEXT, "objet", "Objet"),
        ask(K.CHOICE, "lieu", "Lieu", options=AB),
        ask(K.CHOICES, "jours", "Jours", options=AB),
        ask(K.YES_NO, "urgent", "Urgent"),
        ask(K.EMAIL, "courriel", "Courriel"),
        ask(K.GROUP, "g", "Aides", fields=(ask(K.SHORT_TEXT, "nom", "Nom"), ask(K.AMOUNT, "m", "Montant"))),
    )
    new = Definition(
        (
            Step("autre", "Autre", fields=(ask(K.LONG_TEXT, "objet", "Objet de la demande"),)),
            Step(
                "suite",
                "Suite",
                fields=(
                    ask(K.CHOICES, "lieu", "Lieux", options=AB),
                    ask(K.CHOICES, "jours", "Jours", options=(Option("b", "La seconde"),)),
                    ask(K.DATE, "urgent", "Pour quand"),
                    ask(K.SHORT_TEXT, "courriel", "Courriel"),
                    ask(K.GROUP, "g", "Aides reçues", fields=(ask(K.SHORT_TEXT, "nom", "Nom"),)),
                ),
            ),
        )
    )
    answers = {
        "objet": "Un banc",
        "lieu": "a",
        "jours": ["a", "b"],
        "urgent": "yes",
        "courriel": "a@b.fr",
        "g": [{"nom": "Ville", "m": "1.00"}],
        "inconnu": "x",
    }
    assert migrate(answers, old, new) == (
        {"objet": "Un banc", "lieu": ["a"], "jours": ["b"], "courriel": "a@b.fr", "g": [{"nom": "Ville"}]},
        ["Jours", "Pour quand", "Aides reçues"],
    )


def test_an_answer_to_a_question_that_is_gone_is_told():
    assert migrate({"a": "x"}, form_of(ask(K.SHORT_TEXT, "a", "Objet")), form_of()) == ({}, ["Objet"])


def test_a_slot_of_another_kind_of_appointment_is_lost():
    old, new = (form_of(ask(K.APPOINTMENT, "rdv", "Rendez-vous", appointment=kind)) for kind in (1, 2))
    assert migrate({"rdv": "2026-12-01T09:30"}, old, new) == ({}, ["Rendez-vous"])


# Corrections, steps, files --------------------------------------------------------------------------------------------


def test_a_correction_opens_what_depends_on_it():
    definition = Definition(
        (
            Step("un", "Un", fields=(ask(K.YES_NO, "a"), ask(K.YES_NO, "b", condition=when("a")), ask(K.YES_NO, "z"))),
            Step("deux", "Deux", condition=when("b"), fields=(ask(K.SHORT_TEXT, "c"), ask(K.INFO, "i"))),
        )
    )
    assert correctable(definition, ["a"]) == {"a", "b", "c"}
    assert correctable(definition, ["z"]) == {"z"}
    found = steps_of(definition, {"a": "yes", "b": "yes", "z": "no"}, only={"c"})
    assert [(step.key, [one.key for one in fields]) for step, fields in found] == [("deux", ["c", "i"])]


def test_a_step_replaces_its_own_answers_only():
    definition = form_of(ask(K.YES_NO, "a"), ask(K.YES_NO, "b"))
    assert merged({"a": "yes", "b": "no", "z": "1"}, definition.steps[0], {"a": "no"}) == {"a": "no", "z": "1"}


def test_files_are_named_in_order_those_of_rows_too():
    definition = form_of(
        ask(K.YES_NO, "avec"),
        ask(K.FILES, "photo", condition=when("avec")),
        ask(K.GROUP, "g", fields=(ask(K.FILES, "facture"),)),
    )
    answers = {"avec": "no", "photo": ["1"], "g": [{"facture": ["2", "3"]}, {"facture": ["2"]}]}
    assert file_ids(definition, answers) == ["2", "3"]
    assert file_ids(definition, answers, hidden=True) == ["1", "2", "3"]


@pytest.mark.django_db
def test_names_are_read_in_three_queries_however_many_cases(django_assert_max_num_queries):
    """An export of many cases asks once for each kind of thing that answers name."""
    definition = form_of(
        ask(K.CONTRACT, "contrat", "Contrat"), ask(K.CHILD, "enfant", "Enfant"), ask(K.FILES, "photo", "Photo")
    )
    cases = [Named(definition, one_of_each()) for _number in range(3)]
    with django_assert_max_num_queries(3):
        context = context_of_cases(cases)
        told = [display(definition, case.answers, context)[0][1] for case in cases]
    assert [line.value for line in told[0]] == [cases[0].contract, "Léo Durand", "photo.png"]
    assert [one.name for one in told[1][2].files] == ["photo.png"]


@pytest.mark.django_db
def test_a_child_or_a_contract_that_is_gone_still_has_a_name():
    profile, child = ProfileFactory(), ChildFactory(first_name="Léo", last_name="Durand")
    definition = form_of(ask(K.CHILD, "enfant", "Enfant"), ask(K.CONTRACT, "contrat", "Contrat"))
    answers = {"enfant": str(child.public_id), "contrat": "PERDU"}
    lines = display(definition, answers, FormContext(profile=profile))[0][1]
    assert [line.value for line in lines] == ["Léo Durand", "PERDU"]
    unknown = display(definition, {"enfant": str(uuid.uuid4())}, FormContext(profile=profile))[0][1]
    assert unknown[0].value == "Enfant qui n’est plus connu"


class Named:
    """What `context_of_cases` reads of a case."""

    def __init__(self, definition, named):
        self.definition, (self.answers, self.contract) = definition, named


def one_of_each():
    contract = WaterContractFactory()
    child = ChildFactory(first_name="Léo", last_name="Durand")
    stored = StoredFile.objects.create(file="x/y.png", name="photo.png", content_type="image/png", size=1, sha256="0")
    answers = {
        "contrat": contract.reference,
        "enfant": str(child.public_id),
        "photo": [str(stored.public_id)],
    }
    return json.loads(json.dumps(answers)), f"{contract.reference} – {contract.delivery_point}"


def test_a_group_is_corrected_with_the_answer_that_its_rows_depend_on():
    inner = ask(K.SHORT_TEXT, "nom", condition=when("oui"))
    own = ask(K.YES_NO, "oui", required=False)
    definition = form_of(ask(K.YES_NO, "oui"), ask(K.GROUP, "gens", fields=(inner,)))
    assert correctable(definition, ["oui"]) == {"oui", "gens"}
    # A question of the row itself comes before one of the same key outside.
    definition = form_of(ask(K.YES_NO, "oui"), ask(K.GROUP, "gens", fields=(own, inner)))
    assert correctable(definition, ["oui"]) == {"oui"}


def test_a_row_that_says_something_only_in_what_does_not_appear_is_no_row():
    """It is not kept: a group that is mandatory would be filed without any."""
    row = (ask(K.YES_NO, "oui", required=False), ask(K.SHORT_TEXT, "nom", required=False, condition=when("oui")))
    definition = form_of(ask(K.GROUP, "gens", "Gens", fields=row))
    for answers, messages in (
        ({"gens": [{"nom": "Jean"}]}, ["Remplissez au moins 1 ligne."]),
        ({"gens": [{"oui": "yes", "nom": "Jean"}]}, []),
    ):
        found = problems_of(definition, answers, nobody()).get("un", [])
        assert [problem.message for problem in found] == messages
        assert bool(kept_answers(definition, answers)["gens"]) is not bool(messages)

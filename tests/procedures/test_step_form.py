"""The form of one step: each kind reads what people type, says what is wrong, loses nothing."""

import datetime as dt
import json
import time
import unicodedata

import pytest
from hypothesis import given

from procedures.conditions import holds
from procedures.definition import Option, Step, kept_answers
from procedures.enums import FieldKind
from procedures.forms import StepForm, merged, problems_of, steps_of
from procedures.forms.base_kind import named
from procedures.forms.patterns import matches

from .forms import AB, K, ask, errors_of, filled, form_of, nobody, when
from .strategies import definitions, drafts, lawful

TODAY = dt.date(2026, 11, 22)


def read(kind, raw, **values):
    """Return (answer, sentences) of `raw` typed in a field of `kind`."""
    form = filled(form_of(ask(kind, **values)), {"q-f": raw}, context=nobody(today=TODAY))
    return form.answers.get("f"), errors_of(form).get("q-f", [])


@pytest.mark.parametrize(
    ("kind", "raw", "values", "answer"),
    [
        (K.SHORT_TEXT, "  Un  banc\ncassé ", {}, "Un banc cassé"),
        (K.SHORT_TEXT, "AB-123", {"pattern": "[A-Z]{2}-[0-9]{3}"}, "AB-123"),
        (K.LONG_TEXT, "Un\r\nbanc\x00 ", {}, "Un\nbanc"),
        (K.NUMBER, "1 234,50", {}, "1234.5"),
        (K.NUMBER, "1\u202f234", {}, "1234"),
        (K.NUMBER, "-3", {}, "-3"),
        (K.NUMBER, "0", {}, "0"),
        (K.AMOUNT, "1 234,5 €", {}, "1234.50"),
        (K.AMOUNT, "1.234,50", {}, "1234.50"),
        (K.AMOUNT, "12 euros", {}, "12.00"),
        (K.DATE, "2026-12-01", {}, "2026-12-01"),
        (K.DATE, "1/12/2026", {}, "2026-12-01"),
        (K.DATE, "2026-11-24", {"minimum": "+2", "maximum": "+30"}, "2026-11-24"),
        (K.EMAIL, " Alice@Exemple.fr ", {}, "Alice@Exemple.fr"),
        (K.PHONE, "0612345678", {}, "06 12 34 56 78"),
        (K.CHOICE, "a", {"options": AB}, "a"),
        (K.CHOICES, ["b", "a"], {"options": AB}, ["a", "b"]),
        (K.YES_NO, "no", {}, "no"),
        (K.IBAN, "fr76 3000 6000 0112 3456 7890 189", {}, "FR7630006000011234567890189"),
        (K.METER_INDEX, "00123", {}, "123"),
        (K.AGREEMENT, "on", {}, True),
    ],
)
def test_what_people_type_is_read(kind, raw, values, answer):
    assert read(kind, raw, **values) == (answer, [])


@pytest.mark.parametrize(
    ("kind", "raw", "values", "sentence"),
    [
        (K.SHORT_TEXT, "", {}, "Remplissez ce champ."),
        (K.SHORT_TEXT, "x" * 256, {}, "Écrivez 255 caractères au plus : vous en avez écrit 256."),
        (K.SHORT_TEXT, "abc", {"minimum": "5"}, "Écrivez au moins 5 caractères : vous en avez écrit 3."),
        (
            K.SHORT_TEXT,
            "zz",
            {"pattern": "[0-9]+", "pattern_message": "Écrivez le numéro de l’avis."},
            "Écrivez le numéro de l’avis.",
        ),
        (K.SHORT_TEXT, "zz", {"pattern": "[0-9]+"}, "Cette réponse n’a pas la forme attendue : vérifiez-la."),
        (K.LONG_TEXT, "abcdef", {"maximum": "5"}, "Écrivez 5 caractères au plus : vous en avez écrit 6."),
        (K.NUMBER, "beaucoup", {}, "Écrivez un nombre, par exemple 12,5."),
        (K.NUMBER, "1e5", {}, "Écrivez un nombre, par exemple 12,5."),
        (K.NUMBER, "9" * 16, {}, "Écrivez un nombre, par exemple 12,5."),
        (K.NUMBER, "3", {"minimum": "5"}, "Écrivez 5 ou plus."),
        (K.NUMBER, "3000,5", {"maximum": "2000"}, "Écrivez 2\u202f000 ou moins."),
        (K.AMOUNT, "12,345", {}, "Écrivez 2 chiffres au plus après la virgule."),
        (K.AMOUNT, "12", {"maximum": "10.50"}, "Écrivez 10,50\u00a0€ ou moins."),
        (K.DATE, "31/02/2026", {}, "Écrivez une date qui existe, par exemple 31/12/2026."),
        (K.DATE, "", {}, "Indiquez une date."),
        (K.DATE, "2026-11-23", {"minimum": "+2"}, "Indiquez le 24 nov. 2026 ou une date plus tardive."),
        (K.DATE, "2026-11-23", {"maximum": "+0"}, "Indiquez le 22 nov. 2026 ou une date plus ancienne."),
        (K.EMAIL, "alice", {}, "Écrivez une adresse complète, par exemple nom@exemple.fr."),
        (K.PHONE, "12", {}, "Écrivez un numéro à dix chiffres, par exemple 06 12 34 56 78."),
        (K.CHOICE, "", {"options": AB}, "Choisissez une réponse."),
        (K.CHOICE, "z", {"options": AB}, "Choisissez une réponse de la liste."),
        (K.CHOICES, [], {"options": AB}, "Choisissez au moins une réponse."),
        (K.CHOICES, ["a", "z"], {"options": AB}, "Choisissez des réponses de la liste."),
        (K.CHOICES, ["a", "b"], {"options": AB, "maximum": "1"}, "Cochez 1 réponse au plus."),
        (K.YES_NO, "perhaps", {}, "Choisissez une réponse de la liste."),
        (
            K.IBAN,
            "FR76 3000 6000 0112 3456 7890 188",
            {},
            "Cet IBAN n’est pas valable : vérifiez-le sur votre relevé d’identité bancaire.",
        ),
        (K.METER_INDEX, "12,5", {}, "Écrivez un nombre entier, sans virgule."),
        (K.METER_INDEX, "-1", {}, "L’index d’un compteur n’est jamais négatif."),
        (K.AGREEMENT, "", {}, "Cochez cette case."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(kind, raw, values, sentence):
    assert read(kind, raw, **values) == (None, [named("Question", sentence)])


@pytest.mark.parametrize("kind", [kind for kind in FieldKind if kind not in (K.INFO, K.GROUP, K.ADDRESS)])
def test_what_is_not_mandatory_may_be_left(kind):
    form = filled(form_of(ask(kind, required=False, options=AB)), {})
    assert form.is_valid()
    assert form.answers == form.kept == {}


def test_a_question_that_ends_with_a_mark_is_not_followed_by_a_colon():
    form = filled(form_of(ask(K.YES_NO, label="Est-ce urgent ?")), {})
    assert errors_of(form) == {"q-f": ["Est-ce urgent ? Choisissez une réponse."]}


def test_a_pattern_that_never_ends_stops_nobody():
    started = time.monotonic()
    assert matches("(?:(?:a|aa)+)+b", "a" * 200)  # given up
    assert time.monotonic() - started < 5
    assert not matches("a+b", "a" * 200)
    assert read(K.SHORT_TEXT, "abc", pattern="(") == ("abc", [])


# Conditions -----------------------------------------------------------------------------------------------------------

URGENT = form_of(
    ask(K.YES_NO, "urgent", "Est-ce urgent ?"),
    ask(K.LONG_TEXT, "pourquoi", "Pourquoi", condition=when("urgent")),
)


def test_a_question_that_does_not_appear_asks_nothing():
    form = filled(URGENT, {"q-urgent": "no"})
    assert form.is_valid()
    assert form.answers == {"urgent": "no"}


def test_a_question_that_appears_is_asked():
    assert errors_of(filled(URGENT, {"q-urgent": "yes"})) == {"q-pourquoi": ["Pourquoi\u00a0: remplissez ce champ."]}


def test_what_is_typed_in_a_hidden_question_is_kept_in_the_draft_only():
    form = filled(URGENT, {"q-urgent": "no", "q-pourquoi": "Parce que"})
    assert form.is_valid()
    assert form.answers == {"urgent": "no"}
    assert form.kept == {"urgent": "no", "pourquoi": "Parce que"}


def test_conditions_read_the_steps_before():
    definition = form_of(ask(K.YES_NO, "urgent"))
    later = Step(
        "deux", "Deux", fields=(ask(K.SHORT_TEXT, "a", "A", condition=when("urgent")), ask(K.SHORT_TEXT, "b", "B"))
    )
    definition = type(definition)((*definition.steps, later))
    hidden = filled(definition, {"q-b": "x"}, answers={"urgent": "no"}, step="deux")
    assert [part.key for part in hidden.parts] == ["b"]
    assert hidden.is_valid()
    shown = filled(definition, {"q-b": "x"}, answers={"urgent": "yes"}, step="deux")
    assert errors_of(shown) == {"q-a": ["A\u00a0: remplissez ce champ."]}


def test_the_browser_is_told_what_it_needs_to_follow():
    steps = (
        Step("un", "Un", fields=(ask(K.YES_NO, "urgent"), ask(K.SHORT_TEXT, "secret"))),
        Step("deux", "Deux", fields=(ask(K.SHORT_TEXT, "a", "A", condition=when("urgent")),)),
    )
    definition = type(URGENT)(steps)
    form = StepForm(step=steps[1], definition=definition, answers={"urgent": "yes", "secret": "s"}, context=nobody())
    assert json.loads(form.known_json) == {"urgent": "yes"}
    assert json.loads(form.parts[0].condition) == {
        "rules": [{"field": "urgent", "operator": "is", "value": "yes"}],
        "any_of": False,
    }


@lawful
@given(definitions(), drafts())
def test_a_form_and_the_whole_check_agree(definition, answers):
    """What a page takes, the check at the end takes; what it refuses, the check refuses."""
    draft = {}
    for step in definition.steps:
        form = filled(definition, posted(step, answers), answers=draft, step=step.key)
        tried = merged(draft, step, form.kept)
        if step.key not in [one.key for one, _fields in steps_of(definition, tried)]:
            continue
        wrong = problems_of(definition, tried, nobody()).get(step.key, [])
        assert form.is_valid() is not bool(wrong), (errors_of(form), wrong)
        draft = merged(draft, step, form.answers)
    assert kept_answers(definition, draft) == draft


def posted(step, answers):
    """What a browser that knows the kinds would send of `answers`; texts of all sorts for the others."""
    data = {}
    for one in step.fields:
        value = answers.get(one.key)
        if one.kind == K.GROUP:
            data[f"q-{one.key}"] = "1"
            data |= {f"q-{one.key}__0-{inner.key}": control(inner, "12") for inner in one.fields}
        elif (text := control(one, value)) is not None:
            data[f"q-{one.key}"] = text
    return data


def control(one, value):
    """What the control of the field `one` sends for `value`: a list sends its own answers only. None for nothing."""
    if one.kind in (K.CHOICE, K.CHOICES, K.YES_NO):
        listed = {"yes", "no"} if one.kind == K.YES_NO else {option.key for option in one.options}
        return [key for key in (value if isinstance(value, list) else [value]) if str(key) in listed]
    if isinstance(value, list):
        return [str(item) for item in value]
    return "on" if value is True else value if isinstance(value, str) else None


# Nothing is lost ------------------------------------------------------------------------------------------------------


def test_a_draft_keeps_what_can_t_be_read_as_it_was_typed():
    definition = form_of(ask(K.AMOUNT, "montant", "Montant"), ask(K.DATE, "jour", "Jour"), ask(K.IBAN, "iban", "IBAN"))
    form = filled(definition, {"q-montant": "douze", "q-jour": "31/02/2026", "q-iban": "FR12 x"})
    assert not form.is_valid()
    assert form.kept == {"montant": "douze", "jour": "31/02/2026", "iban": "FR12 x"}
    again = StepForm(step=definition.steps[0], definition=definition, answers=form.kept, context=nobody())
    assert [part.bound.value() for part in again.parts] == ["douze", "31/02/2026", "FR12 x"]
    assert [problem.key for problem in problems_of(definition, form.kept, nobody())["un"]] == [
        "montant",
        "jour",
        "iban",
    ]


def test_saving_on_the_way_is_never_refused():
    definition = form_of(ask(K.AMOUNT, "montant", "Montant"), ask(K.SHORT_TEXT, "nom", "Nom"))
    form = filled(definition, {"q-montant": "douze"}, partial=True)
    assert form.is_valid()
    assert form.answers == {"montant": "douze"}


def test_figures_are_typed_again_as_the_french_write_them():
    definition = form_of(ask(K.AMOUNT, "a"), ask(K.NUMBER, "b"), ask(K.IBAN, "c"))
    answers = {"a": "1234.50", "b": "12.5", "c": "FR7630006000011234567890189"}
    form = StepForm(step=definition.steps[0], definition=definition, answers=answers, context=nobody())
    assert [part.bound.value() for part in form.parts] == ["1234,50", "12,5", "FR76 3000 6000 0112 3456 7890 189"]


@lawful
@given(definitions(), drafts())
def test_a_page_sent_as_it_was_drawn_keeps_the_draft(definition, answers):
    """Open a page, change nothing, save: what was valid is there still."""
    for step in definition.steps:
        data = {}
        for one in step.fields:
            value = answers.get(one.key)
            if one.kind in (K.SHORT_TEXT, K.LONG_TEXT, K.EMAIL) and isinstance(value, str):
                data[f"q-{one.key}"] = value
        form = filled(definition, data, answers=answers, step=step.key)
        for part in form.parts:
            if (typed := data.get(f"q-{part.key}")) is not None:
                assert bare(form.kept.get(part.key, "")) == bare(typed)


def bare(text):
    """`text` without what a form may take out: blanks, and the control characters that no keyboard types."""
    return "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Zs", "Zl", "Zp"))


# Addresses ------------------------------------------------------------------------------------------------------------

WHERE = form_of(ask(K.ADDRESS, "ou", "Où"))
LINE = {"q-ou__-address": "12 rue des Tilleuls", "q-ou__-postcode": "49000", "q-ou__-town": "angers"}


def test_an_address_is_tidied():
    form = filled(WHERE, LINE)
    assert form.is_valid()
    assert form.answers == {
        "ou": {"address": "12 rue des Tilleuls", "address_complement": "", "postcode": "49000", "town": "Angers"}
    }


def test_each_part_of_an_address_has_its_own_sentence():
    assert errors_of(filled(WHERE, {})) == {
        "q-ou__-address": ["Où\u00a0: écrivez le numéro et le nom de la rue."],
        "q-ou__-postcode": ["Où\u00a0: écrivez le code postal."],
        "q-ou__-town": ["Où\u00a0: écrivez la commune."],
    }


def test_a_postcode_of_several_towns_offers_them():
    form = filled(WHERE, {**LINE, "q-ou__-town": ""})
    assert errors_of(form) == {
        "q-ou__-town": ["Où\u00a0: plusieurs communes ont ce code postal : choisissez la vôtre."]
    }
    assert form.kept["ou"]["address"] == "12 rue des Tilleuls"


def test_an_address_that_may_be_left_is_finished_once_begun():
    definition = form_of(ask(K.ADDRESS, "ou", "Où", required=False))
    assert filled(definition, {}).is_valid()
    assert "q-ou__-town" in errors_of(filled(definition, {"q-ou__-address": "12 rue des Tilleuls"}))


def test_a_hidden_address_asks_nothing():
    definition = form_of(ask(K.YES_NO, "a"), ask(K.ADDRESS, "ou", "Où", condition=when("a")))
    form = filled(definition, {"q-a": "no", "q-ou__-address": "12 rue"})
    assert form.is_valid()
    assert errors_of(form) == {}
    assert form.answers == {"a": "no"}


# Groups ---------------------------------------------------------------------------------------------------------------

NAME, AMOUNT = ask(K.SHORT_TEXT, "nom", "Nom"), ask(K.AMOUNT, "montant", "Montant")
ROWS = form_of(ask(K.GROUP, "aides", "Aides reçues", fields=(NAME, AMOUNT), maximum="3"))


def test_rows_are_read_and_empty_ones_left_out():
    data = {"q-aides": "3", "q-aides__0-nom": "Ville", "q-aides__0-montant": "12", "q-aides__2-nom": " "}
    form = filled(ROWS, data)
    assert form.is_valid()
    assert form.answers == {"aides": [{"nom": "Ville", "montant": "12.00"}]}


def test_a_row_that_is_begun_is_finished():
    form = filled(ROWS, {"q-aides": "1", "q-aides__0-nom": "Ville"})
    assert errors_of(form) == {"q-aides__0-montant": ["Montant (n°\u00a01)\u00a0: remplissez ce champ."]}


def test_a_mandatory_group_has_a_row():
    assert "q-aides__0-nom" in errors_of(filled(ROWS, {"q-aides": "1"}))
    assert errors_of(filled(ROWS, {"q-aides": "0"})) == {
        "q-aides": ["Aides reçues\u00a0: remplissez au moins 1 ligne."]
    }


def test_a_group_with_no_mandatory_question_still_wants_a_row():
    definition = form_of(ask(K.GROUP, "g", "Aides", fields=(ask(K.SHORT_TEXT, "nom", "Nom", required=False),)))
    assert errors_of(filled(definition, {"q-g": "1"})) == {"q-g": ["Aides\u00a0: remplissez au moins 1 ligne."]}


@pytest.mark.parametrize("count", ["", "-1", "1000000", "9" * 30, "x", "²"])
def test_a_forged_number_of_rows_costs_nothing(count):
    assert len(filled(ROWS, {"q-aides": count}).parts[0].rows) <= 3


def test_a_row_is_added_without_javascript():
    form = filled(ROWS, {"q-aides": "1", "q-aides__0-nom": "Ville", "q-do": "add:q-aides"})
    assert form.action == "add:q-aides"
    assert form.kept == {"aides": [{"nom": "Ville"}, {}]}
    assert form.anchor == "row-q-aides-1"
    again = StepForm(step=ROWS.steps[0], definition=ROWS, answers=form.kept, context=nobody())
    assert len(again.parts[0].rows) == 2


def test_a_row_is_taken_away_and_the_others_stay():
    data = {"q-aides": "2", "q-aides__0-nom": "Ville", "q-aides__1-nom": "Région", "q-do": "remove:q-aides:0"}
    assert filled(ROWS, data).kept == {"aides": [{"nom": "Région"}]}


def test_no_row_is_added_past_the_last():
    form = filled(ROWS, {"q-aides": "3", "q-aides__0-nom": "Ville", "q-do": "add:q-aides"})
    assert form.parts[0].full
    assert len(form.kept["aides"]) == 3


@pytest.mark.parametrize("pressed", ["add:csrf", "drop:q-aides", "remove:q-aides:99", "remove:q-aides:x", "unfile:"])
def test_a_forged_button_changes_nothing(pressed):
    form = filled(ROWS, {"q-aides": "1", "q-aides__0-nom": "Ville", "q-do": pressed})
    assert form.kept == {"aides": [{"nom": "Ville"}]}


def test_conditions_inside_a_row_read_the_row():
    why = ask(K.SHORT_TEXT, "motif", "Motif", condition=when("refus"))
    definition = form_of(ask(K.GROUP, "g", "Demandes", fields=(ask(K.YES_NO, "refus", "Refusée"), why)))
    form = filled(definition, {"q-g": "2", "q-g__0-refus": "no", "q-g__1-refus": "yes"})
    assert errors_of(form) == {"q-g__1-motif": ["Motif (n°\u00a02)\u00a0: remplissez ce champ."]}


# A correction ---------------------------------------------------------------------------------------------------------


def test_a_correction_asks_what_was_asked_for_only():
    definition = form_of(ask(K.SHORT_TEXT, "a", "A"), ask(K.SHORT_TEXT, "b", "B"))
    form = filled(definition, {"q-a": "pirate", "q-b": "nouveau"}, answers={"a": "ancien", "b": "faux"}, only={"b"})
    assert form.is_valid()
    assert form.answers == form.kept == {"b": "nouveau"}


def test_a_correction_reads_the_other_answers():
    form = filled(URGENT, {"q-pourquoi": "Si"}, answers={"urgent": "yes", "pourquoi": ""}, only={"pourquoi"})
    assert form.is_valid()
    assert form.answers == {"pourquoi": "Si"}


def test_extra_fields_change_nothing():
    form = filled(form_of(ask(K.SHORT_TEXT, "a", "A")), {"q-a": "x", "q-z": "y", "a": "z", "status": "accepted"})
    assert form.kept == {"a": "x"}


def test_options_of_many_are_a_list_and_an_optional_choice_can_be_taken_back():
    many = tuple(Option(f"o{n}", f"Option {n}") for n in range(12))
    definition = form_of(ask(K.CHOICE, "a", options=many), ask(K.CHOICE, "b", options=AB, required=False))
    form = StepForm(step=definition.steps[0], definition=definition, answers={}, context=nobody())
    assert [part.bound.widget_type for part in form.parts] == ["select", "radioselect"]
    assert "Sans réponse" in str(form["b"])
    assert holds(form.parts[0].field.condition, {})


def test_a_draft_keeps_no_character_that_the_database_refuses():
    definition = form_of(ask(K.EMAIL, "mail"), ask(K.NUMBER, "n"), ask(K.ADDRESS, "ou"), ask(K.DATE, "d"))
    form = filled(
        definition,
        {"q-mail": "a\x00b", "q-n": "douze\x00", "q-d": "hier\x00", "q-ou__-address": "3 rue\x00 du Lavoir"},
    )
    assert not form.is_valid()
    assert form.kept == {
        "mail": "ab",
        "n": "douze",
        "d": "hier",
        "ou": {"address": "3 rue du Lavoir", "address_complement": "", "postcode": "", "town": ""},
    }

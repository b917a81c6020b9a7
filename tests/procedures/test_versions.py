"""Keys that stay, words that become keys, versions that are frozen, and what a new one changes."""

import dataclasses
import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from procedures.bounds import in_order, kept_bound, read_bound
from procedures.building.changes import changes
from procedures.building.keys import key_of
from procedures.building.reachability import never_shown
from procedures.definition import Definition, Field, Option, Step, from_json
from procedures.enums import CaseState, FieldKind, Prefill, Silence
from procedures.models import Case, ProcedureVersion
from procedures.opening import OpeningState, opening_of
from procedures.queries.sheet import sheet
from procedures.receipts import facts_of
from procedures.services.publishing import publication_of
from procedures.services.versions import current, definition_of, freeze
from tests.factories.cases import FORM, CaseFactory, OnlineProcedureFactory, condition, field, step

KEY = r"^[a-z][a-z0-9-]*$"


def form_of(page, *steps):
    """Put `steps` in the form of `page`, as the editor does."""
    page.form = page._meta.get_field("form").to_python(json.dumps(list(steps), default=str))
    return page


def keys(page):
    return [(step.key, [field.key for field in step.fields]) for step in definition_of(page).steps]


# Keys -----------------------------------------------------------------------------------------------------------------


@given(st.text(max_size=120))
def test_a_key_is_always_one(text):
    import re

    key = key_of("", text)
    assert re.match(KEY, key) and len(key) <= 60


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("Votre cœur de métier", "votre-coeur-de-metier"),
        ("3 derniers bulletins", "champ-3-derniers-bulletins"),
        ("???", "champ"),
    ],
)
def test_keys_are_made_of_words(words, key):
    assert key_of("", words) == key
    assert key_of("la-mienne", words) == "la-mienne"


def test_a_key_stays_when_its_question_is_reworded(procedure):
    page = form_of(procedure, step("Votre demande", field("short_text", "Nom"), field("short_text", "Nom")))
    page.save_revision().publish()
    page = type(page).objects.get(pk=page.pk)
    assert keys(page) == [("votre-demande", ["nom", "nom-2"])]
    raw = list(page.form.raw_data)
    raw[0]["value"]["title"] = "Vous"
    raw[0]["value"]["fields"][0]["value"]["label"] = "Nom de famille"
    raw[0]["value"]["fields"].insert(0, field("short_text", "Nom"))
    page = form_of(page, *raw)
    page.full_clean()
    assert keys(page) == [("votre-demande", ["nom-3", "nom", "nom-2"])]


def test_a_key_that_was_emptied_comes_back(procedure):
    page = form_of(procedure, step("Une", field("short_text", "Nom")))
    page = page.save_revision().as_object()
    raw = list(page.form.raw_data)
    raw[0]["value"]["fields"][0]["value"] |= {"key": "", "label": "Tout autre chose"}
    page = form_of(page, *raw)
    page.full_clean()
    assert keys(page) == [("une", ["nom"])]


def test_words_of_questions_become_their_keys(procedure):
    options = [{"label": "Garance-sur-Lierre"}, {"label": "Octon"}]
    page = form_of(
        procedure,
        step(
            "Une",
            field("choice", "Où habitez-vous ?", options=options),
            field("yes_no", "Est-ce urgent ?"),
            field("short_text", "Rue", condition=condition("où habitez-vous ?", "octon")),
        ),
        step("Deux", field("short_text", "Nom"), condition=condition("Est-ce urgent ?", "Oui")),
    )
    page.full_clean()
    definition = definition_of(page)
    rule = definition.fields["rue"].condition.rules[0]
    assert (rule.field, rule.value) == ("ou-habitez-vous", "octon")
    rule = definition.steps[1].condition.rules[0]
    assert (rule.field, rule.value) == ("est-ce-urgent", "yes")


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("amount", "1 500,50 €", "1500.50"),
        ("number", "1 000", "1000"),
        ("meter_index", "12", "12"),
        ("date", "31/01/2026", "2026-01-31"),
        ("date", "demain", "demain"),
    ],
)
def test_numbers_and_dates_of_conditions_are_written_as_people_do(procedure, kind, written, kept):
    page = form_of(
        procedure,
        step(
            "Une",
            field(kind, "Mesure", key="mesure"),
            field("short_text", "Suite", condition=condition("mesure", written, "at_least")),
        ),
    )
    page.full_clean()
    assert definition_of(page).fields["suite"].condition.rules[0].value == kept


# Bounds ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "written", "read"),
    [
        (FieldKind.AMOUNT, "1 234,50 €", "1234.50"),
        (FieldKind.NUMBER, "-3,5", "-3.5"),
        (FieldKind.DATE, "31/01/2026", "2026-01-31"),
        (FieldKind.DATE, "0", "+0"),
        (FieldKind.FILES, "03", "3"),
        (FieldKind.LONG_TEXT, "", ""),
    ],
)
def test_bounds_are_read_as_written(kind, written, read):
    assert read_bound(kind, written) == read
    assert read_bound(kind, read) == read


@given(st.sampled_from(list(FieldKind)), st.text(max_size=25))
def test_no_bound_breaks_a_draft(kind, written):
    kept = kept_bound(kind, written)
    assert kept_bound(kind, kept) == kept
    assert in_order(kind, kept, kept)


# Versions -------------------------------------------------------------------------------------------------------------


def test_publishing_freezes_what_changed_and_nothing_else(procedure, alice):
    first = current(procedure)
    procedure.save_revision(user=alice).publish()
    assert current(procedure) == first
    form_of(procedure, *FORM, step("Encore", field("short_text", "Plus", key="plus")))
    procedure.save_revision(user=alice).publish()
    second = current(procedure)
    assert (second.number, second.published_by) == (2, alice)
    assert list(first.definition.fields) == ["objet", "urgent", "pourquoi", "photo"]
    assert list(second.definition.fields) == ["objet", "urgent", "pourquoi", "photo", "plus"]


def test_a_draft_of_the_page_changes_no_version(procedure):
    before = current(procedure)
    form_of(procedure, step("Autre", field("short_text", "X", key="x")))
    procedure.save_revision()
    assert current(procedure) == before
    assert ProcedureVersion.objects.count() == 1


def test_an_open_case_keeps_its_version(procedure, alice):
    case = CaseFactory(page=procedure, profile=alice.profiles.get())
    form_of(procedure, step("Autre", field("short_text", "X", key="x")))
    procedure.save_revision().publish()
    case.refresh_from_db()
    assert "objet" in case.definition.fields
    assert current(procedure) != case.version


def test_an_open_case_keeps_what_silence_means(procedure, alice):
    """Its receipt says it: a later change is for later cases."""
    procedure.silence, procedure.time_limit_days = Silence.ACCEPTED, 60
    procedure.save_revision().publish()
    case = CaseFactory(page=procedure, profile=alice.profiles.get(), due_on=dt.date(2027, 2, 1))
    assert "considérée comme acceptée" in facts_of(case)["silence"]
    procedure.silence = Silence.REFUSED
    procedure.save_revision().publish()
    case = Case.objects.get(pk=case.pk)
    assert case.page.silence == Silence.REFUSED and case.silence == Silence.ACCEPTED
    assert "considérée comme acceptée" in facts_of(case)["silence"]
    assert sheet(case).silence == "Passé ce délai, le silence vaut acceptation."
    assert CaseFactory(page=case.page, version=current(case.page)).silence == Silence.REFUSED
    # A version of before it was kept.
    case.version.handling.pop("silence")
    assert case.silence == Silence.REFUSED


def test_a_page_that_only_describes_has_no_version(procedure_index):
    from tests.factories.procedures import ProcedurePageFactory

    page = ProcedurePageFactory(parent=procedure_index)
    assert (current(page), page.is_online) == (None, False)


def test_a_half_written_draft_is_read_all_the_same(procedure):
    rule = {"rules": [{"field": "", "operator": "", "value": ""}], "any_of": False}
    page = form_of(
        procedure,
        step("", field("appointment", "", appointment=None), field("choice", "", options=[], condition=rule)),
        step("Deux", field("number", "N", minimum="beaucoup")),
    )
    page.statuses = page._meta.get_field("statuses").to_python(
        json.dumps([{"type": "status", "value": {"label": "", "state": ""}}])
    )
    definition = definition_of(page)
    assert [step.key for step in definition.steps] == ["champ", "deux"]
    assert from_json(definition.to_json()) == definition
    assert freeze(page).number == 1


def test_what_a_publication_says(procedure, alice):
    CaseFactory(page=procedure, profile=alice.profiles.get())
    CaseFactory(page=procedure, profile=None, state=CaseState.DRAFT)
    before = current(procedure)
    form_of(procedure, *FORM, step("Encore", field("short_text", "Plus", key="plus")))
    procedure.save_revision().publish()
    publication = publication_of(current(procedure), before=before)
    assert publication.sentence == (
        "Version 2 du formulaire. Étape ajoutée : « Encore ». Question ajoutée : « Plus ». "
        "1 brouillon suivra cette version. 1 dossier en cours garde la sienne."
    )
    same = publication_of(current(procedure), before=current(procedure))
    assert same.sentence == "Le formulaire n’a pas changé : la version 2 reste en service."
    assert "première version" in publication_of(before, before=None).sentence


# What a version changes -----------------------------------------------------------------------------------------------

TOWN = Field(FieldKind.CHOICE, "ou", "Où", options=(Option("a", "Octon"), Option("b", "Prairial")))


def one_step(*fields, **values):
    return Definition((Step("s", **{"title": "Une", **values}, fields=fields),))


def test_changes_are_said_one_by_one():
    old = one_step(TOWN, Field(FieldKind.SHORT_TEXT, "nom", "Nom"), Field(FieldKind.DATE, "jour", "Jour"))
    new = one_step(
        Field(
            FieldKind.CHOICE, "ou", "Où vivez-vous", required=False, options=(Option("a", "Octon"), Option("c", "Ici"))
        ),
        Field(FieldKind.LONG_TEXT, "nom", "Nom"),
        Field(FieldKind.YES_NO, "urgent", "Est-ce urgent ?"),
        title="Vous",
    )
    assert changes(old, new) == [
        "Étape renommée : « Une » devient « Vous ».",
        "Question reformulée : « Où » devient « Où vivez-vous ».",
        "« Où vivez-vous » devient facultative.",
        "« Où vivez-vous » : réponse ajoutée, « Ici ».",
        "« Où vivez-vous » : réponse retirée, « Prairial ».",
        "« Nom » change de nature : texte court devient texte long.",
        "Question ajoutée : « Est-ce urgent ? ».",
        "Question retirée : « Jour ».",
    ]
    assert changes(new, new) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"help": "En ville."}, "« Où » : son aide change."),
        ({"pattern_message": "Une commune."}, "« Où » : son aide change."),
        ({"prefill": Prefill.LAST_NAME}, "« Où » : ce qui la pré-remplit change."),
        ({"unit": "km"}, "« Où » : son unité change."),
        ({"appointment": 3}, "« Où » : le type de rendez-vous change."),
        (
            {"options": (Option("a", "Octon-le-Haut"), Option("b", "Prairial"))},
            "« Où » : réponse reformulée, « Octon » devient « Octon-le-Haut ».",
        ),
    ],
)
def test_what_a_question_has_besides_its_words_is_said(changed, sentence):
    assert changes(one_step(TOWN), one_step(dataclasses.replace(TOWN, **changed))) == [sentence]


def test_texts_and_places_are_said():
    info = Field(FieldKind.INFO, "info-1", "", text="<p>Lisez.</p>", required=False)
    day = Field(FieldKind.DATE, "jour", "Jour")
    old = Definition((Step("s", "Une", fields=(TOWN, day, info)), Step("t", "Deux", fields=())))
    new = Definition(
        (
            Step("s", "Une", "<p>Bonjour.</p>", fields=(day, TOWN)),
            Step("t", "Deux", fields=(dataclasses.replace(info, text="<p>Relisez.</p>"),)),
        )
    )
    assert changes(old, new) == [
        "Étape « Une » : son introduction change.",
        "Étape « Une » : l’ordre des questions change.",
        "Un texte d’information passe à l’étape « Deux ».",
        "Un texte d’information : son texte change.",
    ]


def test_what_is_not_said_is_not_called_something_else(procedure):
    """A publication that only rewords a help used to announce that the statuses changed."""
    before = current(procedure)
    form = json.loads(json.dumps(FORM))
    form[0]["value"]["fields"][0]["value"]["help"] = "En quelques mots."
    form_of(procedure, *form)
    procedure.save_revision().publish()
    assert publication_of(current(procedure), before=before).sentence == (
        "Version 2 du formulaire. « Objet » : son aide change."
    )
    procedure.handler = "open_contract"
    procedure.save_revision().publish()
    assert publication_of(current(procedure), before=before).version.number == 3
    second = procedure.versions.get(number=2)
    assert "les statuts ou le traitement changent" in publication_of(current(procedure), before=second).sentence


def test_a_first_version_adds_everything():
    assert changes(None, one_step(TOWN)) == ["Étape ajoutée : « Une ».", "Question ajoutée : « Où »."]


# What can't appear ----------------------------------------------------------------------------------------------------

FIELDS = st.lists(
    st.builds(
        Field,
        kind=st.sampled_from([FieldKind.YES_NO, FieldKind.SHORT_TEXT, FieldKind.NUMBER]),
        key=st.sampled_from("abcdef"),
        label=st.just("Q"),
        required=st.booleans(),
    ),
    unique_by=lambda one: one.key,
    max_size=6,
)


@given(FIELDS)
@settings(max_examples=50)
def test_without_conditions_everything_can_appear(fields):
    assert never_shown(one_step(*fields)) == []


# Dates ----------------------------------------------------------------------------------------------------------------

DATES = st.none() | st.dates()


@given(DATES, DATES, st.dates())
def test_open_between_its_dates_both_included(opens, closes, today):
    opening = opening_of(opens, closes, today)
    too_early = bool(opens and today < opens)
    too_late = bool(closes and today > closes)
    assert opening.is_open == (not too_early and not too_late)
    assert bool(opening.sentence) == bool(closes or too_early)
    if too_early:
        assert opening.state is OpeningState.BEFORE


def test_a_procedure_says_whom_it_is_for(procedure_index, alice):
    page = OnlineProcedureFactory(parent=procedure_index)
    assert page.audience == [] and page.is_for(alice.profiles.get())
    page.for_individuals = page.for_households = False
    assert [str(words) for words in page.audience] == ["Les organismes"]
    assert not page.is_for(alice.profiles.get())

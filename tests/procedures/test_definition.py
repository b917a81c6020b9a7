"""A form as data: kept and read again equal, and what appears follows from the answers alone."""

import json

from hypothesis import given

from procedures.conditions import Condition, Rule, is_empty
from procedures.definition import Definition, Field, Step, digest, from_json, kept_answers, shown
from procedures.enums import FieldKind, Operator

from .strategies import definitions, drafts, lawful

K = FieldKind


@lawful
@given(definitions())
def test_a_form_goes_through_json_and_comes_back_equal(definition):
    again = from_json(json.loads(json.dumps(definition.to_json())))
    assert again == definition
    assert again.digest == definition.digest


@lawful
@given(definitions(), definitions())
def test_two_forms_have_one_digest_only_when_they_are_the_same(one, other):
    assert (one.digest == other.digest) is (one == other)


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


@lawful
@given(definitions(), drafts())
def test_what_appears_keeps_the_order_and_depends_on_what_appears_only(definition, answers):
    found = shown(definition, answers)
    keys = [field.key for _step, fields in found for field in fields]
    assert keys == [key for key in definition.fields if key in keys]
    # An answer to what is hidden counts for nothing.
    visible = {key: value for key, value in answers.items() if key in keys}
    assert shown(definition, visible) == found


@lawful
@given(definitions(), drafts())
def test_what_is_kept_is_kept_again(definition, answers):
    kept = kept_answers(definition, answers)
    assert kept_answers(definition, kept) == kept
    assert set(kept) <= set(answers)


@lawful
@given(definitions(), drafts())
def test_no_row_is_kept_that_says_nothing(definition, answers):
    for key, value in kept_answers(definition, answers).items():
        if definition.fields[key].kind == K.GROUP:
            assert all(row and not any(map(is_empty, row.values())) for row in value)


def test_a_hidden_answer_hides_what_depends_on_it():
    def when(key):
        return Condition((Rule(key, Operator.IS, "yes"),))

    definition = Definition(
        (
            Step("un", "Un", fields=(Field(K.YES_NO, "a", "A"), Field(K.YES_NO, "b", "B", condition=when("a")))),
            Step("deux", "Deux", condition=when("b"), fields=(Field(K.SHORT_TEXT, "c", "C"),)),
        )
    )

    def appear(**answers):
        return [field.key for _step, fields in shown(definition, answers) for field in fields]

    assert appear(a="yes", b="yes") == ["a", "b", "c"]
    assert appear(a="no", b="yes") == ["a"]
    assert kept_answers(definition, {"a": "no", "b": "yes", "c": "x"}) == {"a": "no"}

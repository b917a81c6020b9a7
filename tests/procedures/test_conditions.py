"""Conditions: pure rules over answers, the same in Python and in the browser."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from procedures.conditions import ALWAYS, Condition, Rule, holds, is_empty, rule_holds
from procedures.enums import Operator

from .strategies import ANSWERS, VALUES, conditions, drafts, lawful, rules

FORM_JS = Path(__file__).parents[2] / "procedures/static/procedures/js/form.js"
O = Operator  # noqa: E741 - a table of rules is easier to read so


@pytest.mark.parametrize(
    ("operator", "value", "answer", "expected"),
    [
        (O.IS, "yes", "yes", True),
        (O.IS, "yes", "no", False),
        (O.IS, "yes", None, False),
        (O.IS, "yes", True, True),
        (O.IS, "Angers", {"town": "ANGERS", "postcode": "49000"}, True),
        (O.IS, "3", "3.00", True),
        (O.IS, "3,5", "3.5", True),
        (O.IS, "a", ["a"], True),
        (O.IS, "a", ["a", "b"], False),
        (O.IS_NOT, "a", "b", True),
        (O.IS_NOT, "a", "", False),
        (O.CONTAINS, "a", ["a", "b"], True),
        (O.CONTAINS, "c", ["a", "b"], False),
        (O.CONTAINS, "banc", "Un BANC cassé", True),
        (O.CONTAINS, "", "Un banc", False),
        (O.AT_LEAST, "10", "9.99", False),
        (O.AT_LEAST, "10", "10", True),
        (O.AT_LEAST, "9", "10", True),
        (O.AT_MOST, "2026-12-31", "2026-12-31", True),
        (O.AT_MOST, "2026-12-31", "2027-01-01", False),
        (O.AT_LEAST, "10", "beaucoup", False),
        (O.AT_MOST, "10", None, False),
        (O.FILLED, "", {"town": ""}, False),
        (O.FILLED, "", ["x"], True),
        (O.EMPTY, "", False, True),
        (O.EMPTY, "", "0", False),
    ],
)
def test_rules(operator, value, answer, expected):
    assert rule_holds(Rule("f", operator, value), answer) is expected


def test_nothing_is_asked_always_holds():
    assert holds(ALWAYS, {}) is True


@lawful
@given(st.lists(rules(["f0", "f1"]), min_size=1, max_size=4).map(tuple), drafts())
def test_all_of_them_or_one(rules, answers):
    each = [rule_holds(rule, answers.get(rule.field)) for rule in rules]
    assert holds(Condition(rules), answers) is all(each)
    assert holds(Condition(rules, any_of=True), answers) is any(each)


@lawful
@given(ANSWERS, VALUES)
@example(False, "a")  # an unticked box is nothing, not the word « false »
def test_an_answer_is_there_or_not_and_nothing_compares_to_nothing(answer, value):
    filled = rule_holds(Rule("f", O.FILLED), answer)
    assert filled is not rule_holds(Rule("f", O.EMPTY), answer)
    assert filled is not is_empty(answer)
    if not filled:
        for operator in (O.IS_NOT, O.CONTAINS, O.AT_LEAST, O.AT_MOST):
            assert rule_holds(Rule("f", operator, value), answer) is False


@lawful
@given(ANSWERS, VALUES)
def test_what_is_is_not_what_is_not(answer, value):
    if not is_empty(answer):
        assert rule_holds(Rule("f", O.IS, value), answer) is not rule_holds(Rule("f", O.IS_NOT, value), answer)


@pytest.mark.browser
def test_the_browser_reads_conditions_as_the_server_does(open_page):
    """One rule written twice is one rule: 1,500 conditions and answers go through both."""
    cases = _cases(1500)
    found = open_page().evaluate(
        """async ({source, cases}) => {
            const {holds} = await import(URL.createObjectURL(new Blob([source], {type: "text/javascript"})));
            return cases.map(([condition, answers]) => holds(condition, answers));
        }""",
        {"source": FORM_JS.read_text(), "cases": [list(case[:2]) for case in cases]},
    )
    assert [case for case, told in zip(cases, found, strict=True) if case[2] is not told] == []
    assert {case[2] for case in cases} == {True, False}


def _cases(count):
    cases = []

    @settings(
        max_examples=count,
        database=None,
        phases=[Phase.generate],
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(conditions(["f0", "f1", "f2"]), drafts())
    def collect(condition, answers):
        plain = [{"field": r.field, "operator": str(r.operator), "value": r.value} for r in condition.rules]
        cases.append(({"rules": plain, "any_of": condition.any_of}, answers, holds(condition, answers)))

    collect()
    return cases

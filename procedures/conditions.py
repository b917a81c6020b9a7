"""When a field or a step is shown: pure functions over answers, the same for the browser and the server."""

import re
from dataclasses import dataclass
from decimal import Decimal

from .enums import Operator

# No exponent, no infinity, no figures of other scripts: `procedures/js/form.js` reads the same.
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """`field` is the key of an earlier field; `value` is compared as text, as a number, or as an ISO date."""

    field: str
    operator: Operator
    value: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Rules that all hold, or one at least when `any_of`. Without rules, it always holds."""

    rules: tuple[Rule, ...] = ()
    any_of: bool = False

    def __bool__(self):
        return bool(self.rules)


ALWAYS = Condition()


def holds(condition, answers):
    """Return whether `condition` holds for `answers` ({key: value}), those of hidden fields left out."""
    if not condition.rules:
        return True
    found = (rule_holds(rule, answers.get(rule.field)) for rule in condition.rules)
    return any(found) if condition.any_of else all(found)


def rule_holds(rule, answer):
    """Return whether `rule` holds for one `answer`; nothing is empty, and compares to nothing."""
    match rule.operator:
        case Operator.FILLED:
            return not is_empty(answer)
        case Operator.EMPTY:
            return is_empty(answer)
        case Operator.IS_NOT:
            return not is_empty(answer) and not _is(answer, rule.value)
        case Operator.IS:
            return _is(answer, rule.value)
        case Operator.CONTAINS:
            return _contains(answer, rule.value)
        case Operator.AT_LEAST:
            return (order := _order(answer, rule.value)) is not None and order >= 0
        case Operator.AT_MOST:
            return (order := _order(answer, rule.value)) is not None and order <= 0
    raise ValueError(rule.operator)


def is_empty(answer):
    """Return whether nothing was answered: None, an empty text, list or address, an unticked box, rows left blank."""
    if isinstance(answer, dict):
        return all(map(is_empty, answer.values()))
    if isinstance(answer, list | tuple):
        return all(isinstance(one, dict) and is_empty(one) for one in answer)
    return answer is None or answer is False or answer == ""


def _words(answer):
    """The texts an answer is compared by: a town for an address, each choice of several."""
    if isinstance(answer, dict):
        answer = answer.get("town", "")
    values = answer if isinstance(answer, list | tuple) else [answer]
    ticked = {True: "yes", False: ""}
    return [
        _folded(ticked[value] if isinstance(value, bool) else value) for value in values if not isinstance(value, dict)
    ]


def _folded(value):
    return str(value if value is not None else "").strip().casefold()


def _is(answer, value):
    number, other = _number(answer), _number(value)
    if number is not None and other is not None:
        return number == other
    return _words(answer) == [_folded(value)]


def _contains(answer, value):
    words = _words(answer)
    if isinstance(answer, list | tuple):
        return _folded(value) in words
    return bool(words) and _folded(value) != "" and _folded(value) in words[0]


def _order(answer, value):
    """Return -1, 0 or 1: `answer` before, at or after `value`, as numbers or ISO dates; None when neither compares."""
    if is_empty(answer):
        return None
    left, right = _number(answer), _number(value)
    if left is None or right is None:
        left, right = _folded(answer), _folded(value)
        if not (_is_date(left) and _is_date(right)):
            return None
    return (left > right) - (left < right)


def _number(value):
    if isinstance(value, bool | list | tuple | dict) or value is None:
        return None
    text = str(value).strip().replace(",", ".")
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _is_date(text):
    return len(text) >= 10 and text[4] == text[7] == "-" and text[:4].isdigit()

"""What of a form no answer can make appear. Pure.

For each condition, the answers of the questions it depends on (and of those they depend on) are tried one by one, only
as many for each question as can make a difference.
"""

from decimal import Decimal, InvalidOperation
from itertools import product
from math import prod

from ..conditions import holds
from ..enums import FieldKind

# Beyond, nobody is told anything: an editor had better wait for nothing than for minutes.
TRIES = 20_000
SAMPLE_TEXT = "zzz"
SAMPLE_FILE = "00000000-0000-0000-0000-000000000000"


def never_shown(definition):
    """Return the Steps and Fields with a condition that no answers fulfil, in order. Groups' fields are not among."""
    places = {field.key: (step, field) for step in definition.steps for field in step.fields}
    order = list(places)
    found = []
    for step in definition.steps:
        hidden_step = step.condition and not _reachable(step, step.condition, (), places, order)
        if hidden_step:
            found.append(step)
            continue
        for field in step.fields:
            if field.condition and not _reachable(field, field.condition, (step.condition,), places, order):
                found.append(field)
    return found


def _reachable(thing, condition, outer, places, order):
    """Return whether some answers make `condition` hold, and `outer` (the step's) with it."""
    wanted = [condition, *(one for one in outer if one)]
    keys = _depends_on(wanted, places)
    keys.sort(key=order.index)
    rules = [rule for one in wanted for rule in one.rules]
    for key in keys:
        step, field = places[key]
        rules += [*step.condition.rules, *field.condition.rules]
    tries = [_candidates(places[key][1], [rule for rule in rules if rule.field == key]) for key in keys]
    if prod(len(one) for one in tries) > TRIES:
        return True
    return any(_holds(wanted, dict(zip(keys, answers, strict=True)), places) for answers in product(*tries))


def _depends_on(conditions, places):
    """The keys of the questions that `conditions` read, with those that these depend on in turn."""
    found, ahead = [], [rule.field for one in conditions for rule in one.rules]
    while ahead:
        key = ahead.pop()
        if key in found or key not in places:
            continue
        found.append(key)
        step, field = places[key]
        ahead += [rule.field for one in (step.condition, field.condition) for rule in one.rules]
    return found


def _holds(wanted, answers, places):
    """Return whether `wanted` hold once hidden questions are taken out of `answers` (in the form's order)."""
    known = {}
    for key, answer in answers.items():
        step, field = places[key]
        if holds(step.condition, known) and holds(field.condition, known):
            if answer is None and field.required:
                return False
            known[key] = answer
        elif answer is not None:
            # The same hidden, with another answer: tried as None already.
            return False
    return all(holds(one, known) for one in wanted)


def _candidates(field, rules):
    """Answers of `field` that tell `rules` apart; None is no answer."""
    match field.kind:
        case FieldKind.YES_NO:
            found = ["yes", "no"]
        case FieldKind.AGREEMENT:
            found = [True]
        case FieldKind.CHOICE:
            found = [option.key for option in field.options]
        case FieldKind.CHOICES:
            keys = [option.key for option in field.options]
            found = [*([key] for key in keys), keys, *([key for key in keys if key != one] for one in keys)]
        case FieldKind.FILES:
            found = [[SAMPLE_FILE]]
        case FieldKind.GROUP:
            found = [[{"x": "x"}]]
        case FieldKind.ADDRESS:
            found = [{"town": text} for text in _around(rules)]
        case _:
            found = _around(rules)
    return [None, *found]


def _around(rules):
    """The values that `rules` compare to, those just beside, all texts together, and another one."""
    found = [SAMPLE_TEXT]
    for rule in rules:
        found.append(rule.value)
        try:
            number = Decimal(rule.value.replace(",", "."))
        except InvalidOperation:
            if rule.value[4:5] == "-":
                found += ["1000-01-01", "3000-01-01"]
            continue
        found += [str(number - 1), str(number + 1)]
    texts = [rule.value for rule in rules if rule.value]
    if len(texts) > 1:
        found.append(" ".join(texts))
    return list(dict.fromkeys(found))

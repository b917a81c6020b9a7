"""Whether a rule compares what it can compare: a question of some kind, an operator, a value. Pure."""

import re
from decimal import Decimal, InvalidOperation

from ..enums import FieldKind, Operator

PRESENCE = {Operator.FILLED, Operator.EMPTY}
ORDER = {Operator.AT_LEAST, Operator.AT_MOST}
NUMBERS = {FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.METER_INDEX}
# What can be there or not, and no more.
OPAQUE = {FieldKind.FILES, FieldKind.GROUP, FieldKind.CONTRACT, FieldKind.CHILD, FieldKind.APPOINTMENT}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def rule_problem(child, operator, value):
    """Return (name of the block at fault, sentence), or None. `child`: the block of the question that is read."""
    kind = child.block.kind
    if kind == FieldKind.INFO:
        return "field", "un texte d’information n’a pas de réponse."
    if operator in PRESENCE:
        return None
    if kind in OPAQUE:
        return "operator", "on peut seulement demander si elle est remplie ou vide."
    if not value.strip():
        return "value", "il manque la valeur à comparer."
    if operator in ORDER:
        return _order_problem(kind, value)
    expected = answers_of(child)
    if expected and value not in expected:
        proposed = ", ".join(f"{key} ({label})" if key != label else key for key, label in expected.items())
        return "value", f"aucune réponse ne vaut « {value} ». Les réponses : {proposed}."
    if kind in NUMBERS and not _is_number(value):
        return "value", f"« {value} » n’est pas un nombre."
    if kind == FieldKind.DATE and not DAY.match(value):
        return "value", f"« {value} » n’est pas une date (2026-01-31)."
    return None


def answers_of(child):
    """Return {key: label} of the answers that can be given, nothing when they are free."""
    match child.block.kind:
        case FieldKind.YES_NO:
            return {"yes": "Oui", "no": "Non"}
        case FieldKind.AGREEMENT:
            return {"yes": "coché"}
        case FieldKind.CHOICE | FieldKind.CHOICES:
            return {option.get("key"): option.get("label") for option in child.value["options"]}
    return {}


def _order_problem(kind, value):
    if kind in NUMBERS:
        return None if _is_number(value) else ("value", f"« {value} » n’est pas un nombre.")
    if kind == FieldKind.DATE:
        return None if DAY.match(value) else ("value", f"« {value} » n’est pas une date (2026-01-31).")
    return "operator", "seuls les nombres, les montants et les dates se comparent ainsi."


def _is_number(value):
    try:
        return Decimal(value.strip().replace(",", ".")).is_finite()
    except InvalidOperation:
        return False

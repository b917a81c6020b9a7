"""A condition in words: what is read beside a field that appears only sometimes. Pure."""

from ..conditions import Operator
from ..enums import FieldKind
from .kinds import kind_of


def condition_hint(condition, fields):
    """Return « Si … » of a condition; `fields`: {key: Field} of those that it may name."""
    told = [_rule(rule, fields.get(rule.field)) for rule in condition.rules]
    return "Si " + (" ou si " if condition.any_of else " et si ").join(told)


def _rule(rule, field):
    asked = f"« {field.label} »" if field else f"« {rule.field} »"
    asked = asked.replace("« ", "«\u00a0").replace(" »", "\u00a0»")
    if field is not None and field.kind == FieldKind.AGREEMENT:
        unticked = rule.operator in (Operator.EMPTY, Operator.IS_NOT)
        return f"{asked} {'n’est pas cochée' if unticked else 'est cochée'}"
    if rule.operator in (Operator.FILLED, Operator.EMPTY):
        return f"{asked} {rule.operator.label}"
    return f"{asked} {rule.operator.label} «\u00a0{_value(rule.value, field)}\u00a0»"


def _value(value, field):
    if field is None:
        return value
    if field.kind == FieldKind.YES_NO:
        return {"yes": "Oui", "no": "Non"}.get(value, value)
    if field.kind in (FieldKind.CHOICE, FieldKind.CHOICES):
        return {option.key: option.label for option in field.options}.get(value, value)
    if field.kind in (FieldKind.NUMBER, FieldKind.AMOUNT, FieldKind.DATE):
        return kind_of(field).words(value, field, None)
    return value

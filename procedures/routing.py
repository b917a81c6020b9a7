"""Which department a case goes to, by what was answered. Pure."""

from .conditions import Rule, rule_holds
from .enums import Operator


def routed_to(routing, answers):
    """Return the department's id of the first rule of `routing` that fits, or None.

    A rule ({"field", "value", "department"}) fits the answer it names: a town for an address, one of several choices.
    `answers`: those that were kept.
    """
    for rule in routing:
        answer = answers.get(rule["field"])
        operator = Operator.CONTAINS if isinstance(answer, list | tuple) else Operator.IS
        if rule_holds(Rule(rule["field"], operator, rule["value"]), answer):
            return rule["department"]
    return None

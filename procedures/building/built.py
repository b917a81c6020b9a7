"""What staff built in the editor, as data: a page's StreamFields as a Definition, statuses and a handling.

A draft may be half-written: what is not there yet is left out, never an error.
"""

from ..bounds import BOUNDED, kept_bound
from ..conditions import ALWAYS, Condition, Rule
from ..definition import Definition, Field, Option, Step
from ..enums import CaseState, FieldKind, Operator, Prefill
from ..statuses import DEFAULTS, Status
from .keys import key_of


def definition_of(page):
    """Return the Definition of the form of `page` as it stands in the editor."""
    return Definition(tuple(_step(child.value) for child in page.form))


def statuses_of(page):
    """Return the statuses of `page`, the portal's own when staff wrote none."""
    written = tuple(
        Status(
            key=key_of(value.get("key"), value["label"]),
            label=value["label"],
            state=CaseState(value["state"]),
            explanation=value.get("explanation") or "",
            tone=value.get("tone") or "info",
            mail=value.get("mail") or "",
        )
        for value in (child.value for child in page.statuses)
        if value.get("label") and value.get("state")
    )
    return written or DEFAULTS


def handling_of(page):
    """Return what is frozen of the handling of `page`: routing, what silence means, handler and its inputs."""
    return {
        "routing": [
            {
                "field": child.value["field"],
                "value": child.value["value"],
                "department": child.value["department"].pk,
            }
            for child in page.routing
            if child.value.get("department") and child.value.get("field")
        ],
        # The receipt of a case says it: what it said stays true.
        "silence": page.silence,
        "handler": page.handler,
        "inputs": {
            child.value["name"]: child.value["field"]
            for child in page.inputs
            if child.value.get("name") and child.value.get("field")
        },
    }


def _step(value):
    return Step(
        key=key_of(value.get("key"), value.get("title")),
        title=value.get("title") or "",
        introduction=_source(value.get("introduction")),
        condition=_condition(value),
        fields=tuple(_field(child) for child in value["fields"]),
    )


def _field(child):
    value, kind = child.value, child.block.kind
    if kind == FieldKind.INFO:
        return Field(
            kind=kind,
            key=key_of(value.get("key"), f"info-{child.id or ''}"[:13]),
            label="",
            required=False,
            condition=_condition(value),
            text=_source(value.get("text")),
        )
    chosen = value.get("appointment")
    return Field(
        kind=kind,
        key=key_of(value.get("key"), value.get("label")),
        label=value.get("label") or "",
        help=value.get("help") or "",
        required=bool(value.get("required")),
        condition=_condition(value),
        prefill=Prefill(value.get("prefill") or ""),
        options=tuple(
            Option(key_of(option.get("key"), option.get("label")), option.get("label") or "")
            for option in value.get("options") or ()
        ),
        minimum=kept_bound(kind, value.get("minimum")) if kind in BOUNDED else "",
        maximum=kept_bound(kind, value.get("maximum")) if kind in BOUNDED else "",
        pattern=value.get("pattern") or "",
        pattern_message=value.get("pattern_message") or "",
        unit=value.get("unit") or "",
        appointment=chosen.pk if chosen else None,
        fields=tuple(_field(inner) for inner in value.get("fields") or ()),
    )


def _condition(value):
    condition = value.get("condition")
    rules = tuple(
        Rule(rule["field"], Operator(rule.get("operator") or Operator.IS), rule.get("value") or "")
        for rule in (condition or {}).get("rules") or ()
        if rule.get("field")
    )
    return Condition(rules, bool(condition.get("any_of"))) if rules else ALWAYS


def _source(text):
    """The HTML of a rich text, which may be missing."""
    return getattr(text, "source", "") or ""

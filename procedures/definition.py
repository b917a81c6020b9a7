"""A form as data: steps, fields, conditions. Pure; made from the page's StreamField, frozen as JSON in a version."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from .conditions import ALWAYS, Condition, Rule, holds, is_empty
from .enums import NO_ANSWER, FieldKind, Operator, Prefill


@dataclass(frozen=True, slots=True)
class Option:
    key: str
    label: str


@dataclass(frozen=True)
class Field:
    """One field of a step or of a repeated group. Texts are what residents read.

    `minimum` and `maximum` bound what the kind counts, as text: characters, figures, amounts in euros, ISO dates or
    days from today ("+2", "-30"), ticked options, files, rows of a group. `text` is the rich text of an INFO.
    `appointment` is the primary key of an AppointmentKind.
    """

    kind: FieldKind
    key: str
    label: str
    help: str = ""
    required: bool = True
    condition: Condition = ALWAYS
    prefill: Prefill = Prefill.NONE
    options: tuple[Option, ...] = ()
    minimum: str = ""
    maximum: str = ""
    pattern: str = ""
    pattern_message: str = ""
    unit: str = ""
    text: str = ""
    appointment: int | None = None
    fields: tuple["Field", ...] = ()


@dataclass(frozen=True)
class Step:
    key: str
    title: str
    introduction: str = ""
    condition: Condition = ALWAYS
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Definition:
    """A whole form. Keys of steps are unique, and so are the keys of fields, those of groups within their group."""

    steps: tuple[Step, ...] = ()

    @cached_property
    def fields(self):
        """{key: Field} of the steps' own fields, in order."""
        return {field.key: field for step in self.steps for field in step.fields}

    def step(self, key):
        """Return the Step `key`. Raises KeyError."""
        return {step.key: step for step in self.steps}[key]

    def step_of(self, field_key):
        """Return the Step that holds the field `field_key`. Raises KeyError."""
        return {field.key: step for step in self.steps for field in step.fields}[field_key]

    def to_json(self):
        """Return the form as JSON-ready dicts; `from_json` gives it back equal."""
        return _plain(self)

    @cached_property
    def digest(self):
        """What tells two forms apart."""
        return digest(self.to_json())


def digest(data):
    """Return what tells two JSON-ready values apart."""
    return hashlib.sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _plain(value):
    """Return dataclasses as dicts without what is left at its default: a version weighs little, and may gain fields."""
    if dataclasses.is_dataclass(value):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if getattr(value, field.name) != field.default
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def from_json(data):
    """Return the Definition that `to_json` gave."""
    return Definition(tuple(_step(step) for step in data.get("steps", ())))


def _step(data):
    fields = tuple(_field(field) for field in data.get("fields", ()))
    return Step(**{**data, "condition": _condition(data), "fields": fields})


def _field(data):
    return Field(
        **{
            **data,
            "kind": FieldKind(data["kind"]),
            "prefill": Prefill(data.get("prefill", "")),
            "condition": _condition(data),
            "options": tuple(Option(**option) for option in data.get("options", ())),
            "fields": tuple(_field(field) for field in data.get("fields", ())),
        }
    )


def _condition(data):
    found = data.get("condition")
    if not found:
        return ALWAYS
    rules = tuple(
        Rule(rule["field"], Operator(rule["operator"]), rule.get("value", "")) for rule in found.get("rules", ())
    )
    return Condition(rules, found.get("any_of", False))


# What is shown --------------------------------------------------------------------------------------------------------


def shown(definition, answers):
    """Return [(step, [fields])] that `answers` make appear, in order. A step without any field to show is left out.

    An answer to a hidden field counts for nothing: a condition on it is read as on an empty answer.
    """
    return _walk(definition, answers)[0]


def kept_answers(definition, answers):
    """Return the answers of the fields that appear, in the form's order: what a case keeps of a draft.

    A group keeps, of each row, what appears in it; rows that say nothing are left out.
    """
    return _walk(definition, answers)[1]


def _walk(definition, answers):
    found, known = [], {}
    for step in definition.steps:
        if not holds(step.condition, known):
            continue
        fields = shown_fields(step.fields, answers, known)
        if fields:
            found.append((step, fields))
    return found, known


def shown_fields(fields, answers, known=None):
    """Return the fields among `fields` that appear. `known`: answers that earlier fields gave; grows with these."""
    known = {} if known is None else known
    found = []
    for field in fields:
        if holds(field.condition, known):
            found.append(field)
            if field.key in answers and field.kind not in NO_ANSWER:
                answer = answers[field.key]
                known[field.key] = _kept_rows(field, answer, known) if field.kind == FieldKind.GROUP else answer
    return found


def _kept_rows(group, rows, known):
    kept = []
    for row in rows if isinstance(rows, list | tuple) else ():
        fields = shown_fields(group.fields, row, dict(known)) if isinstance(row, dict) else []
        own = {field.key: row[field.key] for field in fields if not is_empty(row.get(field.key))}
        if own:
            kept.append(own)
    return kept

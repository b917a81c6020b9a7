"""Answers as a whole: in words, with what is wrong with them, with the files they name."""

from dataclasses import dataclass, field

from ..conditions import holds, is_empty
from ..definition import kept_answers, shown, shown_fields
from ..enums import NO_ANSWER, FieldKind
from .base_kind import named
from .context import FormContext
from .kinds import GROUP, kind_of


@dataclass
class Line:
    """One answer, as a summary shows it."""

    field: object
    value: str = ""
    files: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    @property
    def key(self):
        return self.field.key

    @property
    def label(self):
        return self.field.label


@dataclass(frozen=True)
class Problem:
    """What is wrong with one answer; as text, it names its field."""

    key: str
    label: str
    message: str

    def __str__(self):
        if self.message.startswith(self.label):
            return self.message
        return named(self.label, self.message)


# What appears ---------------------------------------------------------------------------------------------------------


def steps_of(definition, answers, only=None):
    """Return [(step, [fields])] that appear; with `only`, those of a correction: texts stay beside the fields asked."""
    found = shown(definition, answers)
    if only is None:
        return found
    kept = []
    for step, fields in found:
        if any(one.key in only for one in fields):
            kept.append((step, [one for one in fields if one.key in only or one.kind == FieldKind.INFO]))
    return kept


def correctable(definition, keys):
    """Return `keys` and those of what depends on them by conditions: a corrected answer may make others appear."""
    found = set(keys)
    while True:
        more = set(found)
        for step in definition.steps:
            opened = any(rule.field in found for rule in step.condition.rules)
            for one in step.fields:
                if one.kind not in NO_ANSWER and (opened or _asks_for(one, found)):
                    more.add(one.key)
        if more == found:
            return found
        found = more


def _asks_for(one, keys):
    """Whether the condition of a field, or of those of its rows, reads one of `keys`."""
    own = {inner.key for inner in one.fields}
    outside = {rule.field for inner in one.fields for rule in inner.condition.rules} - own
    return not keys.isdisjoint(outside | {rule.field for rule in one.condition.rules})


def before(definition, answers, step):
    """Return the answers of the fields that appear before `step`: what its conditions may ask for."""
    known = {}
    for other in definition.steps:
        if other.key == step.key:
            break
        if holds(other.condition, known):
            shown_fields(other.fields, answers, known)
    return known


def merged(draft, step, answers):
    """Return the answers of `draft` with those of `step` replaced by `answers`."""
    own = {one.key for one in step.fields}
    return {**{key: value for key, value in draft.items() if key not in own}, **answers}


# In words -------------------------------------------------------------------------------------------------------------


def display(definition, answers, context, *, only=None):
    """Return [(step, [Line])] of what appears, texts of information left out: three queries at most."""
    answers = kept_answers(definition, answers)
    learn(context, [(definition, answers)])
    return [
        (step, [line_of(one, answers.get(one.key), context) for one in fields if one.kind not in NO_ANSWER])
        for step, fields in steps_of(definition, answers, only)
    ]


def line_of(one, answer, context):
    """Return the Line of an answer."""
    if is_empty(answer):
        return Line(one)
    if one.kind == FieldKind.FILES:
        files = context.stored(kind_of(one).ids(answer))
        return Line(one, "\n".join(stored.name for stored in files), files=files)
    if one.kind == FieldKind.GROUP:
        rows = [
            [line_of(inner, row[inner.key], context) for inner in one.fields if not is_empty(row.get(inner.key))]
            for row in GROUP.rows(answer)
        ]
        return Line(one, shown_text(one, answer, context), rows=rows)
    return Line(one, shown_text(one, answer, context))


def shown_text(one, answer, context):
    """Return one answer in words, as plain text."""
    return "" if is_empty(answer) else str(kind_of(one).words(answer, one, context))


# Files and other things that answers name -----------------------------------------------------------------------------


def file_ids(definition, answers, *, hidden=False):
    """Return the identifiers of the files that the answers name, in order; with `hidden`, of all fields."""
    return list(dict.fromkeys(str(key) for key in _named(definition, answers, FieldKind.FILES, hidden)))


def only_named(definition, answers, kind):
    """Return what the answers of `kind` that appear name (a contract's reference, a child's id); "" for none, or for
    several."""
    found = {str(one) for one in _named(definition, answers, kind, hidden=False)}
    return found.pop() if len(found) == 1 else ""


def _named(definition, answers, kind, hidden=True):
    """What the answers of `kind` name, those of rows too."""
    if not hidden:
        answers = kept_answers(definition, answers)
    for one in definition.fields.values():
        if one.kind == FieldKind.GROUP:
            for row in GROUP.rows(answers.get(one.key)):
                for inner in one.fields:
                    yield from _of_kind(inner, row.get(inner.key), kind)
        else:
            yield from _of_kind(one, answers.get(one.key), kind)


def _of_kind(one, answer, kind):
    if one.kind == kind and not is_empty(answer):
        yield from answer if isinstance(answer, list | tuple) else [answer]


def learn(context, filled):
    """Have `context` know what the answers of [(definition, answers)] name: one query for each kind of thing."""
    filled = list(filled)

    def named(kind):
        return [str(one) for definition, answers in filled for one in _named(definition, answers, kind)]

    # Whose form it is is known already when it is one's own: then nothing is asked twice.
    own = context.profile is not None
    context.learn(
        contracts=() if own else named(FieldKind.CONTRACT),
        children=() if own else named(FieldKind.CHILD),
        files=named(FieldKind.FILES),
    )


def context_of_cases(cases):
    """Return a FormContext that knows what the answers of all `cases` name: for exports, three queries."""
    context = FormContext(contracts=(), children=(), files=())
    learn(context, [(case.definition, case.answers) for case in cases])
    return context


# What is wrong --------------------------------------------------------------------------------------------------------


def problems_of(definition, answers, context, *, only=None):
    """Return {step key: [Problem]} of the answers of what appears: all is checked again, nothing is written."""
    found, known = {}, {}
    learn(context, [(definition, answers)])
    context.held |= set(file_ids(definition, answers, hidden=True))
    context.contract_reference = next(map(str, _named(definition, answers, FieldKind.CONTRACT)), "")
    for step, fields in shown(definition, answers):
        for one in fields:
            answer = answers.get(one.key)
            if only is None or one.key in only:
                context.known = dict(known)
                found.setdefault(step.key, []).extend(problems_in(one, answer, context))
            if one.key in answers:
                known[one.key] = answer
    context.known = {}
    return {key: problems for key, problems in found.items() if problems}


def problems_in(one, answer, context):
    """Return the Problems of one answer of a field that appears."""
    kind = kind_of(one)
    if one.kind in NO_ANSWER:
        return []
    if is_empty(answer) or (one.kind == FieldKind.GROUP and not GROUP.rows(answer)):
        required = one.required and not (context.trial and one.kind == FieldKind.FILES)
        return [Problem(one.key, one.label, kind.required(one.label))] if required else []
    return [Problem(one.key, one.label, str(message)) for message in kind.problems(answer, one, context)]

"""Small forms for the tests of the form engine, written as data, and what a browser would send."""

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from procedures.conditions import ALWAYS, Condition, Rule
from procedures.definition import Definition, Field, Option, Step
from procedures.enums import FieldKind, Operator
from procedures.forms import FormContext, StepForm

K = FieldKind
AB = (Option("a", "La première"), Option("b", "La seconde"))


def ask(kind, key="f", label="Question", **values):
    return Field(kind, key, label, **values)


def form_of(*fields, **values):
    """A form of one step."""
    return Definition((Step("un", "Un", fields=fields, **values),))


def when(key, value="yes", operator=Operator.IS):
    return Condition((Rule(key, operator, value),)) if key else ALWAYS


def nobody(**values):
    """A context that needs no database: nobody, with nothing."""
    return FormContext(**{"contracts": (), "children": (), "files": (), **values})


def sent(data):
    """What a browser sends: {name: text or [texts]}."""
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


def filled(definition, data, *, files=None, answers=None, context=None, step=None, **options):
    """Return the bound StepForm of the first step (or of `step`)."""
    return StepForm(
        sent(data),
        MultiValueDict({name: many if isinstance(many, list) else [many] for name, many in (files or {}).items()}),
        step=definition.step(step) if step else definition.steps[0],
        definition=definition,
        answers=answers or {},
        context=context or nobody(),
        **options,
    )


def errors_of(form):
    """All that the error summary says, as {name of the control: [sentences]}."""
    return {
        one.add_prefix(name): [str(sentence) for sentence in sentences]
        for one in form.forms
        for name, sentences in one.errors.items()
    }

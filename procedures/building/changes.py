"""What a new version of a form changes, in sentences for staff. Pure."""

from ..definition import Definition

NOTHING = Definition()
# What else a question has, by what is said of it.
PARTS = {
    ("minimum", "maximum", "pattern"): "ses limites changent",
    ("help", "pattern_message"): "son aide change",
    ("unit",): "son unité change",
    ("prefill",): "ce qui la pré-remplit change",
    ("appointment",): "le type de rendez-vous change",
    ("text",): "son texte change",
}


def changes(old, new):
    """Return the sentences that say what `new` changes of `old` (None for a first version), in the form's order."""
    old = old or NOTHING
    return [
        *_steps(old, new),
        *_fields(_questions(old), _questions(new)),
    ]


def _steps(old, new):
    before = {step.key: step for step in old.steps}
    after = {step.key: step for step in new.steps}
    for key, step in after.items():
        if key not in before:
            yield f"Étape ajoutée : « {step.title} »."
        elif before[key].title != step.title:
            yield f"Étape renommée : « {before[key].title} » devient « {step.title} »."
        if key in before and before[key].condition != step.condition:
            yield f"Étape « {step.title} » : sa condition change."
        if key in before and before[key].introduction != step.introduction:
            yield f"Étape « {step.title} » : son introduction change."
        if key in before and _moved(before[key].fields, step.fields):
            yield f"Étape « {step.title} » : l’ordre des questions change."
    for key, step in before.items():
        if key not in after:
            yield f"Étape retirée : « {step.title} »."
    if _moved(old.steps, new.steps):
        yield "L’ordre des étapes change."
    places = {field.key: step.key for step in old.steps for field in step.fields}
    for step in new.steps:
        for field in step.fields:
            if places.get(field.key, step.key) != step.key:
                yield f"{_opening(field)} passe à l’étape « {step.title} »."


def _moved(before, after):
    """Whether what both have is not in the same order."""
    old, new = ([one.key for one in things] for things in (before, after))
    return [key for key in old if key in new] != [key for key in new if key in old]


def _questions(definition):
    """{path: field} of the fields that ask something, those of groups under their group."""
    found = {}
    for field in definition.fields.values():
        found[(field.key,)] = field
        for inner in field.fields:
            found[(field.key, inner.key)] = inner
    return found


def _fields(before, after):
    for path, field in after.items():
        if path not in before:
            yield f"Question ajoutée : {_named(field)}."
            continue
        was = before[path]
        if was.kind != field.kind:
            yield f"{_opening(field)} change de nature : {was.kind.label.lower()} devient {field.kind.label.lower()}."
        if was.label != field.label:
            yield f"Question reformulée : {_named(was)} devient {_named(field)}."
        if was.required != field.required:
            yield f"{_named(field)} devient {'obligatoire' if field.required else 'facultative'}."
        yield from _options(was, field)
        if was.condition != field.condition:
            yield f"{_opening(field)} : sa condition change."
        for names, sentence in PARTS.items():
            if any(getattr(was, name) != getattr(field, name) for name in names):
                yield f"{_opening(field)} : {sentence}."
    for path, field in before.items():
        if path not in after:
            yield f"Question retirée : {_named(field)}."


def _options(was, field):
    before, after = ({option.key: option.label for option in one.options} for one in (was, field))
    for key, label in after.items():
        if key not in before:
            yield f"{_named(field)} : réponse ajoutée, « {label} »."
        elif before[key] != label:
            yield f"{_named(field)} : réponse reformulée, « {before[key]} » devient « {label} »."
    for key, label in before.items():
        if key not in after:
            yield f"{_named(field)} : réponse retirée, « {label} »."


def _named(field):
    return f"« {field.label} »" if field.label else "un texte d’information"


def _opening(field):
    """The same, at the beginning of a sentence."""
    named = _named(field)
    return named[0].upper() + named[1:]

"""The check before publication: what is wrong with a procedure as it stands in the editor, said where it is.

Errors block the publication, warnings don't; a draft is saved whatever it holds. `checks_handling` reads the rest of
the page.
"""

import re
from dataclasses import dataclass

from ..bounds import BOUNDED, in_order, read_bound
from ..enums import ACCOUNT_ONLY, Access, FieldKind, Operator
from ..forms.composed_kinds import MOST_FILES, MOST_ROWS
from ..forms.text_kinds import LONG, SHORT
from .built import definition_of
from .checks_handling import check_handling
from .problems import Problem
from .reachability import never_shown
from .rules_check import rule_problem

# A repetition of a repetition: what makes a pattern run for minutes on a text made for it.
NESTED = re.compile(r"\([^()]*[+*}][^()]*\)[+*{]")
# What the portal takes, whatever staff write.
MOST = {
    FieldKind.SHORT_TEXT: SHORT,
    FieldKind.LONG_TEXT: LONG,
    FieldKind.FILES: MOST_FILES,
    FieldKind.GROUP: MOST_ROWS,
}
SHARED_KEY = "une autre porte déjà la clé « {key} » : changez l’une des deux."


@dataclass(frozen=True, slots=True)
class Place:
    """One question in the editor: its block and the path to it."""

    child: object
    path: tuple
    where: str

    def problem(self, level, sentence, *name):
        return Problem(level, self.where, sentence, (*self.path, *name), str(self.child.id or ""))


def check(page):
    """Return the Problems of `page` (or of anything with its fields), in the order of the editor."""
    steps = [
        Place(child, ("form", index, "step"), f"Étape « {child.value.get('title') or index + 1} »")
        for index, child in enumerate(page.form)
    ]
    if not steps:
        return list(check_handling(page, None))
    definition = definition_of(page)
    found = [*_steps(steps), *_fields(steps, page)]
    if not any(problem.is_error for problem in found):
        found += _unreachable(definition, steps)
    return [*found, *check_handling(page, definition)]


def _steps(steps):
    yield from _duplicates(steps, "étape")
    known = {}
    for place in steps:
        if not list(place.child.value["fields"]):
            yield place.problem("error", "elle n’a aucune question.", "fields")
        yield from _condition(place, known)
        known |= {child.value.get("key"): child for child in place.child.value["fields"]}


def _fields(steps, page):
    places = [inner for place in steps for inner in _inside(place, "fields")]
    yield from _duplicates(places, "question")
    later = {place.child.value.get("key") for place in places}
    known = {}
    for place in places:
        yield from _field(place, page)
        yield from _condition(place, known, later)
        if place.child.block.kind == FieldKind.GROUP:
            yield from _group(place, page, later)
        known[place.child.value.get("key")] = place.child


def _group(group, page, outside):
    """What stands in a repeated group: its conditions read the same repetition, nothing else."""
    inner = list(_inside(group, "fields"))
    yield from _duplicates(inner, "question")
    known, own = {}, {place.child.value.get("key") for place in inner}
    for place in inner:
        yield from _field(place, page)
        yield from _condition(place, known, own, outside - own)
        known[place.child.value.get("key")] = place.child


def _inside(place, name):
    """The Places of the questions of a step or of a group."""
    for index, child in enumerate(place.child.value[name]):
        label = child.value.get("label") or FieldKind(child.block.kind).label
        yield Place(child, (*place.path, name, index, child.block_type), f"{place.where}, question « {label} »")


def _duplicates(places, word):
    seen = set()
    for place in places:
        key = place.child.value.get("key")
        if key and key in seen:
            yield place.problem("error", f"{word} en double : " + SHARED_KEY.format(key=key), "key")
        seen.add(key)


def _condition(place, known, everywhere=frozenset(), outside=frozenset()):
    """What is wrong with the rules of a condition. `known`: {key: child} of the questions that stand before."""
    condition = place.child.value.get("condition")
    for index, rule in enumerate((condition or {}).get("rules") or ()):
        at = ("condition", "rules", index)
        key = rule.get("field")
        if not key:
            continue
        child = known.get(key)
        if child is None:
            yield place.problem("error", _not_before(place, key, everywhere, outside), *at, "field")
        elif problem := rule_problem(child, Operator(rule.get("operator") or Operator.IS), rule.get("value") or ""):
            name, sentence = problem
            yield place.problem("error", f"condition sur « {key} » : {sentence}", *at, name)


def _not_before(place, key, everywhere, outside):
    if key == place.child.value.get("key"):
        return "sa condition dépend d’elle-même."
    if key in outside:
        return f"dans un groupe répété, une condition ne lit que le groupe : « {key} » n’en est pas."
    if key in everywhere:
        return f"sa condition lit « {key} », qui vient après : placez cette question avant."
    return f"sa condition lit « {key} », qui n’existe pas avant cet endroit."


def _field(place, page):
    """What is wrong with one question, besides its condition."""
    child, value, kind = place.child, place.child.value, place.child.block.kind
    if kind in ACCOUNT_ONLY and page.access == Access.ANYONE:
        yield place.problem(
            "error",
            "elle se choisit dans un compte, et la démarche se dépose aussi sans compte (onglet « Dépôt »).",
        )
    if kind in BOUNDED:
        yield from _bounds(place, kind)
    if value.get("pattern"):
        yield from _pattern(place, value)
    if value.get("options") is not None:
        yield from _options(place, value)
    if kind == FieldKind.APPOINTMENT:
        yield from _appointment(place, child.value.get("appointment"))


def _bounds(place, kind):
    value, read = place.child.value, {}
    for name in ("minimum", "maximum"):
        written = value.get(name) or ""
        try:
            read[name] = read_bound(kind, written)
        except ValueError:
            expected = {
                FieldKind.DATE: "une date (2026-01-31) ou un nombre de jours depuis aujourd’hui (+2, -30)",
                FieldKind.NUMBER: "un nombre",
                FieldKind.AMOUNT: "un montant",
            }.get(kind, "un nombre entier")
            yield place.problem("error", f"la limite « {written} » ne se lit pas : écrivez {expected}.", name)
    if len(read) < 2:
        return
    minimum, maximum = read["minimum"], read["maximum"]
    if not in_order(kind, minimum, maximum):
        yield place.problem("error", f"la limite basse ({minimum}) dépasse la limite haute ({maximum}).", "maximum")
    if maximum == "0" and kind in (FieldKind.FILES, FieldKind.GROUP, FieldKind.CHOICES):
        yield place.problem("error", "au plus zéro : personne ne pourrait répondre.", "maximum")
    if most := MOST.get(kind):
        if minimum and int(minimum) > most:
            sentence = f"le portail en accepte {most} au plus : personne ne pourrait répondre."
            yield place.problem("error", sentence, "minimum")
        if maximum and int(maximum) > most:
            yield place.problem("warning", f"le portail en accepte {most} au plus, pas {maximum}.", "maximum")
    if kind == FieldKind.CHOICES and minimum and int(minimum) > len(value["options"]):
        yield place.problem("error", f"il n’y a pas {minimum} réponses à cocher.", "minimum")


def _pattern(place, value):
    pattern = value["pattern"]
    try:
        re.compile(pattern)
    except re.error:
        yield place.problem("error", f"le motif « {pattern} » n’est pas une expression régulière.", "pattern")
        return
    if NESTED.search(pattern):
        sentence = "le motif répète une répétition : il pourrait bloquer le portail. Simplifiez-le."
        yield place.problem("error", sentence, "pattern")
    elif not value.get("pattern_message"):
        sentence = "sans phrase, l’usager ne saura pas comment écrire sa réponse."
        yield place.problem("warning", sentence, "pattern_message")


def _options(place, value):
    keys, labels = set(), set()
    options = list(value["options"])
    if len(options) < 2:
        yield place.problem("error", "il faut au moins deux réponses possibles.", "options")
    for index, option in enumerate(options):
        key, label = option.get("key"), (option.get("label") or "").strip().casefold()
        at = ("options", index)
        if key and key in keys:
            yield place.problem("error", "réponse en double : " + SHARED_KEY.format(key=key), *at, "key")
        elif label in labels:
            yield place.problem("error", f"la réponse « {option.get('label')} » est là deux fois.", *at, "label")
        keys.add(key)
        labels.add(label)


def _appointment(place, kind):
    if kind is None:
        yield place.problem("error", "choisissez le type de rendez-vous.", "appointment")
    elif not kind.active:
        yield place.problem("error", f"« {kind} » n’est plus proposé.", "appointment")
    elif not kind.ranges.exists():
        yield place.problem("warning", f"« {kind} » n’a pas d’horaires : aucun créneau ne sera proposé.", "appointment")


def _unreachable(definition, steps):
    """Steps and questions whose condition no answers fulfil. Asked only of a form without other errors."""
    places = {}
    for step, place in zip(definition.steps, steps, strict=True):
        places[id(step)] = place, "cette étape"
        for field, inner in zip(step.fields, _inside(place, "fields"), strict=True):
            places[id(field)] = inner, "cette question"
    for thing in never_shown(definition):
        place, word = places[id(thing)]
        sentence = f"{word} n’apparaît jamais : sa condition ne peut pas être remplie."
        yield place.problem("error", sentence, "condition")

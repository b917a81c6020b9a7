"""Forms and answers made up by hypothesis."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from procedures.conditions import ALWAYS, Condition, Rule
from procedures.definition import Definition, Field, Option, Step
from procedures.enums import FieldKind, Operator

# A busy machine is no failure.
lawful = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
K = FieldKind
OPTIONS = (Option("a", "Un"), Option("b", "Deux"), Option("c", "Trois"))
VALUES = st.sampled_from(
    ["", "a", "b", "yes", "no", "3", "3,0", "-2", "12.50", "2026-12-01", "2027-01-31", "Angers", "ANGERS", "é", "x y"]
)
ANSWERS = st.one_of(
    st.none(),
    st.booleans(),
    VALUES,
    st.text(max_size=8),
    st.lists(st.sampled_from(["a", "b", "c"]), max_size=3),
    st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**6), max_value=10**6).map(str),
    st.fixed_dictionaries({"town": st.sampled_from(["", "Angers", "Nantes"]), "postcode": st.just("49000")}),
    st.lists(st.fixed_dictionaries({"nom": st.sampled_from(["", "Ana"])}), max_size=2),
)
KEYS = ("f0", "f1", "f2", "f3", "f4", "f5")


def rules(keys):
    return st.builds(Rule, field=st.sampled_from(keys), operator=st.sampled_from(list(Operator)), value=VALUES)


def conditions(keys):
    """A condition on some of `keys`; always without any."""
    if not keys:
        return st.just(ALWAYS)
    some = st.builds(Condition, rules=st.lists(rules(keys), min_size=1, max_size=3).map(tuple), any_of=st.booleans())
    return st.one_of(st.just(ALWAYS), some)


SIMPLE = (K.SHORT_TEXT, K.LONG_TEXT, K.NUMBER, K.AMOUNT, K.DATE, K.EMAIL, K.CHOICE, K.CHOICES, K.YES_NO, K.AGREEMENT)


@st.composite
def fields(draw, key, earlier, kinds=(*SIMPLE, K.INFO, K.GROUP)):
    kind = draw(st.sampled_from(kinds))
    inner = ()
    if kind == K.GROUP:
        inner = tuple(
            draw(fields(f"g{n}", [f"g{m}" for m in range(n)], SIMPLE)) for n in range(draw(st.integers(1, 3)))
        )
    return Field(
        kind,
        key,
        label=f"Question {key}",
        required=draw(st.booleans()) and kind != K.INFO,
        condition=draw(conditions(earlier)),
        options=OPTIONS[: draw(st.integers(1, 3))] if kind in (K.CHOICE, K.CHOICES) else (),
        fields=inner,
    )


@st.composite
def definitions(draw):
    """A form of one to three steps, whose conditions read earlier fields."""
    steps, earlier = [], []
    for number in range(draw(st.integers(1, 3))):
        condition, own = draw(conditions(list(earlier))), []
        for _one in range(draw(st.integers(1, 2))):
            key = KEYS[len(earlier)]
            own.append(draw(fields(key, list(earlier))))
            earlier.append(key)
        steps.append(Step(f"s{number}", f"Étape {number}", condition=condition, fields=tuple(own)))
    return Definition(tuple(steps))


def drafts():
    """Answers to any of the keys, sensible or not: what a draft of another version may hold."""
    return st.dictionaries(st.sampled_from(KEYS), ANSWERS, max_size=6)

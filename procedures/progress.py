"""How far a case has come, in words for the resident. Pure."""

from dataclasses import dataclass

from .conditions import is_empty
from .definition import shown
from .enums import FINAL, NO_ANSWER, CaseState

FILED, REVIEW, ANSWER = "Déposé", "En cours d’instruction", "Réponse"


@dataclass(frozen=True, slots=True)
class Progress:
    """`current` of `steps`, from 1; one more than their number once everything is done."""

    steps: tuple[str, ...]
    current: int

    @property
    def done(self):
        """How many steps are behind or under way: what a meter shows."""
        return min(self.current, len(self.steps))

    @property
    def total(self):
        return len(self.steps)

    @property
    def place(self):
        """« étape 2 sur 3 »."""
        return f"étape {self.done} sur {self.total}"

    @property
    def words(self):
        """« Étape 2 sur 3 : en cours d’instruction »."""
        step = self.steps[self.done - 1]
        return f"{self.place.capitalize()}\u00a0: {step[:1].lower()}{step[1:]}"


def progress_of(state, answer=""):
    """Return the Progress of a case in `state`; `answer`: the label of its final status."""
    if state == CaseState.WITHDRAWN:
        return Progress((FILED, "Retiré par vous"), 3)
    if state in FINAL:
        return Progress((FILED, REVIEW, answer or ANSWER), 4)
    if state == CaseState.TO_CORRECT:
        return Progress((FILED, "À compléter par vous", ANSWER), 2)
    return Progress((FILED, REVIEW, ANSWER), 2 if state == CaseState.IN_REVIEW else 1)


def filled_in(definition, answers):
    """Return (how many questions that appear are answered, how many appear) of a draft."""
    asked = [field for _step, fields in shown(definition, answers) for field in fields if field.kind not in NO_ANSWER]
    return sum(not is_empty(answers.get(field.key)) for field in asked), len(asked)

"""Where each step of a form stands while it is filled in. Pure."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from theme.states import State

from ..definition import Step


class StepState(State):
    TO_DO = "to_do", "neutral", "pencil-square", _("À faire")
    STARTED = "started", "info", "pencil", _("Commencée")
    DONE = "done", "success", "check-circle", _("Terminée")


@dataclass(frozen=True, slots=True)
class StepProgress:
    step: Step
    number: int
    state: StepState

    @property
    def done(self):
        return self.state == StepState.DONE


def progress_of(steps, answers, problems, saved):
    """Return a StepProgress for each of `steps` ([(step, fields)] that appear), in order.

    `problems`: the keys of the steps whose answers are not complete; `saved`: those that were saved once. A step where
    nothing is mandatory is done once it was seen.
    """
    found = []
    for number, (step, fields) in enumerate(steps, 1):
        if step.key in saved and step.key not in problems:
            state = StepState.DONE
        elif step.key in saved or any(answers.get(field.key) not in (None, "", [], {}) for field in fields):
            state = StepState.STARTED
        else:
            state = StepState.TO_DO
        found.append(StepProgress(step, number, state))
    return found


def next_to_do(steps, after=""):
    """Return the first of `steps` (StepProgress) that is not done, looking first behind the step `after`; or None."""
    keys = [one.step.key for one in steps]
    start = keys.index(after) + 1 if after in keys else 0
    return next((one for one in steps[start:] + steps[:start] if not one.done), None)

"""The forms of the demonstration's procedures, as data: what an editor would have built, by the slug of the page."""

from .grants import GRANT
from .letters import LETTERS
from .town import APPOINTMENT, KINDS, PROBLEM, QUESTION
from .water import DIRECT_DEBIT, LEAK, MOVING_IN, MOVING_OUT, SELF_READING

FORMS = {
    "j-emmenage": MOVING_IN,
    "je-demenage": MOVING_OUT,
    "je-releve-mon-compteur": SELF_READING,
    "prelevement-automatique": DIRECT_DEBIT,
    "prendre-rendez-vous": APPOINTMENT,
    "signaler-un-probleme": PROBLEM,
    "poser-une-question": QUESTION,
    "degrevement-pour-fuite": LEAK,
    "demander-une-subvention": GRANT,
}

__all__ = ["FORMS", "KINDS", "LETTERS"]

"""The statuses of a procedure: the words staff chose, over the states that the portal knows. Pure."""

from dataclasses import asdict, dataclass

from .enums import FINAL, CaseState

TONE_ICONS = {
    "info": "information-circle",
    "success": "check-circle",
    "warning": "exclamation-triangle",
    "danger": "x-circle",
    "neutral": "minus-circle",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One status: `explanation` is read on the case and in the mail, `mail` is added to the mail only."""

    key: str
    label: str
    state: CaseState
    explanation: str = ""
    tone: str = "info"
    mail: str = ""

    @property
    def final(self):
        return self.state in FINAL

    @property
    def icon(self):
        return TONE_ICONS[self.tone]

    def to_json(self):
        return {**asdict(self), "state": str(self.state)}


# What a procedure has when staff wrote no status of their own.
DEFAULTS = (
    Status("recu", "Dossier reçu", CaseState.RECEIVED, "Votre dossier est arrivé. Un agent va le lire."),
    Status("en-cours", "En cours d’instruction", CaseState.IN_REVIEW, "Un agent étudie votre dossier."),
    Status(
        "a-completer",
        "À compléter",
        CaseState.TO_CORRECT,
        "Il manque quelque chose : ouvrez votre dossier pour le compléter.",
        "warning",
    ),
    Status("accepte", "Demande acceptée", CaseState.ACCEPTED, "Votre demande est acceptée.", "success"),
    Status("refuse", "Demande refusée", CaseState.REFUSED, "Votre demande est refusée.", "danger"),
    Status("termine", "Dossier terminé", CaseState.CLOSED, "Votre dossier est terminé.", "neutral"),
)
WITHDRAWN = Status(
    "retire",
    "Dossier retiré",
    CaseState.WITHDRAWN,
    "Vous avez retiré votre dossier : il ne sera pas étudié.",
    "neutral",
)


def from_json(data):
    """Return the statuses that `to_json` gave, one by one."""
    return tuple(Status(**{**one, "state": CaseState(one["state"])}) for one in data)


def status_of(statuses, key):
    """Return the Status `key` among `statuses`, or WITHDRAWN's. Raises KeyError."""
    return {status.key: status for status in (*statuses, WITHDRAWN)}[key]


def first_of(statuses, state):
    """Return the first of `statuses` with `state`, else the portal's own: no procedure is without one."""
    return next(status for status in (*statuses, *DEFAULTS, WITHDRAWN) if status.state == state)

"""Kinds of fields, states of a case, and what happens to one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class FieldKind(models.TextChoices):
    """What a field of a form asks for. The values are stored in forms and their versions: never rename one."""

    SHORT_TEXT = "short_text", _("Texte court")
    LONG_TEXT = "long_text", _("Texte long")
    NUMBER = "number", _("Nombre")
    AMOUNT = "amount", _("Montant")
    DATE = "date", _("Date")
    EMAIL = "email", _("Courriel")
    PHONE = "phone", _("Téléphone")
    ADDRESS = "address", _("Adresse")
    CHOICE = "choice", _("Choix d’une réponse")
    CHOICES = "choices", _("Choix de plusieurs réponses")
    YES_NO = "yes_no", _("Oui ou non")
    IBAN = "iban", _("IBAN")
    METER_INDEX = "meter_index", _("Index de compteur")
    FILES = "files", _("Fichiers à joindre")
    CONTRACT = "contract", _("Un de mes contrats")
    CHILD = "child", _("Un de mes enfants")
    APPOINTMENT = "appointment", _("Rendez-vous")
    AGREEMENT = "agreement", _("Case à cocher (accord, attestation)")
    INFO = "info", _("Texte d’information")
    GROUP = "group", _("Groupe répété")


# What holds no answer of its own: it is shown, or it holds other fields.
NO_ANSWER = {FieldKind.INFO}
# What only a person with an account can answer: it is chosen among what is theirs.
ACCOUNT_ONLY = {FieldKind.CONTRACT, FieldKind.CHILD}


class Operator(models.TextChoices):
    """How a condition compares an answer."""

    IS = "is", _("est")
    IS_NOT = "is_not", _("n’est pas")
    CONTAINS = "contains", _("contient")
    AT_LEAST = "at_least", _("est au moins")
    AT_MOST = "at_most", _("est au plus")
    FILLED = "filled", _("est remplie")
    EMPTY = "empty", _("est vide")


class Prefill(models.TextChoices):
    """What of the account a field is filled in with; the person may change it."""

    NONE = "", _("Rien")
    FIRST_NAME = "first_name", _("Prénom")
    LAST_NAME = "last_name", _("Nom")
    FULL_NAME = "full_name", _("Prénom et nom")
    EMAIL = "email", _("Courriel du compte")
    PHONE = "phone", _("Téléphone du profil")
    ADDRESS = "address", _("Adresse du profil")
    PROFILE_NAME = "profile_name", _("Nom du profil (foyer, organisme)")
    FUNCTION = "function", _("Fonction dans le profil")
    TODAY = "today", _("Date du jour")
    CONTRACT = "contract", _("Son contrat, s’il n’en a qu’un")
    CHILD = "child", _("Son enfant, s’il n’en a qu’un")


class Access(models.TextChoices):
    """Who may file: with an account only, or without one too."""

    ACCOUNT = "account", _("Avec un compte seulement")
    ANYONE = "anyone", _("Avec ou sans compte")


class Silence(models.TextChoices):
    """What it means when nobody answered in time (articles L. 231-1 to L. 231-4 of the CRPA)."""

    NOTHING = "nothing", _("Rien de particulier")
    ACCEPTED = "accepted", _("Le silence vaut acceptation")
    REFUSED = "refused", _("Le silence vaut rejet")


class Channel(models.TextChoices):
    """How a case came in."""

    ONLINE = "online", _("En ligne")
    DESK = "desk", _("À l’accueil")
    PHONE = "phone", _("Par téléphone")


class CaseState(State):
    """Where a case stands, whatever words its procedure has for it (`Case.status_label`)."""

    DRAFT = "draft", "neutral", "pencil-square", _("Brouillon")
    RECEIVED = "received", "info", "inbox-arrow-down", _("Déposé")
    IN_REVIEW = "in_review", "info", "magnifying-glass", _("En cours d’instruction")
    TO_CORRECT = "to_correct", "warning", "exclamation-triangle", _("À compléter")
    ACCEPTED = "accepted", "success", "check-circle", _("Accepté")
    REFUSED = "refused", "danger", "x-circle", _("Refusé")
    CLOSED = "closed", "neutral", "archive-box", _("Terminé")
    WITHDRAWN = "withdrawn", "neutral", "minus-circle", _("Retiré")


OPEN = (CaseState.RECEIVED, CaseState.IN_REVIEW, CaseState.TO_CORRECT)
FINAL = (CaseState.ACCEPTED, CaseState.REFUSED, CaseState.CLOSED, CaseState.WITHDRAWN)
# From → to. A final state is final: the resident files again, the agent writes a message.
CASE_TRANSITIONS = {
    CaseState.DRAFT: {CaseState.RECEIVED},
    CaseState.RECEIVED: {*OPEN, *FINAL},
    CaseState.IN_REVIEW: {*OPEN, *FINAL},
    CaseState.TO_CORRECT: {*OPEN, *FINAL},
    **{state: set() for state in FINAL},
}
# What staff may give a status of a procedure; DRAFT and WITHDRAWN are the resident's acts.
STATUS_STATES = (
    CaseState.RECEIVED,
    CaseState.IN_REVIEW,
    CaseState.TO_CORRECT,
    CaseState.ACCEPTED,
    CaseState.REFUSED,
    CaseState.CLOSED,
)


class EventKind(models.TextChoices):
    """What happened to a case. Residents read the public ones only."""

    FILED = "filed", _("Dossier déposé")
    STATUS = "status", _("Changement de statut")
    CORRECTION_ASKED = "correction_asked", _("Correction demandée")
    CORRECTED = "corrected", _("Dossier complété")
    MESSAGE = "message", _("Message")
    DOCUMENT = "document", _("Document remis")
    WITHDRAWN = "withdrawn", _("Dossier retiré")
    ASSIGNED = "assigned", _("Attribution")
    APPOINTMENT = "appointment", _("Rendez-vous")
    NOTE = "note", _("Note interne")
    HANDLED = "handled", _("Effet de l’acceptation")


class AppointmentState(State):
    BOOKED = "booked", "success", "calendar-days", _("Rendez-vous pris")
    CANCELLED = "cancelled", "neutral", "minus-circle", _("Rendez-vous annulé")
    MISSED = "missed", "warning", "exclamation-triangle", _("Rendez-vous manqué")
    KEPT = "kept", "success", "check-circle", _("Rendez-vous honoré")


class ExportState(State):
    """Where a spreadsheet of cases stands."""

    WAITING = "waiting", "neutral", "clock", _("En attente")
    RUNNING = "running", "info", "arrow-path", _("En préparation")
    DONE = "done", "success", "check-circle", _("Prêt")
    FAILED = "failed", "danger", "x-circle", _("Échec")

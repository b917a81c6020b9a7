from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class ProfileKind(models.TextChoices):
    INDIVIDUAL = "individual", _("Particulier")
    HOUSEHOLD = "household", _("Foyer")
    ORGANISATION = "organisation", _("Organisme")


class Role(models.TextChoices):
    """What a member may do in a profile."""

    HOLDER = "holder", _("Titulaire")
    CO_HOLDER = "co_holder", _("Co-titulaire")
    MEMBER = "member", _("Membre")
    READ_ONLY = "read_only", _("Lecture seule")


class LinkPurpose(models.TextChoices):
    ACTIVATE = "activate", _("Création de compte")
    PASSWORD = "password", _("Nouveau mot de passe")
    EMAIL = "email", _("Nouvelle adresse")


class MailState(State):
    PENDING = "pending", "info", "clock", _("En attente d’envoi")
    SENT = "sent", "success", "check-circle", _("Envoyé")
    FAILED = "failed", "danger", "exclamation-circle", _("Échec")


class FamilySituation(models.TextChoices):
    MARRIED = "married", _("Marié·e ou pacsé·e")
    COHABITING = "cohabiting", _("En vie maritale")
    SEPARATED = "separated", _("Séparé·e ou divorcé·e")
    SINGLE = "single", _("Célibataire")
    WIDOWED = "widowed", _("Veuf ou veuve")


class BenefitFund(models.TextChoices):
    """Who pays family benefits, and computes the family quotient."""

    CAF = "caf", _("CAF")
    MSA = "msa", _("MSA")
    OTHER = "other", _("Autre régime")


class QuotientState(State):
    """A family quotient on a day. Prices are computed from a verified one only."""

    DECLARED = "declared", "warning", "clock", _("Déclaré, à vérifier")
    VERIFIED = "verified", "success", "check-circle", _("Vérifié")
    TO_COME = "to_come", "info", "calendar", _("Vérifié, pas encore en cours")
    EXPIRED = "expired", "neutral", "calendar", _("Expiré")
    REFUSED = "refused", "danger", "x-circle", _("Refusé")


class Sex(models.TextChoices):
    GIRL = "girl", _("Fille")
    BOY = "boy", _("Garçon")


class SchoolLevel(models.TextChoices):
    NONE = "none", _("Pas encore à l’école")
    TPS = "tps", _("Toute petite section")
    PS = "ps", _("Petite section")
    MS = "ms", _("Moyenne section")
    GS = "gs", _("Grande section")
    CP = "cp", _("CP")
    CE1 = "ce1", _("CE1")
    CE2 = "ce2", _("CE2")
    CM1 = "cm1", _("CM1")
    CM2 = "cm2", _("CM2")
    SIXTH = "6e", _("6e")
    FIFTH = "5e", _("5e")
    FOURTH = "4e", _("4e")
    THIRD = "3e", _("3e")
    HIGH_SCHOOL = "lycee", _("Lycée")


class ChildState(State):
    """Whether the services know the child. A child that a parent adds waits for their word (s3.2)."""

    PENDING = "pending", "warning", "clock", _("En attente de validation")
    ACTIVE = "active", "success", "check-circle", _("Dossier validé")
    REFUSED = "refused", "danger", "x-circle", _("Refusé")
    ARCHIVED = "archived", "neutral", "archive-box", _("Archivé")


class Answer(models.TextChoices):
    """An answer to an authorisation (s4.9)."""

    YES = "yes", _("Oui")
    NO = "no", _("Non")
    NOT_CONCERNED = "not_concerned", _("Non concerné")


class ChangeState(State):
    """A change that a resident asks for, or one of its fields."""

    PENDING = "pending", "warning", "clock", _("En attente de validation")
    ACCEPTED = "accepted", "success", "check-circle", _("Acceptée")
    PARTLY = "partly", "info", "adjustments-horizontal", _("Acceptée en partie")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")
    WITHDRAWN = "withdrawn", "neutral", "minus-circle", _("Retirée")


class FamilyForm(models.TextChoices):
    """The forms whose fields staff configure, and that a change request is about. The values are stored."""

    FAMILY = "family", _("Famille")
    GUARDIAN = "guardian", _("Responsable légal")
    CHILD = "child", _("Information enfant")
    HEALTH = "health", _("Régime alimentaire et renseignements médicaux")
    CONTACT = "contact", _("Personne à contacter en cas d’urgence")
    PICKUP = "pickup", _("Personne autorisée à venir chercher l’enfant")
    LOGIN = "login", _("Identifiant de connexion")

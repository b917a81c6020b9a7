from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class ScanState(State):
    """What the antivirus said of a file. Nobody but its sender downloads one that is not clean."""

    PENDING = "pending", "info", "clock", _("Analyse en cours")
    CLEAN = "clean", "success", "shield-check", _("Fichier sain")
    UNSCANNED = "unscanned", "neutral", "shield-exclamation", _("Non analysé : pas d’antivirus")
    INFECTED = "infected", "danger", "shield-exclamation", _("Fichier dangereux, retiré")


class RequirementScope(models.TextChoices):
    FAMILY = "family", _("La famille")
    CHILD = "child", _("Chaque enfant")
    ACTIVITY = "activity", _("Chaque enfant inscrit à certaines activités")


class DocumentState(State):
    """A supporting document, or the want of one."""

    MISSING = "missing", "warning", "exclamation-triangle", _("À fournir")
    SENT = "sent", "info", "clock", _("Envoyée, à vérifier")
    ACCEPTED = "accepted", "success", "check-circle", _("Validée")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")
    EXPIRED = "expired", "danger", "calendar", _("Expirée")
    REPLACED = "replaced", "neutral", "arrow-path", _("Remplacée par un autre envoi")


# What anyone but the sender may open: the antivirus passed it, or the portal has none.
RELEASED = (ScanState.CLEAN, ScanState.UNSCANNED)


class FolderKind(models.TextChoices):
    """The folders that the portal itself files into (s0.11)."""

    OTHER = "other", _("Autre")
    QUOTES = "quotes", _("Devis")
    SENT = "sent", _("Envoyés")
    INVOICES = "invoices", _("Factures")
    RECEIVED = "received", _("Reçus")

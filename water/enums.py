from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class Service(models.TextChoices):
    """What a water contract covers."""

    WATER = "water", _("Eau potable")
    SEWERAGE = "sewerage", _("Assainissement collectif")
    ON_SITE_SANITATION = "on_site", _("Assainissement non collectif")


class ContractState(State):
    ACTIVE = "active", "success", "check-circle", _("En cours")
    TERMINATED = "terminated", "neutral", "archive-box", _("Résilié")


class ReadingSource(models.TextChoices):
    AGENT = "agent", _("Relève par un agent")
    RESIDENT = "resident", _("Auto-relève")
    REMOTE = "remote", _("Télérelève")
    ESTIMATED = "estimated", _("Estimation")


class ReadingState(State):
    ACCEPTED = "accepted", "success", "check-circle", _("Validée")
    HELD = "held", "warning", "clock", _("À vérifier")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")


class CodeBatchState(State):
    RUNNING = "running", "info", "arrow-path", _("Émission en cours")
    READY = "ready", "warning", "arrow-down-tray", _("À exporter")
    EXPORTED = "exported", "success", "check-circle", _("Exporté")


class CodeRequestState(State):
    PENDING = "pending", "warning", "clock", _("En cours de vérification")
    SENT = "sent", "success", "check-circle", _("Code envoyé")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")

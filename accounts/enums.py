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


class MailState(State):
    PENDING = "pending", "info", "clock", _("En attente d’envoi")
    SENT = "sent", "success", "check-circle", _("Envoyé")
    FAILED = "failed", "danger", "exclamation-circle", _("Échec")

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Child, FamilyQuotient, Profile

from ..enums import DocumentState, RequirementScope
from .files import StoredFile


class DocumentRequirement(models.Model):
    """A supporting document that staff ask for (s4.14): of the family, of each child, or for some activities.

    Which activities is said by them (`booking.Activity.requirements`).
    """

    name = models.CharField(_("intitulé"), max_length=150, unique=True)
    description = models.TextField(
        _("explication"), blank=True, help_text=_("Ce qu’il faut envoyer, et où le demander.")
    )
    scope = models.CharField(_("demandée pour"), max_length=10, choices=RequirementScope)
    mandatory = models.BooleanField(_("obligatoire"), default=True)
    proves_quotient = models.BooleanField(
        _("justifie le quotient familial"),
        default=False,
        help_text=_("La valider valide aussi le quotient déclaré qu’elle accompagne."),
    )
    validity_months = models.PositiveSmallIntegerField(
        _("durée de validité en mois"), null=True, blank=True, help_text=_("Vide : sans limite.")
    )
    remind_days = models.PositiveSmallIntegerField(
        _("rappel, en jours avant l’expiration"), default=30, help_text=_("0 : pas de rappel.")
    )
    active = models.BooleanField(_("demandée"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("pièce à demander")
        verbose_name_plural = _("pièces à demander")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name

    def clean(self):
        if self.proves_quotient and self.scope != RequirementScope.FAMILY:
            raise ValidationError(
                {"proves_quotient": _("Le quotient est celui de la famille : demandez cette pièce pour la famille.")}
            )


class SupportingDocument(models.Model):
    """A file sent for a requirement, and what an agent says of it. One file may answer several requirements."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requirement = models.ForeignKey(
        DocumentRequirement, models.PROTECT, related_name="documents", verbose_name=_("pièce")
    )
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="supporting_documents", verbose_name=_("profil"))
    child = models.ForeignKey(
        Child, models.CASCADE, null=True, blank=True, related_name="supporting_documents", verbose_name=_("enfant")
    )
    quotient = models.ForeignKey(FamilyQuotient, models.SET_NULL, null=True, blank=True, related_name="proofs")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="supporting_documents", verbose_name=_("fichier"))
    state = models.CharField(_("état"), max_length=10, choices=DocumentState.choices, default=DocumentState.SENT)
    valid_until = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    reason = models.CharField(_("motif du refus"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("envoyée le"), default=timezone.now)
    sent_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("envoyée par")
    )
    decided_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("rappel envoyé le"), null=True, blank=True)

    class Meta:
        verbose_name = _("pièce justificative")
        verbose_name_plural = _("pièces justificatives")
        ordering = ["-sent_at", "-pk"]
        default_permissions = ["view"]
        permissions = [("decide_supportingdocument", "Valider ou refuser les pièces justificatives")]
        constraints = [
            models.CheckConstraint(condition=~Q(state=DocumentState.MISSING), name="supporting_document_is_there"),
        ]

    def __str__(self):
        return f"{self.requirement} – {self.child or self.profile}"

    @property
    def state_enum(self):
        return DocumentState(self.state)

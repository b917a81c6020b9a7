import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import MandateState
from ..rules import masked_iban


class SepaMandate(models.Model):
    """A resident's word that invoices may be taken from a bank account (s1.10).

    `reference` is the RUM: at most 35 characters, unique for the creditor. The IBAN is shown in part only.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("référence unique du mandat"), max_length=35, unique=True)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="mandates", verbose_name=_("profil"))
    # The invoices it pays: those of one customer reference.
    customer_reference = models.CharField(_("référence client"), max_length=40, blank=True)
    holder_name = models.CharField(_("titulaire du compte"), max_length=140)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    state = models.CharField(_("état"), max_length=10, choices=MandateState.choices, default=MandateState.ACTIVE)
    signed_on = models.DateField(_("signé le"))
    # What it comes from ("procedures.case:12"), once.
    source = models.CharField(_("origine"), max_length=60, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("créé par")
    )
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("révoqué le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("mandat de prélèvement")
        verbose_name_plural = _("mandats de prélèvement")
        ordering = ["-created_at"]
        default_permissions = ["view"]
        permissions = [
            ("create_sepamandate", "Enregistrer un mandat de prélèvement"),
            ("revoke_sepamandate", "Révoquer un mandat de prélèvement"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "customer_reference"],
                condition=Q(state=MandateState.ACTIVE),
                name="mandate_one_active",
                violation_error_message=_("Un prélèvement est déjà en place pour ce contrat."),
            )
        ]

    def __str__(self):
        return self.reference

    @property
    def state_enum(self):
        return MandateState(self.state)

    @property
    def masked_iban(self):
        """What a screen shows of the IBAN: its country and its last four characters."""
        return masked_iban(self.iban)

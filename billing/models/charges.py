from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import ChargeState


class Charge(models.Model):
    """An amount that a domain hands to billing, not yet on an invoice. Written by `billing.services.charges` only.

    `source` names what it comes from ("booking.day:42"), once; `computed_from` keeps all that the amount was computed
    from, and `explanation` says it in sentences: a past charge is never computed again silently.
    """

    source = models.CharField(_("origine"), max_length=60, unique=True)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="charges", verbose_name=_("profil"))
    label = models.CharField(_("intitulé"), max_length=200)
    beneficiary = models.CharField(_("bénéficiaire"), max_length=200, blank=True)
    service_date = models.DateField(_("date"))
    quantity = models.DecimalField(_("quantité"), max_digits=10, decimal_places=3)
    unit_price = models.DecimalField(_("prix unitaire"), max_digits=12, decimal_places=4)
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2)
    computed_from = models.JSONField(_("calculé à partir de"), default=dict)
    explanation = models.JSONField(_("calcul"), default=list)
    state = models.CharField(_("état"), max_length=10, choices=ChargeState.choices, default=ChargeState.PENDING)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)
    cancelled_at = models.DateTimeField(_("annulée le"), null=True, blank=True)
    cancelled_reason = models.CharField(_("motif d’annulation"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("somme à facturer")
        verbose_name_plural = _("sommes à facturer")
        ordering = ["service_date", "pk"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["profile", "state", "service_date"], name="charge_profile_state")]

    def __str__(self):
        return f"{self.label} ({self.service_date:%d/%m/%Y})"

    @property
    def state_enum(self):
        return ChargeState(self.state)

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import ContractState, Service


class DeliveryPoint(models.Model):
    """A place served with water."""

    reference = models.CharField(_("référence du point de livraison"), max_length=40, unique=True)
    address = models.CharField(_("adresse"), max_length=200)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    town = models.CharField(_("commune"), max_length=100)

    class Meta:
        verbose_name = _("point de livraison")
        verbose_name_plural = _("points de livraison")
        ordering = ["town", "address"]

    def __str__(self):
        return f"{self.address}, {self.postcode} {self.town}".replace("  ", " ")


class WaterContract(models.Model):
    """A subscription for one delivery point. `profile` is empty until a resident attaches the contract (s1.3)."""

    reference = models.CharField(_("référence client"), max_length=40, unique=True)
    delivery_point = models.ForeignKey(
        DeliveryPoint, models.PROTECT, related_name="contracts", verbose_name=_("point de livraison")
    )
    profile = models.ForeignKey(
        Profile, models.PROTECT, null=True, blank=True, related_name="water_contracts", verbose_name=_("profil")
    )
    holder_name = models.CharField(_("titulaire"), max_length=200)
    services = models.JSONField(_("services"), default=list, help_text=_("Valeurs de l’énumération Service."))
    subscribed_on = models.DateField(_("date d’abonnement"), null=True, blank=True)
    terminated_on = models.DateField(_("date de résiliation"), null=True, blank=True)
    attached_at = models.DateTimeField(_("rattaché le"), null=True, blank=True)

    class Meta:
        verbose_name = _("contrat d’abonnement")
        verbose_name_plural = _("contrats d’abonnement")
        ordering = ["reference"]
        permissions = [
            ("detach_watercontract", _("Peut mettre fin au rattachement d’un contrat")),
            ("open_watercontract", _("Peut ouvrir un contrat")),
            ("terminate_watercontract", _("Peut résilier un contrat")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(terminated_on=None) | Q(subscribed_on=None) | Q(terminated_on__gte=F("subscribed_on")),
                name="contract_dates_in_order",
                violation_error_message=_("La résiliation ne peut pas précéder l’abonnement."),
            ),
            models.CheckConstraint(
                condition=Q(profile=None, attached_at=None) | Q(profile__isnull=False, attached_at__isnull=False),
                name="contract_attached_with_date",
                violation_error_message=_("Un contrat rattaché porte la date de son rattachement."),
            ),
        ]

    def __str__(self):
        return self.reference

    @property
    def state(self):
        """A contract whose end is to come still runs."""
        over = self.terminated_on is not None and self.terminated_on <= timezone.localdate()
        return ContractState.TERMINATED if over else ContractState.ACTIVE

    @property
    def service_labels(self):
        """What the contract covers, in words; a value no longer known is shown as it stands."""
        labels = dict(Service.choices)
        return [labels.get(service, service) for service in self.services]

"""The family file (dossier famille): who raises the children, where, and with what family quotient."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..enums import BenefitFund, FamilySituation, QuotientState
from .profiles import Profile


class PostalAddress(models.Model):
    """Where a person lives, and their two telephones (s4.6, s4.7)."""

    address = models.CharField(_("adresse"), max_length=200, blank=True)
    address_complement = models.CharField(_("complément d’adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    town = models.CharField(_("commune"), max_length=100, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    second_phone = models.CharField(_("second téléphone"), max_length=20, blank=True)

    class Meta:
        abstract = True


class FamilyFile(models.Model):
    """What the services know of a household beside its address and telephones, which are the profile's."""

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="family_file", verbose_name=_("foyer"), primary_key=True
    )
    situation = models.CharField(_("situation familiale"), max_length=20, choices=FamilySituation, blank=True)
    benefit_fund = models.CharField(_("caisse d’allocations"), max_length=10, choices=BenefitFund, blank=True)
    benefit_number = models.CharField(_("numéro d’allocataire"), max_length=20, blank=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("dossier famille")
        verbose_name_plural = _("dossiers famille")

    def __str__(self):
        return str(self.profile)


class Guardian(PostalAddress):
    """A legal guardian (responsable légal) as the household declares them. With an account, `user` says which."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="guardians", verbose_name=_("foyer"))
    user = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("compte")
    )
    first_name = models.CharField(_("prénom"), max_length=150)
    last_name = models.CharField(_("nom"), max_length=150)
    relationship = models.CharField(_("lien avec les enfants"), max_length=60)
    email = models.EmailField(_("courriel"), blank=True)
    employer = models.CharField(_("employeur"), max_length=150, blank=True)
    work_phone = models.CharField(_("téléphone professionnel"), max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    removed_at = models.DateTimeField(_("retiré le"), null=True, blank=True)

    class Meta:
        verbose_name = _("responsable légal")
        verbose_name_plural = _("responsables légaux")
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"


class FamilyQuotient(models.Model):
    """A household's family quotient over a span of dates. `verified_at` is empty as long as its proof is not checked:
    prices are computed from verified ones only."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="quotients", verbose_name=_("foyer"))
    amount = models.DecimalField(_("quotient familial"), max_digits=8, decimal_places=2, help_text=_("En euros."))
    annual_income = models.DecimalField(
        _("ressources annuelles"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Pour les tarifs au taux d’effort."),
    )
    valid_from = models.DateField(_("valable à partir du"))
    valid_until = models.DateField(_("valable jusqu’au"))
    declared_at = models.DateTimeField(_("déclaré le"), auto_now_add=True)
    verified_at = models.DateTimeField(_("vérifié le"), null=True, blank=True)
    verified_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, blank=True, related_name="+")
    refused_reason = models.CharField(_("motif du refus"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("quotient familial")
        verbose_name_plural = _("quotients familiaux")
        ordering = ["-valid_from", "-pk"]
        default_permissions = ["view"]
        permissions = [("verify_familyquotient", "Vérifier les quotients familiaux")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="quotient_dates_in_order",
                violation_error_message=_("La fin de validité ne peut pas précéder son début."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="quotient_positive",
                violation_error_message=_("Le quotient familial ne peut pas être négatif."),
            ),
        ]

    def __str__(self):
        return f"{self.amount} ({self.valid_from} – {self.valid_until})"

    @property
    def fingerprint(self):
        """What was declared, as one comparable text: another one is another declaration."""
        return f"{self.amount}|{self.annual_income}|{self.valid_from}|{self.valid_until}"

    def state_on(self, today):
        """Return the QuotientState on the date `today`."""
        if self.refused_reason:
            return QuotientState.REFUSED
        if self.valid_until < today:
            return QuotientState.EXPIRED
        if self.verified_at is None:
            return QuotientState.DECLARED
        return QuotientState.TO_COME if self.valid_from > today else QuotientState.VERIFIED

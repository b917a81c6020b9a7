"""Health data: its own table, its own permission, each read by staff written down (rules of the trade, Accounts)."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .children import Child


class Diet(models.Model):
    """A diet that the kitchens know. The need, never its reason: « sans porc », not a religion."""

    label = models.CharField(_("intitulé"), max_length=100, unique=True)
    active = models.BooleanField(_("proposé aux familles"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("régime alimentaire")
        verbose_name_plural = _("régimes alimentaires")
        ordering = ["position", "label"]

    def __str__(self):
        return self.label


class HealthRecord(models.Model):
    """What the parents say of a child's health. Read by staff through `accounts.services.health` only."""

    child = models.OneToOneField(
        Child, models.CASCADE, related_name="health_record", verbose_name=_("enfant"), primary_key=True
    )
    diet = models.ForeignKey(Diet, models.PROTECT, null=True, blank=True, verbose_name=_("régime alimentaire"))
    diet_details = models.TextField(_("précisions sur le régime"), blank=True, max_length=1000)
    has_care_plan = models.BooleanField(_("projet d’accueil individualisé (PAI)"), null=True, blank=True)
    care_plan_details = models.TextField(_("détails du PAI"), blank=True, max_length=3000)
    medical_history = models.TextField(_("antécédents médicaux"), blank=True, max_length=3000)
    observations = models.TextField(
        _("observations"), blank=True, max_length=3000, help_text=_("Lunettes, appareil dentaire, sommeil…")
    )
    doctor_name = models.CharField(_("médecin traitant"), max_length=150, blank=True)
    doctor_phone = models.CharField(_("téléphone du médecin"), max_length=20, blank=True)
    doctor_address = models.CharField(_("adresse du médecin"), max_length=300, blank=True)
    updated_at = models.DateTimeField(_("modifié le"), auto_now=True)

    class Meta:
        verbose_name = _("fiche de santé")
        verbose_name_plural = _("fiches de santé")
        default_permissions = ["view"]

    def __str__(self):
        return str(self.child)


class HealthAccess(models.Model):
    """A member of staff read a child's health data: who, when, on which screen. The parents see this log."""

    child = models.ForeignKey(Child, models.CASCADE, related_name="health_accesses", verbose_name=_("enfant"))
    read_by = models.ForeignKey("accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("lu par"))
    reader_name = models.CharField(_("nom de l’agent"), max_length=300)
    where = models.CharField(_("écran"), max_length=100)
    read_at = models.DateTimeField(_("lu le"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("accès à une fiche de santé")
        verbose_name_plural = _("accès aux fiches de santé")
        ordering = ["-read_at", "-pk"]
        default_permissions = ["view"]

    def __str__(self):
        return f"{timezone.localtime(self.read_at):%d/%m/%Y %H:%M} {self.reader_name}"

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

from ..enums import CaseState, Channel


class ErasedCase(models.Model):
    """What is left of an erased case: dates and outcome, so that figures of past years hold. Nobody’s name."""

    page = models.ForeignKey(
        "procedures.ProcedurePage", models.PROTECT, related_name="erased_cases", verbose_name=_("démarche")
    )
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    channel = models.CharField(_("origine"), max_length=10, choices=Channel)
    state = models.CharField(_("état"), max_length=12, choices=CaseState.choices)
    status_label = models.CharField(_("libellé du statut"), max_length=80, blank=True)
    filed_at = models.DateTimeField(_("déposé le"))
    due_on = models.DateField(_("à traiter avant le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("dossier effacé")
        verbose_name_plural = _("dossiers effacés")
        default_permissions = []
        indexes = [models.Index(fields=["page", "filed_at"], name="erased_case_figures")]

    def __str__(self):
        return f"{timezone.localtime(self.filed_at):%d/%m/%Y} {self.status_label}"

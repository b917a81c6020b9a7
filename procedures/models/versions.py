from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from .. import definition, statuses


class ProcedureVersion(models.Model):
    """A form and its statuses as they were published. Never changed: open cases keep theirs.

    `form`, `statuses` and `handling` are what `services.versions` froze of the page.
    """

    # Cases hold their version and their page: a procedure that was filed once can't be deleted.
    page = models.ForeignKey(
        "procedures.ProcedurePage", models.CASCADE, related_name="versions", verbose_name=_("démarche")
    )
    number = models.PositiveIntegerField(_("numéro"))
    form = models.JSONField(_("formulaire"))
    statuses_data = models.JSONField(_("statuts"), default=list)
    # {"routing": [{"field", "value", "department"}], "silence", "handler", "inputs": {name: field key}}
    handling = models.JSONField(_("traitement"), default=dict)
    digest = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField(_("publiée le"), auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("version de démarche")
        verbose_name_plural = _("versions de démarche")
        ordering = ["page", "-number"]
        default_permissions = ["view"]
        constraints = [models.UniqueConstraint(fields=["page", "number"], name="procedure_version_unique")]

    def __str__(self):
        return f"{self.page_id} v{self.number}"

    @cached_property
    def definition(self):
        """The form, as a `procedures.definition.Definition`."""
        return definition.from_json(self.form)

    @cached_property
    def statuses(self):
        """The statuses, as `procedures.statuses.Status`."""
        return statuses.from_json(self.statuses_data)

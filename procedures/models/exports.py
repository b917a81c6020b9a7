import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.storage import private_storage, random_name

from ..enums import ExportState


def export_path(export, filename):
    return random_name("exports", filename)


class CaseExport(models.Model):
    """A spreadsheet of the cases that an agent chose, made by the queue and erased after a day."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_exports", verbose_name=_("demandé par")
    )
    # The filters of the worklist: the cases are those that they find, in what the agent may see, when it is made.
    query = models.CharField(max_length=1000, blank=True)
    # Whose answers become columns.
    page = models.ForeignKey(
        "procedures.ProcedurePage", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("démarche")
    )
    format = models.CharField(_("fichier"), max_length=4, choices=[("xlsx", "XLSX"), ("csv", "CSV")], default="xlsx")
    state = models.CharField(_("état"), max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    rows_total = models.PositiveIntegerField(_("dossiers"), default=0)
    rows_done = models.PositiveIntegerField(default=0)
    file = models.FileField(_("fichier"), storage=private_storage, upload_to=export_path, blank=True)
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    done_at = models.DateTimeField(_("terminé le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("export de dossiers")
        verbose_name_plural = _("exports de dossiers")
        ordering = ["-created_at", "-pk"]
        default_permissions = []

    def __str__(self):
        return f"{timezone.localtime(self.created_at):%d/%m/%Y %H:%M}"

    @property
    def state_enum(self):
        return ExportState(self.state)

    @property
    def percent(self):
        """From 0 to 100; 100 only once done."""
        if self.state == ExportState.DONE:
            return 100
        return min(99, 100 * self.rows_done // self.rows_total) if self.rows_total else 0

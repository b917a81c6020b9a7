from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ..enums import RowAction, UndoState
from .batches import ImportBatch


class StagedRow(models.Model):
    """A row of the file, as it was understood, and what it would change (then: what it changed)."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("ligne"), help_text=_("Numéro de la ligne dans le fichier."))
    # Which record the row is about, and two more that it shares with other rows: see Importer.claims.
    key = models.CharField(max_length=120, blank=True)
    second_key = models.CharField(max_length=120, blank=True)
    third_key = models.CharField(max_length=120, blank=True)
    # The cells as written, kept for refused rows only: the clerk must recognise them.
    raw = models.JSONField(default=list)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    action = models.CharField(_("résultat"), max_length=10, choices=RowAction)
    errors = models.JSONField(default=list)  # {"field", "column", "value", "text"}
    notices = models.JSONField(default=list)  # sentences
    changes = models.JSONField(default=list)  # {"record", "label", "old", "new"}
    applied = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("ligne d’import")
        verbose_name_plural = _("lignes d’import")
        default_permissions = ()
        ordering = ["number"]
        indexes = [
            models.Index(fields=["batch", "action", "number"], name="staged_row_action"),
            models.Index(fields=["batch", "key"], name="staged_row_key"),
            models.Index(fields=["batch", "second_key"], condition=~Q(second_key=""), name="staged_row_second_key"),
            models.Index(fields=["batch", "third_key"], condition=~Q(third_key=""), name="staged_row_third_key"),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="staged_row_once")]

    def __str__(self):
        return f"Ligne {self.number}"

    @property
    def action_enum(self):
        return RowAction(self.action)


class UndoEntry(models.Model):
    """One record that an import wrote: what it held before (None: it did not exist) and after."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="undo_entries")
    number = models.PositiveIntegerField(_("ligne"))
    model = models.CharField(max_length=60)  # app_label.model_name
    object_pk = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(_("état"), max_length=10, choices=UndoState, default=UndoState.PENDING)
    reason = models.CharField(_("raison"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("trace d’annulation")
        verbose_name_plural = _("traces d’annulation")
        default_permissions = ()
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["batch", "number"], name="undo_entry_number"),
            models.Index(fields=["batch", "state"], name="undo_entry_state"),
        ]

    def __str__(self):
        return f"{self.model} {self.object_pk}"

from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class ImportKind(models.TextChoices):
    """What a file holds. Each has its importer in `imports.importers`."""

    SUBSCRIBERS = "subscribers", _("Abonnés")
    READINGS = "readings", _("Relèves")
    INVOICES = "invoices", _("Factures")


class BatchState(State):
    UPLOADED = "uploaded", "warning", "arrow-up-tray", _("Colonnes à associer")
    MAPPED = "mapped", "warning", "clipboard-document-check", _("Prêt à contrôler")
    CHECKING = "checking", "info", "arrow-path", _("Contrôle en cours")
    CHECKED = "checked", "warning", "eye", _("À vérifier")
    APPLYING = "applying", "info", "arrow-path", _("Application en cours")
    APPLIED = "applied", "success", "check-circle", _("Appliqué")
    FAILED = "failed", "danger", "x-circle", _("Interrompu")
    UNDOING = "undoing", "info", "arrow-path", _("Annulation en cours")
    UNDONE = "undone", "neutral", "arrow-uturn-left", _("Annulé")
    ABANDONED = "abandoned", "neutral", "minus-circle", _("Abandonné")


# From → to. What a worker does (checking, applying, undoing) may stop for good: failed, from where it starts again.
TRANSITIONS = {
    BatchState.UPLOADED: {BatchState.MAPPED, BatchState.ABANDONED},
    BatchState.MAPPED: {BatchState.UPLOADED, BatchState.CHECKING, BatchState.ABANDONED},
    BatchState.CHECKING: {BatchState.CHECKED, BatchState.FAILED},
    BatchState.CHECKED: {BatchState.UPLOADED, BatchState.MAPPED, BatchState.APPLYING, BatchState.ABANDONED},
    BatchState.APPLYING: {BatchState.APPLIED, BatchState.FAILED},
    BatchState.APPLIED: {BatchState.UNDOING},
    BatchState.UNDOING: {BatchState.UNDONE, BatchState.FAILED},
    BatchState.FAILED: {
        BatchState.UPLOADED,
        BatchState.MAPPED,
        BatchState.CHECKING,
        BatchState.APPLYING,
        BatchState.UNDOING,
        BatchState.ABANDONED,
    },
    BatchState.UNDONE: set(),
    BatchState.ABANDONED: set(),
}

# A worker is at it: the page shows a progress bar, and a scheduled job looks after those that stand still.
RUNNING = (BatchState.CHECKING, BatchState.APPLYING, BatchState.UNDOING)


class RowAction(State):
    CREATE = "create", "success", "plus-circle", _("Créée")
    UPDATE = "update", "info", "pencil-square", _("Modifiée")
    UNCHANGED = "unchanged", "neutral", "equals", _("Inchangée")
    MERGED = "merged", "neutral", "document-duplicate", _("En double")
    REFUSED = "refused", "danger", "x-circle", _("Refusée")


class UndoState(State):
    PENDING = "pending", "neutral", "clock", _("En place")
    UNDONE = "undone", "success", "arrow-uturn-left", _("Annulé")
    REFUSED = "refused", "danger", "x-circle", _("Gardé")

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from documents.storage import private_storage, random_name

from ..enums import BatchState, ImportKind


def batch_file_path(batch, filename):
    return random_name("imports", filename)


class ImportBatch(models.Model):
    """One legacy file, from its upload to its undoing. `cursor` is the last row number whose chunk is done."""

    kind = models.CharField(_("nature"), max_length=20, choices=ImportKind)
    file = models.FileField(_("fichier"), storage=private_storage, upload_to=batch_file_path, blank=True)
    original_name = models.CharField(_("nom du fichier"), max_length=255)
    size = models.PositiveBigIntegerField(_("taille"), default=0)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    archive = models.FileField(_("PDF des factures"), storage=private_storage, upload_to=batch_file_path, blank=True)
    archive_name = models.CharField(_("nom de l’archive"), max_length=255, blank=True)
    state = models.CharField(_("état"), max_length=20, choices=BatchState, default=BatchState.UPLOADED, db_index=True)
    # Which work failed, so that it can start again where it stood.
    failed_in = models.CharField(max_length=20, blank=True)
    error = models.TextField(_("erreur"), blank=True)
    sheet = models.CharField(_("feuille"), max_length=255, blank=True)
    # What `imports.reading.inspect` said of the file, kept to show the columns without reading it again.
    source = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    # Field name → position of its column, or None.
    mapping = models.JSONField(_("colonnes"), default=dict)
    options = models.JSONField(default=dict)
    counts = models.JSONField(_("résultat"), default=dict)
    # What the clerk is told of the whole file: list of {"tone", "title", "text", "details"}.
    notices = models.JSONField(default=list)
    rows_total = models.PositiveIntegerField(_("lignes"), default=0)
    rows_done = models.PositiveIntegerField(default=0)
    cursor = models.PositiveBigIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="import_batches", verbose_name=_("déposé par")
    )
    created_at = models.DateTimeField(_("déposé le"), auto_now_add=True)
    checked_at = models.DateTimeField(_("contrôlé le"), null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("appliqué par"),
    )
    applied_at = models.DateTimeField(_("appliqué le"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("annulé par")
    )
    undone_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    purged_at = models.DateTimeField(_("lignes effacées le"), null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        default_permissions = ("add", "view")
        permissions = [
            ("apply_importbatch", _("Peut appliquer un import")),
            ("undo_importbatch", _("Peut annuler un import")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BatchState]),
                name="import_state_known",
                violation_error_message=_("Cet état d’import n’existe pas."),
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""),
                name="import_failed_with_error",
                violation_error_message=_("Un import interrompu dit pourquoi."),
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="import_applied_by_someone",
                violation_error_message=_("Un import appliqué dit par qui et quand."),
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="import_undone_by_someone",
                violation_error_message=_("Un import annulé dit par qui et quand."),
            ),
            models.CheckConstraint(
                condition=Q(rows_done__lte=F("rows_total")),
                name="import_progress_within_total",
                violation_error_message=_("L’avancement ne peut pas dépasser le nombre de lignes."),
            ),
        ]

    def __str__(self):
        return self.original_name

    @property
    def state_enum(self):
        return BatchState(self.state)

    @property
    def percent(self):
        return self.rows_done * 100 // self.rows_total if self.rows_total else 0


class ColumnChoice(models.Model):
    """Which column holds which field in files of this kind whose header looks the same: the clerk's last choice."""

    kind = models.CharField(_("nature"), max_length=20, choices=ImportKind)
    shape = models.CharField(max_length=64)
    mapping = models.JSONField()
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    chosen_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("choix de colonnes")
        verbose_name_plural = _("choix de colonnes")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "shape"], name="column_choice_one_a_shape")]

    def __str__(self):
        return f"{self.kind} {self.shape[:8]}"

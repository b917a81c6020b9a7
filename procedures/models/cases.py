import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Profile
from documents.models import StoredFile

from ..enums import OPEN, CaseState, Channel, EventKind, Silence
from ..statuses import TONE_ICONS
from .versions import ProcedureVersion


class ShownStatus:
    """A case's status as `{% state_chip %}` draws it: the procedure's words, the portal's tones."""

    __slots__ = ("label", "tone")

    def __init__(self, label, tone):
        self.label, self.tone = label, tone

    @property
    def icon(self):
        return TONE_ICONS[self.tone]

    def __eq__(self, other):
        return isinstance(other, ShownStatus) and (self.label, self.tone) == (other.label, other.tone)

    def __hash__(self):
        return hash((self.label, self.tone))

    def __str__(self):
        return str(self.label)


class Case(models.Model):
    """One filing of a procedure: a draft, then numbered once filed, then decided. Services alone write it.

    `answers` is {field key: value} as `procedures.answers` makes them. `revision` grows with each write of an agent or
    of the resident: a form opened before somebody else's change is told.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(_("numéro"), max_length=20, null=True, blank=True, unique=True)  # noqa: DJ001
    page = models.ForeignKey(
        "procedures.ProcedurePage", models.PROTECT, related_name="cases", verbose_name=_("démarche")
    )
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="cases", verbose_name=_("version"))
    # Empty for a case filed without an account.
    profile = models.ForeignKey(
        Profile, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("profil")
    )
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("demandeur")
    )
    # The agent who typed it, for a case filed at the desk or on the telephone.
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("saisi par")
    )
    channel = models.CharField(_("origine"), max_length=10, choices=Channel, default=Channel.ONLINE)
    # Where mails go, and who asks, as told when it was filed.
    email = models.EmailField(_("courriel"), blank=True)
    applicant = models.CharField(_("nom du demandeur"), max_length=200, blank=True)
    # Digest of the code that opens the follow-up of a case without an account.
    code_digest = models.CharField(max_length=64, blank=True, editable=False)

    answers = models.JSONField(_("réponses"), default=dict, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)
    state = models.CharField(_("état"), max_length=12, choices=CaseState.choices, default=CaseState.DRAFT)
    status = models.SlugField(_("statut"), max_length=60, blank=True)
    # Copied from the version, so that a list reads no form.
    status_label = models.CharField(_("libellé du statut"), max_length=80, blank=True)
    status_tone = models.CharField(max_length=10, blank=True)
    # What an agent asked to correct: {"fields": [keys], "message": "…"}.
    correction = models.JSONField(default=dict, blank=True)
    # What acceptance did: {"handler", "sentence", "url"}.
    outcome = models.JSONField(default=dict, blank=True)

    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("service")
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="assigned_cases",
        verbose_name=_("instructeur"),
    )
    copied_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    # Normalised words that the worklist searches: number, applicant, e-mail, answers.
    search_text = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("commencé le"), auto_now_add=True)
    touched_at = models.DateTimeField(_("modifié le"), default=timezone.now)
    filed_at = models.DateTimeField(_("déposé le"), null=True, blank=True)
    due_on = models.DateField(_("à traiter avant le"), null=True, blank=True)
    decided_at = models.DateTimeField(_("terminé le"), null=True, blank=True)
    # The keys of the steps saved at least once: a step without a mandatory field is done once it was seen.
    saved_steps = models.JSONField(default=list, blank=True, editable=False)
    receipt = models.ForeignKey(
        StoredFile,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="receipted_cases",
        verbose_name=_("accusé de réception"),
    )
    # Set once the resident was told that the draft will be erased.
    expiry_told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Set once agents were warned of the time limit.
    due_told_at = models.DateTimeField(null=True, blank=True, editable=False)

    files = models.ManyToManyField(StoredFile, through="CaseFile", related_name="cases")

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ["-filed_at", "-pk"]
        default_permissions = ["view"]
        permissions = [
            ("review_case", "Instruire les dossiers de ses services"),
            ("view_all_cases", "Voir les dossiers de tous les services"),
            ("assign_case", "Attribuer les dossiers à d’autres agents"),
            ("export_cases", "Exporter les dossiers"),
            ("file_case", "Déposer un dossier pour un usager"),
        ]
        indexes = [
            models.Index(fields=["department", "state", "due_on"], name="case_worklist"),
            models.Index(fields=["assigned_to", "state"], name="case_assigned"),
            models.Index(fields=["profile", "state", "-filed_at"], name="case_profile"),
            models.Index(fields=["state", "touched_at"], name="case_touched"),
            models.Index(fields=["-filed_at", "-id"], name="case_filed"),
            models.Index(fields=["page", "-filed_at"], name="case_page"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=CaseState.DRAFT, number=None, filed_at=None)
                | (~Q(state=CaseState.DRAFT) & Q(number__isnull=False, filed_at__isnull=False)),
                name="case_filed_has_number",
                violation_error_message=_("Un dossier déposé a un numéro et une date de dépôt."),
            ),
        ]

    def __str__(self):
        return self.number or str(_("Brouillon"))

    @property
    def state_enum(self):
        return CaseState(self.state)

    @property
    def shown_status(self):
        """The status in the procedure's words, for the chip."""
        return ShownStatus(self.status_label, self.status_tone) if self.status_label else self.state_enum

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def silence(self):
        """What it means when nobody answers it in time, as its version says: later changes are for later cases."""
        return Silence(self.version.handling.get("silence", self.page.silence))

    @cached_property
    def definition(self):
        """The form as the case has it."""
        return self.version.definition


class CaseFile(models.Model):
    """A stored file that an answer of the case, or one of its messages, names."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="case_files")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="case_files")
    added_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("fichier de dossier")
        verbose_name_plural = _("fichiers de dossier")
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["case", "file"], name="case_file_once")]

    def __str__(self):
        return str(self.file)


class CaseEvent(models.Model):
    """One line of a case's history: the resident's timeline when `public`, the agents' too."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="events", verbose_name=_("dossier"))
    kind = models.CharField(_("nature"), max_length=20, choices=EventKind)
    at = models.DateTimeField(_("le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("par")
    )
    public = models.BooleanField(_("visible de l’usager"), default=False)
    title = models.CharField(_("titre"), max_length=200)
    text = models.TextField(_("texte"), blank=True)
    tone = models.CharField(max_length=10, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("événement de dossier")
        verbose_name_plural = _("événements de dossier")
        ordering = ["at", "pk"]
        default_permissions = []
        indexes = [models.Index(fields=["case", "at"], name="case_event_at")]

    def __str__(self):
        return self.title


class CaseMessage(models.Model):
    """A message between the resident and the service, with its files."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="messages", verbose_name=_("dossier"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("auteur")
    )
    from_agent = models.BooleanField(_("écrit par un agent"), default=False)
    text = models.TextField(_("message"), max_length=5000)
    files = models.ManyToManyField(StoredFile, blank=True, related_name="+", verbose_name=_("pièces jointes"))
    sent_at = models.DateTimeField(_("envoyé le"), default=timezone.now)
    # Read by the other side.
    read_at = models.DateTimeField(_("lu le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("message de dossier")
        verbose_name_plural = _("messages de dossier")
        ordering = ["sent_at", "pk"]
        default_permissions = []

    def __str__(self):
        return self.text[:60]


class SavedView(models.Model):
    """Filters of the worklist that an agent named."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_views")
    name = models.CharField(_("nom"), max_length=60)
    query = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("vue enregistrée")
        verbose_name_plural = _("vues enregistrées")
        ordering = ["name"]
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="saved_view_name_unique",
                violation_error_message=_("Vous avez déjà une vue de ce nom."),
            )
        ]

    def __str__(self):
        return self.name


class EmailConfirmation(models.Model):
    """An address that somebody without an account gave to file a case: the mailed link proves it (10 minutes)."""

    page = models.ForeignKey("procedures.ProcedurePage", models.CASCADE, related_name="+")
    email = models.EmailField(_("courriel"))
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("adresse à confirmer")
        verbose_name_plural = _("adresses à confirmer")
        default_permissions = []

    def __str__(self):
        return self.email

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Child, Profile

from ..enums import FolderKind
from .files import StoredFile


class Folder(models.Model):
    """A folder of « Mes documents » (s0.11), the same for every resident. Those of the portal can't be deleted."""

    name = models.CharField(_("nom"), max_length=80, unique=True)
    slug = models.SlugField(_("adresse"), max_length=80, unique=True, help_text=_("Lettres sans accent et tirets."))
    kind = models.CharField(_("rôle"), max_length=10, choices=FolderKind, blank=True, default="", editable=False)
    description = models.CharField(_("description"), max_length=200, blank=True)
    residents_add = models.BooleanField(_("les usagers y ajoutent des documents"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    class Meta:
        verbose_name = _("dossier de documents")
        verbose_name_plural = _("dossiers de documents")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=~Q(kind=""), name="folder_kind_unique"),
        ]

    def __str__(self):
        return self.name


class FiledDocument(models.Model):
    """A document in a folder of a profile: added by the resident, or filed by the portal (`source` says from what)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="documents", verbose_name=_("profil"))
    folder = models.ForeignKey(Folder, models.PROTECT, related_name="documents", verbose_name=_("dossier"))
    title = models.CharField(_("titre"), max_length=200)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="filed", verbose_name=_("fichier"))
    child = models.ForeignKey(
        Child, models.SET_NULL, null=True, blank=True, related_name="documents", verbose_name=_("enfant")
    )
    contract_reference = models.CharField(_("référence client"), max_length=40, blank=True)
    # What it comes from ("billing.invoice:12"), once in a profile. Empty for what the resident added.
    source = models.CharField(max_length=80, blank=True, db_index=True)
    added_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ajouté par")
    )
    added_at = models.DateTimeField(_("ajouté le"), default=timezone.now)
    # First opened by a member of the profile.
    seen_at = models.DateTimeField(_("ouvert le"), null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("document rangé")
        verbose_name_plural = _("documents rangés")
        ordering = ["-added_at", "-pk"]
        default_permissions = []
        indexes = [
            models.Index(fields=["profile", "folder", "-added_at"], name="filed_document_folder"),
            models.Index(fields=["profile"], condition=Q(seen_at=None), name="filed_document_unseen"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "source"], condition=~Q(source=""), name="filed_document_source_once"
            ),
        ]

    def __str__(self):
        return self.title

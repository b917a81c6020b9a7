import uuid

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile

from ..enums import RELEASED, ScanState
from ..rules import size_text
from ..storage import private_storage, random_name


def stored_file_path(stored, filename):
    return random_name("produced" if stored.produced else "residents", filename)


class StoredFileQuerySet(models.QuerySet):
    def unused(self):
        """Those that no row of any table points to."""
        files = self
        for relation in StoredFile.relations():
            users = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            files = files.filter(~Exists(users))
        return files


class StoredFile(models.Model):
    """A private file under a random name: a resident's, that passed `documents.checks`, or one the portal produced."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Empty for a file sent with a request that needs no account, and for a document produced about one.
    profile = models.ForeignKey(
        Profile, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("profil")
    )
    # Made by the portal (an invoice, a letter), or sent by an agent: it takes none of the resident's room.
    produced = models.BooleanField(_("produit par le portail"), default=False, editable=False)
    # Its content belongs to another record (an invoice, a payment), and stays when this row goes.
    borrowed = models.BooleanField(_("contenu d’un autre enregistrement"), default=False, editable=False)
    file = models.FileField(_("fichier"), storage=private_storage, upload_to=stored_file_path)
    name = models.CharField(_("nom"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("taille en octets"))
    sha256 = models.CharField(max_length=64, editable=False)
    scan = models.CharField(_("analyse"), max_length=10, choices=ScanState.choices, default=ScanState.PENDING)
    sent_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, related_name="+", verbose_name=_("envoyé par")
    )
    sent_at = models.DateTimeField(_("envoyé le"), auto_now_add=True)
    # Empty as long as nothing took the file: sent with a form that had an error, it waits there, and is soon erased.
    filed_at = models.DateTimeField(_("classé le"), null=True, blank=True, editable=False)

    objects = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier")
        verbose_name_plural = _("fichiers")
        ordering = ["-sent_at", "-pk"]

    def __str__(self):
        return self.name

    @staticmethod
    def relations():
        """What points to files: asked of the models themselves, so that upper apps' count too."""
        relations = StoredFile._meta.get_fields(include_hidden=True)
        return [one for one in relations if one.auto_created and (one.one_to_many or one.one_to_one)]

    @property
    def scan_enum(self):
        return ScanState(self.scan)

    @property
    def released(self):
        """Whether others than its sender may open it."""
        return self.scan in RELEASED

    @property
    def size_text(self):
        return size_text(self.size)

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import Folder


class LetterTemplate(models.Model):
    """A letter that agents produce from a case, as PDF. `{numero}`, `{demandeur}`, `{reponse:cle}` … are its values."""

    name = models.CharField(_("nom"), max_length=120, unique=True)
    title = models.CharField(_("objet du courrier"), max_length=200)
    body = models.TextField(
        _("texte"), help_text=_("Une ligne vide sépare les paragraphes. Les mots entre accolades sont remplacés.")
    )
    signatory = models.CharField(_("signataire"), max_length=200, blank=True)
    folder = models.ForeignKey(
        Folder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dossier de rangement"),
        help_text=_("Où l’usager le trouve dans « Mes documents ». Vide : « Reçus »."),
    )
    procedures = models.ManyToManyField(
        "procedures.ProcedurePage",
        blank=True,
        related_name="letters",
        verbose_name=_("démarches"),
        help_text=_("Aucune : le modèle sert à toutes."),
    )
    active = models.BooleanField(_("utilisé"), default=True)

    class Meta:
        verbose_name = _("modèle de courrier")
        verbose_name_plural = _("modèles de courrier")
        ordering = ["name"]

    def __str__(self):
        return self.name


class CaseDocument(models.Model):
    """A document produced for a case, filed in « Mes documents » of its profile."""

    case = models.ForeignKey("procedures.Case", models.CASCADE, related_name="documents", verbose_name=_("dossier"))
    title = models.CharField(_("titre"), max_length=200)
    file = models.ForeignKey("documents.StoredFile", models.PROTECT, related_name="+", verbose_name=_("fichier"))
    produced_by = models.ForeignKey(
        "accounts.User", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("produit par")
    )
    produced_at = models.DateTimeField(_("produit le"), auto_now_add=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("document de dossier")
        verbose_name_plural = _("documents de dossier")
        ordering = ["-produced_at", "-pk"]
        default_permissions = []

    def __str__(self):
        return self.title

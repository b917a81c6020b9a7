"""What documents adds to the back office: registers only."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from accounts import panels

from .panels import waiting_for
from .viewsets import DocumentsViewSetGroup

panels.register(waiting_for)
register_snippet(DocumentsViewSetGroup)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("documents.supporting.send", _("Envoyer une pièce"), _("Pièce justificative envoyée")),
        ("documents.supporting.accept", _("Valider une pièce"), _("Pièce justificative validée")),
        ("documents.supporting.refuse", _("Refuser une pièce"), _("Pièce justificative refusée")),
        ("documents.filed.add", _("Ranger un document"), _("Document ajouté à « Mes documents »")),
        ("documents.filed.delete", _("Supprimer un document"), _("Document retiré de « Mes documents »")),
        ("documents.file.infected", _("Retirer un fichier dangereux"), _("Fichier dangereux supprimé")),
    ]:
        actions.register_action(action, label, message)

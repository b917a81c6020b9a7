"""What water adds to the back office: registers only."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from accounts import panels

from .panels import waiting_for
from .viewsets import WaterViewSetGroup

panels.register(waiting_for)
register_snippet(WaterViewSetGroup)


@hooks.register("register_icons")
def register_icons(icons):
    """The drop of the menu « Eau »."""
    return [*icons, "water/icons/water.svg"]


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("water.codes.issue", _("Émettre des codes"), _("Émission de codes d’activation lancée")),
        ("water.codes.resume", _("Reprendre l’émission"), _("Émission de codes reprise")),
        ("water.codes.export", _("Exporter des codes"), _("Codes d’activation exportés")),
        ("water.codes.reissue", _("Émettre un nouveau code"), _("Nouveau code d’activation émis")),
        ("water.contract.attach", _("Rattacher un contrat"), _("Contrat rattaché à un profil")),
        ("water.contract.detach", _("Mettre fin au rattachement"), _("Rattachement terminé")),
        ("water.contract.open", _("Ouvrir un contrat"), _("Contrat ouvert")),
        ("water.contract.terminate", _("Résilier un contrat"), _("Contrat résilié")),
        ("water.reading.record", _("Enregistrer une relève"), _("Index d’un usager enregistré")),
        ("water.code_request.create", _("Demander un code"), _("Code d’activation demandé")),
        ("water.code_request.send", _("Envoyer le code"), _("Code d’activation envoyé")),
        ("water.code_request.refuse", _("Refuser la demande"), _("Demande de code refusée")),
    ]:
        actions.register_action(action, label, message)

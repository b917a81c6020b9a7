"""What procedures add to the back office: registers only."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from accounts import panels

from .building import hooks as building_hooks  # noqa: F401 - its hooks
from .desk.due_soon import due_soon_for
from .desk.menu import cases_item
from .desk.panels import waiting_for
from .viewsets import CatalogueGroup

register_snippet(CatalogueGroup)
panels.register(waiting_for)
panels.register(due_soon_for)


@hooks.register("register_admin_urls")
def register_admin_urls():
    """The agents' desk, under /admin/demarches/."""
    return [path("demarches/", include("procedures.desk.urls"))]


@hooks.register("register_admin_menu_item")
def register_cases_menu_item():
    return cases_item()


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps. Who adds a service that logs adds its line."""
    for action, label, message in [
        ("procedures.case.assign", _("Attribuer un dossier"), _("Dossier attribué")),
        ("procedures.case.release", _("Rendre un dossier"), _("Dossier rendu à son service")),
        ("procedures.case.pass", _("Transmettre un dossier"), _("Dossier transmis à un autre service")),
        ("procedures.cases.export", _("Exporter des dossiers"), _("Dossiers exportés")),
        ("procedures.case.status", _("Changer le statut d’un dossier"), _("Statut du dossier changé")),
        ("procedures.case.handle", _("Appliquer une acceptation"), _("Effet de l’acceptation appliqué")),
        ("procedures.case.ask_correction", _("Demander une correction"), _("Correction demandée")),
        ("procedures.case.message", _("Écrire au demandeur"), _("Message envoyé au demandeur")),
        ("procedures.case.note", _("Noter dans un dossier"), _("Note ajoutée au dossier")),
        ("procedures.case.letter", _("Produire un courrier"), _("Courrier remis au demandeur")),
        ("procedures.case.file", _("Déposer un dossier"), _("Dossier déposé")),
        ("procedures.case.resubmit", _("Compléter un dossier"), _("Dossier complété par son demandeur")),
        ("procedures.case.delete_draft", _("Supprimer un brouillon"), _("Brouillon supprimé")),
        ("procedures.case.withdraw", _("Retirer un dossier"), _("Dossier retiré par son demandeur")),
        ("procedures.case.resident_message", _("Écrire au service"), _("Message envoyé au service")),
        ("procedures.appointment.take", _("Prendre un rendez-vous"), _("Rendez-vous pris")),
        ("procedures.appointment.cancel", _("Annuler un rendez-vous"), _("Rendez-vous annulé")),
        ("procedures.appointment.note", _("Noter un rendez-vous"), _("Rendez-vous noté")),
    ]:
        actions.register_action(action, label, message)

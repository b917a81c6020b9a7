from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from accounts import panels

from . import perms
from .panels import waiting_for

panels.register(waiting_for)

ACTIONS = {
    "upload": ("Déposer", "Fichier déposé"),
    "archive": ("Joindre les PDF", "Archive de PDF jointe"),
    "columns": ("Associer les colonnes", "Colonnes associées"),
    "check": ("Contrôler", "Contrôle demandé"),
    "apply": ("Appliquer", "Application demandée"),
    "applied": ("Appliqué", "Import appliqué"),
    "undo": ("Annuler", "Annulation demandée"),
    "undone": ("Annulé", "Import annulé"),
    "retry": ("Reprendre", "Reprise demandée"),
    "abandon": ("Abandonner", "Import abandonné"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"imports.batch.{name}", label, message)


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [path("imports/", include("imports.urls"))]


class ImportsMenuItem(MenuItem):
    def is_shown(self, request):
        return perms.may_view(request.user)


@hooks.register("register_admin_menu_item")
def register_menu_item():
    return ImportsMenuItem(_("Imports"), reverse_lazy("imports:index"), name="imports", icon_name="upload", order=250)

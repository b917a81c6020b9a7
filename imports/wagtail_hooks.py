from wagtail import hooks

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
    "download": ("Télécharger", "Fichier téléchargé"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for name, (label, message) in ACTIONS.items():
        actions.register_action(f"imports.batch.{name}", label, message)

"""The icons that editors choose from: heroicons' names, with what they show in French."""

from django.db import models
from django.utils.translation import gettext_lazy as _

ICONS = [
    ("home-modern", _("Maison")),
    ("truck", _("Déménagement")),
    ("beaker", _("Eau, analyse")),
    ("wrench-screwdriver", _("Dépannage, travaux")),
    ("bolt", _("Énergie")),
    ("credit-card", _("Carte bancaire")),
    ("banknotes", _("Facture, argent")),
    ("receipt-percent", _("Tarif, remise")),
    ("building-library", _("Prélèvement, institution")),
    ("calculator", _("Calcul, relève")),
    ("chart-bar", _("Chiffres, consommation")),
    ("calendar-days", _("Calendrier, réservation")),
    ("clock", _("Horaires, rendez-vous")),
    ("cake", _("Repas, cantine")),
    ("puzzle-piece", _("Loisirs, jeux")),
    ("academic-cap", _("École")),
    ("face-smile", _("Petite enfance")),
    ("user-group", _("Famille, association")),
    ("users", _("Habitants")),
    ("user-circle", _("Compte")),
    ("identification", _("Identité, titre")),
    ("gift", _("Aide, subvention")),
    ("heart", _("Solidarité, santé")),
    ("hand-raised", _("Signalement")),
    ("exclamation-triangle", _("Alerte")),
    ("chat-bubble-left-right", _("Question, échange")),
    ("question-mark-circle", _("Aide")),
    ("information-circle", _("Information")),
    ("document-text", _("Document")),
    ("clipboard-document-list", _("Démarche, formulaire")),
    ("folder", _("Dossier")),
    ("newspaper", _("Actualité")),
    ("megaphone", _("Annonce")),
    ("map-pin", _("Lieu")),
    ("building-office-2", _("Bâtiment, service")),
    ("phone", _("Téléphone")),
    ("envelope", _("Courriel")),
    ("key", _("Code, mot de passe")),
    ("shield-check", _("Sécurité, protection")),
    ("trash", _("Déchets")),
    ("globe-europe-africa", _("Environnement")),
    ("ticket", _("Billet, sport, culture")),
    ("book-open", _("Guide, lecture")),
    ("light-bulb", _("Conseil")),
    ("scale", _("Mentions, droit")),
    ("eye", _("Accessibilité")),
]
NAMES = frozenset(name for name, label in ICONS)


class IconField(models.CharField):
    """The name of an icon, chosen from ICONS. The choices stay out of migrations: adding an icon changes no table."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("choices", ICONS)
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("choices", None)
        return name, path, args, kwargs

"""What accounts adds to the back office: registers only."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("accounts.register", _("Créer un compte"), _("Compte créé")),
        ("accounts.password.change", _("Changer le mot de passe"), _("Mot de passe changé")),
        ("accounts.personal_data.update", _("Modifier les données personnelles"), _("Données personnelles modifiées")),
        ("accounts.membership.end", _("Quitter un profil"), _("Membre parti du profil")),
        ("accounts.staff.invite", _("Inviter un agent"), _("Agent invité")),
        ("accounts.second_factor.set_up", _("Installer le second facteur"), _("Second facteur installé")),
        ("accounts.second_factor.codes", _("Renouveler les codes de secours"), _("Codes de secours renouvelés")),
        ("accounts.second_factor.code_used", _("Utiliser un code de secours"), _("Code de secours utilisé")),
        ("accounts.second_factor.reset", _("Réinitialiser le second facteur"), _("Second facteur réinitialisé")),
    ]:
        actions.register_action(action, label, message)

"""What accounts adds to the back office: registers only."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied, user_has_any_page_permission
from wagtail_modeladmin.options import modeladmin_register

from .models import User
from .panels import WaitingPanel, lines_of
from .registers import OutgoingMailAdmin

modeladmin_register(OutgoingMailAdmin)


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
        ("accounts.second_factor.reset", _("Retirer le second facteur"), _("Second facteur retiré")),
    ]:
        actions.register_action(action, label, message)


@hooks.register("construct_homepage_panels")
def add_waiting_panel(request, panels):
    """Show staff what waits for them, on the first page of the back office."""
    if lines := lines_of(request.user):
        panels.append(WaitingPanel(lines))


@hooks.register("register_account_menu_item")
def second_factor_item(request):
    """Lead from the staff member's account to the second factor."""
    return {
        "url": reverse("accounts:second_factor"),
        "label": _("Vérification en deux étapes"),
        "help_text": _("Codes de secours, changement de téléphone."),
    }


@hooks.register("register_account_menu_item")
def password_item(request):
    """Lead from the staff member's account to the change of password."""
    return {
        "url": reverse("accounts:password_change"),
        "label": _("Mot de passe"),
        "help_text": _("Modifier votre mot de passe."),
    }


@hooks.register("before_bulk_action")
def no_bulk_action_on_users(request, action_type, objects, view):
    """Accounts are changed one by one, on their page, which checks each: Wagtail's bulk actions don't."""
    return permission_denied(request) if view.model is User else None


@hooks.register("construct_main_menu")
def menu_by_role(request, items):
    """Take away what a role has no use for: reports without a right to pages, and Wagtail’s help, in English."""
    unused = {"help"} if user_has_any_page_permission(request.user) else {"help", "reports"}
    items[:] = [item for item in items if item.name not in unused]

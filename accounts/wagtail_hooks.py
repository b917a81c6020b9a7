"""What accounts adds to the back office: registers only."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied, user_has_any_page_permission
from wagtail.snippets.models import register_snippet
from wagtail_modeladmin.options import modeladmin_register

from . import panels
from .child_panels import waiting_children
from .department_viewsets import DepartmentViewSet
from .family_menu import FamilyViewSetGroup
from .family_viewsets import waiting_for as waiting_families
from .models import Department, User
from .panels import WaitingPanel, lines_of
from .registers import HealthAccessAdmin, OutgoingMailAdmin

modeladmin_register(OutgoingMailAdmin)
modeladmin_register(HealthAccessAdmin)
register_snippet(FamilyViewSetGroup)
register_snippet(DepartmentViewSet)
panels.register(waiting_children)
panels.register(waiting_families)


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("accounts.register", _("Créer un compte"), _("Compte créé")),
        ("accounts.password.change", _("Changer le mot de passe"), _("Mot de passe changé")),
        ("accounts.personal_data.update", _("Modifier les données personnelles"), _("Données personnelles modifiées")),
        ("accounts.membership.end", _("Quitter un profil"), _("Membre parti du profil")),
        ("accounts.child.add", _("Ajouter un enfant"), _("Enfant ajouté par la famille")),
        ("accounts.child.accept", _("Valider un enfant"), _("Fiche enfant validée")),
        ("accounts.child.refuse", _("Refuser un enfant"), _("Ajout d’un enfant refusé")),
        ("accounts.child.merge", _("Réunir deux fiches"), _("Fiches d’un même enfant réunies")),
        ("accounts.child.archive", _("Archiver une fiche enfant"), _("Fiche enfant archivée")),
        ("accounts.child.restore", _("Sortir une fiche des archives"), _("Fiche enfant sortie des archives")),
        ("accounts.child.health", _("Modifier la fiche de santé"), _("Fiche de santé modifiée par la famille")),
        ("accounts.child.consent", _("Répondre à une autorisation"), _("Réponse à une autorisation")),
        ("accounts.child.person.save", _("Modifier l’entourage"), _("Personne à contacter ou autorisée modifiée")),
        ("accounts.child.person.remove", _("Retirer une personne"), _("Personne à contacter ou autorisée retirée")),
        ("accounts.guardianship.add", _("Ajouter un foyer"), _("Foyer ajouté à un enfant")),
        ("accounts.guardianship.change", _("Modifier les droits d’un foyer"), _("Droits d’un foyer modifiés")),
        ("accounts.guardianship.end", _("Terminer une garde"), _("Fin de garde enregistrée")),
        ("accounts.staff.invite", _("Inviter un agent"), _("Agent invité")),
        ("accounts.login.change", _("Changer d’identifiant"), _("Identifiant changé")),
        ("accounts.household.open", _("Ouvrir un foyer"), _("Foyer ouvert")),
        ("accounts.change.apply", _("Modifier un dossier"), _("Dossier modifié par la famille")),
        ("accounts.change.ask", _("Demander une modification"), _("Modification demandée")),
        ("accounts.change.withdraw", _("Retirer une demande"), _("Demande de modification retirée")),
        ("accounts.change.decide", _("Décider d’une modification"), _("Demande de modification traitée")),
        ("accounts.text.accept", _("Accepter le texte"), _("Texte accepté par la famille")),
        ("accounts.text.publish", _("Publier un texte à accepter"), _("Texte à accepter publié")),
        ("accounts.quotient.declare", _("Déclarer un quotient"), _("Quotient familial déclaré")),
        ("accounts.quotient.record", _("Enregistrer un quotient"), _("Quotient familial enregistré par le service")),
        ("accounts.quotient.verify", _("Valider un quotient"), _("Quotient familial validé")),
        ("accounts.quotient.refuse", _("Refuser un quotient"), _("Quotient familial refusé")),
        ("accounts.fields.configure", _("Régler un formulaire"), _("Champs d’un formulaire famille réglés")),
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
    """Accounts and departments are changed one by one, where each change is checked: bulk actions don't."""
    return permission_denied(request) if view.model in (User, Department) else None


@hooks.register("construct_main_menu")
def menu_by_role(request, items):
    """Take away what a role has no use for: reports without a right to pages, and Wagtail’s help, in English."""
    unused = {"help"} if user_has_any_page_permission(request.user) else {"help", "reports"}
    items[:] = [item for item in items if item.name not in unused]

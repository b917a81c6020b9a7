"""What bookings add to the back office: registers only."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import permission_denied
from wagtail.snippets.models import register_snippet

from accounts import panels

from .managers.menu import ChildcareGroup
from .managers.panels import waiting_for
from .models import Session
from .viewsets import SetUpGroup, TariffVersionViewSet

panels.register(waiting_for)
register_snippet(ChildcareGroup)
register_snippet(SetUpGroup)
register_snippet(TariffVersionViewSet)


@hooks.register("register_admin_urls")
def register_admin_urls():
    """The childcare managers' screens, under /admin/enfance/."""
    return [path("enfance/", include("booking.managers.urls"))]


@hooks.register("before_bulk_action")
def no_bulk_action_on_bookings(request, action_type, objects, view):
    """What families book upon is changed one by one, where each change is checked: Wagtail's bulk actions don't."""
    return permission_denied(request) if view.model._meta.app_label == Session._meta.app_label else None


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("booking.sessions.generate", _("Créer les séances"), _("Séances créées")),
        ("booking.session.capacity", _("Changer les places"), _("Places de la séance changées")),
        ("booking.session.close", _("Fermer une séance"), _("Séance fermée")),
        ("booking.session.reopen", _("Rouvrir une séance"), _("Séance rouverte")),
        ("booking.reservation.submit", _("Réserver"), _("Réservation faite")),
        ("booking.reservation.cancel", _("Annuler des jours"), _("Annulation demandée")),
        ("booking.reservation.decide", _("Décider de jours demandés"), _("Jours demandés : réponse donnée")),
        ("booking.day.offer", _("Proposer une place"), _("Place libérée proposée")),
        ("booking.offer.accept", _("Accepter une place proposée"), _("Place proposée acceptée")),
        ("booking.offer.decline", _("Refuser une place proposée"), _("Place proposée refusée")),
        ("booking.offer.expire", _("Reprendre une place proposée"), _("Place proposée restée sans réponse")),
        ("booking.waiting.leave", _("Quitter la liste d’attente"), _("Liste d’attente quittée")),
        ("booking.attendance.note", _("Pointer"), _("Présences notées")),
        ("booking.days.export", _("Exporter les réservations"), _("Réservations exportées")),
        ("booking.enrolment.request", _("Demander une inscription"), _("Inscription demandée")),
        ("booking.enrolment.withdraw", _("Retirer une demande d’inscription"), _("Demande d’inscription retirée")),
        ("booking.enrolment.accept", _("Accepter une inscription"), _("Inscription acceptée")),
        ("booking.enrolment.refuse", _("Refuser une inscription"), _("Inscription refusée")),
        ("booking.enrolment.end", _("Mettre fin à une inscription"), _("Inscription terminée")),
        ("booking.calendar.create", _("Créer un agenda partagé"), _("Adresse d’agenda créée")),
        ("booking.calendar.revoke", _("Révoquer un agenda partagé"), _("Adresse d’agenda révoquée")),
    ]:
        actions.register_action(action, label, message)

"""What billing adds to the back office: registers only."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail_modeladmin.options import modeladmin_register

from accounts import panels

from .panels import waiting_for
from .viewsets import BillingViewSetGroup, PaymentEventAdmin

register_snippet(BillingViewSetGroup)
modeladmin_register(PaymentEventAdmin)
panels.register(waiting_for)


@hooks.register("register_icons")
def register_icons(icons):
    """The banknotes of the menu « Facturation »."""
    return [*icons, "billing/icons/banknotes.svg"]


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the acts that the audit log keeps."""
    for action, label, message in [
        ("billing.invoice.withdraw", _("Retirer une facture importée"), _("Facture importée retirée")),
        ("billing.payment.start", _("Commencer un règlement"), _("Règlement commencé")),
        ("billing.payment.pending", _("Attendre la banque"), _("Règlement en attente de la banque")),
        ("billing.payment.settle", _("Valider un règlement"), _("Règlement validé")),
        ("billing.payment.excess", _("Constater un trop-perçu"), _("Trop-perçu à rembourser")),
        ("billing.payment.refuse", _("Refuser un règlement"), _("Règlement refusé par la banque")),
        ("billing.payment.abandon", _("Abandonner un règlement"), _("Règlement abandonné")),
        ("billing.payment.anomaly", _("Signaler une anomalie"), _("Le prestataire annonce autre chose")),
        ("billing.payment.check", _("Vérifier un règlement"), _("Vérification demandée au prestataire")),
        ("billing.mandate.create", _("Enregistrer un mandat"), _("Mandat de prélèvement enregistré")),
        ("billing.mandate.revoke", _("Révoquer un mandat"), _("Mandat de prélèvement révoqué")),
        ("billing.refund.request", _("Demander un remboursement"), _("Remboursement demandé")),
        ("billing.refund.found", _("Constater un remboursement"), _("Remboursement fait chez le prestataire")),
        ("billing.refund.done", _("Rembourser"), _("Remboursement fait")),
        ("billing.refund.fail", _("Échouer à rembourser"), _("Remboursement refusé")),
    ]:
        actions.register_action(action, label, message)

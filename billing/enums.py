from django.db import models
from django.utils.translation import gettext_lazy as _

from theme.states import State


class InvoiceKind(models.TextChoices):
    WATER = "water", _("Eau")
    FAMILY = "family", _("Famille")
    OTHER = "other", _("Autre")


class InvoiceState(State):
    """What a resident reads of an invoice. Computed from its amounts, its due date and its pending payments."""

    TO_PAY = "to_pay", "warning", "clock", _("À payer")
    OVERDUE = "overdue", "danger", "exclamation-circle", _("En retard")
    PROCESSING = "processing", "info", "arrow-path", _("Paiement en cours")
    PAID = "paid", "success", "check-circle", _("Payée")


class PaymentState(State):
    """The three states of s4.17, and what a resident left before paying."""

    PENDING = "pending", "info", "clock", _("Règlement en attente de validation par la banque")
    SETTLED = "settled", "success", "check-circle", _("Règlement validé")
    REFUSED = "refused", "danger", "x-circle", _("Règlement refusé par la banque")
    ABANDONED = "abandoned", "neutral", "minus-circle", _("Règlement abandonné")


# From → to. A payment settles even after a refusal or an abandonment was believed: the provider's word wins.
PAYMENT_TRANSITIONS = {
    PaymentState.PENDING: {PaymentState.SETTLED, PaymentState.REFUSED, PaymentState.ABANDONED},
    PaymentState.REFUSED: {PaymentState.SETTLED, PaymentState.PENDING},
    PaymentState.ABANDONED: {PaymentState.SETTLED},
    PaymentState.SETTLED: set(),
}


class RefundState(State):
    PENDING = "pending", "info", "clock", _("Remboursement en cours")
    DONE = "done", "success", "check-circle", _("Remboursé")
    FAILED = "failed", "danger", "x-circle", _("Remboursement refusé")

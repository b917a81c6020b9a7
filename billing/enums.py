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
    """The three states of s4.17, and what surrounds them: a payment begun and not finished, a payment given up."""

    STARTED = "started", "neutral", "arrow-right-circle", _("Règlement commencé, non terminé")
    PENDING = "pending", "info", "clock", _("Règlement en attente de validation par la banque")
    SETTLED = "settled", "success", "check-circle", _("Règlement validé")
    REFUSED = "refused", "danger", "x-circle", _("Règlement refusé par la banque")
    ABANDONED = "abandoned", "neutral", "minus-circle", _("Règlement abandonné")


# From → to. A payment settles even after a refusal or an abandonment was believed: the provider's word wins.
# Nothing leads back to STARTED: an answer read before another one, and applied after it, changes nothing.
PAYMENT_TRANSITIONS = {
    PaymentState.STARTED: {
        PaymentState.PENDING,
        PaymentState.SETTLED,
        PaymentState.REFUSED,
        PaymentState.ABANDONED,
    },
    PaymentState.PENDING: {PaymentState.SETTLED, PaymentState.REFUSED, PaymentState.ABANDONED},
    PaymentState.REFUSED: {PaymentState.SETTLED},
    PaymentState.ABANDONED: {PaymentState.SETTLED},
    PaymentState.SETTLED: set(),
}


class CheckoutStatus(models.TextChoices):
    """What a provider says of a payment, in our words."""

    OPEN = "open", _("page de paiement ouverte")
    PROCESSING = "processing", _("en attente de la banque")
    PAID = "paid", _("payé")
    FAILED = "failed", _("refusé")
    EXPIRED = "expired", _("page de paiement fermée")


class RefundState(State):
    PENDING = "pending", "info", "clock", _("Remboursement en cours")
    DONE = "done", "success", "check-circle", _("Remboursé")
    FAILED = "failed", "danger", "x-circle", _("Remboursement refusé")


# A bank may send a refund back after having taken it.
REFUND_TRANSITIONS = {
    RefundState.PENDING: {RefundState.DONE, RefundState.FAILED},
    RefundState.DONE: {RefundState.FAILED},
    RefundState.FAILED: set(),
}


class ChargeState(State):
    PENDING = "pending", "info", "clock", _("À facturer")
    INVOICED = "invoiced", "success", "document-check", _("Facturée")
    CANCELLED = "cancelled", "neutral", "minus-circle", _("Annulée")


class MandateState(State):
    ACTIVE = "active", "success", "check-circle", _("En place")
    REVOKED = "revoked", "neutral", "minus-circle", _("Révoqué")

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile
from documents.storage import private_storage

from ..enums import PaymentState, RefundState
from .invoices import Invoice

# How long a payment page stays open. Stripe wants 30 minutes to a day, counted when it receives the call: twice the
# least leaves half an hour to repeat a call that failed.
SESSION_LIFE = timedelta(hours=1)


class Payment(models.Model):
    """One payment online; it may settle several invoices through its allocations."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(Profile, models.PROTECT, related_name="payments", verbose_name=_("profil"))
    paid_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="payments", verbose_name=_("payé par")
    )
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("monnaie"), max_length=3, default="EUR")
    state = models.CharField(
        _("état"), max_length=20, choices=PaymentState, default=PaymentState.STARTED, db_index=True
    )
    provider = models.CharField(_("prestataire"), max_length=20, default="stripe")
    # The provider's session, and the movement of money it led to.
    provider_session = models.CharField(_("session du prestataire"), max_length=200, blank=True, db_index=True)
    provider_payment = models.CharField(_("paiement du prestataire"), max_length=200, blank=True, db_index=True)
    idempotency_key = models.UUIDField(_("clé d’idempotence"), unique=True)
    # Where the provider sends the payer back; kept because a call repeated under the same key must say the same thing.
    return_url = models.URLField(max_length=500, blank=True)
    # Given under lock when the payment settles; gapless.
    receipt_number = models.CharField(_("numéro de reçu"), max_length=20, null=True, blank=True, unique=True)  # noqa: DJ001
    receipt_pdf = models.FileField(_("reçu"), storage=private_storage, blank=True)
    excess = models.DecimalField(_("trop-perçu à rembourser"), max_digits=12, decimal_places=2, default=0)
    # Why a revenue officer must look at it: what the provider says does not match what was asked.
    anomaly = models.CharField(_("anomalie"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    settled_at = models.DateTimeField(_("validé le"), null=True, blank=True)
    checked_at = models.DateTimeField(_("vérifié auprès du prestataire le"), null=True, blank=True)

    class Meta:
        verbose_name = _("règlement")
        verbose_name_plural = _("règlements")
        ordering = ["-created_at"]
        permissions = [
            ("refund_payment", _("Peut rembourser un règlement")),
            ("check_payment", _("Peut vérifier un règlement auprès du prestataire")),
        ]
        indexes = [models.Index(fields=["profile", "-created_at"], name="payment_profile_created")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_amount_positive",
                violation_error_message=_("Le montant d’un règlement est positif."),
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.SETTLED) | Q(receipt_number__isnull=False, settled_at__isnull=False),
                name="payment_settled_with_receipt",
                violation_error_message=_("Un règlement validé porte un numéro de reçu et une date."),
            ),
            models.CheckConstraint(
                condition=Q(excess__gte=0),
                name="payment_excess_not_negative",
                violation_error_message=_("Le trop-perçu d’un règlement ne peut pas être négatif."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values),
                name="payment_state_known",
                violation_error_message=_("Cet état de règlement n’existe pas."),
            ),
        ]

    def __str__(self):
        return self.receipt_number or f"Règlement n° {self.pk}"

    @property
    def expires_at(self):
        """When the provider closes its payment page."""
        return self.created_at + SESSION_LIFE

    @property
    def state_enum(self):
        """Its state as a PaymentState, with label, tone and icon."""
        return PaymentState(self.state)


class PaymentAllocation(models.Model):
    """What a payment is meant to put on an invoice (`amount`), and what it did (`applied`, once settled)."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations", verbose_name=_("règlement"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations", verbose_name=_("facture"))
    amount = models.DecimalField(_("montant prévu"), max_digits=12, decimal_places=2)
    applied = models.DecimalField(_("montant imputé"), max_digits=12, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("imputation")
        verbose_name_plural = _("imputations")
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="allocation_once_an_invoice"),
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="allocation_amount_positive",
                violation_error_message=_("Le montant prévu pour une facture est positif."),
            ),
            models.CheckConstraint(
                condition=Q(applied__gte=0, applied__lte=F("amount")),
                name="allocation_applied_within_amount",
                violation_error_message=_("Le montant imputé ne dépasse pas le montant prévu."),
            ),
        ]

    def __str__(self):
        return f"{self.payment} → {self.invoice}"


class Refund(models.Model):
    """Money given back, wholly or in part: asked by a revenue officer, or made at the provider (no `requested_by`)."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds", verbose_name=_("règlement"))
    amount = models.DecimalField(_("montant"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("motif"), max_length=300)
    state = models.CharField(_("état"), max_length=20, choices=RefundState, default=RefundState.PENDING)
    provider_refund = models.CharField(  # noqa: DJ001 (unique, and unknown at first)
        _("remboursement du prestataire"), max_length=200, null=True, blank=True, unique=True
    )
    idempotency_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("demandé par"),
    )
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)

    class Meta:
        verbose_name = _("remboursement")
        verbose_name_plural = _("remboursements")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="refund_amount_positive",
                violation_error_message=_("Le montant d’un remboursement est positif."),
            ),
        ]

    def __str__(self):
        return f"Remboursement n° {self.pk}"

    @property
    def state_enum(self):
        """Its state as a RefundState, with label, tone and icon."""
        return RefundState(self.state)

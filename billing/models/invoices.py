import re

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Round
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Profile
from documents.storage import private_storage, random_name

from ..enums import InvoiceKind, PaymentState
from ..rules import invoice_state

# What is written on the document that the resident received.
FROZEN = frozenset(
    {
        "number",
        "kind",
        "label",
        "customer_reference",
        "holder_name",
        "holder_address",
        "period_start",
        "period_end",
        "issued_on",
        "due_on",
        "net",
        "vat",
        "gross",
    }
)


class FrozenInvoiceError(Exception):
    """An issued invoice is neither changed nor deleted: a credit note corrects it."""


def invoice_pdf_path(invoice, filename):
    return random_name("invoices", filename)


class InvoiceQuerySet(models.QuerySet):
    """Forbids in bulk what `Invoice.save` and `Invoice.delete` forbid one by one."""

    def update(self, **values):
        _refuse_frozen(values)
        return super().update(**values)

    def bulk_update(self, objs, fields, batch_size=None):
        _refuse_frozen(fields)
        return super().bulk_update(objs, fields, batch_size)

    def bulk_create(self, objs, *args, update_fields=None, **kwargs):
        _refuse_frozen(update_fields or ())
        return super().bulk_create(objs, *args, update_fields=update_fields, **kwargs)

    def delete(self):
        raise FrozenInvoiceError(
            "An issued invoice is not deleted; billing.services.withdraw_imported undoes an import."
        )

    delete.alters_data = True
    delete.queryset_only = True


def _refuse_frozen(fields):
    if changed := FROZEN & set(fields):
        raise FrozenInvoiceError(f"Frozen on an issued invoice: {', '.join(sorted(changed))}.")


class Invoice(models.Model):
    """An issued invoice, frozen: names and addresses are copied onto it, and it can't be changed nor deleted.

    `customer_reference` says whose it is before a profile does: a water contract's reference, for instance. `profile`
    is filled when that reference is attached to an account. `paid_at_source` is what the legacy software says was paid;
    `paid_online` is what this portal's settled payments put on it, written by billing.services only.
    """

    number = models.CharField(_("numéro"), max_length=40, unique=True)
    kind = models.CharField(_("nature"), max_length=20, choices=InvoiceKind, default=InvoiceKind.WATER)
    label = models.CharField(_("objet"), max_length=200, blank=True)
    customer_reference = models.CharField(_("référence client"), max_length=40, db_index=True)
    profile = models.ForeignKey(
        Profile, models.PROTECT, null=True, blank=True, related_name="invoices", verbose_name=_("profil")
    )
    holder_name = models.CharField(_("titulaire"), max_length=200, blank=True)
    holder_address = models.CharField(_("adresse"), max_length=400, blank=True)
    period_start = models.DateField(_("début de période"), null=True, blank=True)
    period_end = models.DateField(_("fin de période"), null=True, blank=True)
    issued_on = models.DateField(_("date d’émission"))
    due_on = models.DateField(_("échéance"))
    net = models.DecimalField(_("montant HT"), max_digits=12, decimal_places=2)
    vat = models.DecimalField(_("TVA"), max_digits=12, decimal_places=2)
    gross = models.DecimalField(_("montant TTC"), max_digits=12, decimal_places=2)
    paid_at_source = models.DecimalField(_("déjà réglé hors portail"), max_digits=12, decimal_places=2, default=0)
    paid_online = models.DecimalField(_("réglé en ligne"), max_digits=12, decimal_places=2, default=0, editable=False)
    # Rounded because SQLite subtracts decimals as floats.
    balance = models.GeneratedField(
        expression=Greatest(Round(F("gross") - F("paid_at_source") - F("paid_online"), 2), 0),
        output_field=models.DecimalField(_("reste à payer"), max_digits=12, decimal_places=2),
        db_persist=True,
    )
    pdf = models.FileField(_("PDF"), storage=private_storage, upload_to=invoice_pdf_path, blank=True)
    created_at = models.DateTimeField(_("enregistrée le"), auto_now_add=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("facture")
        verbose_name_plural = _("factures")
        ordering = ["-issued_on", "-number"]
        indexes = [models.Index(fields=["profile", "-issued_on"], name="invoice_profile_issued")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")),
                name="invoice_due_after_issue",
                violation_error_message=_("L’échéance ne peut pas précéder la date d’émission."),
            ),
            models.CheckConstraint(
                condition=Q(period_start=None) | Q(period_end=None) | Q(period_end__gte=F("period_start")),
                name="invoice_period_in_order",
                violation_error_message=_("La fin de période ne peut pas précéder son début."),
            ),
            models.CheckConstraint(
                condition=Q(paid_online__gte=0),
                name="invoice_paid_online_positive",
                violation_error_message=_("Le montant réglé en ligne ne peut pas être négatif."),
            ),
        ]

    def __str__(self):
        return self.number

    @classmethod
    def from_db(cls, db, field_names, values):
        invoice = super().from_db(db, field_names, values)
        invoice._issued = {name: invoice.__dict__[name] for name in FROZEN if name in invoice.__dict__}
        return invoice

    def save(self, *args, **kwargs):
        """Raise FrozenInvoiceError when a saved invoice no longer says what was issued."""
        if not self._state.adding:
            issued = getattr(self, "_issued", {})
            _refuse_frozen(name for name, value in issued.items() if getattr(self, name) != value)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise FrozenInvoiceError("An issued invoice is not deleted; a credit note corrects it.")

    @cached_property
    def processing(self):
        """Whether a payment of it waits for the bank's answer. `billing.queries` annotates it: no query a row."""
        return self.allocations.filter(payment__state=PaymentState.PENDING).exists()

    @property
    def state(self):
        """The InvoiceState that a resident reads today."""
        return invoice_state(
            balance=self.balance, due_on=self.due_on, processing=self.processing, today=timezone.localdate()
        )

    @property
    def payable(self):
        """Whether it can be paid online now: something is left to pay, and no bank is looking at it."""
        return self.balance > 0 and not self.processing

    @property
    def paid(self):
        """What was paid of it, anywhere."""
        return self.paid_at_source + self.paid_online

    @property
    def slug(self):
        """What names it in an address: its number, unless old software gave it signs that an address can't hold."""
        if (
            re.fullmatch(r"[\w-]+", self.number)
            and not self.number.startswith("_")
            and self.number not in RESERVED_SLUGS
        ):
            return self.number
        return f"_{self.pk}"


# Addresses of the invoices' page that are not an invoice.
RESERVED_SLUGS = {"payer", "reglements", "paiement"}

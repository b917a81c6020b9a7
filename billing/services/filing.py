"""Invoices and receipts file themselves in « Mes documents » (s0.11), whose folders show the very file of billing."""

import datetime as dt

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from documents.enums import FolderKind
from documents.models import FiledDocument
from documents.services import folders
from documents.services.folders import Lent

from ..models import Invoice, Payment

INVOICE = "billing.invoice:"
PAYMENT = "billing.payment:"
# What was issued before is no news for who attaches a contract today.
NEWS = dt.timedelta(days=60)
BATCH = 500


@transaction.atomic
def file_invoices(*, references=(), numbers=()):
    """File the invoices of these customer references, or of these numbers, where they belong today.

    Those with a PDF and a profile are in its « Factures »; the others are in nobody's. Returns how many are new. Safe
    to run twice; a fixed number of queries for each 500.
    """
    invoices = Invoice.objects.filter(customer_reference__in=references) if references else Invoice.objects.none()
    if numbers:
        invoices = Invoice.objects.filter(number__in=numbers)
    return _file(list(invoices.order_by("pk")))


def _file(invoices):
    count = 0
    today = timezone.localdate()
    for start in range(0, len(invoices), BATCH):
        batch = invoices[start : start + BATCH]
        there = [invoice for invoice in batch if invoice.profile_id and invoice.pdf]
        gone = [source_of(invoice) for invoice in batch if not (invoice.profile_id and invoice.pdf)]
        if gone:
            folders.withdraw(sources=gone)
        if there:
            count += folders.file_lent([_lent_invoice(invoice, today) for invoice in there])
    return count


def source_of(invoice):
    """Return what names `invoice` among the sources of filed documents."""
    return f"{INVOICE}{invoice.pk}"


def _lent_invoice(invoice, today):
    what = invoice.label or invoice.get_kind_display()
    return Lent(
        profile_id=invoice.profile_id,
        kind=FolderKind.INVOICES,
        title=_("Facture %(number)s – %(what)s") % {"number": invoice.number, "what": what},
        source=source_of(invoice),
        path=invoice.pdf.name,
        name=f"facture-{invoice.number}.pdf",
        at=_noon(invoice.issued_on),
        contract_reference=invoice.customer_reference,
        seen=invoice.issued_on < today - NEWS,
    )


def file_receipt(*, payment):
    """File the receipt of a settled payment in « Reçus » of who paid. Safe to run twice."""
    if payment.receipt_pdf:
        folders.file_lent([_lent_receipt(payment, timezone.now())])


def _lent_receipt(payment, now):
    return Lent(
        profile_id=payment.profile_id,
        kind=FolderKind.RECEIVED,
        title=_("Reçu de paiement %(number)s") % {"number": payment.receipt_number},
        source=f"{PAYMENT}{payment.pk}",
        path=payment.receipt_pdf.name,
        name=f"recu-{payment.receipt_number}.pdf",
        at=payment.settled_at,
        seen=payment.settled_at < now - NEWS,
    )


def _noon(day):
    return timezone.make_aware(dt.datetime.combine(day, dt.time(12)))


def catch_up():
    """File the invoices and receipts that are not in the folders yet: those of before there were folders.

    Returns how many. Safe to run twice.
    """
    count = 0
    now = timezone.now()
    invoices = _unfiled(Invoice.objects.exclude(profile=None).exclude(pdf=""), INVOICE)
    while batch := list(invoices.order_by("pk")[:BATCH]):
        if not (filed := _file(batch)):
            break
        count += filed
    payments = _unfiled(Payment.objects.exclude(receipt_pdf=""), PAYMENT)
    while batch := list(payments.order_by("pk")[:BATCH]):
        if not (filed := folders.file_lent([_lent_receipt(payment, now) for payment in batch])):
            break
        count += filed
    return count


def _unfiled(records, prefix):
    source = Concat(Value(prefix), Cast(OuterRef("pk"), CharField()))
    return records.filter(~Exists(FiledDocument.objects.filter(source=source, profile=OuterRef("profile"))))

"""Whose invoices are, and how they come in from old software."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from documents.services import folders

from ..models import Invoice, PaymentAllocation
from .filing import file_invoices, source_of

# What a new export of the old software may change on an invoice that is already here.
CHANGEABLE = ("paid_at_source",)


@transaction.atomic
def assign_invoices(*, customer_reference, profile):
    """Give the invoices of `customer_reference` that are nobody's to `profile`; None takes them from whoever has them.

    Called when a contract is attached to a profile or detached from it; « Mes documents » follows. Returns how many
    changed hands.
    """
    invoices = Invoice.objects.filter(customer_reference=customer_reference)
    if profile is None:
        count = invoices.exclude(profile=None).update(profile=None)
    else:
        count = invoices.filter(profile=None).update(profile=profile)
    file_invoices(references=[customer_reference])
    return count


@transaction.atomic
def upsert_invoices(*, invoices, batch_size=1_000):
    """Write unsaved `invoices`: new numbers are created, for known ones only `paid_at_source` changes.

    One statement a batch. What is printed on an invoice never changes: compare it before, and refuse the row.
    """
    written = Invoice.objects.bulk_create(
        invoices,
        batch_size=batch_size,
        update_conflicts=True,
        unique_fields=["number"],
        update_fields=CHANGEABLE,
    )
    file_invoices(numbers=[invoice.number for invoice in written])
    return written


@transaction.atomic
def withdraw_imported(*, by, numbers):
    """Take back invoices that an import brought by mistake; returns how many.

    Raises ValidationError, naming them, when somebody began to pay one: those stay, and nothing is withdrawn.
    """
    invoices = Invoice.objects.select_for_update(of=("self",)).filter(number__in=numbers).order_by("pk")
    ids = [invoice.pk for invoice in invoices]
    kept = list(
        PaymentAllocation.objects.filter(invoice__in=ids)
        .order_by("invoice__number")
        .values_list("invoice__number", flat=True)
        .distinct()
    )
    if kept:
        raise ValidationError(
            _("Ces factures ont un règlement et ne peuvent plus être retirées : %(numbers)s."),
            params={"numbers": ", ".join(kept)},
        )
    for invoice in invoices:
        log(instance=invoice, action="billing.invoice.withdraw", user=by)
    folders.withdraw(sources=[source_of(invoice) for invoice in invoices])
    # Past the guard of `delete()`, on purpose: these were never to be here.
    Invoice.objects.filter(pk__in=ids)._raw_delete(using=Invoice.objects.db)
    return len(ids)

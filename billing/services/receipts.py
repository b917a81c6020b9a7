"""The stored receipt of a settled payment, and the mail that carries it."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.mail import absolute_url, send_mail
from documents.storage import random_name

from ..enums import PaymentState
from ..models import Payment
from ..receipts import render_receipt
from .filing import file_receipt


def make_receipt(*, payment_id):
    """Make the PDF of a settled payment, store it, file it in « Mes documents », mail it; returns the Payment.

    Twice makes one file and one mail.
    """
    payment = Payment.objects.get(pk=payment_id)
    if payment.receipt_pdf or payment.state != PaymentState.SETTLED:
        return payment
    pdf = render_receipt(payment)
    with transaction.atomic():
        payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
        if payment.receipt_pdf:
            return payment
        payment.receipt_pdf.save(random_name("receipts", "receipt.pdf"), ContentFile(pdf), save=False)
        payment.save(update_fields=["receipt_pdf"])
        file_receipt(payment=payment)
        send_mail(
            kind="billing/receipt",
            to=payment.paid_by.email,
            context={
                "payment": payment,
                "first_name": payment.paid_by.first_name,
                "numbers": list(payment.allocations.order_by("pk").values_list("invoice__number", flat=True)),
                "payments_url": absolute_url("/mon-compte/factures/reglements/"),
            },
            attachments=[
                {
                    "name": _("recu-%(number)s.pdf") % {"number": payment.receipt_number},
                    "path": payment.receipt_pdf.name,
                }
            ],
        )
    return payment

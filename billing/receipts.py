"""The receipt of a payment as a PDF, in the authority's colour."""

from pathlib import Path

from django.utils import timezone

from theme import pdf
from theme.formats import clock, full_date, money

TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"


def render_receipt(payment):
    """Return the PDF (bytes) of the receipt of a settled `payment`, its allocations included."""
    settled = timezone.localtime(payment.settled_at)
    allocations = payment.allocations.select_related("invoice").order_by("invoice_id")
    lines = [
        {
            "number": allocation.invoice.number,
            "label": allocation.invoice.label or str(allocation.invoice.get_kind_display()),
            "reference": allocation.invoice.customer_reference,
            "amount": money(allocation.amount),
        }
        for allocation in allocations
    ]
    data = {
        **pdf.letterhead(),
        "number": payment.receipt_number,
        "date": full_date(settled),
        "time": clock(settled),
        "total": money(payment.amount),
        "excess": money(payment.excess) if payment.excess else "",
        "payer": payment.paid_by.get_full_name(),
        "profile": payment.profile.name,
        "reference": payment.provider_payment,
        "lines": lines,
        "settled": settled.strftime("%Y-%m-%d"),
    }
    return pdf.render(TEMPLATE, data, at=settled)

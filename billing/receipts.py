"""The receipt of a payment as a PDF: tagged, archivable (PDF/A-3a, PDF/UA-1), in the authority's colour."""

import functools
import json
from pathlib import Path

import font_source_sans_pro
import typst
from django.utils import timezone
from django.utils.formats import date_format

from theme.branding import default_branding, portal_url
from theme.formats import money

TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"
FONTS = Path(font_source_sans_pro.__file__).parent / "files"
STANDARDS = ["a-3a", "ua-1"]


@functools.cache
def _fonts():
    """Read once: opening the fonts costs more than the page."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def render_receipt(payment):
    """Return the PDF (bytes) of the receipt of a settled `payment`, its allocations included."""
    settled = timezone.localtime(payment.settled_at)
    branding = default_branding()
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
        "number": payment.receipt_number,
        "date": date_format(settled, "j F Y"),
        "time": date_format(settled, "H \\h i"),
        "total": money(payment.amount),
        "excess": money(payment.excess) if payment.excess else "",
        "payer": payment.paid_by.get_full_name(),
        "profile": payment.profile.name,
        "reference": payment.provider_payment,
        "lines": lines,
        "authority": branding.authority_name,
        "portal": branding.portal_name,
        "address": branding.address,
        "email": branding.email,
        "phone": branding.phone,
        "colour": branding.brand_colour,
        "url": portal_url(),
        "settled": settled.strftime("%Y-%m-%d"),
    }
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        # As JSON text: whatever a name holds, it is data and never markup. `str`: defaults are translated late.
        sys_inputs={"data": json.dumps(data, default=str)},
        pdf_standards=STANDARDS,
        timestamp=int(settled.timestamp()),
    )

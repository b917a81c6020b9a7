"""The receipt of a filed case: what it says on the screen, in the mail and on the PDF."""

from pathlib import Path

from django.utils import timezone

from theme import pdf
from theme.formats import clock, full_date

from .enums import Channel, Silence

TEMPLATE = Path(__file__).parent / "typst" / "receipt.typ"
NEXT = "Un agent va lire votre dossier. Vous serez prévenu par courriel à chaque étape."
SILENCE = {
    Silence.ACCEPTED: "Sans réponse de notre part le {day}, votre demande sera considérée comme acceptée.",
    Silence.REFUSED: "Sans réponse de notre part le {day}, votre demande sera considérée comme refusée.",
    Silence.NOTHING: "Nous faisons notre possible pour vous répondre avant le {day}.",
}


def facts_of(case):
    """Return what a receipt says of the filed `case`, its page and department loaded: texts, "" for what is unknown."""
    filed = timezone.localtime(case.filed_at)
    page, department = case.page, case.department
    contact = department.contact if department else None
    return {
        "number": case.number,
        "procedure": page.title,
        "applicant": case.applicant,
        "date": full_date(filed),
        "time": clock(filed.time()),
        "department": department.name if department else "",
        "contact": contact,
        "next": page.what_next or NEXT,
        "due": full_date(case.due_on) if case.due_on else "",
        "silence": silence_of(case.silence, case.due_on),
    }


def silence_of(silence, due_on):
    """Return what it means when nobody answers in time; "" without a time limit."""
    return SILENCE[Silence(silence)].format(day=full_date(due_on)) if due_on else ""


def render_receipt(case):
    """Return the PDF (bytes) of the receipt of a filed `case`."""
    facts = facts_of(case)
    contact = facts.pop("contact")
    filed = timezone.localtime(case.filed_at)
    letterhead = pdf.letterhead()
    data = {
        **letterhead,
        **facts,
        "profile": case.profile.name if case.profile_id else "",
        "by": case.filed_by.get_full_name() if case.filed_by_id else "",
        "email": case.email,
        "channel": "" if case.channel == Channel.ONLINE else case.get_channel_display(),
        "contact_name": contact.name if contact else "",
        "contact_address": (contact.address if contact else "") or letterhead["address"],
        "contact_phone": (contact.free_number if contact else "") or letterhead["phone"],
        "contact_email": (contact.email if contact else "") or letterhead["email"],
        "has_account": bool(case.profile_id),
    }
    return pdf.render(TEMPLATE, data, at=filed)


def file_name(case):
    """Return the name under which the receipt of `case` is downloaded."""
    return f"accuse-de-reception-{case.number}.pdf"

"""The stored receipt: once, archivable, tagged, mailed."""

import io
from datetime import timedelta
from decimal import Decimal as D

import pypdf
import pytest
from django.core.files.storage import storages
from django.utils import timezone
from django_q.models import OrmQ
from wagtail.models import Site

from accounts.models import OutgoingMail
from billing.models import Payment
from billing.services import make_receipt, reconcile_pending
from tests.factories.billing import InvoiceFactory
from theme.models import BrandingSettings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


def text_of(pdf):
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\u202f", " ")


def stored(payment):
    payment.refresh_from_db()
    with storages["private"].open(payment.receipt_pdf.name) as file:
        return file.read()


def test_s4_16_the_receipt_says_what_was_paid_by_whom_and_to_whom(settled, run_queue, alice):
    BrandingSettings.objects.create(
        site=Site.objects.get(is_default_site=True),
        authority_name="Pays de Garance",
        address="4 place du Lavoir\n00000 Garance-sur-Lierre",
        phone="04 00 00 00 00",
    )
    profile = alice.profiles.get()
    first = InvoiceFactory(profile=profile, gross=D("1084.20"), label="Eau #1 *gras* $x$ [lien] @a <b>")
    second = InvoiceFactory(profile=profile, label="", gross=D("62"))
    payment = settled(first, second)
    run_queue()
    text = " ".join(text_of(stored(payment)).split())
    for said in (
        payment.receipt_number,
        first.number,
        second.number,
        "1 084,20 €",
        "1 146,20 €",
        first.label,
        "Pays de Garance",
        "4 place du Lavoir",
        "04 00 00 00 00",
        "Alice",
        "00004512",
    ):
        assert said.replace("\u202f", " ") in text.replace("\u00a0", " "), said


def test_the_receipt_is_archivable_and_tagged(settled, run_queue, invoice):
    payment = settled(invoice)
    run_queue()
    root = pypdf.PdfReader(io.BytesIO(stored(payment))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"] == "fr-FR"
    metadata = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in metadata and "<pdfaid:conformance>A</pdfaid:conformance>" in metadata
    assert "<pdfuaid:part>1</pdfuaid:part>" in metadata


def test_s4_16_the_receipt_is_mailed_once(settled, run_queue, invoice):
    payment = settled(invoice)
    run_queue()
    make_receipt(payment_id=payment.pk)
    payment.refresh_from_db()
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("billing/receipt", "alice@example.test")
    assert mail.attachments == [{"name": f"recu-{payment.receipt_number}.pdf", "path": payment.receipt_pdf.name}]
    assert payment.receipt_number in mail.subject
    assert invoice.number in mail.text and "84,20" in mail.text


def test_a_receipt_whose_task_was_lost_is_asked_for_again(settled, run_queue, invoice):
    payment = settled(invoice)
    OrmQ.objects.all().delete()
    reconcile_pending()
    assert OrmQ.objects.count() == 0, "its first task may still run"
    reconcile_pending(now=timezone.now() + timedelta(minutes=31))
    run_queue()
    payment.refresh_from_db()
    assert payment.receipt_pdf


def test_the_file_has_a_random_name_outside_the_public_media(settled, run_queue, invoice, settings):
    payment = settled(invoice)
    run_queue()
    payment.refresh_from_db()
    assert payment.receipt_number not in payment.receipt_pdf.name
    assert (settings.PRIVATE_ROOT / payment.receipt_pdf.name).exists()
    with pytest.raises(ValueError, match="no URL"):
        payment.receipt_pdf.url  # noqa: B018


def test_a_payment_not_settled_has_no_receipt(begin, invoice):
    make_receipt(payment_id=begin(invoice).pk)
    assert not Payment.objects.get().receipt_pdf

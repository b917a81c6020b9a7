"""Invoices and receipts file themselves in « Mes documents » (s0.11), without being copied."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone

from accounts.models import OutgoingMail
from billing.models import Invoice
from billing.services import (
    assign_invoices,
    catch_up,
    file_invoices,
    make_receipt,
    upsert_invoices,
    withdraw_imported,
)
from documents.models import FiledDocument, Folder, StoredFile
from documents.services import folders, uploads
from tests.documents import files
from tests.factories.accounts import ProfileFactory
from tests.factories.billing import InvoiceFactory

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n"


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT


def an_invoice(**fields):
    """An invoice with its PDF."""
    return InvoiceFactory(**{"pdf": ContentFile(PDF, name="f.pdf"), **fields})


def filed(profile):
    documents = FiledDocument.objects.filter(profile=profile).order_by("title")
    return [(document.folder.name, document.title) for document in documents]


def test_s0_11_an_attached_contract_brings_its_invoices(sql_count):
    profile = ProfileFactory()
    today = timezone.localdate()
    an_invoice(number="A1", customer_reference="R1", profile=None, issued_on=today)
    an_invoice(number="A2", customer_reference="R1", profile=None, issued_on=dt.date(2025, 1, 15), label="")
    InvoiceFactory(number="A3", customer_reference="R1", profile=None)
    an_invoice(number="B1", customer_reference="R2", profile=None)
    assign_invoices(customer_reference="R1", profile=profile)
    assert filed(profile) == [
        ("Factures", "Facture A1 – Eau, 1er semestre 2026"),
        ("Factures", "Facture A2 – Eau"),
    ]
    new, old = FiledDocument.objects.order_by("title")
    assert (new.seen_at, new.contract_reference, new.file.size) == (None, "R1", len(PDF))
    assert old.seen_at is not None, "what was issued long ago is no news"
    assert timezone.localdate(old.added_at) == dt.date(2025, 1, 15)
    assert (old.file.name, old.file.produced, old.file.borrowed) == ("facture-A2.pdf", True, True)
    assert FiledDocument.objects.count() == StoredFile.objects.count() == 2


def test_what_is_filed_is_the_very_file_of_the_invoice(private_root):
    invoice = an_invoice()
    file_invoices(numbers=[invoice.number])
    stored = StoredFile.objects.get()
    assert stored.file.name == invoice.pdf.name and stored.file.read() == PDF
    assert len(list(private_root.rglob("*.pdf"))) == 1


def test_a_detached_contract_takes_them_away_and_the_pdf_stays(django_capture_on_commit_callbacks):
    profile, other = ProfileFactory(), ProfileFactory()
    invoice = an_invoice(customer_reference="R1", profile=None)
    with django_capture_on_commit_callbacks(execute=True):
        assign_invoices(customer_reference="R1", profile=profile)
        assign_invoices(customer_reference="R1", profile=None)
    assert filed(profile) == [] and not StoredFile.objects.exists()
    assert storages["private"].exists(invoice.pdf.name)
    assign_invoices(customer_reference="R1", profile=other)
    assert filed(profile) == [] and len(filed(other)) == 1


def test_an_invoice_that_a_case_uses_stays_with_it_when_the_contract_goes():
    from tests.factories.cases import CaseFactory

    profile = ProfileFactory()
    an_invoice(customer_reference="R1", profile=None)
    assign_invoices(customer_reference="R1", profile=profile)
    stored = StoredFile.objects.get()
    CaseFactory(profile=profile).case_files.create(file=stored)
    assign_invoices(customer_reference="R1", profile=None)
    assert filed(profile) == [] and StoredFile.objects.get() == stored
    assert uploads.erase(StoredFile.objects.all()) == 0


def test_filing_twice_changes_nothing_and_a_new_pdf_is_followed():
    invoice = an_invoice()
    assert file_invoices(numbers=[invoice.number]) == 1
    document = FiledDocument.objects.get()
    folders.mark_seen(profile=invoice.profile)
    assert file_invoices(numbers=[invoice.number]) == 0
    invoice.pdf.save("g.pdf", ContentFile(PDF + b"%longer"))
    assert file_invoices(numbers=[invoice.number]) == 0
    after = FiledDocument.objects.get()
    assert (after.pk, after.file_id) == (document.pk, document.file_id) and after.seen_at
    assert after.file.file.read() == PDF + b"%longer" and after.file.size == len(PDF + b"%longer")


def test_an_import_withdrawn_takes_its_documents_back(alice):
    invoice = an_invoice()
    file_invoices(numbers=[invoice.number])
    withdraw_imported(by=alice, numbers=[invoice.number])
    assert not FiledDocument.objects.exists() and not StoredFile.objects.exists()


def test_an_upsert_files_what_it_wrote():
    profile = ProfileFactory()
    name = storages["private"].save("invoices/x.pdf", ContentFile(PDF))
    upsert_invoices(invoices=[InvoiceFactory.build(number="A1", profile=profile, pdf=name)])
    assert filed(profile) == [("Factures", "Facture A1 – Eau, 1er semestre 2026")]


def test_three_hundred_cost_little_more_than_three(sql_count):
    """SQLite takes less than a hundred rows in one statement, so that there are some more of those."""
    for number in range(3):
        an_invoice(number=f"A{number}", customer_reference="R1", profile=None)
    profile = ProfileFactory()
    few = sql_count(lambda: assign_invoices(customer_reference="R1", profile=profile))
    InvoiceFactory.create_batch(300, customer_reference="R2", profile=None, pdf="invoices/none.pdf")
    many = sql_count(lambda: assign_invoices(customer_reference="R2", profile=profile))
    assert many - few < 12 and FiledDocument.objects.count() == 303


def test_the_night_files_what_was_there_before_the_folders(settled, run_queue, alice):
    invoice = an_invoice(profile=alice.profiles.get())
    an_invoice(profile=None)
    payment = settled(InvoiceFactory(profile=invoice.profile))
    run_queue()
    FiledDocument.objects.all().delete()
    StoredFile.objects.all().delete()
    assert catch_up() == 2
    assert catch_up() == 0
    payment.refresh_from_db()
    titles = set(FiledDocument.objects.values_list("title", flat=True))
    assert titles == {
        f"Facture {invoice.number} – Eau, 1er semestre 2026",
        f"Reçu de paiement {payment.receipt_number}",
    }


def test_s0_11_the_receipt_of_a_payment_files_itself_once(settled, invoice, run_queue, alice):
    payment = settled(invoice)
    run_queue()
    make_receipt(payment_id=payment.pk)
    payment.refresh_from_db()
    (document,) = FiledDocument.objects.filter(source=f"billing.payment:{payment.pk}")
    assert (document.profile, document.folder) == (payment.profile, Folder.objects.get(slug="recus"))
    assert document.title == f"Reçu de paiement {payment.receipt_number}" and document.seen_at is None
    assert document.file.file.name == payment.receipt_pdf.name
    assert OutgoingMail.objects.filter(kind="billing/receipt").count() == 1


def test_the_resident_cannot_delete_an_invoice(alice):
    invoice = an_invoice(profile=alice.profiles.get())
    file_invoices(numbers=[invoice.number])
    with pytest.raises(Exception, match="remis par un service"):
        folders.delete(by=alice, document=FiledDocument.objects.get())
    assert FiledDocument.objects.exists() and Invoice.objects.get().pdf.read() == PDF


def test_what_a_resident_sends_is_no_copy_of_the_portal_s(alice):
    """The same bytes under the same name: the resident's own file can be deleted, the portal's can't."""
    content = files.pdf()
    profile = alice.profiles.get()
    invoice = an_invoice(profile=profile, pdf=ContentFile(content, name="f.pdf"))
    file_invoices(numbers=[invoice.number])
    name = f"facture-{invoice.number}.pdf"
    own = uploads.receive(by=alice, profile=profile, upload=files.upload(content, name))
    assert own != FiledDocument.objects.get().file and not own.produced

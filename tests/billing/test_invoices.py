"""Issued means frozen; what old software may still tell; whose an invoice is."""

from datetime import date
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.enums import InvoiceState, PaymentState
from billing.models import Invoice
from billing.models.invoices import FROZEN, FrozenInvoiceError
from billing.queries import (
    amount_to_pay,
    invoice_of_slug,
    invoices_of,
    invoices_of_slugs,
    invoices_to_pay,
    last_invoice,
)
from billing.services import assign_invoices, upsert_invoices, withdraw_imported
from tests.factories.accounts import ProfileFactory
from tests.factories.billing import AllocationFactory, InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db


def test_an_issued_invoice_does_not_change():
    invoice = Invoice.objects.get(pk=InvoiceFactory().pk)
    invoice.gross = D("1.00")
    with pytest.raises(FrozenInvoiceError, match="gross"):
        invoice.save()
    invoice.refresh_from_db()
    invoice.paid_at_source = D("10.00")
    invoice.save()
    invoice.refresh_from_db()
    assert (invoice.gross, invoice.balance) == (D("84.20"), D("74.20"))


@pytest.mark.parametrize("field", sorted(FROZEN))
def test_nor_in_bulk(field):
    invoice = InvoiceFactory()
    with pytest.raises(FrozenInvoiceError):
        Invoice.objects.update(**{field: getattr(invoice, field)})
    with pytest.raises(FrozenInvoiceError):
        Invoice.objects.bulk_update([invoice], [field])


def test_an_issued_invoice_is_not_deleted():
    invoice = InvoiceFactory()
    for delete in (invoice.delete, Invoice.objects.all().delete):
        with pytest.raises(FrozenInvoiceError):
            delete()
    assert Invoice.objects.count() == 1


def test_the_database_refuses_what_makes_no_sense():
    for wrong in ({"due_on": date(2026, 7, 14)}, {"period_end": date(2025, 12, 31)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceFactory(**wrong)


money = st.decimals(min_value=0, max_value=D("9999.99"), places=2)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gross=money, at_source=money, online=money)
def test_the_balance_is_computed_by_the_database_to_the_cent(gross, at_source, online):
    with transaction.atomic():
        invoice = InvoiceFactory(gross=gross, paid_at_source=at_source, paid_online=online)
        invoice.refresh_from_db()
        assert invoice.balance == max(gross - at_source - online, 0)
        transaction.set_rollback(True)


def build(number, **fields):
    return InvoiceFactory.build(number=number, profile=None, **fields)


def test_the_same_file_twice_changes_nothing_and_a_newer_one_only_what_was_paid():
    upsert_invoices(invoices=[build("A1"), build("A2")])
    before = list(Invoice.objects.order_by("number").values())
    upsert_invoices(invoices=[build("A1"), build("A2")])
    assert list(Invoice.objects.order_by("number").values()) == before
    upsert_invoices(invoices=[build("A2", paid_at_source=D("84.20"), gross=D("1.00")), build("A3")])
    assert list(Invoice.objects.order_by("number").values_list("number", "gross", "balance")) == [
        ("A1", D("84.20"), D("84.20")),
        ("A2", D("84.20"), D("0")),
        ("A3", D("84.20"), D("84.20")),
    ]


def test_an_upsert_keeps_whose_it_is_and_what_was_paid_online():
    invoice = InvoiceFactory(number="A1", paid_online=D("10"))
    upsert_invoices(invoices=[build("A1", paid_at_source=D("4.20"))])
    found = Invoice.objects.get()
    assert (found.profile, found.paid_online, found.balance) == (invoice.profile, D("10"), D("70"))


def test_an_import_made_by_mistake_is_withdrawn_unless_somebody_began_to_pay(alice):
    InvoiceFactory(number="A1")
    AllocationFactory(invoice__number="A2")
    with pytest.raises(ValidationError, match="A2"):
        withdraw_imported(by=alice, numbers=["A1", "A2"])
    assert withdraw_imported(by=alice, numbers=["A1"]) == 1
    assert list(Invoice.objects.values_list("number", flat=True)) == ["A2"]


def test_invoices_follow_the_reference_that_is_attached():
    profile, other = ProfileFactory(), ProfileFactory()
    mine = InvoiceFactory(customer_reference="R1", profile=None)
    theirs = InvoiceFactory(customer_reference="R1", profile=other)
    InvoiceFactory(customer_reference="R2", profile=None)
    assert assign_invoices(customer_reference="R1", profile=profile) == 1
    assert list(invoices_of(profile)) == [mine]
    assert list(invoices_of(other)) == [theirs]
    assert assign_invoices(customer_reference="R1", profile=None) == 2
    assert not invoices_of(profile).exists()


# Reads ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def profile():
    """A profile with an invoice in each state, and a payment given up, which counts for nothing."""
    profile = ProfileFactory()
    InvoiceFactory(profile=profile, number="TO-PAY", gross=D("10"), due_on=date(2099, 1, 1))
    InvoiceFactory(profile=profile, number="LATE", gross=D("20"), due_on=date(2026, 8, 1))
    processing = InvoiceFactory(profile=profile, number="BANK", gross=D("40"))
    InvoiceFactory(profile=profile, number="PAID", gross=D("80"), paid_at_source=D("80"), issued_on=date(2026, 9, 1))
    AllocationFactory(invoice=processing, payment__state=PaymentState.PENDING)
    AllocationFactory(invoice=processing, payment=PaymentFactory(state=PaymentState.ABANDONED))
    InvoiceFactory()
    return profile


def test_s0_13_what_is_to_pay_the_most_urgent_first(profile):
    assert [(invoice.number, invoice.state) for invoice in invoices_to_pay(profile)] == [
        ("LATE", InvoiceState.OVERDUE),
        ("TO-PAY", InvoiceState.TO_PAY),
        ("BANK", InvoiceState.PROCESSING),
    ]


def test_the_amount_to_pay_leaves_out_what_the_bank_is_looking_at(profile):
    found = amount_to_pay(profile)
    assert (found.total, found.count, found.overdue) == (D("30.00"), 2, 1)


def test_nothing_to_pay():
    found = amount_to_pay(ProfileFactory())
    assert (found.total, found.count, found.overdue) == (D("0.00"), 0, 0)
    assert last_invoice(ProfileFactory()) is None


def test_no_profile_has_no_invoice_not_those_that_nobody_claimed():
    InvoiceFactory(profile=None)
    assert not invoices_of(None).exists()
    assert (amount_to_pay(None).total, amount_to_pay(None).count) == (D("0.00"), 0)
    assert last_invoice(None) is None


def test_the_last_invoice(profile):
    assert last_invoice(profile).number == "PAID"


def test_states_cost_no_query_a_row(profile, sql_count):
    assert sql_count(lambda: [invoice.state for invoice in invoices_of(profile)]) == 1


@pytest.mark.parametrize("number", ["F2026-00412", "2019/0042", "FA 12.3", "payer", "reglements", "_7", "É1"])
def test_every_number_has_an_address_that_leads_back_to_it(number):
    invoice = InvoiceFactory(number=number)
    assert "/" not in invoice.slug and " " not in invoice.slug
    assert invoice_of_slug(invoice.profile, invoice.slug) == invoice
    assert invoices_of_slugs(invoice.profile, [invoice.slug]) == [invoice]
    assert invoices_of_slugs(ProfileFactory(), [invoice.slug]) == []
    with pytest.raises(Invoice.DoesNotExist):
        invoice_of_slug(ProfileFactory(), invoice.slug)

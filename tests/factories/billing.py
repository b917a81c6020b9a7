"""Invoices and payments."""

import uuid
from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from billing.enums import PaymentState
from billing.models import Charge, Invoice, Payment, PaymentAllocation, SepaMandate
from billing.rules import round_half_up

from .accounts import ProfileFactory, UserFactory


class InvoiceFactory(DjangoModelFactory):
    """A water invoice of 84,20 € to pay, due far away; `gross` alone gives a net and a VAT that add up to it."""

    class Meta:
        model = Invoice

    number = factory.Sequence(lambda n: f"F2026-{n:05d}")
    label = "Eau, 1er semestre 2026"
    customer_reference = "00004512"
    profile = factory.SubFactory(ProfileFactory)
    holder_name = "Camille Martin"
    holder_address = "12 rue des Tilleuls, 49000 Vallon-sur-Loire"
    period_start = date(2026, 1, 1)
    period_end = date(2026, 6, 30)
    issued_on = date(2026, 7, 15)
    due_on = date(2099, 12, 31)
    gross = Decimal("84.20")
    vat = factory.LazyAttribute(lambda self: round_half_up(self.gross * Decimal("0.055") / Decimal("1.055")))
    net = factory.LazyAttribute(lambda self: self.gross - self.vat)


class PaymentFactory(DjangoModelFactory):
    """A payment written as it stands, for screens; what moves money goes through the services."""

    class Meta:
        model = Payment

    profile = factory.SubFactory(ProfileFactory)
    paid_by = factory.SubFactory(UserFactory)
    amount = Decimal("84.20")
    state = PaymentState.STARTED
    idempotency_key = factory.LazyFunction(uuid.uuid4)


class AllocationFactory(DjangoModelFactory):
    """What a payment is meant to put on an invoice."""

    class Meta:
        model = PaymentAllocation

    payment = factory.SubFactory(PaymentFactory)
    invoice = factory.SubFactory(InvoiceFactory)
    amount = factory.SelfAttribute("invoice.gross")


class ChargeFactory(DjangoModelFactory):
    """A meal of 3,10 € to be invoiced."""

    class Meta:
        model = Charge

    source = factory.Sequence(lambda n: f"tests:{n}")
    profile = factory.SubFactory(ProfileFactory)
    label = "Périscolaire – Repas"
    beneficiary = "Mia Durand"
    service_date = date(2027, 1, 11)
    quantity = Decimal(1)
    unit_price = Decimal("3.10")
    amount = Decimal("3.10")
    explanation = ["Prix unique : 3,10 €."]


class SepaMandateFactory(DjangoModelFactory):
    """A mandate in place, on the example account of the IBAN registry."""

    class Meta:
        model = SepaMandate

    reference = factory.Sequence(lambda n: f"M2026-{n:06d}")
    profile = factory.SubFactory(ProfileFactory)
    customer_reference = "00004512"
    holder_name = "Camille Martin"
    iban = "FR7630006000011234567890189"
    signed_on = date(2026, 11, 2)
    source = factory.Sequence(lambda n: f"test.mandate:{n}")

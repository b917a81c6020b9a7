"""Contracts, their delivery points, meters, readings and activation codes."""

import datetime as dt
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from water.enums import Service
from water.models import ActivationCode, CodeBatch, CodeRequest, DeliveryPoint, Meter, MeterReading, WaterContract
from water.services.codes import digest_of

from .accounts import ProfileFactory, UserFactory

CODE = "ACDEF-34679"


class DeliveryPointFactory(DjangoModelFactory):
    class Meta:
        model = DeliveryPoint

    reference = factory.Sequence(lambda n: f"PDL{n:06d}")
    address = "12 rue des Tilleuls"
    postcode = "49000"
    town = "Vallon-sur-Loire"


class WaterContractFactory(DjangoModelFactory):
    """A contract; `profile=…` attaches it, `code="…"` gives it a valid activation code."""

    class Meta:
        model = WaterContract
        skip_postgeneration_save = True

    reference = factory.Sequence(lambda n: f"{4500 + n:08d}")
    delivery_point = factory.SubFactory(DeliveryPointFactory)
    holder_name = "Camille Martin"
    services = factory.LazyFunction(lambda: [Service.WATER, Service.SEWERAGE])
    subscribed_on = dt.date(2022, 1, 10)
    attached_at = factory.LazyAttribute(
        lambda contract: dt.datetime(2026, 1, 5, 10, 0, tzinfo=dt.UTC) if contract.profile else None
    )
    profile = None

    @factory.post_generation
    def code(self, create, extracted, **kwargs):
        if create and extracted:
            ActivationCodeFactory(contract=self, code=extracted)


class AttachedContractFactory(WaterContractFactory):
    """A contract attached to a profile."""

    profile = factory.SubFactory(ProfileFactory)


class MeterFactory(DjangoModelFactory):
    class Meta:
        model = Meter

    delivery_point = factory.SubFactory(DeliveryPointFactory)
    serial_number = factory.Sequence(lambda n: f"C20FA{n:06d}")
    diameter_mm = 15
    digits = 5
    installed_on = dt.date(2020, 6, 1)


class MeterReadingFactory(DjangoModelFactory):
    class Meta:
        model = MeterReading

    meter = factory.SubFactory(MeterFactory)
    read_on = factory.Sequence(lambda n: dt.date(2022, 1, 10) + dt.timedelta(days=182 * n))
    index = factory.Sequence(lambda n: Decimal(100 + 40 * n))


class CodeBatchFactory(DjangoModelFactory):
    class Meta:
        model = CodeBatch

    issued_by = factory.SubFactory(UserFactory, is_staff=True)


class ActivationCodeFactory(DjangoModelFactory):
    """A valid code of a contract; `code` is what is printed on it."""

    class Meta:
        model = ActivationCode

    class Params:
        code = CODE

    contract = factory.SubFactory(WaterContractFactory)
    digest = factory.LazyAttribute(lambda row: digest_of(row.contract.reference, row.code))


class CodeRequestFactory(DjangoModelFactory):
    class Meta:
        model = CodeRequest

    profile = factory.SubFactory(ProfileFactory)
    requested_by = factory.SubFactory(UserFactory)
    email = factory.SelfAttribute("requested_by.email")
    reference = factory.Sequence(lambda n: f"{4500 + n:08d}")


def readings(meter, *rows):
    """Create the readings `(date, index)` or `(date, index, source)` of `meter`, and return them."""
    return [
        MeterReadingFactory(
            meter=meter, read_on=row[0], index=Decimal(row[1]), **({"source": row[2]} if len(row) > 2 else {})
        )
        for row in rows
    ]

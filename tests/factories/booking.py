"""Facilities, activities, periods with their sessions, and what is booked of them."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import factory
from factory.django import DjangoModelFactory

from booking.enums import Act, ActivityKind, DayState, EnrolmentState, PriceMethod, ReservationState, UnitKind
from booking.models import (
    Activity,
    BookingPeriod,
    BookingWindow,
    Deadline,
    Enrolment,
    Facility,
    Group,
    Reservation,
    ReservationDay,
    Session,
    Tariff,
    TariffVersion,
    Unit,
)

from .families import ChildFactory, HouseholdFactory

PARIS = ZoneInfo("Europe/Paris")


class FacilityFactory(DjangoModelFactory):
    class Meta:
        model = Facility

    name = factory.Sequence(lambda n: f"École des Tilleuls {n}")
    zone = "B"


class ActivityFactory(DjangoModelFactory):
    """An activity that asks for no enrolment and sets no deadline, unless told otherwise."""

    class Meta:
        model = Activity

    facility = factory.SubFactory(FacilityFactory)
    kind = ActivityKind.WRAPAROUND
    name = factory.Sequence(lambda n: f"Périscolaire {n}")
    needs_enrolment = False


class TariffFactory(DjangoModelFactory):
    """A fixed price of 3,10 € since 2020; `version__method=…` and so on change it, `version=False` leaves it out."""

    class Meta:
        model = Tariff
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Tarif {n}")

    @factory.post_generation
    def version(tariff, create, version, **kwargs):
        if version is not False:
            TariffVersionFactory(tariff=tariff, **kwargs)


class TariffVersionFactory(DjangoModelFactory):
    class Meta:
        model = TariffVersion

    tariff = factory.SubFactory(TariffFactory)
    valid_from = date(2020, 1, 1)
    method = PriceMethod.FIXED
    price = Decimal("3.10")


class UnitFactory(DjangoModelFactory):
    class Meta:
        model = Unit

    activity = factory.SubFactory(ActivityFactory)
    name = factory.Sequence(lambda n: f"Repas {n}")
    kind = UnitKind.MEAL
    starts_at = time(12)
    ends_at = time(13, 30)
    tariff = factory.SubFactory(TariffFactory)


class GroupFactory(DjangoModelFactory):
    class Meta:
        model = Group

    activity = factory.SubFactory(ActivityFactory)
    name = factory.Sequence(lambda n: f"Groupe {n}")


class DeadlineFactory(DjangoModelFactory):
    class Meta:
        model = Deadline

    activity = factory.SubFactory(ActivityFactory)
    act = Act.ADD
    outcome = "at_once"


class BookingPeriodFactory(DjangoModelFactory):
    """January to July 2027, open to everybody since September 2026 (`window=False`: not open); without sessions."""

    class Meta:
        model = BookingPeriod
        skip_postgeneration_save = True

    activity = factory.SubFactory(ActivityFactory)
    name = factory.Sequence(lambda n: f"Janvier à juillet {n}")
    starts_on = date(2027, 1, 1)
    ends_on = date(2027, 7, 4)

    @factory.post_generation
    def window(period, create, window, **kwargs):
        if window is not False:
            BookingWindowFactory(period=period, **kwargs)


class BookingWindowFactory(DjangoModelFactory):
    class Meta:
        model = BookingWindow

    period = factory.SubFactory(BookingPeriodFactory, window=False)
    opens_at = datetime(2026, 9, 1, tzinfo=PARIS)
    closes_at = datetime(2027, 7, 4, tzinfo=PARIS)


class SessionFactory(DjangoModelFactory):
    """A session on Monday 11 January 2027, its unit and period of the same activity."""

    class Meta:
        model = Session

    period = factory.SubFactory(BookingPeriodFactory)
    unit = factory.LazyAttribute(lambda session: UnitFactory(activity=session.period.activity))
    date = date(2027, 1, 11)
    capacity = 30


class EnrolmentFactory(DjangoModelFactory):
    class Meta:
        model = Enrolment

    child = factory.SubFactory(ChildFactory)
    profile = factory.SubFactory(HouseholdFactory)
    activity = factory.SubFactory(ActivityFactory)
    school_year = 2026
    state = EnrolmentState.ACCEPTED


class ReservationFactory(DjangoModelFactory):
    """A bare reservation, without days nor places taken: tests of services use the services."""

    class Meta:
        model = Reservation

    number = factory.Sequence(lambda n: f"D2026-{n:06d}")
    act = Act.ADD
    profile = factory.SubFactory(HouseholdFactory)
    child = factory.LazyAttribute(lambda reservation: ChildFactory(profile=reservation.profile))
    period = factory.SubFactory(BookingPeriodFactory)
    key = factory.LazyFunction(uuid.uuid4)
    state = ReservationState.ACCEPTED


class ReservationDayFactory(DjangoModelFactory):
    class Meta:
        model = ReservationDay

    reservation = factory.SubFactory(ReservationFactory)
    child = factory.SelfAttribute("reservation.child")
    session = factory.SubFactory(SessionFactory, period=factory.SelfAttribute("..reservation.period"))
    state = DayState.ACCEPTED
    price = Decimal("3.10")

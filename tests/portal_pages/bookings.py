"""A household with a planning to fill, for the tests of « Mes réservations »."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from accounts.enums import ProfileKind
from booking.enums import Act, ActivityKind, DeadlineKind, Outcome, UnitKind
from booking.models import PlanningDraft
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    DeadlineFactory,
    FacilityFactory,
    SessionFactory,
    TariffFactory,
    UnitFactory,
)
from tests.factories.families import ChildFactory, FamilyQuotientFactory

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2027, 1, 5, 9, tzinfo=PARIS)  # a Tuesday
URL = "/mon-compte/reservations/"
UNITS = [
    ("Matin", UnitKind.BEFORE_SCHOOL, time(7, 30), time(8, 30), "1.20"),
    ("Repas", UnitKind.MEAL, time(12), time(13, 30), "3.10"),
    ("Soir", UnitKind.AFTER_SCHOOL, time(16, 30), time(18, 30), "1.80"),
]


def school(profile, *names, ends_on=date(2027, 2, 5), units=UNITS):
    """A school with mornings, meals and evenings, for the children `names` of `profile`: Mondays to Fridays but no
    Wednesday mornings and evenings. At once until two working days before at noon, on request until the day before."""
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    FamilyQuotientFactory(profile=profile, amount=Decimal(720))
    activity = ActivityFactory(facility=FacilityFactory(name="École des Tilleuls"), name="Périscolaire et cantine")
    for act in (Act.ADD, Act.CANCEL):
        DeadlineFactory(activity=activity, act=act, outcome=Outcome.AT_ONCE, kind=DeadlineKind.DAYS, count=3)
        DeadlineFactory(activity=activity, act=act, outcome=Outcome.ON_REQUEST, kind=DeadlineKind.DAYS, count=2)
    columns = [
        UnitFactory(
            activity=activity,
            name=name,
            kind=kind,
            starts_at=start,
            ends_at=end,
            position=position,
            tariff=TariffFactory(version__price=Decimal(price)),
        )
        for position, (name, kind, start, end, price) in enumerate(units)
    ]
    period = BookingPeriodFactory(
        activity=activity, name="Janvier à février", starts_on=date(2027, 1, 4), ends_on=ends_on
    )
    sessions = {}
    day = period.starts_on
    while day <= ends_on:
        if day.weekday() < 5:
            for unit in columns:
                if day.weekday() != 2 or unit.kind != UnitKind.BEFORE_SCHOOL:
                    sessions[day, unit.name] = SessionFactory(period=period, unit=unit, date=day, capacity=22)
        day += timedelta(days=1)
    children = [ChildFactory(first_name=name, profile=profile) for name in names]
    return SimpleNamespace(
        profile=profile, activity=activity, units=columns, period=period, sessions=sessions, children=children
    )


def nursery(profile, name="Zoé"):
    """A nursery booked by the hour, from 7:30 to 18:30, in January 2027."""
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
    activity = ActivityFactory(
        facility=FacilityFactory(name="Les Coccinelles"), name="Accueil régulier", kind=ActivityKind.NURSERY
    )
    tariff = TariffFactory(per_hour=True, version__price=Decimal("2.00"))
    unit = UnitFactory(
        activity=activity,
        name="Accueil",
        kind=UnitKind.HOURS,
        starts_at=time(7, 30),
        ends_at=time(18, 30),
        tariff=tariff,
    )
    period = BookingPeriodFactory(
        activity=activity, name="Janvier", starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 29)
    )
    days = [date(2027, 1, 4) + timedelta(days=n) for n in range(26)]
    sessions = {
        day: SessionFactory(period=period, unit=unit, date=day, capacity=10) for day in days if day.weekday() < 5
    }
    child = ChildFactory(first_name=name, birth_date=date(2025, 3, 1), profile=profile)
    return SimpleNamespace(
        profile=profile, activity=activity, unit=unit, period=period, sessions=sessions, children=[child]
    )


def draft_of(place, user, act=Act.ADD, **fields):
    """A draft of a place's period."""
    return PlanningDraft.objects.create(profile=place.profile, user=user, period=place.period, act=act, **fields)


def key(child, session):
    """The name of a control of the planning."""
    return f"{child.public_id.hex[:8]}-{session.pk}"


def planning_url(draft, child=None, **query):
    asked = {"enfant": child.public_id.hex[:8]} if child else {}
    asked |= query
    return f"{URL}planning/{draft.public_id}/?" + "&".join(f"{name}={value}" for name, value in asked.items())

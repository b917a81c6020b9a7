"""A day at a facility, as the managers' tests find it: two units, two groups, children with people around them."""

from datetime import date, time
from decimal import Decimal

from accounts.enums import SchoolLevel
from booking.enums import Act, ActivityKind, DayState, ReservationState, UnitKind
from tests.factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    FacilityFactory,
    GroupFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
    UnitFactory,
)
from tests.factories.families import (
    AuthorisedPickupFactory,
    ChildFactory,
    DietFactory,
    EmergencyContactFactory,
    GuardianFactory,
    HealthRecordFactory,
    HouseholdFactory,
)

WEDNESDAY = date(2026, 11, 18)


class FacilityDay:
    """A leisure centre on `date`: `day` and `lunch` units, groups `small` and `tall`; children are added by `book`."""

    def __init__(self, on=WEDNESDAY, name="Accueil de loisirs des Tilleuls", **activity):
        self.date = on
        self.facility = FacilityFactory(name=name)
        self.activity = ActivityFactory(
            facility=self.facility, name="Mercredis", kind=ActivityKind.LEISURE_CENTRE, **activity
        )
        self.small = GroupFactory(activity=self.activity, name="Moins de 6 ans", position=0)
        self.tall = GroupFactory(activity=self.activity, name="6 ans et plus", position=1)
        self.period = BookingPeriodFactory(
            activity=self.activity, name="Mercredis d’automne", starts_on=date(2026, 9, 1), ends_on=date(2026, 12, 31)
        )
        self.day = self._unit("Journée", UnitKind.DAY, time(8), time(18), 0)
        self.lunch = self._unit("Repas", UnitKind.MEAL, time(12), time(13, 30), 1)
        self.sessions = {
            (unit, group): SessionFactory(period=self.period, unit=unit, group=group, date=on, capacity=12)
            for unit in (self.day, self.lunch)
            for group in (self.small, self.tall)
        }

    def _unit(self, name, kind, starts_at, ends_at, position):
        return UnitFactory(
            activity=self.activity, name=name, kind=kind, starts_at=starts_at, ends_at=ends_at, position=position
        )

    def child(self, first_name="Mia", last_name="Durand", level=SchoolLevel.CE2, **household):
        """A child with a household, a guardian, a contact and an authorised person."""
        profile = HouseholdFactory(name=f"Foyer {last_name}", **household)
        child = ChildFactory(first_name=first_name, last_name=last_name, school_level=level, profile=profile)
        GuardianFactory(profile=profile, first_name="Sacha", last_name=last_name)
        EmergencyContactFactory(child=child, last_name=last_name)
        AuthorisedPickupFactory(child=child, first_name="Louise", last_name=last_name, relationship="Nourrice")
        child.household = profile
        return child

    def health(self, child, diet=None, care_plan=False, **fields):
        """What the parents said of the child's health."""
        return HealthRecordFactory(
            child=child, diet=DietFactory(label=diet) if diet else None, has_care_plan=care_plan, **fields
        )

    def book(self, child=None, units=None, group=None, state=DayState.ACCEPTED, act=Act.ADD, **fields):
        """Book `units` (the whole day and lunch) for a child; returns the days."""
        child = child or self.child()
        request = {
            DayState.ACCEPTED: ReservationState.ACCEPTED,
            DayState.REQUESTED: ReservationState.REQUESTED,
        }.get(state, ReservationState.WAITING)
        options = {key: fields.pop(key) for key in ("whole", "together") if key in fields}
        reservation = ReservationFactory(
            profile=child.household, child=child, period=self.period, act=act, state=request, **options
        )
        return [
            ReservationDayFactory(
                reservation=reservation,
                session=self.sessions[unit, group or self.tall],
                state=state,
                price=Decimal("9.50"),
                **fields,
            )
            for unit in units or (self.day, self.lunch)
        ]

    def ask_to_cancel(self, day):
        """A request to cancel a booked day: a reservation of its own (s3.15)."""
        reservation = ReservationFactory(
            profile=day.reservation.profile,
            child=day.child,
            period=self.period,
            act=Act.CANCEL,
            state=ReservationState.REQUESTED,
        )
        return ReservationDayFactory(
            reservation=reservation, session=day.session, cancels=day, state=DayState.REQUESTED, price=None
        )

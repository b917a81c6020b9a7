"""Households that book, for the tests of bookings: short to say, and through the services only."""

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.enums import Role
from booking.models import Session
from booking.services import cancellations, reservations
from booking.services.reservations import Asked
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.booking import ActivityFactory, BookingPeriodFactory, SessionFactory, UnitFactory
from tests.factories.families import ChildFactory, HouseholdFactory

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 12, 1, 12, tzinfo=PARIS)
MONDAY = date(2027, 1, 11)
PRICE = Decimal("3.10")


class Household:
    """A household with a parent and `children`, who book through the services."""

    def __init__(self, *names, email=None, role=Role.HOLDER, profile=None):
        self.profile = profile or HouseholdFactory()
        fields = {"email": email} if email else {}
        self.user = UserFactory(**fields)
        MembershipFactory(user=self.user, profile=self.profile, role=role)
        self.children = [ChildFactory(first_name=name, profile=self.profile) for name in names or ["Mia"]]

    @property
    def child(self):
        return self.children[0]

    def book(self, *sessions, child=None, whole=False, key=None, hours=(None, None), **options):
        """Book `sessions` of one period for a child; returns the Reservation."""
        return reservations.submit(
            by=options.pop("by", self.user),
            profile=self.profile,
            child=child or self.child,
            period=options.pop("period", None) or sessions[0].period,
            days=[Asked(session.pk, *hours) for session in sessions],
            whole=whole,
            key=key or uuid.uuid4(),
            **options,
        )

    def book_together(self, asked, *, whole=False, together=True):
        """Book {child: [sessions]} for siblings; returns the Reservations."""
        period = next(session for sessions in asked.values() for session in sessions).period
        return reservations.submit_all(
            by=self.user,
            profile=self.profile,
            period=period,
            asked={child.public_id: [Asked(s.pk) for s in sessions] for child, sessions in asked.items()},
            whole=whole,
            together=together,
            key=uuid.uuid4(),
        )

    def cancel(self, *sessions, child=None, key=None, by=None):
        """Cancel `sessions` of one period for a child; returns the Reservation that says so."""
        return cancellations.submit(
            by=by or self.user,
            profile=self.profile,
            child=child or self.child,
            period=sessions[0].period,
            sessions=[session.pk for session in sessions],
            key=key or uuid.uuid4(),
        )


def sessions_of(count=1, *, capacity=30, period=None, unit=None, start=MONDAY, **activity):
    """Return `count` sessions on the days from Monday 11 January 2027 on, of one activity, unit and period."""
    period = period or BookingPeriodFactory(activity=ActivityFactory(**activity))
    unit = unit or UnitFactory(activity=period.activity)
    return [
        SessionFactory(period=period, unit=unit, date=start + timedelta(days=days), capacity=capacity)
        for days in range(count)
    ]


def fresh(session):
    """Return the session as it is in the database."""
    return Session.objects.get(pk=session.pk)


def states(reservation):
    """Return the states of the days of a reservation, by date."""
    return [str(day.state) for day in reservation.days.order_by("session__date", "session__unit__starts_at", "pk")]

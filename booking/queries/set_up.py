"""What staff set up and every booking asks for: kept for some seconds, as nothing of a family ever is."""

from dataclasses import dataclass

from django.db.models.signals import post_delete, post_save

from theme.kept import forget, kept

from ..calendars import Calendar
from ..enums import Audience
from ..models import (
    Activity,
    BookingPeriod,
    BookingSettings,
    BookingWindow,
    Closure,
    Deadline,
    Facility,
    Group,
    SiblingReduction,
    Tariff,
    TariffBand,
    TariffVersion,
    Unit,
)

# What is kept is read from these.
KINDS = (
    Activity,
    BookingPeriod,
    BookingSettings,
    BookingWindow,
    Closure,
    Deadline,
    Facility,
    Group,
    SiblingReduction,
    Tariff,
    TariffBand,
    TariffVersion,
    Unit,
)


@dataclass(frozen=True, slots=True)
class SetUp:
    """The rules of a period: its windows, and what its activity has set. Read-only: it is shared."""

    period: BookingPeriod  # with its activity and facility
    windows: tuple[BookingWindow, ...]
    deadlines: tuple[Deadline, ...]
    groups: tuple[Group, ...]
    settings: BookingSettings
    calendar: Calendar

    def is_open(self, *, resident, now):
        """Return whether a household, of the territory or not, may book at `now`."""
        activity = self.period.activity
        return (
            activity.active
            and activity.facility.active
            and any(self._lets_in(window, resident, now) for window in self.windows)
        )

    def why_closed(self, session):
        """Return why nobody can book `session`, of this period, or "": an agent closed it, or its facility since."""
        return session.closed_reason or self.calendar.closure(session.date)

    @staticmethod
    def _lets_in(window, resident, now):
        return window.opens_at <= now < window.closes_at and (resident or window.audience == Audience.EVERYONE)


def set_up_of(period):
    """Return the SetUp of a BookingPeriod: six queries, none when it was asked for a few seconds ago."""
    return kept(("booking.set_up", period.pk), lambda: _read(period.pk))


def _read(period_id):
    period = BookingPeriod.objects.select_related("activity__facility").get(pk=period_id)
    return SetUp(
        period=period,
        windows=tuple(BookingWindow.objects.filter(period=period)),
        deadlines=tuple(Deadline.objects.filter(activity=period.activity_id)),
        groups=tuple(Group.objects.filter(activity=period.activity_id)),
        settings=BookingSettings.objects.first() or BookingSettings(),
        calendar=Calendar.of(period.activity.facility),
    )


def _changed(**kwargs):
    forget()


def follow_changes():
    """Forget what is kept when staff change it, in this process; the others follow within seconds."""
    for model in KINDS:
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model)

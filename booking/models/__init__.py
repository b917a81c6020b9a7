from .attendance import Attendance
from .drafts import PlanningDraft
from .enrolments import Enrolment
from .facilities import Activity, Closure, Deadline, Facility, Group, Unit
from .feeds import CalendarFeed
from .periods import BookingPeriod, BookingWindow, Session
from .reminders import DeadlineReminder
from .reservations import Reservation, ReservationDay
from .settings import BookingSettings
from .tariffs import SiblingReduction, Tariff, TariffBand, TariffVersion

__all__ = [
    "Activity",
    "Attendance",
    "BookingPeriod",
    "BookingSettings",
    "BookingWindow",
    "CalendarFeed",
    "Closure",
    "Deadline",
    "DeadlineReminder",
    "Enrolment",
    "Facility",
    "Group",
    "PlanningDraft",
    "Reservation",
    "ReservationDay",
    "Session",
    "SiblingReduction",
    "Tariff",
    "TariffBand",
    "TariffVersion",
    "Unit",
]

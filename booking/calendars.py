"""French calendars: school holidays by zone, public holidays by department, closures of a facility.

No network and no table: the packages `vacances-scolaires-france` and `holidays` carry the dates. What depends on years
only is read once and kept in the process.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import holidays
from vacances_scolaires_france import SchoolHolidayDates

from .enums import DaysKind, Weekday

# Departments whose public holidays differ, by the beginning of their postcodes, longest first.
DEPARTMENTS = {
    "97133": "BL",
    "97150": "MF",
    "57": "57",
    "67": "6AE",
    "68": "6AE",
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "975": "PM",
    "976": "976",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}


def department_of(postcode):
    """Return the subdivision of `holidays.FR` whose public holidays differ, or None for the common ones."""
    return next((code for start, code in DEPARTMENTS.items() if postcode.strip().startswith(start)), None)


@lru_cache(maxsize=200)
def public_holidays(year, department=None):
    """Return {date: name in French} of a year's public holidays; Alsace and Moselle have two more, and so on."""
    found = holidays.country_holidays("FR", subdiv=department, years=year, language="fr")
    return {day: name.replace("'", "’") for day, name in found.items() if day.year == year}


@lru_cache(maxsize=1)
def _school_dates():
    return SchoolHolidayDates().data


def school_holiday(day, zone):
    """Return « Vacances de Noël » when `day` is of the school holidays of `zone` (A, B, C), else ""."""
    row = _school_dates().get(day) if zone else None
    return row["nom_vacances"].replace("'", "’") if row and row[f"vacances_zone_{zone.lower()}"] else ""


@lru_cache(maxsize=1)
def school_known_until():
    """Return the last date whose school holidays are published: the end of the last summer known."""
    return max(_school_dates())


@dataclass(frozen=True)
class Calendar:
    """What a facility's days are. `closures` have `starts_on`, `ends_on` and `reason`."""

    zone: str = ""
    department: str | None = None
    closures: tuple = ()

    @classmethod
    def of(cls, facility, closures=None):
        """Return the Calendar of a facility; its closures are read (one query) unless given or prefetched."""
        closures = facility.closures.all() if closures is None else closures
        return cls(facility.zone, department_of(facility.postcode), tuple(closures))

    def public_holiday(self, day):
        """Return the name of the public holiday on `day`, or ""."""
        return public_holidays(day.year, self.department).get(day, "")

    def works(self, day):
        """Return whether `day` is a working day: Monday to Friday, no public holiday."""
        return day.weekday() < Weekday.SATURDAY and not self.public_holiday(day)

    def school_holiday(self, day):
        """Return the name of the school holidays on `day`, or ""."""
        return school_holiday(day, self.zone)

    def closure(self, day):
        """Return the reason of the facility's own closure on `day`, or ""."""
        return next((one.reason for one in self.closures if one.starts_on <= day <= one.ends_on), "")

    def day_off(self, day):
        """Return why the facility is closed on `day` (its own closure first, then a public holiday), or ""."""
        return self.closure(day) or self.public_holiday(day)

    def why_no_session(self, day, *, days_kind, weekdays):
        """Return why a period of this kind has no session on `day`, in words for families, or "" when it has.

        A weekday that the period doesn't have comes first: nobody expects anything then.
        """
        if day.weekday() not in weekdays:
            return f"Pas d’accueil le {Weekday(day.weekday()).label}"
        if reason := self.day_off(day):
            return reason
        holiday = self.school_holiday(day)
        if days_kind == DaysKind.SCHOOL_DAYS:
            return holiday
        if days_kind == DaysKind.HOLIDAYS and not holiday:
            return "Période scolaire"
        return ""


def dates_between(start, end):
    """Return every date from `start` to `end`, both included."""
    return [start + dt.timedelta(days=days) for days in range((end - start).days + 1)]


def works_of(facility):
    """Return `works(date)`, whether it is a working day where the facility stands. No query."""
    return Calendar.of(facility, closures=()).works


def day_off(facility, date):
    """Return why the facility is closed on `date` (closure or public holiday), or "". One query unless prefetched;
    for several dates, use `Calendar.of(facility).day_off`."""
    return Calendar.of(facility).day_off(date)

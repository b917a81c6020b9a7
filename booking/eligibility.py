"""Which child may book what, and why not (s4.12). The rules are pure; `Standings` and the functions under it load."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.enums import ChildState, SchoolLevel
from accounts.models import Guardianship

from .enums import ACTIVE_ENROLMENTS, Audience, EnrolmentState
from .models import BookingPeriod, BookingWindow, Enrolment, Group, Session
from .queries.prices import is_resident

FIRST_MONTH = 9  # a school year begins in September
LEVELS = list(SchoolLevel)


# Rules ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a child may book an activity on a day; if not, `reason` is the sentence that says why.

    `group` is the one whose places the child takes, None in an activity without groups.
    """

    may_book: bool
    reason: str = ""
    group: Group | None = None
    enrolment: Enrolment | None = None


def school_year_of(day):
    """Return the school year of `day`: 2026 from 1 September 2026 to 31 August 2027."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def school_year_label(year):
    return f"{year}-{year + 1}"


def school_year_dates(year):
    """Return the first and the last day of a school year."""
    return dt.date(year, FIRST_MONTH, 1), dt.date(year + 1, FIRST_MONTH, 1) - dt.timedelta(days=1)


def open_years(day, next_year_from):
    """Return the school years that families may enrol for on `day`: that of the day, and the next one from the month
    `next_year_from` (1 to 12) on."""
    year = school_year_of(day)
    since_september = (day.month - FIRST_MONTH) % 12
    return [year, year + 1] if since_september >= (next_year_from - FIRST_MONTH) % 12 else [year]


def age_in_months(birth_date, day):
    """Return the completed months of age on `day`; someone born on a 31st ages on the 1st where a month is shorter."""
    months = (day.year - birth_date.year) * 12 + day.month - birth_date.month
    return months - (day.day < birth_date.day)


def age_in_years(birth_date, day):
    return age_in_months(birth_date, day) // 12


def age_obstacle(child, activity, first, last=None):
    """Return the sentence that says the child is too young or too old from `first` to `last`; "" when neither."""
    least, most = activity.min_age_months, activity.max_age_months
    if least is not None and age_in_months(child.birth_date, last or first) < least:
        return f"Trop jeune : cette activité accueille les enfants à partir de {_age(least)}."
    if most is not None and age_in_months(child.birth_date, first) > most:
        return f"Trop grand : cette activité accueille les enfants jusqu’à {_age(most)}."
    return ""


def _age(months):
    years, rest = divmod(months, 12)
    return f"{years} an{'s' if years > 1 else ''}" if years > 1 and not rest else f"{months} mois"


def file_obstacle(child):
    """Return the sentence that says the services do not know the child yet, or no longer; "" when they do."""
    return {
        ChildState.PENDING: "Son dossier attend la validation de nos services.",
        ChildState.REFUSED: "Son dossier n’a pas été validé par nos services.",
        ChildState.ARCHIVED: "Son dossier est archivé.",
    }.get(child.state, "")


def group_for(child, groups, day):
    """Return the first of `groups` that takes a child of that age and school level on `day`, or None."""
    age = age_in_years(child.birth_date, day)
    return next((group for group in groups if _takes(group, child.school_level, age)), None)


def _takes(group, level, age):
    old_enough = group.min_age is None or age >= group.min_age
    young_enough = group.max_age is None or age <= group.max_age
    if not (group.from_level or group.to_level):
        return old_enough and young_enough
    if not level:
        return False
    lowest = LEVELS.index(group.from_level) if group.from_level else 0
    highest = LEVELS.index(group.to_level) if group.to_level else len(LEVELS)
    return old_enough and young_enough and lowest <= LEVELS.index(level) <= highest


def standing(child, activity, day, *, groups=(), enrolment=None, in_household=True):
    """Return the Standing of a child for an activity on `day`.

    `groups` are the activity's; `enrolment` is the one that counts of that day's school year, if there is any.
    """
    if reason := file_obstacle(child):
        return Standing(False, reason, enrolment=enrolment)
    if not in_household:
        return Standing(False, "Sa garde dans votre foyer n’est pas en cours à cette date.", enrolment=enrolment)
    if not activity.active:
        return Standing(False, "Cette activité n’est plus proposée.", enrolment=enrolment)
    if reason := age_obstacle(child, activity, day):
        return Standing(False, reason, enrolment=enrolment)
    if activity.needs_enrolment and (reason := _enrolment_obstacle(enrolment, school_year_of(day))):
        return Standing(False, reason, enrolment=enrolment)
    group = group_for(child, groups, day)
    if groups and group is None:
        needs_level = not child.school_level and any(group.from_level or group.to_level for group in groups)
        if needs_level:
            reason = "Indiquez son niveau scolaire dans sa fiche : il décide de son groupe."
        else:
            reason = "Aucun groupe de cette activité n’accueille son âge ou son niveau scolaire."
        return Standing(False, reason, enrolment=enrolment)
    return Standing(True, group=group, enrolment=enrolment)


def _enrolment_obstacle(enrolment, year):
    if enrolment is None or enrolment.state == EnrolmentState.WITHDRAWN:
        return f"Pas d’inscription pour l’année scolaire {school_year_label(year)}."
    return {
        EnrolmentState.REQUESTED: "Son inscription est en cours d’examen.",
        EnrolmentState.REFUSED: f"Son inscription pour {school_year_label(year)} a été refusée.",
        EnrolmentState.ENDED: f"Son inscription pour {school_year_label(year)} est terminée.",
    }.get(enrolment.state, "")


# What they are asked of -----------------------------------------------------------------------------------------------


class Standings:
    """What decides of the standing of some children in some activities: three queries, whatever their number.

    It answers for any day, any of the children and activities it was made for, without another query.
    """

    def __init__(self, profile, children, activities):
        children, activities = list(children), list(activities)
        self._groups, self._enrolments, self._guardianships = defaultdict(list), {}, defaultdict(list)
        for group in Group.objects.filter(activity__in=activities):
            self._groups[group.activity_id].append(group)
        for enrolment in Enrolment.objects.filter(child__in=children, activity__in=activities).order_by("pk"):
            key = (enrolment.child_id, enrolment.activity_id, enrolment.school_year)
            # The active one counts; without it, the newest.
            if key not in self._enrolments or self._enrolments[key].state not in ACTIVE_ENROLMENTS:
                self._enrolments[key] = enrolment
        spans = Guardianship.objects.filter(profile=profile, child__in=children)
        for child_id, started_on, ended_on in spans.values_list("child_id", "started_on", "ended_on"):
            self._guardianships[child_id].append((started_on, ended_on or dt.date.max))

    def enrolment(self, child, activity, year):
        """Return the enrolment that counts of a school year, or None."""
        return self._enrolments.get((child.pk, activity.pk, year))

    def of(self, child, activity, day):
        """Return the Standing of `child` for `activity` on `day`."""
        return standing(
            child,
            activity,
            day,
            groups=self._groups[activity.pk],
            enrolment=self.enrolment(child, activity, school_year_of(day)),
            in_household=any(first <= day <= last for first, last in self._guardianships[child.pk]),
        )

    def within(self, child, activity, first, last):
        """Return the Standing of `child` over a span of dates: they may book if they may at its beginning or its end.

        A child who is too young in January and old enough in March is let in; each day is checked again.
        """
        opening = self.of(child, activity, first)
        if opening.may_book or last <= first:
            return opening
        closing = self.of(child, activity, last)
        return closing if closing.may_book else opening


def standings(profile, children, activities, today, until=None):
    """Return {(child's id, activity's id): Standing} on `today`, or within `today` and `until`: three queries."""
    children, activities = list(children), list(activities)
    loaded = Standings(profile, children, activities)
    return {
        (child.pk, activity.pk): loaded.within(child, activity, today, until or today)
        for child in children
        for activity in activities
    }


def _audiences(profile):
    everyone = Q(audience=Audience.EVERYONE)
    return everyone | Q(audience=Audience.RESIDENTS) if is_resident(profile) else everyone


def open_windows(profile, now):
    """Return the windows open to the household at `now`, on periods that are not over."""
    not_over = Q(period__ends_on__gte=timezone.localdate(now))
    return BookingWindow.objects.filter(_audiences(profile), not_over, opens_at__lte=now, closes_at__gt=now)


def open_periods(profile, activities, now):
    """Return {activity's id: [its periods that the household may book at `now`]}, soonest first: two queries.

    A period without a session from today on is left out: there is nothing to book in it.
    """
    to_come = Session.objects.filter(period=OuterRef("pk"), date__gte=timezone.localdate(now))
    periods = BookingPeriod.objects.filter(
        Exists(to_come), activity__in=activities, pk__in=open_windows(profile, now).values("period")
    ).select_related("activity__facility")
    found = {activity.pk: [] for activity in activities}
    for period in periods:
        found[period.activity_id].append(period)
    return found


def next_openings(profile, activities, now):
    """Return {activity's id: the first window that will open to the household after `now`}: two queries.

    Each window comes with its period. An activity without one is left out.
    """
    windows = (
        BookingWindow.objects.filter(_audiences(profile), period__activity__in=activities, opens_at__gt=now)
        .select_related("period")
        .order_by("opens_at")
    )
    found = {}
    for window in windows:
        found.setdefault(window.period.activity_id, window)
    return found

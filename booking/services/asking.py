"""What a household asks for, checked by the server alone: nothing that a form posts decides of anything.

Everything that is wrong is said at once, in sentences that name the child and the days.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from accounts.models import Child, Guardianship
from theme.formats import NBSP

from .. import deadlines, rules
from ..calendars import works_of
from ..eligibility import Standings, school_year_of, standing
from ..enums import ACTIVE_DAYS, Act, DayState, EnrolmentState, Outcome
from ..models import Enrolment, Session
from ..prices import Price
from ..queries.set_up import set_up_of
from ..words import day_words
from .places import by_hours

# More than a school year of mornings, meals and evenings: nobody's planning.
MOST_DAYS = 1_000
# Days named in a sentence; the others are counted.
MOST_NAMED = 6
OTHER_GROUP = "Ce n’est pas le groupe de votre enfant."
UNREADABLE = f"Ce planning est illisible{NBSP}: recommencez votre choix."


@dataclass(frozen=True, slots=True)
class Asked:
    """A session that a form asks for, with the hours when it is booked by time range."""

    session_id: int
    starts_at: dt.time | None = None
    ends_at: dt.time | None = None

    @classmethod
    def parse(cls, session_id, hours):
        """Return what a draft holds: a session's id and "" or "08:30-17:15". Raises ValidationError."""
        try:
            start, _, end = hours.partition("-")
            times = (dt.time.fromisoformat(start), dt.time.fromisoformat(end)) if hours else (None, None)
            return cls(int(session_id), *times)
        except (ValueError, AttributeError, TypeError) as error:
            raise ValidationError(UNREADABLE) from error


@dataclass(slots=True)
class Line:
    """A day asked for, as the services answer it."""

    child: Child
    session: Session
    starts_at: dt.time | None
    ends_at: dt.time | None
    outcome: Outcome = Outcome.CLOSED
    price: Price | None = None
    state: DayState | None = None
    rank: int | None = None
    reason: str = ""

    @property
    def session_id(self):
        return self.session.pk


def hours_of(day):
    """Return (start, end) of a day asked for or booked: its own hours, else those of the unit."""
    return (day.starts_at or day.session.unit.starts_at, day.ends_at or day.session.unit.ends_at)


def treatment_of(session, act, *, set_up, now, starts_at=None):
    """Return the Treatment of a session at `now` for `act`, by the deadlines of its activity."""
    return deadlines.treatment(
        set_up.deadlines,
        act,
        session.date,
        now,
        works_of(session.unit.activity.facility),
        deadlines.begins(session.date, starts_at or session.unit.starts_at),
    )


def lines_of(asked, household, sessions, period):
    """Return the Lines of what is asked ({child's public id: [Asked]}); sessions named twice count once.

    Raises ValidationError when one isn't of `period`, or there are none or too many. A session outside of its dates,
    which staff changed since, is no more of it.
    """
    by_id = {
        session.pk: session
        for session in sessions
        if session.period_id == period.pk and period.starts_on <= session.date <= period.ends_on
    }
    lines = {}
    for public_id, days in asked.items():
        child, _ = household[public_id]
        for day in days:
            session = by_id.get(day.session_id)
            if session is None:
                raise ValidationError("Une des dates demandées n’est pas de cette période.")
            hours = (day.starts_at, day.ends_at) if by_hours(session) else (None, None)
            lines[child.pk, session.pk] = Line(child, session, *hours)
    if not lines:
        raise ValidationError("Choisissez au moins un jour.")
    if len(lines) > MOST_DAYS:
        raise ValidationError(f"Une réservation compte {MOST_DAYS} jours au plus{NBSP}: faites-en plusieurs.")
    return list(lines.values())


@dataclass
class Problems:
    """Sentences about days, said once each with the children and days they are about."""

    found: dict = field(default_factory=lambda: defaultdict(list))

    def add(self, sentence, line):
        self.found[sentence].append(line)

    def stop(self):
        """Raise the ValidationError of all that was found, if anything was."""
        if self.found:
            raise ValidationError([f"{sentence} {named(lines)}." for sentence, lines in self.found.items()])


def named(lines):
    """Return days as « Mia : lundi 11 janvier (Repas), mardi 12 janvier (Repas) ; Tom : lundi 11 janvier (Repas) »."""
    by_child = defaultdict(list)
    for line in lines:
        by_child[line.child].append(line)
    parts = []
    for child, theirs in by_child.items():
        theirs.sort(key=lambda line: (line.session.date, hours_of(line)))
        days = [f"{day_words(line.session.date, year=False)} ({line.session.unit})" for line in theirs[:MOST_NAMED]]
        more = len(theirs) - len(days)
        if more:
            days[-1] += f" et {more} autre{'s' if more > 1 else ''} jour{'s' if more > 1 else ''}"
        parts.append(f"{child.first_name}{NBSP}: {', '.join(days)}")
    return f"{NBSP}; ".join(parts)


def check(lines, *, profile, household, set_up, period, booked, now):
    """Fill in the outcome of each line; raise ValidationError with all that is wrong.

    `booked` are the active days of the children on these dates, whoever asked for them. One query, for enrolments;
    some more to say why a child may not.
    """
    problems = Problems()
    activity = period.activity
    enrolments = _enrolments({line.child for line in lines}, activity) if activity.needs_enrolment else {}
    guardianships = {child.pk: spans for child, spans in household.values()}
    standings = None
    for line in lines:
        session, child = line.session, line.child
        answer = _standing(child, session, set_up, enrolments, guardianships[child.pk])
        if not answer.may_book:
            # The full reason needs what is not accepted too.
            standings = standings or Standings(profile, {line.child for line in lines}, [activity])
            problems.add(standings.of(child, activity, session.date).reason or answer.reason, line)
        elif session.group_id and session.group_id != answer.group.pk:
            problems.add(OTHER_GROUP, line)
        if reason := set_up.why_closed(session):
            problems.add(f"Fermé ({reason}).", line)
        if by_hours(session):
            hours = {"opens_at": session.unit.starts_at, "closes_at": session.unit.ends_at}
            if problem := rules.range_problem(line.starts_at, line.ends_at, **hours):
                problems.add(problem, line)
        line.outcome = treatment_of(session, Act.ADD, set_up=set_up, now=now, starts_at=line.starts_at).outcome
        if line.outcome == Outcome.CLOSED:
            problems.add("Le délai de réservation est dépassé.", line)
    _check_conflicts(lines, booked, problems)
    problems.stop()


def _standing(child, session, set_up, enrolments, spans):
    """Return the Standing of `child` for a session; `spans` are the guardianships of the household that asks."""
    return standing(
        child,
        session.unit.activity,
        session.date,
        groups=set_up.groups,
        enrolment=enrolments.get((child.pk, school_year_of(session.date))),
        in_household=any(span.started_on <= session.date <= (span.ended_on or dt.date.max) for span in spans),
    )


def obstacles_to(days):
    """Return {day's id: why the child can't be booked on it any more, or ""} of days asked for earlier.

    Two queries for an activity, however many days.
    """
    children = {day.child for day in days}
    enrolments = {
        activity: _enrolments(children, activity) if activity.needs_enrolment else {}
        for activity in {day.session.unit.activity for day in days}
    }
    spans = defaultdict(list)
    households = {day.reservation.profile_id for day in days}
    for span in Guardianship.objects.filter(child__in=children, profile__in=households):
        spans[span.child_id, span.profile_id].append(span)
    return {
        day.pk: _obstacle(day, enrolments[day.session.unit.activity], spans[day.child_id, day.reservation.profile_id])
        for day in days
    }


def _obstacle(day, enrolments, spans):
    session, set_up = day.session, set_up_of(day.session.period)
    if reason := set_up.why_closed(session):
        return f"Fermé ({reason})."
    answer = _standing(day.child, session, set_up, enrolments, spans)
    if answer.may_book and session.group_id and session.group_id != answer.group.pk:
        return OTHER_GROUP
    return answer.reason


def _enrolments(children, activity):
    found = Enrolment.objects.filter(child__in=children, activity=activity, state=EnrolmentState.ACCEPTED)
    return {(enrolment.child_id, enrolment.school_year): enrolment for enrolment in found}


def _check_conflicts(lines, booked, problems):
    """Find days that are booked already, and units that exclude each other on the same day."""
    there = defaultdict(list)
    for day in booked:
        if day.state in ACTIVE_DAYS:
            there[day.child_id, day.session.date].append(day)
    for line in lines:
        others = there[line.child.pk, line.session.date]
        if any(other.session_id == line.session_id for other in others):
            problems.add("Déjà réservé ou demandé.", line)
        elif any(_exclude(line, other) for other in others):
            problems.add("Un autre choix occupe les mêmes heures.", line)
        others.append(line)


def _exclude(one, other):
    return rules.exclude(one.session.unit, other.session.unit, hours=hours_of(one), other_hours=hours_of(other))

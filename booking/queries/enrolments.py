"""What the screens read of enrolments: the same number of queries with one child or three hundred."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, F, Min, Q, prefetch_related_objects
from django.utils import timezone

from accounts.models import Child
from documents.enums import DocumentState, RequirementScope
from documents.models import SupportingDocument
from documents.rules import GIVEN, speaking, state_on

from ..eligibility import Standings, age_obstacle, open_years, school_year_dates, school_year_of
from ..enums import ACTIVE_DAYS, ACTIVE_ENROLMENTS, DayState, EnrolmentState
from ..models import Activity, Enrolment, ReservationDay
from .prices import booking_settings

# The resident's pages ------------------------------------------------------------------------------------------------


def enrolments_of(profile, children):
    """Return the enrolments that the household sees of `children`, newest school year first: one query.

    Those it asked for, whatever became of them, and of the other household's, those that let the child book
    (`mine` tells them apart).
    """
    found = (
        Enrolment.objects.filter(child__in=children)
        .filter(Q(profile=profile) | Q(state=EnrolmentState.ACCEPTED))
        .select_related("child", "activity__facility")
        .order_by("child__birth_date", "child_id", "-school_year", "activity__name", "-pk")
    )
    enrolments = list(found)
    for enrolment in enrolments:
        enrolment.mine = enrolment.profile_id == profile.pk
    return enrolments


def enrolment_of(profile, public_id):
    """Return an enrolment that the household asked for. Raises Enrolment.DoesNotExist for any other."""
    return Enrolment.objects.select_related("child", "activity__facility", "requested_by").get(
        profile=profile, public_id=public_id
    )


def years_to_enrol(today):
    """Return the school years that are open to enrolment: one query."""
    return open_years(today, booking_settings().next_year_from)


def activities_to_enrol(pks=None):
    """Return the activities whose enrolments are open online, each with its facility and its `requirements` (two
    queries); only those of `pks` when given."""
    activities = Activity.objects.filter(active=True, needs_enrolment=True, enrolment_open=True)
    found = activities.select_related("facility").prefetch_related("requirements")
    # Chosen here: a number that no key can be, typed into the address, would be an error of the database.
    return [activity for activity in found if pks is None or activity.pk in pks]


@dataclass(frozen=True, slots=True)
class Choice:
    """An activity as offered for a child and a school year; `obstacle` says why it cannot be asked for."""

    activity: Activity
    obstacle: str = ""


def enrolment_choices(profile, child, school_year):
    """Return the Choices of a child for a school year: five queries."""
    activities = activities_to_enrol()
    loaded = Standings(profile, [child], activities)
    return [
        Choice(activity, obstacle_to(child, activity, school_year, loaded.enrolment(child, activity, school_year)))
        for activity in activities
    ]


def obstacle_to(child, activity, school_year, enrolment=None):
    """Return the sentence that says why a child cannot be enrolled in an activity for a school year; "" if they can.

    `enrolment` is the one that counts of that year, if there is any.
    """
    if enrolment is not None and enrolment.state == EnrolmentState.REQUESTED:
        return "Son inscription est déjà demandée."
    if enrolment is not None and enrolment.state == EnrolmentState.ACCEPTED:
        return "Son inscription est déjà acceptée."
    return age_obstacle(child, activity, *school_year_dates(school_year))


def requirements_of(children):
    """Return {child's id: [requirements]} of the activities each is enrolled in, or asks for, from this school year on.

    Three queries, whatever the number of children.
    """
    enrolments = Enrolment.objects.filter(
        child__in=children, state__in=ACTIVE_ENROLMENTS, school_year__gte=school_year_of(timezone.localdate())
    )
    found = defaultdict(list)
    for enrolment in enrolments.select_related("activity").prefetch_related("activity__requirements"):
        for requirement in enrolment.activity.requirements.all():
            if requirement.active and requirement not in found[enrolment.child_id]:
                found[enrolment.child_id].append(requirement)
    return dict(found)


# The dashboard -------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ChildInServices:
    """A child as the blocks of the dashboard show them: what they are enrolled in, or ask for, from this school year
    on, and the next day that the household booked in each kind of activity."""

    child: Child
    enrolments: list = field(default_factory=list)
    next_dates: dict = field(default_factory=dict)  # ActivityKind → date

    def within(self, kinds):
        """Return (enrolments, next date or None) in the activities of `kinds`."""
        dates = [date for kind, date in self.next_dates.items() if kind in kinds]
        return [one for one in self.enrolments if one.activity.kind in kinds], min(dates, default=None)


def children_in_services(profile, children, today):
    """Return each child as ChildInServices: two queries, whatever the number of children, services and days."""
    found = {child.pk: ChildInServices(child) for child in children}
    for enrolment in enrolments_of(profile, children):
        if enrolment.active and enrolment.school_year >= school_year_of(today):
            found[enrolment.child_id].enrolments.append(enrolment)
    days = (
        ReservationDay.objects.filter(
            reservation__profile=profile,
            child__in=children,
            cancels=None,
            state=DayState.ACCEPTED,
            session__date__gte=today,
        )
        .order_by()
        .values_list("child_id", "session__unit__activity__kind")
        .annotate(first=Min("session__date"))
    )
    for child_id, kind, date in days:
        found[child_id].next_dates[kind] = date
    return list(found.values())


# The back office -----------------------------------------------------------------------------------------------------


def pending():
    """Return the enrolments that wait for an agent, oldest first."""
    return Enrolment.objects.filter(state=EnrolmentState.REQUESTED).order_by("requested_at", "pk")


def worklist(activity=None):
    """Return the enrolments that wait, with their child, household and activity, and the number of children already
    `enrolled` there for that year; those of one activity when given. One query."""
    accepted = Q(
        activity__enrolments__state=EnrolmentState.ACCEPTED,
        activity__enrolments__school_year=F("school_year"),
    )
    waiting = pending() if activity is None else pending().filter(activity=activity)
    return (
        waiting.select_related("child", "profile", "activity__facility")
        .annotate(enrolled=Count("activity__enrolments", filter=accepted))
        .order_by("activity__facility__name", "activity__name", "activity_id", "requested_at", "pk")
    )


def add_papers(enrolments, today):
    """Give each enrolment its `papers`: [(requirement of its activity, DocumentState on `today`)], and how many
    mandatory ones are `missing`. Two queries, whatever their number.

    A child's document that another household sent counts once it is accepted, as in « Mes documents ».
    """
    enrolments = list(enrolments)
    prefetch_related_objects(enrolments, "activity__requirements")
    of_them = Q(child__in={one.child_id for one in enrolments}) | Q(
        child=None, profile__in={one.profile_id for one in enrolments}
    )
    documents = defaultdict(list)
    for document in SupportingDocument.objects.filter(of_them, requirement__activities__isnull=False).distinct():
        documents[document.requirement_id].append(document)
    for enrolment in enrolments:
        asked = [requirement for requirement in enrolment.activity.requirements.all() if requirement.active]
        enrolment.papers = [
            (requirement, _paper_state(requirement, enrolment, documents[requirement.pk], today))
            for requirement in asked
        ]
        enrolment.missing = sum(requirement.mandatory and state not in GIVEN for requirement, state in enrolment.papers)


def _paper_state(requirement, enrolment, documents, today):
    child = None if requirement.scope == RequirementScope.FAMILY else enrolment.child_id
    counting = [
        document
        for document in documents
        if document.child_id == child
        and (document.profile_id == enrolment.profile_id or document.state == DocumentState.ACCEPTED)
    ]
    return state_on(speaking(counting, today), today)


def booked_days_after(enrolment, day):
    """Return how many days the child has booked in the activity from `day` on, in that school year."""
    _first, last = school_year_dates(enrolment.school_year)
    return ReservationDay.objects.filter(
        child=enrolment.child_id,
        cancels=None,
        state__in=ACTIVE_DAYS,
        session__unit__activity=enrolment.activity_id,
        session__date__range=(day, last),
    ).count()

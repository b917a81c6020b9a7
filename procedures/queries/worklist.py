"""What the agents' worklist reads: the same number of queries with ten cases or ten thousand."""

import datetime as dt

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils import timezone

from accounts.models import Department, User

from .. import perms
from ..enums import OPEN, CaseState
from ..filters import LATE, LISTS, ME, MINE, NOBODY, TEAM, UNASSIGNED
from ..models import CaseMessage, ProcedurePage
from ..search import words_of

REVIEW = "review_case"
# Sort → expressions; the one that is empty comes last, whichever way round.
ORDERS = {
    "depot": ("filed_at",),
    "numero": ("number",),
    "demandeur": ("applicant",),
    "demarche": ("page__title",),
    "statut": ("status_label",),
    "echeance": ("due_on", "filed_at"),
    "agent": ("assigned_to__last_name", "assigned_to__first_name"),
}
# What a line of the list shows; answers and search words stay in the database.
SHOWN = (
    "number",
    "applicant",
    "channel",
    "state",
    "status",
    "status_label",
    "status_tone",
    "filed_at",
    "due_on",
    "decided_at",
    "page_id",
    "department_id",
    "assigned_to__first_name",
    "assigned_to__last_name",
    "assigned_to__email",
)


# The lists -----------------------------------------------------------------------------------------------------------


def departments_of(user):
    """Return the primary keys of the departments `user` is in: one query."""
    return list(user.departments.values_list("pk", flat=True))


def is_late(today):
    """What is late on `today`: not decided in time. A case to correct waits for its applicant, not for an agent."""
    return Q(state__in=[CaseState.RECEIVED, CaseState.IN_REVIEW], due_on__lt=today)


def in_list(name, *, user, departments, today):
    """Return the condition that a list adds to the agent's scope."""
    is_open = Q(state__in=OPEN)
    return {
        MINE: is_open & Q(assigned_to=user),
        TEAM: is_open & Q(department__in=departments),
        UNASSIGNED: is_open & Q(assigned_to=None),
        LATE: is_late(today),
    }.get(name, Q())


def counts(cases, *, user, departments, today):
    """Return {list: how many of `cases` it has} of every list: one query."""
    wanted = {
        name.replace("-", "_"): Count("pk", filter=in_list(name, user=user, departments=departments, today=today))
        for name in LISTS
    }
    found = cases.order_by().aggregate(**wanted)
    return {name: found[name.replace("-", "_")] for name in LISTS}


def found(filters, cases, *, user, departments, today):
    """Return those of `cases` that `filters` choose, not sorted."""
    cases = cases.filter(in_list(filters.list, user=user, departments=departments, today=today))
    if filters.procedure:
        cases = cases.filter(page=filters.procedure)
    if filters.department:
        cases = cases.filter(department=filters.department)
    if filters.state:
        cases = cases.filter(state=filters.state)
    if filters.status:
        cases = cases.filter(status=filters.status)
    if filters.channel:
        cases = cases.filter(channel=filters.channel)
    if filters.agent:
        who = {ME: user.pk, NOBODY: None}.get(filters.agent, filters.agent)
        cases = cases.filter(assigned_to=who)
    if filters.first:
        cases = cases.filter(filed_at__gte=midnight(filters.first))
    if filters.last:
        cases = cases.filter(filed_at__lt=midnight(filters.last + dt.timedelta(days=1)))
    for word in words_of(filters.q):
        cases = cases.filter(search_text__contains=word)
    return cases


def listed(cases, order):
    """Return `cases` in `order` ("-depot") with what a line of the list shows: one query, however many."""
    unread = CaseMessage.objects.filter(case=OuterRef("pk"), from_agent=False, read_at=None)
    return (
        sort(cases, order)
        .select_related("assigned_to")
        .only(*SHOWN)
        .annotate(procedure=F("page__title"), team=F("department__name"), unread=Exists(unread))
    )


def sort(cases, order):
    """Return `cases` sorted by `order`, a name of ORDERS, from the end with a "-"; always in the same order."""
    down = order.startswith("-")
    fields = [F(name) for name in ORDERS[order.removeprefix("-")]]
    ordered = [field.desc(nulls_last=True) if down else field.asc(nulls_last=True) for field in fields]
    return cases.order_by(*ordered, "-pk" if down else "pk")


def midnight(date):
    """Return the first moment of `date`, here."""
    return timezone.make_aware(dt.datetime.combine(date, dt.time()))


# What can be chosen --------------------------------------------------------------------------------------------------


def procedures_in(cases):
    """Return [(pk, title)] of the procedures that `cases` are of: one query."""
    pages = ProcedurePage.objects.filter(Exists(cases.order_by().filter(page=OuterRef("pk"))))
    return list(pages.order_by("title").values_list("pk", "title"))


def statuses_in(cases, procedure):
    """Return [(key, label)] of the statuses that the `cases` of a procedure have now: one query."""
    found = cases.filter(page=procedure).order_by("status_label").values_list("status", "status_label").distinct()
    return list(dict(found).items())


def departments_for(user):
    """Return the departments whose cases `user` sees: one query."""
    departments = Department.objects.all() if perms.sees_all(user) else user.departments.all()
    return list(departments.only("name"))


def reviewers():
    """The active staff with the right to handle cases, of whatever department."""
    right = {"codename": REVIEW, "content_type__app_label": "procedures"}
    by_group = Q(**{f"groups__permissions__{name}": value for name, value in right.items()})
    by_hand = Q(**{f"user_permissions__{name}": value for name, value in right.items()})
    allowed = User.objects.filter(by_group | by_hand | Q(is_superuser=True)).values("pk")
    return User.objects.filter(is_active=True, is_staff=True, pk__in=allowed).order_by("last_name", "first_name", "pk")


def agents_in(departments):
    """Return the agents of `departments` (primary keys or objects) who handle cases, by name: one query."""
    return list(reviewers().filter(departments__in=departments).distinct())


def agents_for(case):
    """Return the agents whom `case` may be given to: those of its department."""
    return agents_in([case.department_id]) if case.department_id else []


# The back office's home ----------------------------------------------------------------------------------------------


def waiting(user, today):
    """Return {"mine", "unassigned", "late": (count, the oldest one's filing)} for the first page: two queries."""
    departments = departments_of(user)
    wanted = {}
    for key, name in (("mine", MINE), ("unassigned", UNASSIGNED), ("late", LATE)):
        condition = in_list(name, user=user, departments=departments, today=today)
        wanted[key] = Count("pk", filter=condition)
        wanted[f"{key}_since"] = Min("filed_at", filter=condition)
    found = perms.reviewable_cases(user).filter(state__in=OPEN).order_by().aggregate(**wanted)
    return {key: (found[key], found[f"{key}_since"]) for key in ("mine", "unassigned", "late")}


def with_versions(cases, pks):
    """Return those of `cases` that were ticked, with their version, which says their statuses: one query."""
    found = cases.filter(pk__in=pks).select_related("version").order_by("number").defer("answers", "search_text")
    return list(found.annotate(procedure=F("page__title")))

"""What the figures of the procedures are made of: pure functions over dated facts, no names."""

import datetime as dt
import statistics
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from theme.formats import NBSP, number

from .enums import CaseState

# What counts as an answer of the service; a withdrawn case was not decided by anybody.
DECIDED = (CaseState.ACCEPTED, CaseState.REFUSED, CaseState.CLOSED)
WAITING = (CaseState.RECEIVED, CaseState.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class Fact:
    """A filed case as the figures know it; dates are local."""

    page: int
    state: str
    label: str
    filed: dt.date
    decided: dt.date | None = None
    due: dt.date | None = None

    @property
    def days(self):
        """How many days it took to decide, or None."""
        return (self.decided - self.filed).days if self.decided and self.state in DECIDED else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some cases, over a period: times in days, None when nothing was decided."""

    received: int = 0
    decided: int = 0
    median: Decimal | None = None
    mean: Decimal | None = None
    # Decided in the period, after their time limit.
    overdue: int = 0
    # Open today, past their time limit, whenever they came.
    late: int = 0
    # Open today.
    open: int = 0

    @property
    def median_text(self):
        return days_text(self.median)

    @property
    def mean_text(self):
        return days_text(self.mean)


def days_text(days):
    """Return a time as it is read: « 4,5 jours », or a dash for nothing."""
    if days is None:
        return "–"
    shown = days.quantize(Decimal("0.1"))
    places = 0 if shown == int(shown) else 1
    return f"{number(shown, places)}{NBSP}jour{'s' if shown >= 2 else ''}"


def figures_of(facts, first, last, today):
    """Return the Figures of `facts` from `first` to `last`, both included."""
    facts = list(facts)
    decided = [fact for fact in facts if fact.days is not None and first <= fact.decided <= last]
    days = [Decimal(fact.days) for fact in decided]
    waiting = [fact for fact in facts if fact.state in WAITING]
    return Figures(
        received=sum(first <= fact.filed <= last for fact in facts),
        decided=len(decided),
        median=statistics.median(days) if days else None,
        mean=statistics.mean(days) if days else None,
        overdue=sum(fact.due is not None and fact.decided > fact.due for fact in decided),
        late=sum(fact.due is not None and fact.due < today for fact in waiting),
        open=sum(fact.state in WAITING or fact.state == CaseState.TO_CORRECT for fact in facts),
    )


def by_page(facts):
    """Return {page: its facts}."""
    found = {}
    for fact in facts:
        found.setdefault(fact.page, []).append(fact)
    return found


def by_month(facts, first, last, today):
    """Return [(first day of the month, its Figures)] of each month of the period."""
    months, start = [], first.replace(day=1)
    while start <= last:
        following = (start + dt.timedelta(days=31)).replace(day=1)
        months.append((start, following - dt.timedelta(days=1)))
        start = following
    received, decided = {}, {}
    for fact in facts:
        received.setdefault(fact.filed.replace(day=1), []).append(fact)
        if fact.days is not None:
            decided.setdefault(fact.decided.replace(day=1), []).append(fact)
    found = []
    for start, end in months:
        concerned = {id(fact): fact for fact in (*received.get(start, ()), *decided.get(start, ()))}
        found.append((start, figures_of(concerned.values(), max(start, first), min(end, last), today)))
    return found


def shares_of(facts, first, last, *, by_label=False):
    """Return [(state, label, count, percent)] of the cases received in the period, the states in their order.

    `by_label`: by the words of their procedure, for those of one only. Percents are rounded: they may not make 100.
    """
    counted = Counter((fact.state, fact.label if by_label else "") for fact in facts if first <= fact.filed <= last)
    total = counted.total()
    order = {state: rank for rank, state in enumerate(CaseState)}
    found = sorted(counted.items(), key=lambda item: (order[item[0][0]], -item[1], item[0][1]))
    return [
        (CaseState(state), label or str(CaseState(state).label), count, round(100 * count / total))
        for (state, label), count in found
    ]

"""What « Mes documents » and the dashboard ask a family for: of the family, of its children, for their activities."""

from itertools import groupby

from accounts.enums import ChildState
from accounts.queries.family import children_of
from booking.queries.enrolments import requirements_of
from documents import queries as documents


def wanted_documents(profile):
    """Return the `Wanted` of the profile, of the family first, then child by child. A fixed number of queries."""
    if profile is None:
        return []
    children = [child for child in children_of(profile) if child.state != ChildState.REFUSED]
    return documents.wanted_of(profile, children, requirements_of(children) if children else {})


def by_owner(wanted):
    """Return the `Wanted` as [(title, [Wanted, …])]: « La famille », then each child by name."""
    groups = groupby(wanted, key=lambda one: one.child)
    return [(str(child) if child else "La famille", list(group)) for child, group in groups]

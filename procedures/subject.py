"""Whom and what a case is about: where its documents are found again in « Mes documents », by contract and by child."""

from accounts.queries.family import children_of

from .enums import FieldKind
from .forms import only_named


def subject_of(case):
    """Return the `child` and the `contract_reference` of the documents of `case`, as `documents.services.folders` takes
    them: those that its answers name, when they name one."""
    if case.profile_id is None:
        return {}
    named = only_named(case.definition, case.answers, FieldKind.CHILD)
    children = children_of(case.profile) if named else ()
    return {
        "child": next((one for one in children if str(one.public_id) == named), None),
        "contract_reference": only_named(case.definition, case.answers, FieldKind.CONTRACT),
    }

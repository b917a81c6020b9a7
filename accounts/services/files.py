"""How a part of a child's file is written: at once while the child still waits for the services, moderated after."""

from django.core.exceptions import PermissionDenied

from .. import records
from ..enums import ChildState
from ..family_fields import rules_of
from ..family_perms import can_change_child
from ..locks import lock_profile
from ..models import Child
from . import changes


def locked_child(*, by, profile, child_id, form):
    """Return the Child, locked after the household's row (the order of the house), for `by` to change the part `form`
    of its file. Raises PermissionDenied for who may not."""
    lock_profile(profile.pk)
    child = Child.objects.select_for_update().get(pk=child_id)
    if not can_change_child(by, profile, child, form):
        raise PermissionDenied
    return child


def save_part(*, by, profile, child, form, target, values):
    """Write `values` on `target`, a record of the file of `child`, as the rules of `form` (a FamilyForm) ask; returns
    the Proposal. For services that have checked the right and locked the child.

    A child that waits for the services is decided as a whole: nothing in its file waits on its own. Hidden fields are
    ignored whatever is sent. Raises ValidationError (by field) for values that can't be.
    """
    if child.state != ChildState.PENDING:
        return changes.propose(by=by, profile=profile, form=form, target=target, values=values, child=child)
    if form in records.ADDED and target._state.adding:
        given = {name: values.get(name) for name in rules_of(form)}
        if same := records.twin(form=form, profile=profile, child=child, values=given):
            return changes.Proposal(applied=[*given], pending=None, target=same.target)
    written = []
    for name, rule in rules_of(form).items():
        if name in values and rule.visible and (target._state.adding or getattr(target, name) != values[name]):
            setattr(target, name, values[name])
            written.append(name)
    if written:
        target.full_clean()
        target.save()
    return changes.Proposal(applied=written, pending=None, target=target)

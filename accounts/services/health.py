"""Health data: the one door to it. Each read by staff is written down, and the parents see that log."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from .. import perms
from ..enums import ChildState, FamilyForm
from ..models import Guardianship, HealthAccess, HealthRecord
from .files import locked_child, save_part

# A screen opened again within this time by the same person is the same read.
SAME_READ = timedelta(minutes=10)


@transaction.atomic
def read(*, by, children, where):
    """Return what parents said of the health of `children` (Child instances or ids) as {child_id: HealthRecord}, and
    write down that the member of staff `by` read it on the screen `where` (its French name, which parents will read).

    Children about whom nothing was said are absent from the answer; their read is written down all the same. Four
    queries at most, however many children. Raises PermissionDenied without the right to read health data.
    """
    if not perms.can_read_health(by):
        raise PermissionDenied
    ids = {getattr(child, "pk", child) for child in children}
    records = HealthRecord.objects.select_related("diet").in_bulk(ids)
    recent = HealthAccess.objects.filter(
        child__in=ids, read_by=by, where=where, read_at__gt=timezone.now() - SAME_READ
    ).values_list("child_id", flat=True)
    name = by.get_full_name() or by.email
    HealthAccess.objects.bulk_create(
        HealthAccess(child_id=pk, read_by=by, reader_name=name, where=where) for pk in sorted(ids - set(recent))
    )
    return records


@transaction.atomic
def save(*, by, profile, child, values):
    """Write what parents say of the health of `child`, as far as the rules of the form let them; returns the Proposal.

    Without a care plan (PAI), its details go, at the moment the plan does (`Record.write`). Raises PermissionDenied for
    who may not change the child's health, ValidationError for values that can't be.
    """
    child = locked_child(by=by, profile=profile, child_id=child.pk, form=FamilyForm.HEALTH)
    if "has_care_plan" in values and not values["has_care_plan"]:
        values = {**values, "care_plan_details": ""}
        if child.state != ChildState.PENDING:
            # Whoever looks after the child needs them as long as the plan waits for an agent's word.
            del values["care_plan_details"]
    proposal = save_part(
        by=by, profile=profile, child=child, form=FamilyForm.HEALTH, target=_record_of(child), values=values
    )
    # The names of the fields would already say too much.
    log(instance=child, action="accounts.child.health", user=by)
    return proposal


def for_parents(profile, child):
    """Return the HealthRecord of `child` (not saved yet when nothing was said) for a household that may see it.

    Nothing is written down: these are their own data. Raises PermissionDenied for another household, or for one whose
    guardianship does not show health.
    """
    if (
        not Guardianship.objects.on(timezone.localdate())
        .filter(child=child, profile=profile, sees_health=True)
        .exists()
    ):
        raise PermissionDenied
    return _record_of(child)


def _record_of(child):
    return HealthRecord.objects.select_related("diet").filter(child=child).first() or HealthRecord(child=child)

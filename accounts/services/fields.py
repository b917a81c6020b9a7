"""Staff say how the fields of the family forms behave, without code."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from wagtail.log_actions import log

from theme.kept import forget

from .. import family_perms as perms
from ..family_fields import boxes_of, ensure_field_rules
from ..models import FieldRule


@transaction.atomic
def configure(*, by, kind, choices):
    """Write `choices`, {field: {box: bool}}, for the form `kind` (a FamilyForm); returns the names of what changed.

    Boxes that are not for staff to tick, and fields that there are not, are left alone. Raises PermissionDenied without
    the right.
    """
    if not perms.can_configure_fields(by):
        raise PermissionDenied
    ensure_field_rules()
    changed = []
    for rule in FieldRule.objects.select_for_update().filter(form=kind, field__in=choices):
        wanted = {box: choices[rule.field][box] for box in boxes_of(kind, rule.field) if box in choices[rule.field]}
        new = {box: value for box, value in wanted.items() if getattr(rule, box) != value}
        if new:
            for box, value in new.items():
                setattr(rule, box, value)
            rule.save(update_fields=list(new))
            changed.append(rule.field)
            log(instance=rule, action="accounts.fields.configure", user=by, data=new)
    if changed:
        transaction.on_commit(forget)
    return changed

"""Who may do what with cases: asked by the pages, the back office and the services."""

from django.db.models import Q

from accounts.perms import can_act_for as can_act_for

from .models import Case


def _staff_with(user, permission):
    return user.is_active and user.is_staff and user.has_perm(f"procedures.{permission}")


def can_review(user):
    """Whether `user` handles cases: those of its departments."""
    return _staff_with(user, "review_case")


def can_see_cases(user):
    """Whether `user` opens the worklist: it handles cases, or sees those of every department."""
    return can_review(user) or sees_all(user)


def can_assign(user):
    """Whether `user` may give cases to other agents."""
    return can_review(user) and _staff_with(user, "assign_case")


def can_export(user):
    """Whether `user` may export the cases it sees."""
    return _staff_with(user, "export_cases")


def can_file_for(user):
    """Whether `user` may file a case for a resident, at the desk or on the telephone."""
    return _staff_with(user, "file_case")


def sees_all(user):
    """Whether `user` sees the cases of every department."""
    return _staff_with(user, "view_all_cases")


def reviewable_cases(user):
    """The filed cases that `user` may handle: those of its departments, and those given to it; all with the right."""
    filed = Case.objects.exclude(number=None)
    if sees_all(user):
        return filed
    if not can_review(user):
        return filed.none()
    departments = list(user.departments.values_list("pk", flat=True))
    return filed.filter(Q(department__in=departments) | Q(assigned_to=user))


def can_see_agenda(user):
    """Whether `user` opens the agenda of appointments."""
    return _staff_with(user, "view_appointment")


def agenda_departments(user):
    """The primary keys of the departments whose appointments `user` sees; None for all of them."""
    return None if sees_all(user) else list(user.departments.values_list("pk", flat=True))


def can_note_appointment(user, appointment=None):
    """Whether `user` notes and cancels appointments; this one, of a department of theirs, when given."""
    if not _staff_with(user, "note_appointment"):
        return False
    departments = agenda_departments(user)
    return appointment is None or departments is None or appointment.kind.department_id in departments

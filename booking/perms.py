"""Who may do what with bookings: asked by the pages, the back office and the services alike."""

from django.db.models import Exists, OuterRef

from accounts.models import Membership, Profile
from accounts.perms import WRITERS


def _staff_with(user, permission):
    return user.is_active and user.is_staff and user.has_perm(permission)


def can_follow_days(user):
    """Whether `user` may see who comes, with their contacts; health data asks for a right of its own."""
    return _staff_with(user, "booking.view_attendance")


def can_note_attendance(user):
    """Whether `user` may note who was there."""
    return _staff_with(user, "booking.change_attendance")


def can_decide_days(user):
    """Whether `user` may accept and refuse the days that families ask for, or ask to cancel."""
    return _staff_with(user, "booking.decide_reservationday")


def can_export_days(user):
    """Whether `user` may take the bookings away as a spreadsheet."""
    return _staff_with(user, "booking.export_reservationday")


# Families ------------------------------------------------------------------------------------------------------------


def bookable_profiles(user):
    """The profiles for which `user` may book and cancel today."""
    if not user.is_active:
        return Profile.objects.none()
    mine = Membership.objects.active().filter(user=user, profile=OuterRef("pk"), role__in=WRITERS)
    return Profile.objects.filter(Exists(mine))


def can_decide_enrolments(user):
    """Whether `user` may accept, refuse and end the enrolments of children."""
    return _staff_with(user, "booking.decide_enrolment")


def can_generate_sessions(user):
    """Whether `user` may create the sessions of a period."""
    return _staff_with(user, "booking.add_session")


def can_change_sessions(user):
    """Whether `user` may close sessions, open them again and change their places."""
    return _staff_with(user, "booking.change_session")

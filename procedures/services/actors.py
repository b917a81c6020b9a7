"""Who acts for the applicant of a case: a member of its profile, who proved it theirs without an account, or the agent
who types it."""

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from .. import perms
from ..enums import Channel


@dataclass(frozen=True, slots=True)
class Grant:
    """That somebody proved a case without an account to be theirs: by the mailed link, or by its number and code."""

    case_id: int


def user_of(by):
    """Return the User who acts, or None for a Grant, or for nobody."""
    return None if by is None or isinstance(by, Grant | AnonymousUser) else by


def may_fill(by, case):
    """Whether `by` (a User, a Grant or None) may act for the applicant of `case`.

    An agent may for a case typed at the desk or on the telephone, as long as it is a draft.
    """
    if isinstance(by, Grant):
        return case.profile_id is None and by.case_id == case.pk
    user = user_of(by)
    if user is None:
        return False
    if case.entered_by_id == user.pk and case.channel != Channel.ONLINE and case.number is None:
        return perms.can_file_for(user)
    return case.profile_id is not None and perms.can_act_for(user, case.profile)

"""The profile a resident acts for: kept in the session, always checked against the memberships still active."""

from .models import Membership

SESSION_KEY = "profile"


def active_memberships(user):
    """Return the memberships of `user`, oldest first, with their profiles: one query; none for an anonymous visitor."""
    if not user.is_authenticated:
        return []
    return list(Membership.objects.active().filter(user=user).select_related("profile").order_by("started_at", "pk"))


def choose(memberships, profile_id):
    """Return the membership of `profile_id` among `memberships`, else the oldest, else None."""
    chosen = [membership for membership in memberships if membership.profile_id == profile_id]
    return next(iter(chosen or memberships), None)


def switch_profile(*, request, profile):
    """Make `profile` the current one of this session. Raises Membership.DoesNotExist for someone else's profile."""
    membership = Membership.objects.active().select_related("profile").get(user=request.user, profile=profile)
    request.session[SESSION_KEY] = membership.profile_id
    return membership

"""What the screens of a person's notifications ask."""

from django.db.models import Q

from ..models import Notification


def notifications_of(user):
    """The notifications of `user`, each with its profile: the unread first, then the newest first; none of a visitor,
    who is who previews the page."""
    known = Notification.objects.filter(user=user.pk).select_related("profile")
    return known.alias(unread=Q(read_at=None)).order_by("-unread", "-created_at", "-pk")


def unread_count(user):
    """How many notifications `user` has not read."""
    return Notification.objects.filter(user=user, read_at=None).count()

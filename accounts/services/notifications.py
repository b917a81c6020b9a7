"""News in a resident's account, beside the mails: told once, read once."""

from django.db import transaction
from django.utils import timezone

from ..mail import send_mail
from ..models import Membership, Notification
from ..perms import WRITERS

TITLE_LENGTH, TEXT_LENGTH, URL_LENGTH = (
    Notification._meta.get_field(name).max_length for name in ("title", "text", "url")
)


@transaction.atomic
def notify(*, profile, title, source, users=None, text="", url=""):
    """Tell `users` a piece of news about the affairs of `profile`; without `users`, its members of today.

    Called by services, in the transaction of its cause. `source` names the fact ("procedures.event:12"): told twice,
    it makes one notification a person. `url` is an address of this portal, without its host; it is opened with
    `profile` as the current one. Who is no member (any more) is not told: the page would be a 404. Returns nothing.
    """
    if profile is None:
        told = {user.pk for user in users or ()}
    else:
        told = set(Membership.objects.active().filter(profile=profile).values_list("user_id", flat=True))
        if users is not None:
            told &= {user.pk for user in users}
    if url and not (url.startswith("/") and not url.startswith("//")) or len(url) > URL_LENGTH:
        raise ValueError(f"An address of the portal, without its host, of {URL_LENGTH} characters at most: {url!r}")
    Notification.objects.bulk_create(
        [
            Notification(
                user_id=user,
                profile=profile,
                title=_cut(title, TITLE_LENGTH),
                text=_cut(text, TEXT_LENGTH),
                url=url,
                source=source,
            )
            for user in sorted(told)
        ],
        ignore_conflicts=True,
    )


def tell(profile, kind, *, title, url, source, text="", **context):
    """Tell everyone who may act for `profile`, by mail and in their account, inside the transaction of its cause.

    `kind` names the mail's templates, which `context` and each one's `first_name` fill; `title`, `text`, `url` and
    `source` are those of the notification.
    """
    members = Membership.objects.active().filter(profile=profile, role__in=WRITERS, user__is_active=True)
    users = [member.user for member in members.select_related("user").order_by("pk")]
    notify(profile=profile, users=users, title=title, text=text, url=url, source=source)
    for user in users:
        send_mail(kind=kind, to=user.email, context={"first_name": user.first_name, **context})


def _cut(text, length):
    text = " ".join(str(text).split())
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


@transaction.atomic
def mark_read(*, by, notification):
    """`by` opened one of its notifications. Returns it; read already, it keeps its first time."""
    found = Notification.objects.select_for_update(of=("self",)).get(pk=notification.pk, user=by)
    if found.read_at is None:
        found.read_at = timezone.now()
        found.save(update_fields=["read_at"])
    return found


@transaction.atomic
def mark_all_read(*, by, until=None):
    """`by` has read all that it was told until the moment `until` (None: now). Returns how many were unread."""
    now = timezone.now()
    return Notification.objects.filter(user=by, read_at=None, created_at__lte=until or now).update(read_at=now)

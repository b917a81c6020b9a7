"""News of bookings to a household: everyone who may act for it reads what the services decide."""

from accounts.mail import absolute_url, send_mail
from accounts.models import Membership
from accounts.perms import WRITERS
from accounts.services.notifications import notify


def tell_household(profile, kind, *, title, url, source, text="", **context):
    """Tell everyone who may act for the household `profile`, by mail and in their account.

    `kind` names the templates `booking/mails/<kind>`, which `context` fills; `title`, `text`, `url` and `source` are
    those of the notification. Call it inside the transaction of its cause.
    """
    members = Membership.objects.active().filter(profile=profile, role__in=WRITERS, user__is_active=True)
    members = list(members.select_related("user").order_by("pk"))
    notify(profile=profile, users=[member.user for member in members], title=title, text=text, url=url, source=source)
    for member in members:
        send_mail(
            kind=f"booking/{kind}",
            to=member.user.email,
            context={
                "first_name": member.user.first_name,
                "bookings_url": absolute_url("/mon-compte/reservations/"),
                "enrolments_url": absolute_url("/mon-compte/inscriptions/"),
                "documents_url": absolute_url("/mon-compte/documents/?onglet=pieces"),
                "contact_url": absolute_url("/contact/"),
                **context,
            },
        )

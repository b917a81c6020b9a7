"""Mails of bookings to a household: everyone who may act for it reads what the services decide."""

from accounts.mail import absolute_url, send_mail
from accounts.models import Membership
from accounts.perms import WRITERS


def tell_household(profile, kind, **context):
    """Mail everyone who may act for the household `profile`; `kind` names the templates `booking/mails/<kind>`.

    Call it inside the transaction of its cause.
    """
    members = Membership.objects.active().filter(profile=profile, role__in=WRITERS, user__is_active=True)
    for member in members.select_related("user").order_by("pk"):
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

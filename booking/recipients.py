"""News of bookings to a household: everyone who may act for it reads what the services decide."""

from accounts.mail import absolute_url
from accounts.services.notifications import tell


def tell_household(profile, kind, **news):
    """As `accounts.services.notifications.tell`, with the mails `booking/mails/<kind>` and the addresses they offer."""
    tell(
        profile,
        f"booking/{kind}",
        bookings_url=absolute_url("/mon-compte/reservations/"),
        enrolments_url=absolute_url("/mon-compte/inscriptions/"),
        documents_url=absolute_url("/mon-compte/documents/?onglet=pieces"),
        contact_url=absolute_url("/contact/"),
        **news,
    )

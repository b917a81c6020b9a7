"""The tile of the dashboard about bookings: the days to come, and the places that wait for an answer."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .tile import Tile


class NextBookingsTile(Tile):
    abreast = 1
    label = blocks.CharBlock(label=_("intitulé"), default="Prochaines réservations", max_length=60)

    class Meta:
        label = _("Prochaines réservations")
        icon = "calendar-alt"
        template = "portal_pages/tiles/next_bookings.html"

    def data(self, value, space):
        url = space.url_of("ReservationsPage")
        if not url or not (space.next_days or space.offers):
            return None
        return {"days": space.next_days, "offers": space.offers, "bookings_url": url, "can_write": space.can_write}

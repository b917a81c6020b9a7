"""The tiles of the dashboard about the family: its children, and the services they go to (s3.2, s4.1)."""

from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from booking.enums import ActivityKind

from .tile import Tile


class ChildrenTile(Tile):
    abreast = 2
    label = blocks.CharBlock(label=_("intitulé"), default="Mes enfants", max_length=60)

    class Meta:
        label = _("Mes enfants")
        icon = "group"
        template = "portal_pages/tiles/children.html"

    def data(self, value, space):
        if not space.children or not space.family_url:
            return None
        return {
            "children": [
                (child, space.url_of("FamilyPage", "enfants", str(child.public_id))) for child in space.children
            ],
            "family_url": space.family_url,
            "add_url": space.url_of("FamilyPage", "enfants", "ajouter") if space.can_write else "",
            "ask_url": space.url_of("EnrolmentsPage", "demander") if space.can_write else "",
        }


class FamilyServiceTile(Tile):
    """What the children do in some services. Staff make one for each block that they want: « Petite enfance » …"""

    abreast = 2
    label = blocks.CharBlock(label=_("intitulé"), default="Inscriptions et réservations", max_length=60)
    kinds = blocks.MultipleChoiceBlock(
        label=_("services"),
        choices=ActivityKind.choices,
        default=ActivityKind.values,
        validators=[MinLengthValidator(1)],
        help_text=_("Les natures d’activités dont cette tuile montre les inscriptions et les réservations."),
    )

    class Meta:
        label = _("Inscriptions et réservations, par service")
        icon = "calendar-alt"
        template = "portal_pages/tiles/family_service.html"

    def data(self, value, space):
        """None for who has no child in these services."""
        kinds, bookings_url = value["kinds"], space.url_of("ReservationsPage")
        found = [(one.child, *one.within(kinds)) for one in space.children_in_services]
        children = [(child, enrolments, day) for child, enrolments, day in found if enrolments or day]
        if not children or not bookings_url:
            return None
        return {
            "children": children,
            "bookings_url": bookings_url,
            "book_url": f"{bookings_url}nouvelle/{_nature(kinds)}" if space.can_write else "",
            "enrolments_url": space.url_of("EnrolmentsPage"),
        }


def _nature(kinds):
    """The query that opens the wizard on one kind of activity; "" when the tile is about several."""
    return f"?nature={kinds[0]}" if len(kinds) == 1 else ""

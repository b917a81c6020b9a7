"""The set-up of bookings in the back office, without code: facilities, activities, tariffs, periods, sessions."""

from django.utils.translation import gettext_lazy as _
from wagtail.snippets.views.snippets import SnippetViewSetGroup

from .activities import ActivityViewSet
from .facilities import FacilityViewSet
from .periods import BookingPeriodViewSet
from .sessions import SessionViewSet
from .tariffs import TariffVersionViewSet, TariffViewSet

__all__ = ["SetUpGroup", "TariffVersionViewSet"]


class SetUpGroup(SnippetViewSetGroup):
    """In the order in which one sets up: where, how much, what, when, and the sessions that come out."""

    menu_label = _("Offre enfance")
    menu_name = "childcare-set-up"
    menu_icon = "cogs"
    menu_order = 245
    items = (FacilityViewSet, TariffViewSet, ActivityViewSet, BookingPeriodViewSet, SessionViewSet)

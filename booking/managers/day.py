"""The planning of a facility by day, on the screen and on paper."""

from django.utils.translation import gettext as _

from accounts.perms import can_read_health
from accounts.services import health

from .. import perms
from ..queries import managers as queries
from .base import ManagerView


class Day(ManagerView):
    """Who comes on a day, by activity, group and unit; diets and care plans for those with the right."""

    name = "day"
    template_name = "booking/managers/day.html"
    where = _("Planning du jour")
    allowed = staticmethod(perms.can_follow_days)

    @property
    def sees_health(self):
        return can_read_health(self.request.user)

    def get(self, request):
        place = self.place
        blocks = queries.day_of(place.facility, place.date) if place.facility else []
        if self.sees_health:
            self._read_health(blocks)
        return self.show(
            blocks=blocks,
            sees_health=self.sees_health,
            coming=len({row.child.pk for block in blocks for row in block.rows}),
            next_open=queries.next_day_open(place.facility, place.date) if place.facility and not blocks else None,
            can_note=perms.can_note_attendance(request.user),
        )

    def _read_health(self, blocks):
        """Each child's record is read once, and the parents read by whom (rules of the trade, "Accounts")."""
        children = list({row.child.pk: row.child for block in blocks for row in block.rows}.values())
        if children:
            where = f"{self.where} – {self.place.facility}"[:100]
            queries.add_health(blocks, health.read(by=self.request.user, children=children, where=where))


class Sheet(Day):
    """The same on paper: a page of its own, with boxes to tick. `sante=non` leaves the health data out."""

    template_name = "booking/managers/sheet.html"
    where = _("Feuille du jour")

    @property
    def sees_health(self):
        return super().sees_health and self.request.GET.get("sante") != "non"

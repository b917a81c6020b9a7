"""What every screen of the managers shares: who may see it, where it stands, its facility and its day."""

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.office import Screen, TabbedView

from .. import perms
from .places import place_of

SCREENS = [
    Screen("day", _("Planning du jour"), "calendar-alt", perms.can_follow_days),
    Screen("attendance", _("Pointage"), "tick-inverse", perms.can_note_attendance),
    Screen("requests", _("Demandes à décider"), "mail", perms.can_decide_days),
    Screen("enrolments", _("Inscriptions à décider"), "clipboard-list", perms.can_decide_enrolments),
    Screen("occupancy", _("Occupation"), "table", perms.can_follow_days),
    Screen("export", _("Exports"), "download", perms.can_export_days),
]


class ManagerView(TabbedView):
    """A screen of the managers: its address keeps the facility and the day."""

    namespace = "childcare"
    section = _("Enfance")
    screens = SCREENS

    @cached_property
    def place(self):
        return place_of(self.request.GET)

    @cached_property
    def only_facility(self):
        """The facility that a list is narrowed to (`lieu`), or None for all."""
        wanted = self.request.GET.get("lieu", "")
        return next((facility for facility in self.place.facilities if str(facility.pk) == wanted), None)

    def tab_url(self, screen):
        return f"{super().tab_url(screen)}?{self.place.query}"

    def get_context_data(self, **kwargs):
        return super().get_context_data(place=self.place, **kwargs)

"""What every screen of the desk shares: who may see it, its tabs, and the cases that its agent may handle."""

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.office import Screen, TabbedView

from .. import perms

SCREENS = [
    Screen("worklist", _("Dossiers"), "folder-open-inverse", perms.can_see_cases),
    Screen("filing_for", _("Déposer pour un usager"), "doc-full-inverse", perms.can_file_for),
    Screen("agenda", _("Rendez-vous"), "calendar-alt", perms.can_see_agenda),
    Screen("figures", _("Chiffres"), "table", perms.can_see_cases),
    Screen("exports", _("Exports"), "download", perms.can_export),
]


class DeskView(TabbedView):
    """A screen of the desk."""

    namespace = "cases"
    section = _("Dossiers")
    screens = SCREENS

    @cached_property
    def cases(self):
        """The filed cases that the agent may see."""
        return perms.reviewable_cases(self.request.user)

    def get_case(self, pk, *related):
        """Return the case `pk` with its `related` objects. Raises Http404 outside of the agent's scope."""
        return get_object_or_404(self.cases.select_related("page", "version", *related), pk=pk)

"""A member of a profile before one of its cases, in the resident's space."""

from procedures.filing.seats import MemberSeat

# The screens of a filed case have the rail; those that fill a form or ask to confirm have not.
WITH_RAIL = {"procedures/case/page.html"}


class SpaceSeat(MemberSeat):
    """Draws the case's own page among the pages of the space."""

    @property
    def exit_label(self):
        return "Revenir à mon dossier" if self.case.number else "Mes brouillons"

    def render(self, request, template, context):
        if template not in WITH_RAIL:
            return super().render(request, template, context)
        self.base = "portal_pages/base.html"
        own = {"seat": self, "case": self.case, "crumbs": [(self.page.title, self.page.get_url(request))]}
        return self.page.render(request, template=template, context_overrides={**own, **context})

    def crumbs_of(self):
        """The path of « Mes démarches », down to the case once it is filed."""
        found = [(self.page.title, self.page.get_url(self.request))]
        if self.case.number:
            found.append((f"Dossier {self.case.number}", self.url("case")))
        return found

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField

from ..menu import space_pages
from ..tiles import TilesBlock
from .base import ResidentPage


class DashboardPage(ResidentPage):
    """The first page of the resident's space (`/mon-compte/`), made of tiles by staff. Its children make the rail."""

    icon = "squares-2x2"
    tiles = StreamField(
        TilesBlock(),
        verbose_name=_("tuiles"),
        blank=True,
        help_text=_("Ce que l’usager voit en arrivant, dans cet ordre. Une tuile sans rien à dire ne s’affiche pas."),
    )

    template = "portal_pages/dashboard.html"
    content_panels = [*ResidentPage.content_panels, FieldPanel("tiles")]
    max_count = 1

    class Meta:
        verbose_name = _("Tableau de bord de l’usager")
        verbose_name_plural = _("Tableaux de bord de l’usager")

    @classmethod
    def allowed_subpage_models(cls):
        """Any page of the resident's space: a new domain adds its own without a word here."""
        return [model for model in super().allowed_subpage_models() if issubclass(model, ResidentPage)]

    def route(self, request, path_components):
        """Find the child among the pages of the rail, which are read anyway."""
        for page in space_pages(request) if path_components else ():
            if page.slug == path_components[0] and page.pk != self.pk:
                return page.route(request, path_components[1:])
        return super().route(request, path_components)

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["tiles"] = request.space.tiles(self)
        return context

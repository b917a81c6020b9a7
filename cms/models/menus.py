"""The header menu and the footer, edited by staff; each read once a request."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin, RevisionMixin, Site

from ..blocks import LinkBlock


class FooterColumnBlock(blocks.StructBlock):
    """A titled list of links of the footer."""

    title = blocks.CharBlock(required=False, max_length=60, label=_("Titre"))
    links = blocks.ListBlock(LinkBlock(), min_num=1, label=_("Liens"))

    class Meta:
        icon = "list-ul"
        label = _("Colonne")


class SiteMenu(PreviewableMixin, RevisionMixin, models.Model):
    """Base of what stands around every page of one site."""

    site = models.OneToOneField(Site, models.CASCADE, related_name="+", verbose_name=_("site"))

    related = ()

    class Meta:
        abstract = True

    @classmethod
    def of_request(cls, request):
        """Return the row of the request's site, or None; one query a request, and one for its pages."""
        name = f"_cms_{cls.__name__.lower()}"
        if not hasattr(request, name):
            site = Site.find_for_request(request)
            setattr(request, name, cls.objects.filter(site=site).select_related(*cls.related).first() if site else None)
        return getattr(request, name)

    def get_preview_template(self, request, mode_name):
        return "cms/previews/menu.html"

    def get_preview_context(self, request, mode_name):
        setattr(request, f"_cms_{type(self).__name__.lower()}", self)
        return super().get_preview_context(request, mode_name)


class HeaderMenu(SiteMenu):
    """The main menu, at the top of every page."""

    links = StreamField([("link", LinkBlock())], verbose_name=_("liens"), max_num=7)

    panels = [FieldPanel("site"), FieldPanel("links")]

    class Meta:
        verbose_name = _("menu principal")
        verbose_name_plural = _("menus principaux")

    def __str__(self):
        return f"Menu principal ({self.site})"


class FooterMenu(SiteMenu):
    """The columns of links of the footer, and the service whose hours it shows."""

    contact = models.ForeignKey(
        "cms.ContactPoint",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("coordonnées et horaires"),
        help_text=_("Affichés dans le pied de page."),
    )
    columns = StreamField([("column", FooterColumnBlock())], blank=True, verbose_name=_("colonnes"), max_num=3)

    related = ("contact",)
    panels = [FieldPanel("site"), FieldPanel("contact"), FieldPanel("columns")]

    class Meta:
        verbose_name = _("pied de page")
        verbose_name_plural = _("pieds de page")

    def __str__(self):
        return f"Pied de page ({self.site})"

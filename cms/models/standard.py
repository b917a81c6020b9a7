"""Pages of text: standard pages, and sections that list theirs."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from ..blocks import BodyBlock
from .base import EditorialPage


class StandardPage(EditorialPage):
    """A page composed from the block library: legal notice, personal data, the service and its missions …"""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    template = "cms/standard_page.html"
    searched_fields = ("body",)

    content_panels = [*EditorialPage.content_panels, FieldPanel("body")]
    api_fields = [*EditorialPage.api_fields, APIField("body")]

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")


class SectionPage(EditorialPage):
    """An introduction, then its published pages as tiles, in the order of the menu."""

    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    kind = _("Rubrique")
    template = "cms/section_page.html"
    searched_fields = ("body",)

    content_panels = [*EditorialPage.content_panels, FieldPanel("body")]
    api_fields = [*EditorialPage.api_fields, APIField("body")]

    class Meta:
        verbose_name = _("rubrique")
        verbose_name_plural = _("rubriques")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        pages = [page for page in self.get_children().live().public().specific() if isinstance(page, EditorialPage)]
        context["tiles"] = [
            {"title": page.title, "text": page.summary, "icon": page.icon, "url": page.get_url(request)}
            for page in pages
        ]
        return context

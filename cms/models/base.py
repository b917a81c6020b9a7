"""What every page that the public reads has in common."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page, get_page_models
from wagtail.search import index

from ..icons import IconField
from ..search import plain, stems
from ..typography import french_spaces

TITLE_WEIGHT = 4


class EditorialPage(Page):
    """A public page. It has a summary and an icon, which tiles, search results, the API and social networks show.

    Every subclass is public by construction: searched by `/recherche/`, listed in the sitemap, served by the API.
    """

    summary = models.TextField(
        _("résumé"),
        max_length=300,
        blank=True,
        help_text=_("Une ou deux phrases. Il est lu sous le titre, sur les tuiles et par les moteurs de recherche."),
    )
    icon = IconField(_("icône"), default="document-text")
    share_image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image de partage"),
        help_text=_("Montrée quand la page est partagée. Sans elle, celle du portail sert."),
    )

    # The back office lists children in the order of the site, which editors change by dragging.
    admin_default_ordering = "ord"
    # What a search result says the page is; subclasses set their own.
    kind = _("Page")
    # Names of the fields whose text is searched, besides the title and the summary.
    searched_fields = ()

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    promote_panels = [
        *Page.promote_panels,
        MultiFieldPanel([FieldPanel("icon"), FieldPanel("share_image")], heading=_("Tuiles et partage")),
    ]
    search_fields = [
        *Page.search_fields,
        index.SearchField("search_stems"),
    ]
    api_fields = [APIField("summary"), APIField("icon")]

    class Meta:
        abstract = True

    def clean(self):
        """Put the no-break spaces of French in the title and the summary."""
        super().clean()
        self.title, self.summary = french_spaces(self.title), french_spaces(self.summary)

    @property
    def plain_text(self):
        """The text of the page's body, without markup: what excerpts are cut from."""
        return " ".join(filter(None, (self._text_of(name) for name in self.searched_fields)))

    def _text_of(self, name):
        field, value = self._meta.get_field(name), getattr(self, name)
        if isinstance(field, StreamField):
            return plain(" ".join(str(text) for text in field.get_searchable_content(value)))
        return plain(value) if isinstance(field, RichTextField) else (value or "")

    @property
    def search_stems(self):
        """What the search index holds: stems without accents, the title several times so that it weighs more."""
        return " ".join(stems(f"{self.title} ") * TITLE_WEIGHT + stems(f"{self.summary} {self.plain_text}"))

    @property
    def description(self):
        """The sentence for search engines and social networks."""
        return self.search_description or self.summary

    def get_crumbs(self, request):
        """Return `[(title, url)]` from the home page down to the parent; empty on the home page. One query."""
        ancestors = self.get_ancestors().filter(depth__gt=1).live()
        return [("Accueil" if page.depth == 2 else page.title, page.get_url(request)) for page in ancestors]

    def get_context(self, request, *args, **kwargs):
        return {**super().get_context(request, *args, **kwargs), "crumbs": self.get_crumbs(request)}


def public_page_types():
    """Return the page models that the public reads: what the search, the API and the sitemap may show."""
    return [model for model in get_page_models() if issubclass(model, EditorialPage)]

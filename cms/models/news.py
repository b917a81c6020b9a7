"""News: an index by year, and its articles."""

from django.conf import settings
from django.core.paginator import Paginator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images.api.fields import ImageRenditionField
from wagtail.search import index

from ..blocks import BodyBlock
from .base import EditorialPage

CARD_RENDITION = "fill-640x360|format-webp"


class NewsIndexPage(EditorialPage):
    """Every article, the newest first, by page and by year (`?annee=2026`)."""

    kind = _("Rubrique")
    template = "cms/news_index_page.html"
    parent_page_types = ["cms.HomePage"]
    subpage_types = ["cms.NewsPage"]
    max_count_per_parent = 1
    admin_default_ordering = "-latest_revision_created_at"
    page_size = 9

    class Meta:
        verbose_name = _("liste des actualités")
        verbose_name_plural = _("listes des actualités")

    def get_articles(self):
        """Return the published articles of this index, the newest first."""
        return NewsPage.objects.child_of(self).live().public().order_by("-date", "-pk")

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        articles = self.get_articles()
        context["years"] = [day.year for day in articles.dates("date", "year", order="DESC")]
        year = request.GET.get("annee", "")
        context["year"] = int(year) if year.isdecimal() and int(year) in context["years"] else None
        if context["year"]:
            articles = articles.filter(date__year=context["year"])
        paginator = Paginator(NewsPage.with_images(articles), self.page_size)
        context["articles"] = paginator.get_page(request.GET.get("page"))
        return context


class NewsPage(EditorialPage):
    """One article."""

    date = models.DateField(_("date"), default=timezone.localdate)
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("image"),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("contenu"))

    kind = _("Actualité")
    template = "cms/news_page.html"
    parent_page_types = ["cms.NewsIndexPage"]
    subpage_types = []
    searched_fields = ("body",)

    content_panels = [
        *EditorialPage.content_panels,
        FieldPanel("date"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]
    search_fields = [*EditorialPage.search_fields, index.FilterField("date")]
    api_fields = [
        *EditorialPage.api_fields,
        APIField("date"),
        APIField("image_thumbnail", serializer=ImageRenditionField(CARD_RENDITION, source="image")),
        APIField("body"),
    ]

    class Meta:
        verbose_name = _("actualité")
        verbose_name_plural = _("actualités")

    @staticmethod
    def with_images(articles):
        """Fetch the images and their renditions with `articles`: two more queries, however many articles."""
        return articles.select_related("image").prefetch_related("image__renditions").defer("body")

    @classmethod
    def latest(cls, count):
        """Return the last `count` published articles, with their images."""
        return list(cls.with_images(cls.objects.live().public().order_by("-date", "-pk"))[:count])

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        others = NewsPage.objects.sibling_of(self, inclusive=False).live().public().order_by("-date", "-pk")
        context["others"] = list(NewsPage.with_images(others)[:3])
        return context

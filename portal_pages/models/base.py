from functools import partial

from django.http import Http404
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import RichTextField
from wagtail.models import Page, PageViewRestriction

from ..access import require_resident
from ..elsewhere import offer_to_switch
from ..space import space_of


class ResidentPage(RoutablePageMixin, Page):
    """A page of the resident's space: private, never cached, placed, titled, introduced and hidden by staff.

    Subclasses set `icon` (heroicons) and write routes of three lines: permission, query, render.
    """

    icon = "squares-2x2"
    introduction = RichTextField(_("introduction"), blank=True, features=["bold", "link", "ul"])

    private_page_options = []
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    search_fields = []  # nothing of the resident's space is found by a public search
    api_fields = []

    class Meta:
        abstract = True

    def serve(self, request, *args, **kwargs):
        """Ask for a login and a profile before any route; forbid every cache."""
        response = require_resident(request) or self._answer(request, partial(super().serve, request, *args, **kwargs))
        patch_cache_control(response, private=True, no_store=True)
        return response

    def _answer(self, request, serve):
        try:
            return serve()
        except Http404:
            if (offer := offer_to_switch(self, request, serve)) is None:
                raise
            return offer

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        space = space_of(request, self)
        context.update(space=space, space_menu=space.menu)
        return context

    @classmethod
    def badge(cls, space):
        """Return how many things wait for the resident on this page: the count beside its entry of the menu."""
        return 0

    def get_view_restrictions(self):
        """None: `serve` asks for more than any restriction would, and two queries a page are spared."""
        return PageViewRestriction.objects.none()

    def get_sitemap_urls(self, request=None):
        return []

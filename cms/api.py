"""The portal without its pages: Wagtail's API v2 at `/api/v2/`. It knows public pages and nothing of residents."""

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError, page_models_from_string
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.documents.api.v2.views import DocumentsAPIViewSet
from wagtail.images.api.v2.views import ImagesAPIViewSet

from .models import AlertBanner, OpeningHours, public_page_types
from .queries import public_pages


class PublicPagesAPIViewSet(PagesAPIViewSet):
    """Published pages of public types. A page of the resident's space does not exist here, whatever is asked."""

    def get_base_queryset(self):
        return public_pages(self.request)

    def get_queryset(self):
        """Refuse a type that is not public in the words used for one that does not exist."""
        try:
            models = page_models_from_string(self.request.GET.get("type", "")) or []
        except (LookupError, ValueError):
            models = []
        public = set(public_page_types())
        if any(model not in public for model in models if model._meta.label != "wagtailcore.Page"):
            raise BadRequestError("type doesn't exist")
        return super().get_queryset()


class OpeningHoursAPIViewSet(BaseAPIViewSet):
    """Hours of desks and telephones: open now or when next, the week, the exceptional dates."""

    model = OpeningHours
    name = "opening_hours"
    shown = ["name", "kind", "is_open", "sentence", "week", "exceptional", "note"]
    listing_default_fields = BaseAPIViewSet.listing_default_fields + shown

    def get_queryset(self):
        return OpeningHours.objects.prefetch_related("ranges", "exceptional_dates").order_by("id")


class AlertsAPIViewSet(BaseAPIViewSet):
    """The alerts shown at this moment, the gravest first."""

    model = AlertBanner
    name = "alerts"
    shown = ["title", "text", "tone", "starts_at", "ends_at", "link"]
    listing_default_fields = BaseAPIViewSet.listing_default_fields + shown
    filter_backends = []

    def get_queryset(self):
        return AlertBanner.objects.current().by_gravity().select_related("linked_page")


api_router = WagtailAPIRouter("api")
api_router.register_endpoint("pages", PublicPagesAPIViewSet)
api_router.register_endpoint("images", ImagesAPIViewSet)
api_router.register_endpoint("documents", DocumentsAPIViewSet)
api_router.register_endpoint("opening-hours", OpeningHoursAPIViewSet)
api_router.register_endpoint("alerts", AlertsAPIViewSet)

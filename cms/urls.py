"""Every address of the portal. Wagtail's pages come last: they answer what nothing else does."""

from django.conf import settings
from django.urls import include, path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from . import views
from .api import api_router
from .health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("theme.urls")),
    path("", include("accounts.urls")),
    path("", include("billing.urls")),
    path("", include("booking.urls")),
    path("demarches/", include("procedures.urls")),
    path("recherche/", views.search, name="search"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap_xml, name="sitemap"),
    path("api/v2/", api_router.urls),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]

if settings.STRIPE_STAND_IN:
    urlpatterns += [path("_stripe/", include("billing.standin.urls"))]

if not settings.S3_BUCKET:
    # What editors publish. A reverse proxy may take this path over; nothing private is under MEDIA_ROOT.
    urlpatterns += [path("media/<path:path>", serve, {"document_root": settings.MEDIA_ROOT})]

urlpatterns += [path("", include(wagtail_urls))]

"""The branding of a site: one query a request, never a write, and defaults when nothing was set."""

from django.conf import settings
from wagtail.models import Site

from .models import BrandingSettings


def branding_of(request):
    """Return the BrandingSettings of the request's site, unsaved with its defaults when there is none."""
    if not hasattr(request, "_theme_branding"):
        request._theme_branding = _of_site(Site.find_for_request(request))
    return request._theme_branding


def default_branding():
    """Return the branding of the default site: for mails and documents, which no request asks for."""
    return _of_site(Site.objects.filter(is_default_site=True).first())


def portal_url():
    """Return the address of the portal, without a slash at the end: what mails put before a path."""
    return settings.PORTAL_URL


def _of_site(site):
    # Wagtail's `for_request` creates the missing row; a GET never writes.
    found = BrandingSettings.objects.filter(site=site).select_related("logo", "favicon", "social_image").first()
    return found or BrandingSettings(site=site)

"""The branding of a site: kept for some seconds, never written by a GET, with defaults when nothing was set."""

from django.conf import settings
from wagtail.models import Site

from .kept import kept
from .models import BrandingSettings


def branding_of(request):
    """Return the BrandingSettings of the request's site, unsaved with its defaults when there is none."""
    if not hasattr(request, "_theme_branding"):
        site = Site.find_for_request(request)
        request._theme_branding = kept(("branding", site and site.pk), lambda: _of_site(site))
    return request._theme_branding


def default_branding():
    """Return the branding of the default site: for mails and documents, which no request asks for."""
    return kept("default_branding", lambda: _of_site(Site.objects.filter(is_default_site=True).first()))


def portal_url():
    """Return the address of the portal, without a slash at the end: what mails put before a path."""
    return settings.PORTAL_URL


def _of_site(site):
    # Wagtail's `for_request` creates the missing row; a GET never writes.
    found = BrandingSettings.objects.filter(site=site).select_related("logo", "favicon", "social_image").first()
    return found or BrandingSettings(site=site)

from django.utils.functional import SimpleLazyObject

from .branding import branding_of


def theme(request):
    """Give every template `branding` (the site's BrandingSettings) and `site_name`; read only where they are used."""
    branding = SimpleLazyObject(lambda: branding_of(request))
    return {"branding": branding, "site_name": SimpleLazyObject(lambda: branding_of(request).full_name)}

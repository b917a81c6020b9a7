from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.db import DatabaseError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from .branding import branding_of
from .models import BrandingSettings


@require_safe
def brand_css(request):
    """The colours of the branding as a style sheet: CSP refuses inline styles. Kept for a year under its version."""
    branding, known = _branding(request)
    css = f":root {{ --brand: {branding.brand_colour}; --accent: {branding.accent_colour}; }}\n"
    return _cacheable(request, HttpResponse(css, content_type="text/css; charset=utf-8"), branding, known)


@require_safe
def brand_mark(request):
    """The default mark in the brand's colours, as an image: the icon of a site that set none."""
    branding, known = _branding(request)
    svg = render_to_string("theme/mark.svg", {"branding": branding})
    return _cacheable(request, HttpResponse(svg, content_type="image/svg+xml"), branding, known)


@require_safe
def favicon(request):
    """What browsers ask for on their own, on pages that name no icon."""
    return redirect("theme:brand_mark")


def _branding(request):
    """Return the branding and whether it is known: the page of a breakdown asks while the database is away."""
    try:
        return branding_of(request), True
    except DatabaseError:
        return BrandingSettings(), False


def _cacheable(request, response, branding, known):
    if not known:
        response["Cache-Control"] = "no-store"
    elif request.GET.get("v") == branding.colours_version:
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        response["Cache-Control"] = "public, max-age=60"
    return response


def style_guide(request):
    """Every component in every state; development and tests only."""
    return render(request, "theme/style_guide.html", _guide().context(request, Paginator(range(95), 10)))


def style_guide_page(request, name):
    """One of the base templates with an example in it; development and tests only."""
    pages = _guide().PAGES
    if name not in pages:
        raise Http404
    template, context = pages[name]
    response = render(request, template, context() if callable(context) else context)
    if name == "courriel":  # mails carry their style inline: nothing else reaches every mail reader
        csp_update({"style-src": [UNSAFE_INLINE]})(lambda _request: response)(request)
    return response


def _guide():
    if not settings.DEMONSTRATION:
        raise Http404
    from . import style_guide  # not loaded in production

    return style_guide

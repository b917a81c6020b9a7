"""Public addresses that are no page: the search, robots.txt, the sitemap."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from wagtail.contrib.sitemaps.sitemap_generator import Sitemap
from wagtail.contrib.sitemaps.views import sitemap
from wagtail.models import Page

from .queries import public_pages, search_pages
from .search import excerpt, highlight, stems

RESULTS_PER_PAGE = 10
QUERY_LENGTH = 100


@require_safe
def search(request):
    """The search over pages, help, news and procedures (`?q=`), with or without JavaScript."""
    query = " ".join(request.GET.get("q", "").split())[:QUERY_LENGTH]
    found = search_pages(request, query)
    page_obj = Paginator(found, RESULTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "title": f"Recherche : {query}" if query else "Recherche",
        "query": query,
        "page_obj": page_obj,
        "total": page_obj.paginator.count,
        "results": _results(page_obj, query, request),
        "crumbs": [("Accueil", "/")],
    }
    return render(request, "cms/search.html", context)


def _results(page_obj, query, request):
    pks = [page.pk for page in page_obj]
    pages = {page.pk: page for page in Page.objects.filter(pk__in=pks).specific()}
    return [
        {
            "title": highlight(page.title, query),
            "url": page.get_url(request),
            "kind": page.kind,
            "excerpt": _excerpt(page, query),
            "date": getattr(page, "date", None),
        }
        for page in (pages[pk] for pk in pks)
    ]


def _excerpt(page, query):
    """The summary when it answers (or the title does): it was written to be read. Else where the words stand."""
    told = set(stems(f"{page.title} {page.summary}"))
    if page.summary and told.issuperset(stems(query)):
        return highlight(page.summary, query)
    return excerpt(page.plain_text or page.summary, query)


@require_safe
def robots(request):
    """What crawlers may read: everything public, never the resident's space nor the back office."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/mon-compte/", "/recherche/")),
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class PublicSitemap(Sitemap):
    """The public pages, without any page of the resident's space."""

    def items(self):
        return public_pages(self.request).order_by("path").defer_streamfields().specific()


@require_safe
def sitemap_xml(request):
    """The sitemap of the request's site."""
    return sitemap(request, sitemaps={"pages": PublicSitemap})

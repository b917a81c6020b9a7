"""What stands around the pages: menus, footer, metadata, robots, sitemap, errors."""

import re

import pytest
from django.test import override_settings

from cms.demo.tree import stream
from cms.models import FooterMenu, HeaderMenu
from portal_pages.models import DashboardPage
from tests.factories.cms import ContactPointFactory, NewsPageFactory, PageFactory, StandardPageFactory
from theme.kept import forget


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


@pytest.fixture
def page(home):
    return StandardPageFactory(parent=home, title="Mentions légales", slug="mentions-legales", summary="Qui publie.")


def header(home, *links):
    return HeaderMenu.objects.create(site=home.get_site(), links=stream([("link", link) for link in links]))


def test_without_a_menu_there_is_the_home_page(client, home):
    page = re.sub(r">\s+<", "><", text_of(client.get("/")))
    assert '<ul class="menu"><li><a href="/" aria-current="page">Accueil</a></li></ul>' in page


def test_the_menu_is_what_editors_wrote_and_marks_where_one_is(client, home, page):
    header(home, {"page": home.pk}, {"page": page.pk, "label": "Mentions"}, {"url": "/aide/", "label": "Aide"})
    html = text_of(client.get("/mentions-legales/"))
    assert '<a href="/">Accueil</a>' in html
    assert '<a href="/mentions-legales/" aria-current="page">Mentions</a>' in html
    assert '<a href="/aide/">Aide</a>' in html


def test_a_link_to_an_unpublished_page_leaves_the_menu(client, home, page):
    header(home, {"page": home.pk}, {"page": page.pk})
    page.unpublish()
    assert "Mentions légales" not in text_of(client.get("/"))


def test_the_footer_shows_the_editors_columns_and_the_usual_hours(client, home, page):
    FooterMenu.objects.create(
        site=home.get_site(),
        contact=ContactPointFactory(),
        columns=stream([("column", {"title": "Ce portail", "links": [{"page": page.pk}]})]),
    )
    footer = text_of(client.get("/")).split('<footer class="foot">')[1]
    assert "Ce portail" in footer
    assert '<a href="/mentions-legales/">Mentions légales</a>' in footer
    assert "Accueil : du lundi au jeudi, 8 h – 12 h 30" in footer
    assert "Téléphone : du lundi au vendredi, 8 h – 12 h 30 et 14 h – 17 h" in footer


def test_a_page_is_described_for_search_engines_and_social_networks(client, home, page, portal_image, news_index):
    html = text_of(client.get("/mentions-legales/"))
    assert '<meta name="description" content="Qui publie.">' in html
    assert '<link rel="canonical" href="http://testserver/mentions-legales/">' in html
    assert '<meta property="og:title" content="Mentions légales">' in html
    assert '<meta property="og:url" content="http://testserver/mentions-legales/">' in html
    assert "og:image" not in html
    article = NewsPageFactory(parent=news_index, image=portal_image())
    html = text_of(client.get(article.url))
    assert '<meta property="og:type" content="article">' in html
    assert '<meta property="og:image" content="http' in html
    assert '<meta property="og:image:alt" content="Une rivière">' in html


def test_robots_keep_out_of_the_space_and_the_back_office(client, home):
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    lines = response.content.decode().splitlines()
    for path in ("/admin/", "/mon-compte/", "/recherche/"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_the_sitemap_lists_public_pages_only(client, home, page):
    dashboard = type("F", (PageFactory,), {"Meta": type("Meta", (), {"model": DashboardPage})})
    dashboard(parent=home, title="Tableau de bord", slug="mon-compte")
    StandardPageFactory(parent=home, slug="brouillon", live=False)
    xml = client.get("/sitemap.xml").content.decode()
    assert "<loc>http://testserver/</loc>" in xml
    assert "<loc>http://testserver/mentions-legales/</loc>" in xml
    assert "mon-compte" not in xml
    assert "brouillon" not in xml
    assert "<lastmod>" in xml


def test_a_page_that_is_not_there_is_told_in_the_portals_dress(client, home, page):
    header(home, {"page": home.pk}, {"page": page.pk})
    response = client.get("/nulle-part/")
    html = text_of(response)
    assert response.status_code == 404
    assert '<a href="/mentions-legales/">Mentions légales</a>' in html
    assert html.count("<h1") == 1


@override_settings(DEBUG=False)
def test_a_breakdown_is_told_without_the_portal(client, home, monkeypatch):
    from cms import views

    client.raise_request_exception = False
    monkeypatch.setattr(views, "search_pages", None)
    response = client.get("/recherche/?q=eau")
    assert response.status_code == 500
    assert response.content.decode().count("<h1") == 1


def test_public_pages_set_no_cookie_and_load_nothing_from_elsewhere(client, home, page):
    response = client.get("/mentions-legales/")
    assert not response.cookies
    html = response.content.decode()
    assert 'src="http' not in html
    assert 'rel="stylesheet" href="http' not in html
    assert "style=" not in html


def test_a_get_of_a_public_page_writes_nothing(client, home, page):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get("/mentions-legales/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/mentions-legales/")
        client.get("/recherche/?q=mentions")
    written = [
        q["sql"] for q in queries if not q["sql"].lstrip("( ").upper().startswith(("SELECT", "SAVEPOINT", "RELEASE"))
    ]
    assert written == []


@pytest.fixture
def keeping(settings):
    """What every page asks for is kept, as in production."""
    settings.KEPT_SECONDS = 60
    forget()
    yield
    forget()


def test_the_menu_and_the_footer_are_kept_and_forgotten_when_they_change(client, home, page, sql_count, keeping):
    menu = header(home, {"page": home.pk}, {"page": page.pk})
    contact = ContactPointFactory()
    FooterMenu.objects.create(site=home.get_site(), contact=contact, columns="[]")
    cold = sql_count(lambda: client.get("/mentions-legales/"))
    assert sql_count(lambda: client.get("/mentions-legales/")) < cold - 3

    page.title = "Mentions"
    page.save_revision().publish()
    assert ">Mentions</a>" in text_of(client.get("/"))
    contact.email = "nouveau@garance.example"
    contact.save()
    assert "nouveau@garance.example" in text_of(client.get("/"))
    menu.delete()
    assert ">Mentions</a>" not in text_of(client.get("/")).split("<main")[0]

"""What a portal starts from and what the demonstration shows: whole, valid, without a dead link."""

import re

import pytest
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, Site

from cms.demo.content import load_content, load_skeleton
from cms.demo.procedures import load_procedures
from cms.models import AlertBanner, EditorialPage, FeaturedPage, HomePage, NewsPage
from procedures.models import ProcedurePage

ADDRESSES = [
    "/",
    "/demarches/",
    "/actualites/",
    "/aide/",
    "/contact/",
    "/accessibilite/",
    "/mentions-legales/",
    "/cookies/",
    "/donnees-personnelles/",
    "/plan-du-site/",
    "/recherche/",
]
# Pages that others create: the resident's space, the accounts.
ELSEWHERE = ("/mon-compte/", "/connexion/", "/creer-un-compte/", "/admin/", "/media/", "/static/")


@pytest.fixture
def hostname(settings):
    settings.PORTAL_URL = "http://testserver"


def links_of(html):
    return {link.split("#")[0] for link in re.findall(r'(?:href|action)="(/[^"]*)"', html)}


def crawl(client):
    """Return {address: HTML} of every public page that a visitor reaches from the home page."""
    wanted, found = {"/"}, {}
    while wanted:
        path = wanted.pop()
        response = client.get(path)
        assert response.status_code == 200, path
        if not response["Content-Type"].startswith("text/html"):
            continue
        found[path] = response.content.decode().replace("\u00a0", " ")
        wanted |= {link for link in links_of(found[path]) if not link.startswith(ELSEWHERE)} - set(found)
    return found


def test_a_new_portal_has_every_address_and_running_it_again_keeps_what_staff_wrote(client, db, hostname):
    home = load_skeleton()
    for address in ADDRESSES:
        assert client.get(address).status_code == 200, address
    count = Page.objects.count()
    legal = Page.objects.get(slug="mentions-legales")
    legal.title = "Mentions"
    legal.save()
    HomePage.objects.filter(pk=home.pk).update(hero_title="Bienvenue")
    load_skeleton()
    assert Page.objects.count() == count
    assert Page.objects.get(slug="mentions-legales").title == "Mentions"
    assert HomePage.objects.get().hero_title == "Bienvenue"
    assert Site.objects.get().root_page_id == home.pk
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_demonstration_is_whole_and_loading_it_twice_changes_nothing(client, db, hostname):
    load_content()
    before = set(Page.objects.values_list("pk", "latest_revision_id")), AlertBanner.objects.count()
    load_content()
    assert (set(Page.objects.values_list("pk", "latest_revision_id")), AlertBanner.objects.count()) == before
    assert Page.find_problems() == ([], [], [], [], [])

    pages = crawl(client)
    assert set(ADDRESSES) <= set(pages)
    assert NewsPage.objects.live().count() >= 6
    assert ProcedurePage.objects.live().count() >= 10
    assert sum("/aide/" in path for path in pages) >= 13
    assert [str(row.page) for row in FeaturedPage.objects.order_by("sort_order")] == [
        "J’emménage",
        "Je relève mon compteur",
        "Réserver la cantine",
        "Payer une facture",
    ]
    assert "Coupure d’eau à Octon" in pages["/"]
    for path, html in pages.items():
        assert html.count("<h1") == 1, path
        assert "À compléter" not in html or path == "/donnees-personnelles/", path
        assert " '" not in re.sub(r"<script.*?</script>|<meta name=\"htmx.*?>", "", html), path
    for page in Page.objects.exclude(depth=1).specific():
        assert isinstance(page, EditorialPage)
        page.full_clean()
        for field in ("body", "answer"):
            if stream := getattr(page, field, None):
                stream.stream_block.clean(stream)


def test_each_procedure_of_the_demonstration_is_done_online_and_names_who_answers(client, db, hostname):
    load_content()
    load_procedures()
    named = {
        "reserver-la-cantine": "Enfance et famille",
        "demander-une-subvention": "Vie associative",
        "poser-une-question": "Accueil du Pays de Garance",
        "je-demenage": "Eau et assainissement",
    }
    for page in ProcedurePage.objects.live():
        html = client.get(page.get_url()).text
        assert "ne se fait pas encore en ligne" not in html, page.slug
        if page.slug in named:
            assert f"<h2>{named[page.slug]}</h2>" in html, page.slug


def test_home_of_the_demonstration_weighs_and_asks_little(client, db, hostname):
    from django.db import connection

    load_content()
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/")
    assert len(queries) <= 26
    assert len(page.content) < 40_000

"""The home page: hero, « Démarches à la Une », alerts, news."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.models import FeaturedPage, HomePage
from tests.factories.cms import AlertBannerFactory, NewsPageFactory, StandardPageFactory
from tests.factories.procedures import ProcedurePageFactory


def feature(home, *pages):
    """Put `pages` « à la Une », in this order."""
    home = HomePage.objects.get(pk=home.pk)
    home.featured = [FeaturedPage(page=page, sort_order=order) for order, page in enumerate(pages)]
    home.save_revision().publish()


def tiles(client):
    return [tile["title"] for tile in client.get("/").context["tiles"]]


def home_form(home, featured):
    """What the editor's form of the home page posts: the rows of before taken away, and `featured` in this order."""
    before = [{"id": row.pk, "page": row.page_id, "DELETE": "on", "ORDER": ""} for row in home.featured.all()]
    rows = [
        {"page": page.pk, "title": "", "text": text, "icon": "", "ORDER": order}
        for order, (page, text) in enumerate(featured, 1)
    ]
    return nested_form_data(
        {
            "title": home.title,
            "slug": home.slug,
            "summary": "",
            "icon": home.icon,
            "hero_title": home.hero_title,
            "hero_text": "",
            "hero_image": "",
            "search_hint": "",
            "featured_title": home.featured_title,
            "news_title": home.news_title,
            "news_count": "3",
            "body": streamfield([]),
            "featured": inline_formset(before + rows, initial=len(before)),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )


def test_s2_12_a_visitor_sees_what_communication_put_a_la_une_in_their_order(home, procedure_index, staff, client):
    move = ProcedurePageFactory(parent=procedure_index, title="J’emménage", icon="home-modern", summary="5 minutes.")
    pay = ProcedurePageFactory(parent=procedure_index, title="Payer une facture")
    read = ProcedurePageFactory(parent=procedure_index, title="Je relève mon compteur")
    feature(home, move, pay)
    assert tiles(client) == ["J’emménage", "Payer une facture"]

    staff("Communication")
    response = client.post(
        reverse("wagtailadmin_pages:edit", args=[home.pk]),
        home_form(HomePage.objects.get(pk=home.pk), [(read, "Jusqu’au 12 décembre."), (move, "")]),
    )
    assert response.status_code == 302, response.context["form"].errors
    client.logout()

    page = client.get("/")
    assert [(tile["title"], tile["text"], tile["icon"]) for tile in page.context["tiles"]] == [
        ("Je relève mon compteur", "Jusqu’au 12 décembre.", "document-text"),
        ("J’emménage", "5 minutes.", "home-modern"),
    ]
    html = page.content.decode()
    assert html.index("Je relève mon compteur") < html.index("J’emménage")
    assert "Payer une facture" not in html


def test_s2_12_at_least_one_and_at_most_eight_pages_are_featured(home, procedure_index, staff, client):
    pages = [ProcedurePageFactory(parent=procedure_index) for _ in range(9)]
    staff("Communication")
    url = reverse("wagtailadmin_pages:edit", args=[home.pk])
    for chosen in ([], pages):
        response = client.post(url, home_form(home, [(page, "") for page in chosen]))
        assert response.status_code == 200
        assert response.context["form"].formsets["featured"].non_form_errors()


def test_an_unpublished_page_is_no_longer_a_tile(client, home, procedure_index):
    gone, there = ProcedurePageFactory(parent=procedure_index), ProcedurePageFactory(parent=procedure_index)
    feature(home, gone, there)
    gone.unpublish()
    assert tiles(client) == [there.title]


def test_home_shows_the_last_three_news_the_newest_first(client, home, news_index):
    for days, title in ((3, "Ancienne"), (1, "Récente"), (9, "Oubliée"), (2, "Moyenne")):
        NewsPageFactory(parent=news_index, title=title, date=date(2026, 11, 22) - timedelta(days=days))
    NewsPageFactory(parent=news_index, title="Brouillon", live=False)
    assert [article.title for article in client.get("/").context["news"]] == ["Récente", "Moyenne", "Ancienne"]


def test_home_of_an_empty_site_is_whole(client, home):
    page = client.get("/")
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    assert 'role="search"' in page.content.decode()


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [(-2, 2, True), (-2, None, True), (1, 2, False), (-2, -1, False)],
    ids=["under way", "without an end", "to come", "over"],
)
def test_an_alert_shows_on_home_and_on_every_public_page_between_its_dates(client, home, starts, ends, shown):
    StandardPageFactory(parent=home, title="Mentions légales", slug="mentions-legales")
    now = timezone.now()
    alert = AlertBannerFactory(
        title="Coupure d’eau à Octon",
        starts_at=now + timedelta(hours=starts),
        ends_at=ends and now + timedelta(hours=ends),
    )
    for path in ("/", "/mentions-legales/", "/recherche/"):
        assert (alert.title in client.get(path).content.decode()) is shown, path


def test_an_alert_is_over_at_its_very_end(home):
    from cms.models import AlertBanner

    alert = AlertBannerFactory()
    assert list(AlertBanner.objects.current(alert.starts_at)) == [alert]
    assert list(AlertBanner.objects.current(alert.ends_at - timedelta(seconds=1))) == [alert]
    assert list(AlertBanner.objects.current(alert.ends_at)) == []


def test_the_gravest_alert_comes_first(client, home):
    for tone in ("info", "danger", "warning"):
        AlertBannerFactory(tone=tone)
    assert [alert.tone for alert in client.get("/").context["alerts"]] == ["danger", "warning", "info"]


def test_home_makes_as_many_queries_with_three_rows_as_with_one(
    client, home, news_index, procedure_index, portal_image, sql_count
):
    def add():
        NewsPageFactory(parent=news_index, image=portal_image())
        AlertBannerFactory()
        return ProcedurePageFactory(parent=procedure_index)

    def count():
        client.get("/")  # renditions and content types are made once
        return sql_count(lambda: client.get("/"))

    feature(home, first := add())
    one = count()
    feature(home, first, add(), add())
    assert count() == one
    assert one <= 25

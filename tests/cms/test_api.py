"""The API: public pages, images, documents, hours, alerts; nothing of residents, ever."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from cms.models import PortalDocument, public_page_types
from portal_pages.models import ContractsPage, DashboardPage
from tests.factories.cms import (
    AlertBannerFactory,
    NewsPageFactory,
    OpeningHoursFactory,
    PageFactory,
    StandardPageFactory,
)
from tests.factories.procedures import ProcedurePageFactory

SECRETS = ["Tournesol", "alice@example.test", "12 rue des Tilleuls"]


def put(model, **fields):
    return type("F", (PageFactory,), {"Meta": type("Meta", (), {"model": model})})(**fields)


@pytest.fixture
def leaks(home, alice):
    """What could leak: a draft, a private page, the resident's space, a private collection, a resident."""
    StandardPageFactory(parent=home, title="Tournesol brouillon", live=False)
    private = StandardPageFactory(parent=home, title="Tournesol réservé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    StandardPageFactory(parent=private, title="Tournesol sous réservé")
    dashboard = put(DashboardPage, parent=home, title="Tournesol tableau", slug="mon-compte")
    put(ContractsPage, parent=dashboard, title="Tournesol contrats", slug="contrats")
    AlertBannerFactory(title="Tournesol à venir", starts_at=timezone.now() + timedelta(hours=1), ends_at=None)
    collection = Collection.objects.get(depth=1).add_child(name="Interne")
    CollectionViewRestriction.objects.create(collection=collection, restriction_type=CollectionViewRestriction.LOGIN)
    PortalDocument.objects.create(title="Tournesol", file=ContentFile(b"x", "a.pdf"), collection=collection)
    return dashboard


def crawl(client, start="/api/v2/pages/"):
    """Return every JSON answer reached from the lists, with all fields, by the links they hold."""
    lists = ["pages", "images", "documents", "opening-hours", "alerts"]
    wanted = [f"/api/v2/{name}/?fields=*" for name in lists] + [f"/api/v2/{name}/?limit=50" for name in lists]
    seen, answers = set(), {}
    while wanted:
        url = wanted.pop()
        if url in seen:
            continue
        seen.add(url)
        response = client.get(url)
        assert response.status_code == 200, (url, response.content)
        answers[url] = response.json()
        wanted += [link.split("testserver", 1)[-1] for link in _links(response.json())]
    return answers


def _links(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "detail_url" and item:
                yield item if "?" in item else f"{item}?fields=*"
            else:
                yield from _links(item)
    elif isinstance(value, list):
        for item in value:
            yield from _links(item)


def test_a_crawl_of_everything_never_meets_private_or_resident_data(client, leaks, home, news_index, portal_image):
    NewsPageFactory(parent=news_index, title="Nouvelle publique", image=portal_image())
    AlertBannerFactory(title="Alerte publique")
    OpeningHoursFactory(name="Accueil public")
    PortalDocument.objects.create(title="Document public", file=ContentFile(b"x", "b.pdf"))
    answers = crawl(client)
    text = str(answers)
    for public in ("Nouvelle publique", "Alerte publique", "Accueil public", "Document public", "Rivière"):
        assert public in text
    for secret in SECRETS:
        assert secret not in text
    assert len(answers) >= 12


@pytest.mark.parametrize(
    "query",
    [
        "type=portal_pages.DashboardPage",
        "type=portal_pages.ContractsPage&fields=*",
        "type=wagtailcore.Page&fields=*",
        "search=Tournesol",
        "descendant_of={space}",
        "child_of={space}",
        "fields=*,parent(*)&limit=50",
        "order=-id&fields=_,title&limit=50",
        "type=accounts.User",
    ],
)
def test_no_parameter_opens_the_residents_space(client, leaks, query):
    response = client.get(f"/api/v2/pages/?{query.format(space=leaks.pk)}")
    assert response.status_code in (200, 400)
    assert "ournesol" not in response.content.decode().replace("Tournesol doesn", "")
    assert client.get(f"/api/v2/pages/{leaks.pk}/").status_code == 404
    assert client.get("/api/v2/pages/find/?html_path=mon-compte/").status_code == 404
    assert client.get("/api/v2/pages/find/?html_path=mon-compte/contrats/").status_code == 404


def test_pages_are_listed_with_the_fields_of_their_type(client, home, procedure_index):
    ProcedurePageFactory(parent=procedure_index, title="J’emménage", duration="5 minutes", cost="Gratuit")
    [item] = client.get("/api/v2/pages/?type=procedures.ProcedurePage&fields=*").json()["items"]
    assert (item["title"], item["summary"], item["duration"]) == (
        "J’emménage",
        "Ce que l’on peut demander.",
        "5 minutes",
    )
    assert item["meta"]["html_url"] == "http://testserver/demarches/jemmenage/"


@pytest.mark.parametrize("model", public_page_types(), ids=lambda model: model.__name__)
def test_each_public_type_can_be_asked_with_all_its_fields(client, home, model):
    response = client.get(f"/api/v2/pages/?type={model._meta.label}&fields=*")
    assert response.status_code == 200, response.content


def test_hours_say_whether_it_is_open_now(client, home):
    OpeningHoursFactory(name="Accueil")
    [item] = client.get("/api/v2/opening-hours/").json()["items"]
    assert item["kind"] == "desk"
    assert item["is_open"] in (True, False)
    assert item["week"][0] == {"weekday": 0, "opens": "08:00", "closes": "12:30"}
    assert item["exceptional"] == []


def test_alerts_are_those_of_now_with_their_link(client, home):
    AlertBannerFactory(title="Coupure", linked_page=StandardPageFactory(parent=home, slug="travaux"))
    AlertBannerFactory(title="Finie", ends_at=timezone.now() - timedelta(minutes=1))
    [item] = client.get("/api/v2/alerts/").json()["items"]
    assert item["title"] == "Coupure"
    assert item["link"] == {"url": "/travaux/", "label": "En savoir plus"}


def test_the_api_reads_only(client, home):
    for method in (client.post, client.put, client.patch, client.delete):
        assert method("/api/v2/pages/").status_code in (403, 404, 405)


@pytest.mark.parametrize("name", ["pages", "opening-hours", "alerts"])
def test_as_many_queries_with_three_rows_as_with_one(client, home, sql_count, name):
    def add():
        StandardPageFactory(parent=home)
        OpeningHoursFactory()
        AlertBannerFactory()

    add()
    url = f"/api/v2/{name}/"
    client.get(url)
    one = sql_count(lambda: client.get(url))
    add(), add()
    assert sql_count(lambda: client.get(url)) == one

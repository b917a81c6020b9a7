"""The search of the portal: what it finds, how it says it, and what it never shows."""

import pytest
from wagtail.models import PageViewRestriction

from cms.demo.tree import stream
from tests.factories.cms import HelpPageFactory, NewsPageFactory, StandardPageFactory
from tests.factories.procedures import ProcedurePageFactory


@pytest.fixture
def site(home, help_index, news_index, procedure_index):
    ProcedurePageFactory(parent=procedure_index, title="Dégrèvement pour fuite", summary="Plafonner une facture.")
    HelpPageFactory(
        parent=help_index,
        title="Comment savoir si j’ai une fuite ?",
        answer=stream([("step", {"title": "Relevez l’index", "text": "<p>Le soir, puis le matin.</p>", "tip": ""})]),
    )
    NewsPageFactory(parent=news_index, title="La campagne de relève commence", summary="Jusqu’au 12 décembre.")
    return home


def search(client, query, **parameters):
    return client.get("/recherche/", {"q": query, **parameters})


def titles(client, query):
    return [str(result["title"]).replace("\u00a0", " ") for result in search(client, query).context["results"]]


def plain(client, query):
    return [title.replace("<mark>", "").replace("</mark>", "") for title in titles(client, query)]


def test_it_finds_help_news_and_procedures_and_says_which_is_which(client, site):
    results = search(client, "fuites").context["results"]
    assert {(result["kind"]) for result in results} == {"Démarche", "Aide"}
    assert [r["kind"] for r in search(client, "campagne").context["results"]] == ["Actualité"]


@pytest.mark.parametrize("query", ["degrevement", "DÉGRÈVEMENT", "dégrèvements fuites", "  dégrèvement   fuite "])
def test_accents_case_plurals_and_spaces_do_not_matter(client, site, query):
    assert plain(client, query) == ["Dégrèvement pour fuite"]


def test_little_words_do_not_matter_and_all_the_others_must_be_there(client, site):
    assert plain(client, "la campagne de ma relève") == ["La campagne de relève commence"]
    assert plain(client, "campagne chocolat") == []


def test_a_word_of_the_title_weighs_more_than_one_of_the_body(client, home):
    words = "<p>" + "Un mot après l’autre. " * 5 + "</p>"
    StandardPageFactory(parent=home, title="Autre chose", body=stream([("text", f"{words}<p>Le compteur.</p>")]))
    StandardPageFactory(parent=home, title="Le compteur", body=stream([("text", words)]))
    assert plain(client, "compteur") == ["Le compteur", "Autre chose"]


def test_matches_are_marked_in_title_and_excerpt_and_nothing_of_the_query_is_html(client, site):
    html = search(client, "index").content.decode()
    assert "<mark>index</mark>" in html
    attack = search(client, '<script>alert("fuite")</script>').content.decode()
    assert "<script>alert" not in attack


def test_nothing_found_gives_hints(client, site):
    html = search(client, "zzz").content.decode()
    assert "Aucun résultat" in html
    assert "Vérifiez l’orthographe" in html


@pytest.mark.parametrize("query", ["", "   ", "le la", "'", '"', "%", "a' OR 1=1 --", "((", "*", "x" * 500, "\x00"])
def test_no_query_breaks_it(client, site, query):
    assert search(client, query).status_code == 200


def test_results_are_paged(client, home):
    for n in range(12):
        StandardPageFactory(parent=home, title=f"Compteur {n}")
    first = search(client, "compteur")
    assert first.context["total"] == 12
    assert len(first.context["results"]) == 10
    assert len(search(client, "compteur", page=2).context["results"]) == 2
    assert search(client, "compteur", page="abc").status_code == 200


def test_drafts_private_pages_and_the_residents_space_are_never_found(client, home):
    from portal_pages.models import DashboardPage
    from tests.factories.cms import PageFactory

    def dashboard(**fields):
        return type("F", (PageFactory,), {"Meta": type("Meta", (), {"model": DashboardPage})})(**fields)

    StandardPageFactory(parent=home, title="Tournesol public")
    StandardPageFactory(parent=home, title="Tournesol brouillon", live=False)
    private = StandardPageFactory(parent=home, title="Tournesol réservé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    dashboard(parent=home, title="Tournesol du compte", slug="mon-compte")
    assert plain(client, "tournesol") == ["Tournesol public"]


def test_a_page_changed_or_unpublished_is_found_accordingly(client, home):
    page = StandardPageFactory(parent=home, title="Ancien mot")
    page.title = "Nouveau terme"
    page.save_revision().publish()
    assert plain(client, "ancien") == []
    assert plain(client, "terme") == ["Nouveau terme"]
    page.unpublish()
    assert plain(client, "terme") == []


def test_as_many_queries_with_three_results_as_with_one(client, home, sql_count):
    def count():
        search(client, "compteur")
        return sql_count(lambda: search(client, "compteur"))

    StandardPageFactory(parent=home, title="Compteur")
    one = count()
    StandardPageFactory(parent=home, title="Compteur bis"), StandardPageFactory(parent=home, title="Compteur ter")
    assert count() == one


@pytest.mark.postgres
def test_postgresql_finds_the_same(client, site):
    assert plain(client, "degrevements") == ["Dégrèvement pour fuite"]
    assert plain(client, "relevez index") == ["Comment savoir si j’ai une fuite ?"]

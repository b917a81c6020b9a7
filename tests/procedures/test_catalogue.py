"""The catalogue of procedures, and the page that describes one."""

import pytest
from django.core.exceptions import ValidationError

from procedures.models import ProcedurePage
from tests.factories.cms import ContactPointFactory, StandardPageFactory
from tests.factories.procedures import ProcedurePageFactory, ProcedureThemeFactory, SituationFactory


@pytest.fixture
def catalogue(procedure_index):
    water, family = ProcedureThemeFactory(name="Eau", slug="eau"), ProcedureThemeFactory(name="Enfance", slug="enfance")
    move = SituationFactory(name="J’emménage", slug="j-emmenage")
    SituationFactory(name="Personne", slug="personne")
    ProcedurePageFactory(parent=procedure_index, title="Ouvrir un compteur", themes=[water], situations=[move])
    ProcedurePageFactory(parent=procedure_index, title="Dégrèvement pour fuite", themes=[water])
    ProcedurePageFactory(parent=procedure_index, title="Réserver la cantine", themes=[family], situations=[move])
    ProcedurePageFactory(parent=procedure_index, title="Poser une question")
    ProcedurePageFactory(parent=procedure_index, title="Brouillon", themes=[water], live=True).unpublish()
    return procedure_index


def titles(client, **query):
    return [page.title for page in client.get("/demarches/", query).context["procedures"]]


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


def test_the_catalogue_is_by_theme_with_what_has_none_at_the_end(client, catalogue):
    page = client.get("/demarches/")
    groups = [(str(theme), [p.title for p in pages]) for theme, pages in page.context["groups"]]
    assert groups == [
        ("Eau", ["Dégrèvement pour fuite", "Ouvrir un compteur"]),
        ("Enfance", ["Réserver la cantine"]),
        ("None", ["Poser une question"]),
    ]
    assert "Autres démarches" in text_of(page)


def test_by_theme_by_situation_by_words_and_all_together(client, catalogue):
    assert titles(client, theme="eau") == ["Dégrèvement pour fuite", "Ouvrir un compteur"]
    assert titles(client, situation="j-emmenage") == ["Ouvrir un compteur", "Réserver la cantine"]
    assert titles(client, theme="eau", situation="j-emmenage") == ["Ouvrir un compteur"]
    assert titles(client, q="degrevements fuites") == ["Dégrèvement pour fuite"]
    assert titles(client, q="compteur", theme="enfance") == []


@pytest.mark.parametrize("query", ["déménagement", "demenag", "dem", "déménagement cantine"])
def test_a_word_begun_or_of_the_same_family_finds_what_the_words_alone_do_not(client, catalogue, query):
    """« déménagement » is an example that the page itself gives."""
    ProcedurePageFactory(parent=catalogue, title="Je déménage", summary="Fermer le compteur à votre départ.")
    assert titles(client, q=query) == (["Je déménage"] if query in ("déménagement", "demenag") else [])


def test_a_situation_without_a_procedure_is_not_proposed(client, catalogue):
    assert [str(s) for s in client.get("/demarches/").context["situations"]] == ["J’emménage"]


@pytest.mark.parametrize("query", [{"theme": "inconnu"}, {"situation": "'"}, {"q": "\x00"}, {"q": "((*"}])
def test_no_parameter_breaks_it(client, catalogue, query):
    assert client.get("/demarches/", query).status_code == 200


def test_nothing_found_and_nothing_published_say_what_to_do(client, catalogue):
    assert "Aucune démarche ne correspond" in text_of(client.get("/demarches/", {"q": "zzz"}))
    for page in ProcedurePage.objects.all():
        page.delete()
    assert "Le catalogue se prépare" in text_of(client.get("/demarches/"))


def test_a_procedure_says_for_whom_what_it_takes_and_who_answers(client, procedure_index):
    page = ProcedurePageFactory(
        parent=procedure_index,
        title="J’emménage",
        for_whom="<p>Vous entrez dans un logement.</p>",
        duration="5 minutes",
        answer_time="Sous 2 jours",
        cost="46,20 €",
        documents="<ul><li>Une pièce d’identité</li></ul>",
        at_desk="<p>Sans rendez-vous.</p>",
        by_post="<p>4 place du Lavoir.</p>",
        legal_notice="<p>Gardé un an.</p>",
        contact=ContactPointFactory(),
    )
    html = text_of(client.get(page.url))
    for expected in (
        "Vous entrez dans un logement.",
        "5 minutes",
        "Sous 2 jours",
        "46,20 €",
        "Une pièce d’identité",
        "Sans rendez-vous.",
        "4 place du Lavoir.",
        "Gardé un an.",
        "Eau et assainissement",
        "0 800 00 00 17",
    ):
        assert expected in html


def test_the_button_stands_only_where_the_procedure_is_online(client, procedure_index):
    offline = ProcedurePageFactory(parent=procedure_index)
    assert "Commencer" not in text_of(client.get(offline.url))
    assert "ne se fait pas encore en ligne" in text_of(client.get(offline.url))
    online = ProcedurePageFactory(parent=procedure_index, online_url="/mon-compte/factures/", online_label="Payer")
    assert 'href="/mon-compte/factures/">Payer' in text_of(client.get(online.url))


def test_a_page_wins_over_an_address_and_an_unpublished_one_gives_no_button(client, procedure_index):
    target = StandardPageFactory(parent=procedure_index.get_parent(), slug="formulaire")
    page = ProcedurePageFactory(parent=procedure_index, online_page=target)
    assert 'href="/formulaire/">Commencer' in text_of(client.get(page.url))
    target.unpublish()
    assert "Commencer" not in text_of(client.get(page.url))


def test_as_many_queries_with_three_procedures_as_with_one(client, procedure_index, sql_count):
    theme = ProcedureThemeFactory()

    def count():
        client.get("/demarches/")
        return sql_count(lambda: client.get("/demarches/"))

    first = ProcedurePageFactory(parent=procedure_index, themes=[theme], contact=ContactPointFactory())
    one, detail = count(), sql_count(lambda: client.get(first.url))
    detail = sql_count(lambda: client.get(first.url))
    for _ in range(2):
        ProcedurePageFactory(parent=procedure_index, themes=[theme])
    assert count() == one
    assert sql_count(lambda: client.get(first.url)) == detail


def test_an_address_that_the_portal_uses_is_refused(procedure_index):
    """Under /demarches/ the follow-up comes before the pages: a procedure there would never be seen."""
    page = ProcedurePageFactory(parent=procedure_index)
    page.slug = "suivi"
    with pytest.raises(ValidationError, match="choisissez-en une autre"):
        page.full_clean()

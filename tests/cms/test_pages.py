"""Every page type: it renders, in French, with one h1, and says what it is for."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.models import Page

from cms.demo.tree import stream
from cms.models import (
    AccessibilityPage,
    Conformity,
    ContactLine,
    ContactPage,
    CookiesPage,
    ExceptionalDate,
    OpeningRange,
    PublicHoliday,
    SectionPage,
    SiteMapPage,
    public_page_types,
)
from tests.factories.cms import (
    ContactPointFactory,
    HelpPageFactory,
    HelpSubjectFactory,
    NewsPageFactory,
    OpeningHoursFactory,
    PageFactory,
    StandardPageFactory,
)


def put(model, parent, **fields):
    """A page of any type under `parent`."""
    return type(f"{model.__name__}Factory", (PageFactory,), {"Meta": type("Meta", (), {"model": model})})(
        parent=parent, **fields
    )


def text_of(response):
    return response.content.decode().replace("\u00a0", " ")


# Contact and hours ---------------------------------------------------------------------------------------------------


@pytest.fixture
def contact_page(home):
    page = put(ContactPage, home, title="Contact", slug="contact")
    page.contacts = [ContactLine(contact=ContactPointFactory())]
    page.save_revision().publish()
    return ContactPage.objects.get(pk=page.pk)


def test_s0_16_contact_gives_address_free_number_email_and_both_hours_apart(client, contact_page):
    html = text_of(client.get("/contact/"))
    for expected in (
        "4 place du Lavoir",
        'href="tel:0800000017"',
        "Numéro vert",
        'href="mailto:eau@garance.example"',
        "Accueil du public",
        "Accueil téléphonique",
        "8 h – 12 h 30 et 14 h – 17 h",
    ):
        assert expected in html
    assert html.index("Accueil du public") < html.index("Accueil téléphonique")


@pytest.mark.parametrize(
    ("moment", "desk", "telephone"),
    [
        ((2026, 11, 23, 9, 0), "Ouvert en ce moment, jusqu’à 12 h 30", "Ouvert en ce moment, jusqu’à 12 h 30"),
        ((2026, 11, 23, 15, 0), "Fermé, ouvre demain à 8 h", "Ouvert en ce moment, jusqu’à 17 h"),
        ((2026, 11, 28, 9, 0), "Fermé, ouvre lundi à 8 h", "Fermé, ouvre lundi à 8 h"),
    ],
)
def test_s0_16_the_desk_and_the_telephone_are_open_or_closed_each_on_its_own(contact_page, moment, desk, telephone):
    now = timezone.make_aware(timezone.datetime(*moment))
    [(_, cards)] = contact_page.get_cards(now)
    assert [card["status"].sentence.replace("\u00a0", " ") for card in cards] == [desk, telephone]


def test_s0_16_public_holidays_typed_by_staff_close_every_desk_but_a_stand_by(db):
    PublicHoliday.objects.create(date=date(2026, 11, 23), name="Fête du village")
    desk, stand_by = OpeningHoursFactory(), OpeningHoursFactory(open_on_holidays=True)
    now = timezone.make_aware(timezone.datetime(2026, 11, 23, 9))
    assert not desk.card(now)["status"].is_open
    assert desk.card(now)["status"].reason == "Fête du village"
    assert stand_by.card(now)["status"].is_open


def test_exceptional_hours_win_over_a_holiday(db):
    PublicHoliday.objects.create(date=date(2026, 11, 23), name="Fête du village")
    hours = OpeningHoursFactory()
    ExceptionalDate.objects.create(hours=hours, first=date(2026, 11, 23), opens=time(9), closes=time(10))
    assert hours.card(timezone.make_aware(timezone.datetime(2026, 11, 23, 9, 30)))["status"].is_open


def test_hours_that_overlap_or_end_before_they_start_are_refused(db):
    hours = OpeningHoursFactory()
    hours.ranges = [*hours.ranges.all(), OpeningRange(weekday=0, opens=time(12), closes=time(13))]
    with pytest.raises(ValidationError, match="Deux plages du lundi se chevauchent"):
        hours.clean()
    with pytest.raises(ValidationError, match="doit suivre l’heure d’ouverture"):
        OpeningRange(hours=hours, weekday=1, opens=time(12), closes=time(8)).full_clean()
    with pytest.raises(ValidationError, match="ou aucune des deux"):
        ExceptionalDate(hours=hours, first=date(2026, 1, 1), opens=time(8)).full_clean()


def test_contact_makes_as_many_queries_with_three_services_as_with_one(client, contact_page, sql_count):
    def count():
        client.get("/contact/")  # the menu and the footer are kept from here on
        return sql_count(lambda: client.get("/contact/"))

    one = count()
    contact_page.contacts = [ContactLine(contact=ContactPointFactory(name=f"Service {n}")) for n in range(3)]
    contact_page.save_revision().publish()
    assert count() == one


# Help ----------------------------------------------------------------------------------------------------------------


def test_help_groups_questions_by_subject_in_the_editors_order(client, help_index):
    late, early = HelpSubjectFactory(name="Eau", sort_order=2), HelpSubjectFactory(name="Compte", sort_order=1)
    HelpPageFactory(parent=help_index, subject=late, title="Lire son compteur")
    HelpPageFactory(parent=help_index, subject=early, title="Créer un compte")
    HelpPageFactory(parent=help_index, subject=early, title="Brouillon", live=False)
    groups = client.get("/aide/").context["groups"]
    assert [(str(subject), [page.title for page in pages]) for subject, pages in groups] == [
        ("Compte", ["Créer un compte"]),
        ("Eau", ["Lire son compteur"]),
    ]


def test_help_has_its_own_search_that_forgives_accents_and_finds_steps(client, help_index):
    answer = stream([("step", {"title": "Notez les chiffres noirs", "text": "<p>Le relevé compte.</p>", "tip": ""})])
    HelpPageFactory(parent=help_index, title="Lire son compteur", answer=answer)
    HelpPageFactory(parent=help_index, title="Créer un compte")
    for query in ("releves", "chiffre noir", "COMPTEURS"):
        page = client.get("/aide/", {"q": query})
        assert [found.title for found in page.context["found"]] == ["Lire son compteur"], query
    assert "Aucune réponse" in text_of(client.get("/aide/", {"q": "zzz"}))
    assert client.get("/aide/", {"q": "le la"}).context["found"] == []


def test_an_answer_is_an_ordered_list_of_steps_with_its_tips(client, help_index):
    steps = [("step", {"title": f"Étape {n}", "text": "", "tip": "Une lampe aide."}) for n in (1, 2)]
    alert = ("alert", {"tone": "info", "title": "", "text": "<p>Entre deux.</p>"})
    page = HelpPageFactory(parent=help_index, answer=stream([*steps, alert, steps[0]]))
    html = text_of(client.get(page.url))
    assert html.count('<ol class="walk">') == 2
    assert html.count("Astuce :") == 3


def test_help_makes_as_many_queries_with_three_questions_as_with_one(client, help_index, sql_count):
    def count():
        client.get("/aide/")
        return sql_count(lambda: client.get("/aide/"))

    HelpPageFactory(parent=help_index)
    one = count()
    HelpPageFactory(parent=help_index), HelpPageFactory(parent=help_index)
    assert count() == one


# News ----------------------------------------------------------------------------------------------------------------


def test_news_are_listed_by_page_and_by_year(client, news_index):
    for n in range(11):
        NewsPageFactory(parent=news_index, title=f"Nouvelle {n:02}", date=date(2026, 11, 1) + timedelta(days=n))
    NewsPageFactory(parent=news_index, title="Vieille", date=date(2024, 1, 1))
    first = client.get("/actualites/")
    assert [article.title for article in first.context["articles"]][:2] == ["Nouvelle 10", "Nouvelle 09"]
    assert first.context["years"] == [2026, 2024]
    assert "2 026" not in text_of(first)
    second = client.get("/actualites/", {"page": 2})
    assert [article.title for article in second.context["articles"]][-1] == "Vieille"
    assert [a.title for a in client.get("/actualites/", {"annee": "2024"}).context["articles"]] == ["Vieille"]
    for nonsense in ("abc", "1999", "٢٠٢٤", "-1"):
        assert client.get("/actualites/", {"annee": nonsense}).status_code == 200


def test_news_make_as_many_queries_with_three_articles_as_with_one(client, news_index, portal_image, sql_count):
    def count():
        client.get("/actualites/")
        return sql_count(lambda: client.get("/actualites/"))

    NewsPageFactory(parent=news_index, image=portal_image())
    one = count()
    for _ in range(2):
        NewsPageFactory(parent=news_index, image=portal_image())
    assert count() == one


def test_no_news_says_what_to_do(client, news_index):
    assert "Aucune actualité pour le moment" in text_of(client.get("/actualites/"))


# Institutional pages -------------------------------------------------------------------------------------------------


def test_s0_15_the_service_in_a_few_words_its_means_its_missions(client, home):
    section = put(SectionPage, home, title="Le service de l’eau", slug="le-service")
    for slug, title in (("mots", "En quelques mots"), ("moyens", "Nos moyens"), ("missions", "Nos missions")):
        StandardPageFactory(parent=section, title=title, slug=slug, body=stream([("text", f"<p>{title} !</p>")]))
    page = client.get("/le-service/")
    assert [tile["title"] for tile in page.context["tiles"]] == ["En quelques mots", "Nos moyens", "Nos missions"]
    for tile in page.context["tiles"]:
        assert f"<p>{tile['title']} !</p>" in text_of(client.get(tile["url"]))


def test_the_accessibility_statement_follows_the_model_of_rgaa(client, home):
    put(
        AccessibilityPage,
        home,
        title="Accessibilité",
        slug="accessibilite",
        conformity=Conformity.PARTIAL,
        rate=87,
        audited_by="un cabinet",
        established_on=date(2026, 10, 20),
        non_conformities="<p>Deux tableaux sans titre.</p>",
        contact_email="accessibilite@garance.example",
    )
    html = text_of(client.get("/accessibilite/"))
    for heading in ("État de conformité", "Résultats des tests", "Contenus non accessibles", "Voies de recours"):
        assert f"<h2>{heading}</h2>" in html
    assert "partiellement conforme" in html
    assert "87 % des critères" in html
    assert "20 octobre 2026" in html
    assert "Deux tableaux sans titre." in html
    assert "Défenseur des droits" in html
    # The law wants the state of conformity named on the home page.
    assert "Accessibilité : partiellement conforme" in text_of(client.get("/"))


def test_cookies_lists_every_cookie_that_the_portal_sets(client, home, login, alice):
    put(CookiesPage, home, title="Cookies", slug="cookies")
    page = client.get("/cookies/")
    named = {cookie["name"] for cookie in page.context["cookies"]}
    login(alice).get("/connexion/")
    assert set(client.cookies) <= named
    assert all(name in text_of(page) for name in named)


def test_the_site_map_is_a_tree_of_the_public_pages(client, home, help_index):
    HelpPageFactory(parent=help_index, title="Une question")
    HelpPageFactory(parent=help_index, title="Un brouillon", live=False)
    put(SiteMapPage, home, title="Plan du site", slug="plan-du-site")
    page = client.get("/plan-du-site/")
    tree = [
        (entry["page"].title, [child["page"].title for child in entry["children"]])
        for entry in page.context["sections"]
    ]
    assert tree == [("Aide", ["Une question"]), ("Plan du site", [])]


# All types -----------------------------------------------------------------------------------------------------------


def test_an_empty_page_of_each_type_renders_and_validates(client, home, help_index, news_index, procedure_index):
    parents = {"NewsPage": news_index, "HelpPage": help_index, "ProcedurePage": procedure_index}
    seen = set()
    for model in public_page_types():
        if model.objects.exists():
            page = model.objects.first()
        else:
            needed = {"subject": HelpSubjectFactory()} if model.__name__ == "HelpPage" else {}
            page = put(model, parents.get(model.__name__, home), title=f"Type {model.__name__}", **needed)
        page.full_clean()
        response = client.get(page.url)
        html = response.content.decode()
        assert response.status_code == 200, model
        assert html.count("<h1") == 1, model
        assert '<html lang="fr">' in html
        assert f'<link rel="canonical" href="http://testserver{page.url}">' in html
        assert '<meta property="og:title"' in html
        seen.add(model.__name__)
    assert len(seen) >= 13


def test_a_title_and_summary_get_the_spaces_of_french(home):
    page = StandardPageFactory(parent=home, title="Que faire ?", summary="Appelez : c’est gratuit !")
    assert page.title == "Que faire\u00a0?"
    assert page.summary == "Appelez\u00a0: c’est gratuit\u00a0!"


def test_unpublished_and_restricted_pages_are_not_served(client, home):
    from wagtail.models import PageViewRestriction

    draft = StandardPageFactory(parent=home, slug="brouillon", live=False)
    assert client.get("/brouillon/").status_code == 404
    private = StandardPageFactory(parent=home, slug="agents", title="Réservé")
    PageViewRestriction.objects.create(page=private, restriction_type=PageViewRestriction.LOGIN)
    assert client.get("/agents/").status_code == 302
    assert Page.objects.filter(pk=draft.pk).exists()

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template, render_to_string
from django.test import RequestFactory
from django.urls import reverse

from theme.style_guide import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_examples_of_the_base_templates(client, db, name):
    html = client.get(reverse("theme:style_guide_page", args=[name])).content.decode()
    assert html.count("<h1") == 1
    assert '<html lang="fr">' in html
    if name != "courriel":
        assert "style=" not in html
        assert 'id="contenu"' in html


def test_style_guide_is_for_development_only(client, db, settings):
    assert client.get("/_composants/").status_code == 200
    settings.DEMONSTRATION = False
    assert client.get("/_composants/").status_code == 404
    assert client.get("/_composants/espace/").status_code == 404


def test_unknown_address_says_so_in_the_portals_clothes(client, db):
    response = client.get("/cette-page-n-existe-pas/")
    assert response.status_code == 404
    assert "Cette page n’existe pas" in response.content.decode()


def test_the_page_of_a_breakdown_needs_neither_database_nor_context():
    """No `db` fixture: a query would fail the test."""
    assert "Le portail est en panne" in get_template("500.html").render()


def test_a_lost_csrf_token_is_explained(db):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post("/connexion/", {"username": "x"})
    assert response.status_code == 403
    assert "Ce formulaire a expiré" in response.content.decode()


def test_errors_before_the_user_is_known_still_have_a_page(db):
    """A refusal of an early middleware comes before `request.user` and `request.profile` exist."""
    request = RequestFactory().get("/x/")
    assert "Vous n’avez pas accès" in render_to_string("403.html", request=request)


def test_a_visitor_is_offered_an_account(client, db):
    html = client.get("/_composants/").content.decode()
    assert 'href="/creer-un-compte/">Créer un compte</a>' in html
    assert 'href="/connexion/"' in html


def test_a_resident_has_a_menu_and_leaves_by_post(alice, login):
    html = login(alice).get("/_composants/").content.decode()
    assert "Créer un compte</a>" not in html
    assert 'href="/mon-compte/profil/"' in html
    assert '<form method="post" action="/deconnexion/">' in html
    assert "csrfmiddlewaretoken" in html
    assert "Espace des agents" not in html


def test_a_staff_member_finds_the_back_office(client, staff):
    staff()
    assert "Espace des agents" in client.get("/_composants/").content.decode()


def test_masthead_without_profile(db):
    request = RequestFactory().get("/")
    request.user, request.profile = AnonymousUser(), None
    assert "Connexion" in render_to_string("404.html", request=request)


def test_the_rail_marks_the_page_and_reads_its_counts(client, db):
    html = client.get("/_composants/espace/").content.decode()
    assert '<a href="#squares-2x2" aria-current="page">' in html
    assert '<span class="count">2<span class="sr"> à traiter</span></span>' in html


def test_mail_in_the_brand(db):
    html = render_to_string("theme/style_guide_mail.html")
    assert "#0f5f63" in html
    assert "http" in html
    assert "prefers-color-scheme: dark" in html
    assert "<table" not in html


def test_text_mail_starts_with_its_subject_and_is_not_escaped(db):
    from django.template import Context, Template

    source = (
        '{% extends "theme/mails/base.txt" %}{% block subject %}Votre facture n° 1{% endblock %}'
        "{% block content %}{{ name }} & fils{% endblock %}"
    )
    text = Template(source).render(Context({"name": "L'Hay <3"}))
    lines = text.splitlines()
    assert lines[0] == "Objet : Votre facture n° 1"
    assert lines[2] == "Bonjour,"
    assert lines[4] == "L'Hay <3 & fils"

"""The back office of the public site, through HTTP, as the people who use it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from cms.blocks import AnswerBlock, BodyBlock
from cms.demo.tree import stream
from cms.models import (
    AlertBanner,
    ContactPoint,
    FooterMenu,
    HeaderMenu,
    HelpSubject,
    NewsPage,
    OpeningHours,
    PortalImage,
    PublicHoliday,
)
from procedures.models import ProcedureTheme, Situation
from tests.factories.cms import AlertBannerFactory, ContactPointFactory, OpeningHoursFactory

SNIPPETS = [
    AlertBanner,
    ContactPoint,
    FooterMenu,
    HeaderMenu,
    HelpSubject,
    OpeningHours,
    PublicHoliday,
    ProcedureTheme,
    Situation,
]


def url(model, name, *args):
    return reverse(model.snippet_viewset.get_url_name(name), args=args)


@pytest.fixture
def editor(home, staff):
    return staff("Communication")


@pytest.mark.parametrize("model", SNIPPETS, ids=lambda model: model.__name__)
def test_communication_lists_and_adds_every_snippet(client, editor, model):
    assert client.get(url(model, "list")).status_code == 200
    assert client.get(url(model, "add")).status_code == 200


@pytest.mark.parametrize("model", SNIPPETS, ids=lambda model: model.__name__)
@pytest.mark.parametrize("group", ["Gestionnaire de données", "Régisseur", "Instructeur"])
def test_other_roles_do_not_edit_the_public_site(client, home, staff, model, group):
    staff(group)
    for name in ("list", "add"):
        assert client.get(url(model, name)).status_code == 302
    assert "Site public" not in client.get("/admin/").content.decode()


def test_an_alert_is_published_from_the_back_office_and_the_public_sees_it(client, editor):
    now = timezone.localtime()
    form = {
        "title": "Coupure d’eau à Octon",
        "text": '{"blocks": [{"text": "Travaux.", "type": "unstyled"}], "entityMap": {}}',
        "tone": "warning",
        "starts_at": (now - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M"),
        "ends_at": (now + timedelta(hours=5)).strftime("%Y-%m-%d %H:%M"),
        "linked_page": "",
        "link_url": "/contact/",
        "link_label": "En savoir plus",
    }
    response = client.post(url(AlertBanner, "add"), form)
    assert response.status_code == 302, response.context["form"].errors
    client.logout()
    html = client.get("/").content.decode()
    assert "Coupure d’eau à Octon" in html
    assert 'href="/contact/"' in html


def test_an_alert_that_ends_before_it_starts_or_leads_to_a_script_is_refused(client, editor):
    form = {
        "title": "Coupure",
        "text": "null",
        "tone": "warning",
        "starts_at": "2026-11-23 10:00",
        "ends_at": "2026-11-23 09:00",
        "link_url": "javascript:alert(1)",
    }
    response = client.post(url(AlertBanner, "add"), form)
    errors = str(response.context["form"].errors)
    assert "La date de fin doit suivre la date de début." in errors or "Écrivez une adresse complète" in errors
    assert not AlertBanner.objects.exists()


def test_hours_are_typed_with_their_exceptions(client, editor):
    form = nested_form_data(
        {
            "name": "Accueil de l’eau",
            "kind": "desk",
            "note": "",
            "ranges": inline_formset([{"weekday": "0", "opens": "08:00", "closes": "12:30", "ORDER": "1"}]),
            "exceptional_dates": inline_formset(
                [{"first": "2026-12-24", "last": "", "reason": "Noël", "opens": "", "closes": "", "ORDER": "1"}]
            ),
        }
    )
    response = client.post(url(OpeningHours, "add"), form)
    assert response.status_code == 302, response.context["form"].errors
    hours = OpeningHours.objects.get()
    assert hours.ranges.count() == hours.exceptional_dates.count() == 1
    assert "En ce moment" in client.get(url(OpeningHours, "list")).content.decode()


@pytest.mark.parametrize(
    "make", [AlertBannerFactory, OpeningHoursFactory, ContactPointFactory], ids=lambda f: f.__name__
)
def test_snippets_have_a_preview_in_the_portals_dress(client, editor, make):
    row = make()
    edit = url(type(row), "edit", row.pk)
    page = client.get(edit)
    assert "preview" in page.content.decode()
    response = row.make_preview_request(page.wsgi_request)
    html = response.content.decode()
    assert response.status_code == 200
    assert 'class="masthead"' in html
    assert str(getattr(row, "title", "") or row.name) in html


def test_menus_have_a_preview_that_shows_what_is_typed_not_what_is_saved(client, editor, home):
    saved = HeaderMenu.objects.create(site=home.get_site(), links=stream([("link", {"page": home.pk})]))
    saved.links = [("link", {"page": None, "url": "/aide/", "label": "Nouveau lien"})]
    html = saved.make_preview_request(client.get("/").wsgi_request).content.decode()
    assert "Nouveau lien" in html
    assert "Nouveau lien" not in client.get("/").content.decode()


def test_two_menus_of_one_site_are_refused(client, editor, home):
    HeaderMenu.objects.create(site=home.get_site(), links="[]")
    form = nested_form_data(
        {
            "site": str(home.get_site().pk),
            "links": streamfield([("link", {"page": "", "url": "/aide/", "label": "Aide"})]),
        }
    )
    assert client.post(url(HeaderMenu, "add"), form).status_code == 200
    assert HeaderMenu.objects.count() == 1


def test_communication_writes_and_publishes_an_article_with_blocks(client, editor, news_index):
    form = nested_form_data(
        {
            "title": "La campagne commence",
            "slug": "la-campagne",
            "summary": "Jusqu’au 12 décembre.",
            "icon": "newspaper",
            "date": "2026-11-20",
            "image": "",
            "body": streamfield(
                [
                    ("text", '{"blocks": [{"text": "Bonjour.", "type": "unstyled"}], "entityMap": {}}'),
                    ("figures", {"title": "En bref", "source": "", "figures": streamfield([])}),
                ]
            ),
            "comments": inline_formset([]),
            "action-publish": "1",
        }
    )
    del form["body-1-value-figures-count"]
    form |= {
        "body-1-value-figures-count": "1",
        "body-1-value-figures-0-deleted": "",
        "body-1-value-figures-0-order": "0",
        "body-1-value-figures-0-type": "item",
        "body-1-value-figures-0-value-value": "42",
        "body-1-value-figures-0-value-label": "analyses conformes",
    }
    add = reverse("wagtailadmin_pages:add", args=["cms", "newspage", news_index.pk])
    response = client.post(add, form)
    assert response.status_code == 302, response.context["form"].errors
    page = NewsPage.objects.get()
    client.logout()
    html = client.get(page.url).content.decode()
    assert "Bonjour." in html
    assert "analyses conformes" in html


def test_an_image_without_the_words_that_replace_it_is_refused(client, editor, portal_image):
    content = portal_image().file.open().read()

    def upload(description):
        file = SimpleUploadedFile("vue.jpg", content, content_type="image/jpeg")
        form = {"title": "Vue", "file": file, "description": description, "collection": "1", "tags": "", "credit": ""}
        form |= {f"focal_point_{name}": "" for name in ("x", "y", "width", "height")}
        return client.post(reverse("wagtailimages:add"), form)

    response = upload("")
    assert response.status_code == 200
    assert "description" in response.context["form"].errors
    assert upload("La rivière au matin").status_code == 302
    assert PortalImage.objects.filter(title="Vue", description="La rivière au matin").exists()


def test_communication_changes_the_branding(client, editor, home):
    edit = reverse("wagtailsettings:edit", args=["theme", "brandingsettings", home.get_site().pk])
    assert client.get(edit).status_code == 200
    assert 'name="brand_colour"' in client.get(edit).content.decode()


def test_the_home_of_the_back_office_is_parvis_with_the_everyday_gestures(client, editor, news_index):
    alert = AlertBannerFactory(title="Coupure d’eau à Octon")
    html = client.get("/admin/").content.decode()
    for expected in ("Parvis", "Démarches à la Une", "Écrire une actualité", "Publier une alerte", alert.title):
        assert expected in html
    assert "cms/admin.css" in html


@pytest.mark.parametrize("library", [BodyBlock(), AnswerBlock()], ids=["body", "answer"])
def test_every_block_has_a_description_a_group_and_a_preview(client, editor, library):
    ContactPointFactory()
    for name, block in library.child_blocks.items():
        assert block.meta.description, name
        assert block.meta.group, name
        assert block.is_previewable, name
        response = client.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
        assert response.status_code == 200, name
        assert "<h1>Error" not in response.content.decode(), name

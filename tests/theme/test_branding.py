import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Site

from theme import colours
from theme.models import DEFAULT_ACCENT, DEFAULT_BRAND, BrandingSettings

pytestmark = pytest.mark.django_db
EDIT = "/admin/settings/theme/brandingsettings/{}/"


@pytest.fixture
def site():
    return Site.objects.get(is_default_site=True)


def test_the_default_colour_passes():
    assert colours.passes(DEFAULT_BRAND)


def test_a_pale_colour_is_refused_with_the_nearest_that_passes(site):
    branding = BrandingSettings(site=site, brand_colour="#e0a12f")
    with pytest.raises(ValidationError) as error:
        branding.full_clean()
    (message,) = error.value.message_dict["brand_colour"]
    assert "2,25" in message
    nearest = colours.nearest_passing("#e0a12f")
    assert nearest in message
    branding.brand_colour = nearest
    branding.full_clean()


@pytest.mark.parametrize("wrong", ["red", "#fff", "#12345g", "#0f5f63;}body{display:none", "#0f5f63\n"])
def test_what_is_no_colour_is_refused(site, wrong):
    for field in ("brand_colour", "accent_colour"):
        with pytest.raises(ValidationError) as error:
            BrandingSettings(site=site, **{field: wrong}).full_clean()
        assert field in error.value.message_dict


def test_the_accent_is_decoration_and_may_be_pale(site):
    BrandingSettings(site=site, accent_colour="#ffe9a8").full_clean()


def test_the_back_office_refuses_a_pale_colour_and_saves_a_good_one(client, staff, site):
    staff(is_superuser=True)
    data = {
        "authority_name": "Pays de Garance",
        "portal_name": "Portail",
        "brand_colour": "#e0a12f",
        "accent_colour": "#ffffff",
        "social_links-count": "0",
    }
    url = EDIT.format(site.pk)
    refused = client.post(url, data)
    assert refused.status_code == 200
    assert colours.nearest_passing("#e0a12f") in refused.content.decode()
    saved = client.post(url, data | {"brand_colour": "#7a1f5c"})
    assert saved.status_code == 302
    assert BrandingSettings.objects.get(site=site).brand_colour == "#7a1f5c"


def test_colours_are_served_as_a_style_sheet(client, site):
    branding = BrandingSettings.objects.create(site=site, brand_colour="#7a1f5c", accent_colour="#00ffff")
    response = client.get("/marque.css", {"v": branding.colours_version})
    assert response["Content-Type"].startswith("text/css")
    assert response.content.decode() == ":root { --brand: #7a1f5c; --accent: #00ffff; }\n"
    assert "immutable" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


def test_an_unknown_version_is_not_kept_for_long(client, site):
    """An old page asks for an old version: its answer must not stay under that name for a year."""
    assert client.get("/marque.css", {"v": "old"})["Cache-Control"] == "public, max-age=60"


def test_the_version_changes_with_the_colours(site):
    first, second = BrandingSettings(site=site), BrandingSettings(site=site, brand_colour="#7a1f5c")
    assert first.colours_version != second.colours_version


def test_defaults_serve_when_nothing_was_set_and_nothing_is_written(client):
    assert DEFAULT_BRAND in client.get("/marque.css").content.decode()
    assert DEFAULT_ACCENT in client.get("/marque.svg").content.decode()
    assert client.get(reverse("theme:style_guide")).status_code == 200
    assert not BrandingSettings.objects.exists()


def test_a_page_reads_the_branding_once(client, site):
    BrandingSettings.objects.create(site=site, authority_name="Pays de Garance", phone="04 00 00 00 00")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(reverse("theme:style_guide"))
    assert "Pays de Garance" in response.content.decode()
    assert sum("theme_brandingsettings" in query["sql"] for query in queries) == 1


def test_colours_are_served_while_the_database_is_away(client):
    """The page of a breakdown asks for them; its answer is not kept."""

    def away(*_arguments):
        raise OperationalError("the database is away")

    with connection.execute_wrapper(away):
        response = client.get("/marque.css")
    assert DEFAULT_BRAND in response.content.decode()
    assert response["Cache-Control"] == "no-store"


def test_two_sites_have_two_brands(client, site):
    other = Site.objects.create(hostname="other.example.test", port=80, root_page=site.root_page)
    BrandingSettings.objects.create(site=site, brand_colour="#7a1f5c")
    BrandingSettings.objects.create(site=other, brand_colour="#1f3a7a")
    assert "#7a1f5c" in client.get("/marque.css").content.decode()

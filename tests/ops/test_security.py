"""Headers of every answer, on the public site and in the back office."""

import pytest

pytestmark = pytest.mark.django_db


def policy(response):
    directives = (part.strip().split(" ") for part in response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in directives}


def test_public_pages_forbid_inline_code_and_other_hosts(client):
    directives = policy(client.get("/connexion/"))
    assert directives["default-src"] == ["'none'"]
    assert directives["object-src"] == ["'none'"]
    assert directives["frame-ancestors"] == ["'self'"]
    for name in ("script-src", "style-src"):
        assert directives[name][0] == "'self'"
        assert "'unsafe-inline'" not in directives[name]


def test_back_office_alone_allows_what_its_editor_needs(client, staff):
    staff("Communication")
    response = client.get("/admin/")
    assert response.status_code == 200
    assert "'unsafe-inline'" in policy(response)["script-src"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "SAMEORIGIN"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ],
)
def test_security_headers(client, header, value):
    assert client.get("/connexion/")[header] == value


def test_an_unknown_host_is_refused(client):
    assert client.get("/connexion/", headers={"host": "evil.example"}).status_code == 400

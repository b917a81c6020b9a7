"""The resident's space: who enters, what the dashboard and the rail show, and at what cost."""

import pytest

pytestmark = pytest.mark.django_db
PAGES = ["/mon-compte/", "/mon-compte/contrats/", "/mon-compte/consommations/", "/mon-compte/profil/"]


@pytest.mark.parametrize("url", PAGES)
def test_each_page_answers(dashboard, login, alice, url):
    response = login(alice).get(url)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]

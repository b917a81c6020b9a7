"""The public site of the demonstration in Chromium: axe, reflow, weight, and life without JavaScript."""

import pytest
from playwright.sync_api import expect

from cms.demo.content import load_content
from tests.browser import DESKTOP, PHONE, assert_fits

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
ADDRESSES = [
    "/",
    "/demarches/",
    "/demarches/?situation=je-suis-parent",
    "/demarches/degrevement-pour-fuite/",
    "/demarches/payer-une-facture/",
    "/actualites/",
    "/actualites/le-tarif-de-l-eau-change/",
    "/aide/",
    "/aide/?q=fuite",
    "/aide/lire-son-compteur/",
    "/contact/",
    "/accessibilite/",
    "/cookies/",
    "/donnees-personnelles/",
    "/plan-du-site/",
    "/le-service/en-quelques-mots/",
    "/recherche/?q=facture",
    "/recherche/?q=zzz",
]


def test_every_public_page_is_accessible_reflows_and_weighs_little(live_server, settings, open_page, accessible):
    settings.PORTAL_URL = live_server.url
    load_content()
    weights = {}
    for viewport in (DESKTOP, PHONE):
        page = open_page(viewport)
        page.on("response", lambda answer: weights.setdefault(answer.frame.page.url, []).append(answer.url))
        for address in ADDRESSES:
            page.goto(live_server.url + address)
            accessible(page)
            assert_fits(page)
    for address, requests in weights.items():
        assert all(url.startswith(live_server.url) for url in requests), address

    narrow = open_page({"width": 320, "height": 256})  # 1280 pixels at 400 %
    for address in ADDRESSES:
        narrow.goto(live_server.url + address)
        assert_fits(narrow)

    bare = open_page(java_script_enabled=False)
    bare.goto(live_server.url + "/")
    bare.get_by_role("searchbox").fill("relever mon compteur")
    bare.get_by_role("button", name="Rechercher").click()
    bare.get_by_role("link", name="Je relève mon compteur").click()
    expect(bare.get_by_role("heading", level=1)).to_have_text("Je relève mon compteur")
    bare.goto(live_server.url + "/aide/?q=mot+de+passe")
    bare.get_by_role("link", name="oublié mon mot de passe").click()
    expect(bare.get_by_role("listitem").filter(has_text="Ouvrez le lien reçu")).to_be_visible()

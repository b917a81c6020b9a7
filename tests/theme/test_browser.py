"""The style guide in Chromium: axe, reflow, targets, weight, and life without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser import DESKTOP, PHONE, assert_fits
from theme.style_guide import PAGES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
ADDRESSES = ["/_composants/", *(f"/_composants/{name}/" for name in PAGES)]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_on_any_component(live_server, open_page, accessible, viewport):
    page = open_page(viewport)
    for address in ADDRESSES:
        page.goto(live_server.url + address)
        accessible(page)


def test_open_menus_are_accessible_too(live_server, open_page, accessible):
    page = open_page(PHONE)
    page.goto(live_server.url + "/_composants/espace/")
    page.get_by_text("Menu du compte").click()
    accessible(page)
    page.get_by_text("Menu", exact=True).click()
    accessible(page)


def test_400_percent_zoom_reflows_without_scrolling_sideways(live_server, open_page):
    """1280 pixels at 400 % are 320 pixels (WCAG 1.4.10)."""
    page = open_page({"width": 320, "height": 256})
    for address in ADDRESSES:
        page.goto(live_server.url + address)
        assert_fits(page)


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_targets_are_24_pixels_at_least(live_server, open_page, viewport):
    """WCAG 2.5.8; links inside a sentence are excepted, and a whole card is the target of its link."""
    page = open_page(viewport)
    small = """() => [...document.querySelectorAll("a, button, summary, input:not([type=hidden]), select, textarea")]
        .filter((e) => e.checkVisibility() && !e.closest("p, td, dd, th, .skip, .error-summary, .tile"))
        .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    for address in ADDRESSES[:-1]:
        page.goto(live_server.url + address)
        assert page.evaluate(small) == [], address


def test_on_a_wide_screen_the_menus_need_no_opening(live_server, open_page):
    page = open_page(DESKTOP)
    page.goto(live_server.url + "/_composants/espace/")
    expect(page.get_by_role("link", name="Mes contrats")).to_be_visible()
    expect(page.get_by_text("Menu du compte")).not_to_be_visible()


def test_on_a_phone_the_menus_are_disclosures_without_javascript(live_server, open_page):
    page = open_page(PHONE, java_script_enabled=False)
    page.goto(live_server.url + "/_composants/espace/")
    expect(page.get_by_role("link", name="Mes contrats")).not_to_be_visible()
    page.get_by_text("Menu du compte").click()
    expect(page.get_by_role("link", name="Mes contrats")).to_be_visible()
    page.get_by_text("Menu", exact=True).click()
    expect(page.get_by_role("link", name="Accueil").first).to_be_visible()


def test_skip_link_is_first_and_leads_to_the_content(live_server, open_page):
    page = open_page()
    page.goto(live_server.url + "/_composants/espace/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_errors_are_focused_and_lead_to_their_fields(live_server, open_page):
    page = open_page()
    page.goto(live_server.url + "/_composants/formulaire-refuse/")
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name="Moyen de paiement : choisissez une réponse.").click()
    assert page.evaluate("document.activeElement.value") == "card"


def test_a_password_can_be_shown(live_server, open_page):
    page = open_page()
    page.goto(live_server.url + "/_composants/formulaire/")
    page.get_by_label("Mot de passe", exact=True).fill("correct horse")
    page.get_by_role("button", name="Afficher le mot de passe").click()
    assert page.get_by_label("Mot de passe", exact=True).get_attribute("type") == "text"


def test_a_form_page_is_light(live_server, open_page):
    """150 KB and 12 requests at most, uncompressed, without what is mailed or drawn by an upper app."""
    page = open_page()
    sizes = []
    page.on("response", lambda response: sizes.append((response.url, len(response.body()))))
    page.goto(live_server.url + "/_composants/formulaire-refuse/", wait_until="networkidle")
    assert len(sizes) <= 8, sizes
    assert sum(size for _url, size in sizes) < 75_000, sizes
    assert all(url.startswith(live_server.url) for url, _size in sizes)


def test_print_leaves_out_what_paper_cannot_do(live_server, open_page):
    page = open_page()
    page.goto(live_server.url + "/_composants/espace/")
    page.emulate_media(media="print")
    for selector in (".rail", ".foot", ".main-nav", "a.button"):
        expect(page.locator(selector).first).not_to_be_visible()
    expect(page.locator("h1")).to_be_visible()


def test_contrast_themes_keep_the_marks(live_server, open_page):
    page = open_page(forced_colors="active")
    page.goto(live_server.url + "/_composants/")
    width = page.locator(".chip").first.evaluate("(chip) => getComputedStyle(chip).borderTopWidth")
    assert width == "1px"

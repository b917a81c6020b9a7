"""Chromium for the tests: a page that fails the test on any console error, and axe."""

import os
import shutil

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def assert_fits(page):
    """Assert that nothing makes the page wider than its screen, once the page is there.

    A click returns as soon as the next page's address is known: its document may have no element yet.
    """
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], page.url


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "Browser tests need Chromium: apt install chromium"
    arguments = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    # Playwright keeps an event loop running in this thread: Django would refuse the database to every test after it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield instance
        instance.close()


@pytest.fixture
def open_page(browser):
    """Return `open_page(viewport=DESKTOP, **options)`: a fresh page; what its console reports as errors fails the test.

    `java_script_enabled=False` shows the portal as it is without JavaScript.
    """
    contexts, errors = [], []

    def make(viewport=DESKTOP, **options):
        context = browser.new_context(viewport=viewport, locale="fr-FR", timezone_id="Europe/Paris", **options)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on("console", lambda message: message.type == "error" and errors.append(f"{page.url}: {message.text}"))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture(scope="session")
def accessible():
    """Return `accessible(page)`: assert that axe finds nothing on the page once it is there (as `assert_fits`)."""
    axe = Axe()

    def check(page):
        page.wait_for_load_state()
        found = axe.run(page).response["violations"]
        assert [(rule["id"], [node["html"][:160] for node in rule["nodes"]]) for rule in found] == []

    return check

"""What people do in the journeys, by the words on the screen."""

import re

from playwright.sync_api import expect


def log_in(page, portal, email, password=None):
    page.goto(f"{portal.address}/connexion/")
    page.get_by_label("Identifiant").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(password or portal.password)
    page.get_by_role("button", name="Connexion", exact=True).click()


def enter_back_office(page, portal, email):
    """Log in as a member of staff and pass the second factor."""
    log_in(page, portal, email)
    page.goto(f"{portal.address}/admin/")
    page.locator("input[autocomplete=one-time-code]").fill(portal.code(email))
    page.locator("main button[type=submit]").first.click()
    expect(page).to_have_url(f"{portal.address}/admin/")


def import_file(page, portal, kind, path, *, archive=None):
    """Take a legacy file from its upload to its report, as the clerk does."""
    page.goto(f"{portal.address}/admin/imports/nouveau/")
    page.locator(f"input[name=kind][value={kind}]").check()
    page.locator("input[name=file]").set_input_files(path)
    if archive:
        page.locator("input[name=archive]").set_input_files(archive)
    page.get_by_role("button", name="Déposer le fichier").click()
    page.get_by_label("Longueur des références client").fill("8")
    page.get_by_role("button", name="Contrôler le fichier").click()
    # The worker checks; the page follows its progress by itself.
    page.get_by_role("link", name=re.compile(r"^Appliquer \d")).click(timeout=60_000)
    if (confirmation := page.get_by_role("checkbox")).count():
        confirmation.check()
    page.get_by_role("button", name=re.compile("^Appliquer")).click()
    expect(page.get_by_role("link", name="Annuler l’import")).to_be_visible(timeout=60_000)


def wait_for(page, address, what):
    """Open `address` again until it shows `what`: the worker makes it meanwhile."""
    for _ in range(40):
        page.goto(address)
        if what.count():
            return
        page.wait_for_timeout(500)
    expect(what.first).to_be_visible()


def follow_link_in_mail(page, portal, address, subject):
    """Open the link of the last mail sent to `address` with this subject, on the demonstration's page of mails."""
    mails = page.get_by_role("article").filter(has_text=subject).filter(has_text=address)
    wait_for(page, f"{portal.address}/_courriels/", mails)
    mails.first.get_by_role("link").first.click()


def use(page, target, key="Enter"):
    """Reach `target` with the Tab key alone, as who has no mouse does, and press `key` on it."""
    expect(target).to_be_visible()
    for _ in range(500):
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press(key)
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {target}")

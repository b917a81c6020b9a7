"""Accounts in Chromium: registration, password, second factor; axe on each page, with and without scripts.

The test client posts what browsers would not: a form whose page forbids referrers has `Origin: null`, for one.
"""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import Group
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from accounts.models import OutgoingMail, User
from accounts.second_factor import backup_codes_left
from tests.accounts.test_second_factor import code_for
from tests.browser import DESKTOP, PHONE, assert_fits
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

NEW = "Sept-citrons-dans-un-seau"


def submit(page):
    page.locator("form.card .actions button").first.click()


def mailed_link(live_server):
    text = OutgoingMail.objects.order_by("pk").last().text
    return live_server.url + re.search(r"/(creer-un-compte|mot-de-passe)/\S{20,}/", text)[0]


@pytest.mark.parametrize(
    ("viewport", "scripts"), [(DESKTOP, True), (PHONE, True), (DESKTOP, False)], ids=["desktop", "phone", "no-scripts"]
)
def test_s1_1_from_the_form_to_the_account(live_server, open_page, accessible, run_queue, viewport, scripts):
    page = open_page(viewport, java_script_enabled=scripts)

    def look():
        assert_fits(page)
        if scripts:
            accessible(page)

    page.goto(live_server.url + "/creer-un-compte/")
    look()
    submit(page)
    expect(page).to_have_title(re.compile("^Erreur :"))
    look()
    page.get_by_label("Courriel", exact=True).fill("zoe@example.test")
    page.get_by_label("Confirmation courriel").fill("zoe@example.test")
    submit(page)
    expect(page.get_by_role("main")).to_contain_text("indésirables")
    look()

    run_queue()
    page.goto(mailed_link(live_server))
    look()
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("Vidal")
    page.locator("[name=new_password1]").fill(NEW)
    page.locator("[name=new_password2]").fill(NEW)
    page.get_by_label("J’accepte").check()
    submit(page)
    expect(page.get_by_role("main")).to_contain_text("Votre compte est créé.")
    look()

    page.goto(live_server.url + "/connexion/?next=/mon-compte/mot-de-passe/")
    page.get_by_label("Identifiant").fill("zoe@example.test")
    page.locator("[name=password]").fill(NEW)
    submit(page)
    assert page.url.endswith("/mon-compte/mot-de-passe/")
    look()
    assert User.objects.get().check_password(NEW)


def test_s2_1_a_forgotten_password(live_server, open_page, accessible, run_queue):
    alice = MembershipFactory(user=UserFactory(email="alice@example.test")).user
    page = open_page(DESKTOP)
    page.goto(live_server.url + "/connexion/")
    page.get_by_role("link", name="Créer / Renouveler mot de passe").click()
    accessible(page)
    page.get_by_label("Courriel").fill(alice.email)
    submit(page)
    accessible(page)
    run_queue()
    page.goto(mailed_link(live_server))
    accessible(page)
    page.locator("[name=new_password1]").fill(NEW)
    page.locator("[name=new_password2]").fill(NEW)
    submit(page)
    expect(page.get_by_role("main")).to_contain_text("Le nouveau mot de passe a bien été pris en compte.")
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_a_member_of_staff_sets_the_second_factor_up(live_server, open_page, accessible):
    agent = UserFactory(email="agent@example.test", is_staff=True)
    agent.groups.set(Group.objects.filter(name="Communication"))
    page = open_page(PHONE)
    page.goto(live_server.url + "/admin/")
    page.get_by_label("Identifiant").fill(agent.email)
    page.locator("[name=password]").fill(PASSWORD)
    submit(page)
    assert "/admin/second-facteur/installation/" in page.url
    expect(page.locator(".qr-code svg")).to_be_visible()
    accessible(page)
    key = b32decode(page.locator(".secret-key").inner_text().replace(" ", "")).hex()
    page.get_by_label("Code affiché par l’application").fill(code_for(key))
    submit(page)
    expect(page.locator(".backup-codes li")).to_have_count(10)
    accessible(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger les codes").click()
    assert download.value.suggested_filename == "codes-de-secours.txt"
    first = page.locator(".backup-codes code").first.inner_text()
    page.get_by_role("link", name="J’ai rangé mes codes").click()
    assert page.url == live_server.url + "/admin/"

    # The same agent on another machine, with a code from paper.
    elsewhere = open_page(DESKTOP, java_script_enabled=False)
    elsewhere.goto(live_server.url + "/connexion/")
    elsewhere.get_by_label("Identifiant").fill(agent.email)
    elsewhere.locator("[name=password]").fill(PASSWORD)
    submit(elsewhere)
    elsewhere.get_by_label("Code").fill(first)
    submit(elsewhere)
    assert elsewhere.url == live_server.url + "/admin/"
    assert backup_codes_left(agent) == 9 and TOTPDevice.objects.get().user == agent
    page.goto(live_server.url + "/admin/second-facteur/")
    expect(page.get_by_role("main")).to_contain_text("Il vous reste 9 codes")
    accessible(page)


def test_the_mails_of_the_demonstration(live_server, open_page, accessible, run_queue):
    page = open_page(DESKTOP)
    page.goto(live_server.url + "/_courriels/")
    accessible(page)
    for _mail in range(2):
        page.goto(live_server.url + "/creer-un-compte/")
        page.get_by_label("Courriel", exact=True).fill("zoe@example.test")
        page.get_by_label("Confirmation courriel").fill("zoe@example.test")
        submit(page)
    run_queue()
    page.goto(live_server.url + "/_courriels/")
    page.get_by_text("Aperçu HTML").first.click()
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_role("heading", name="Terminez la création de votre compte")).to_be_visible()
    accessible(page)
    page.locator("article.card ul a").first.click()
    expect(page.get_by_label("Prénom")).to_be_visible()

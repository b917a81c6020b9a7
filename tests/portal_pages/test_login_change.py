"""Modifier mon login (s3.4): the old login works until the new address is confirmed by a mailed link."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.enums import FamilyForm
from accounts.models import ChangeRequest, FieldRule, OneTimeLink, OutgoingMail, User
from accounts.services import changes
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/mon-compte/identifiant/"
NEW = "alice.nouvelle@example.test"


@pytest.fixture
def ask(login, alice, run_queue):
    """Return `ask(email)`: Alice asks for another login; the link of the mail, or None."""

    def ask_for(email=NEW, password=PASSWORD):
        response = login(alice).post(URL, {"email": email, "old_password": password})
        run_queue()
        mail = OutgoingMail.objects.filter(kind="accounts/login_link").order_by("pk").last()
        found = mail and re.search(rf"http://localhost:8000({URL}\S{{20,}})", mail.text)
        return response, found and found[1]

    return ask_for


def test_s3_4_the_old_login_stays_until_the_new_address_is_confirmed(dashboard, client, alice, ask):
    response, link = ask()
    assert response.status_code == 302
    page = client.get("/mon-compte/profil/").content.decode()
    assert "Votre demande de changement est prise en compte" in page
    assert OutgoingMail.objects.get(kind="accounts/login_link").to == NEW
    alice.refresh_from_db()
    assert alice.email == "alice@example.test"

    assert client.get(link).status_code == 200  # a mail scanner opens it too
    alice.refresh_from_db()
    assert alice.email == "alice@example.test"

    response = client.post(link, follow=True)
    assert response.redirect_chain[-1][0] == "/mon-compte/"
    assert "c’est maintenant votre identifiant" in response.content.decode()
    alice.refresh_from_db()
    assert alice.email == NEW
    told = OutgoingMail.objects.get(kind="accounts/login_changed")
    assert told.to == "alice@example.test" and NEW not in told.text
    assert client.post(link).status_code == 410


def test_the_link_of_someone_logged_out_leads_to_the_login(client, ask):
    _response, link = ask()
    client.logout()
    assert client.post(link).url == "/connexion/"
    assert client.post("/connexion/", {"username": NEW, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize("email, password", [("alice@example.test", PASSWORD), ("no", PASSWORD), (NEW, "wrong")])
def test_what_is_wrong_is_said_and_nothing_is_sent(ask, email, password):
    response, link = ask(email, password)
    assert (response.status_code, link) == (200, None)
    assert "<title>Erreur : " in response.content.decode()


def test_the_page_does_not_tell_whether_an_address_is_known(ask, charlie):
    known, link = ask("charlie@example.test")
    assert link is None
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("accounts/login_taken", "charlie@example.test")
    unknown, _link = ask("nobody@example.test")
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)


def test_a_link_dies_with_time_with_the_password_and_with_a_newer_one(client, alice, ask):
    _response, first = ask()
    _response, second = ask("autre@example.test")
    assert client.get(first).status_code == 410 and client.get(second).status_code == 200
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(second).status_code == 410
    _response, third = ask()
    alice.set_password("Une-autre-phrase-de-passe")
    alice.save()
    assert client.get(third).status_code == 410


def test_an_address_taken_since_changes_nothing(client, alice, ask):
    _response, link = ask()
    User.objects.create_user(NEW, PASSWORD)
    assert client.post(link).status_code == 410
    alice.refresh_from_db()
    assert alice.email == "alice@example.test"


def test_guessing_the_password_is_throttled(ask):
    for _try in range(5):
        ask(NEW, "wrong")
    assert ask(NEW, PASSWORD)[0].status_code == 429


def test_s4_a_setting_adds_the_validation_of_the_services(client, alice, ask, staff):
    FieldRule.objects.filter(form=FamilyForm.LOGIN).update(needs_approval=True)
    _response, link = ask()
    page = client.post(link, follow=True).content.decode()
    assert "Le service doit encore valider" in page
    alice.refresh_from_db()
    assert alice.email == "alice@example.test"
    assert NEW in client.get(URL).content.decode()

    changes.decide(by=staff("Responsable enfance"), change_request=ChangeRequest.objects.get(), accepted={"email"})
    alice.refresh_from_db()
    assert alice.email == NEW
    kinds = set(OutgoingMail.objects.values_list("kind", "to"))
    assert {("accounts/login_changed", "alice@example.test"), ("accounts/change_decided", NEW)} <= kinds

"""Mailed links: what they say, how long they last, and that nobody learns from them who has an account."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from accounts.enums import LinkPurpose
from accounts.models import Membership, OneTimeLink, OutgoingMail, User

pytestmark = pytest.mark.django_db

NEW_PASSWORD = "Sept-citrons-dans-un-seau"


@pytest.fixture
def ask(client, run_queue):
    """Return `ask(path, email)`: ask for a link and return the address that the mail holds, None without a mail."""

    def ask_for(path, email):
        before = OutgoingMail.objects.count()
        fields = {"email": email, "email_confirmation": email}
        assert client.post(path, fields).status_code == 302
        run_queue()
        if OutgoingMail.objects.count() == before:
            return None
        return link_in(OutgoingMail.objects.order_by("pk").last().text)

    return ask_for


def link_in(text):
    return re.search(r"http://localhost:8000(/(?:creer-un-compte|mot-de-passe)/\S{20,})", text)[1]


def grow_older(**age):
    """Let the links live `age` longer than they did."""
    OneTimeLink.objects.update(expires_at=timezone.now() + timedelta(minutes=10) - timedelta(**age))


ACTIVATION = {
    "first_name": "Zoé",
    "last_name": "L’Hôpital",
    "new_password1": NEW_PASSWORD,
    "new_password2": NEW_PASSWORD,
    "accept_terms": "on",
}
PASSWORDS = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def test_s1_1_an_account_is_created_from_the_mail(client, ask):
    page = client.get("/creer-un-compte/").content.decode()
    assert "Courriel" in page and "Confirmation courriel" in page
    link = ask("/creer-un-compte/", " Zoe@Example.test")
    mail = OutgoingMail.objects.get()
    assert mail.to == "zoe@example.test"
    sent = client.get("/creer-un-compte/courriel-envoye/").content.decode()
    assert "indésirables" in sent

    assert "zoe@example.test" in client.get(link).content.decode()
    response = client.post(link, ACTIVATION, follow=True)

    assert response.redirect_chain[-1][0] == "/connexion/"
    assert "Votre compte est créé. Vous pouvez maintenant vous connecter." in response.content.decode()
    user = User.objects.get(email="zoe@example.test")
    assert (user.first_name, user.last_name, user.is_staff) == ("Zoé", "L’Hôpital", False)
    assert user.check_password(NEW_PASSWORD) and user.terms_accepted_at
    membership = Membership.objects.get(user=user)
    assert (membership.role, membership.profile.kind) == ("holder", "individual")
    assert membership.profile.name == "Zoé L’Hôpital"
    assert "_auth_user_id" not in client.session


def test_s0_4_the_mail_names_the_account_and_the_portal(client, alice, ask):
    ask("/mot-de-passe/", alice.email)
    mail = OutgoingMail.objects.get()
    for body in (mail.text, mail.html):
        assert alice.email in body
        assert "Portail des habitants" in body
        assert "10 minutes" in body
        assert "Si vous n’avez rien demandé" in body
    assert mail.subject == "Choisissez un nouveau mot de passe"


def test_s0_5_s0_6_s2_1_a_forgotten_password_is_chosen_again(client, alice, ask, run_queue):
    link = ask("/mot-de-passe/", alice.email.upper())
    page = client.get(link).content.decode()
    assert "Choix d’un nouveau mot de passe" in page and "Confirmation" in page
    response = client.post(link, PASSWORDS, follow=True)
    assert (
        "Le nouveau mot de passe a bien été pris en compte. Vous pouvez maintenant vous connecter."
        in response.content.decode()
    )
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD)
    assert OutgoingMail.objects.filter(kind="accounts/password_changed", to=alice.email).count() == 1


def test_s0_3_the_first_connection_uses_the_same_link(client, alice, ask):
    """Somebody whose account was made for them has no password yet: the same page gives them their first."""
    alice.set_unusable_password()
    alice.save()
    assert client.post(ask("/mot-de-passe/", alice.email), PASSWORDS).status_code == 302
    assert client.post("/connexion/", {"username": alice.email, "password": NEW_PASSWORD}).status_code == 302


def test_s2_3_who_chooses_a_password_is_advised(client, alice, ask):
    page = client.get(ask("/mot-de-passe/", alice.email)).content.decode()
    assert "Un mot de passe est personnel" in page
    assert "Nous ne vous le demanderons jamais" in page
    client.force_login(alice)
    assert "Un mot de passe est personnel" in client.get("/mon-compte/mot-de-passe/").content.decode()


@pytest.mark.parametrize(
    ("age", "alive"), [({"minutes": 9, "seconds": 59}, True), ({"minutes": 10, "seconds": 1}, False)]
)
def test_s0_4_a_link_lives_ten_minutes(client, alice, ask, age, alive):
    link = ask("/mot-de-passe/", alice.email)
    grow_older(**age)
    assert client.get(link).status_code == (200 if alive else 410)
    assert client.post(link, PASSWORDS).status_code == (302 if alive else 410)
    alice.refresh_from_db()
    assert alice.check_password(NEW_PASSWORD) is alive


def test_a_link_serves_once_and_opening_it_does_not_count(client, alice, ask):
    link = ask("/mot-de-passe/", alice.email)
    assert [client.get(link).status_code for _ in range(3)] == [200] * 3
    assert client.post(link, PASSWORDS).status_code == 302
    assert client.get(link).status_code == client.post(link, PASSWORDS).status_code == 410
    dead = client.get(link).content.decode()
    assert "Ce lien n’est plus valable" in dead and "/mot-de-passe/" in dead


def test_an_activation_link_serves_once(client, ask):
    link = ask("/creer-un-compte/", "zoe@example.test")
    assert client.post(link, ACTIVATION).status_code == 302
    assert client.post(link, ACTIVATION).status_code == 410
    assert User.objects.count() == 1


def test_a_newer_link_voids_the_older(client, alice, ask):
    older = ask("/mot-de-passe/", alice.email)
    newer = ask("/mot-de-passe/", alice.email)
    assert client.get(older).status_code == 410
    assert client.get(newer).status_code == 200


def test_a_link_dies_when_the_password_changes_by_whatever_way(client, alice, ask):
    link = ask("/mot-de-passe/", alice.email)
    alice.set_password("changed-on-the-command-line")
    alice.save()
    assert client.post(link, PASSWORDS).status_code == 410


def test_a_link_dies_when_the_account_is_closed(client, alice, ask):
    link = ask("/mot-de-passe/", alice.email)
    User.objects.update(is_active=False)
    assert client.post(link, PASSWORDS).status_code == 410


def test_a_link_of_one_kind_does_not_open_the_other(client, alice, ask):
    token = ask("/mot-de-passe/", alice.email).split("/")[2]
    assert client.get(f"/creer-un-compte/{token}/").status_code == 410
    assert client.get(f"/mot-de-passe/{'x' * 43}/").status_code == 410


def test_only_a_digest_of_the_token_is_stored(client, alice, ask):
    token = ask("/mot-de-passe/", alice.email).split("/")[2]
    assert not OneTimeLink.objects.filter(digest=token).exists()
    assert len(OneTimeLink.objects.get().digest) == 64


def test_registering_a_known_address_mails_its_owner(client, alice, ask):
    link = ask("/creer-un-compte/", alice.email)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Vous avez déjà un compte"
    assert link.startswith("/mot-de-passe/")
    assert client.post(link, PASSWORDS).status_code == 302
    assert User.objects.count() == 1


def test_an_unknown_address_gets_no_password_mail(client, ask):
    assert ask("/mot-de-passe/", "nobody@example.test") is None
    assert not OneTimeLink.objects.exists()


def test_a_closed_account_gets_no_mail(client, alice, ask):
    User.objects.update(is_active=False)
    assert ask("/mot-de-passe/", alice.email) is None
    assert ask("/creer-un-compte/", alice.email) is None


@pytest.mark.parametrize("path", ["/creer-un-compte/", "/mot-de-passe/"])
def test_a_known_and_an_unknown_address_get_the_same_answer_for_the_same_work(client, alice, path):
    answers, queries = [], []
    for email in (alice.email, "known@example.test"):
        with CaptureQueriesContext(connection) as captured:
            response = client.post(path, {"email": email, "email_confirmation": email})
        page = client.get(response.url)
        answers.append((response.status_code, response.url, page.status_code, page.content))
        queries.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in captured])
    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert OrmQ.objects.count() == 2


def test_the_answer_is_safe_to_run_twice(client, alice, run_queue):
    from accounts.tasks import answer_link_request

    client.post("/mot-de-passe/", {"email": alice.email})
    link = OneTimeLink.objects.get()
    answer_link_request(link.pk)
    answer_link_request(link.pk)
    assert OutgoingMail.objects.count() == 1


def test_the_host_header_does_not_reach_the_mail(client, alice, run_queue, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/mot-de-passe/", {"email": alice.email}, headers={"host": "evil.example"})
    run_queue()
    mail = OutgoingMail.objects.get()
    assert "evil.example" not in mail.text + mail.html
    assert link_in(mail.text)


@pytest.mark.parametrize("address", ["a@b.test\nBcc: all@b.test", "a@b.test\r\nSubject: x", "not an address"])
def test_an_address_with_headers_in_it_is_refused(client, address):
    response = client.post("/mot-de-passe/", {"email": address})
    assert response.status_code == 200
    assert "<title>Erreur :" in response.content.decode()
    assert not OneTimeLink.objects.exists()


def test_the_two_addresses_must_agree(client):
    response = client.post("/creer-un-compte/", {"email": "a@b.test", "email_confirmation": "a@c.test"})
    assert "Les deux adresses ne sont pas les mêmes." in response.content.decode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"new_password2": "Sept-citrons-dans-un-saut"}, "Les deux mots de passe ne sont pas les mêmes."),
        ({"new_password1": "court", "new_password2": "court"}, "il faut au moins 12 caractères"),
        ({"accept_terms": ""}, "Acceptez les conditions d’utilisation pour créer votre compte."),
        ({"first_name": " "}, "Écrivez votre prénom."),
    ],
)
def test_what_an_activation_refuses(client, ask, change, sentence):
    link = ask("/creer-un-compte/", "zoe@example.test")
    response = client.post(link, {**ACTIVATION, **change})
    assert sentence in response.content.decode()
    assert "<title>Erreur :" in response.content.decode()
    assert not User.objects.exists()


def test_extra_fields_of_an_activation_change_nothing(client, ask):
    link = ask("/creer-un-compte/", "zoe@example.test")
    client.post(link, {**ACTIVATION, "is_staff": "on", "is_superuser": "on", "email": "evil@example.test"})
    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("zoe@example.test", False, False)


def test_pages_of_a_link_leak_it_to_nobody(client, alice, ask):
    response = client.get(ask("/mot-de-passe/", alice.email))
    assert response["Referrer-Policy"] == "same-origin"
    assert "no-store" in response["Cache-Control"]


def test_a_second_activation_of_the_same_address_fails_cleanly(client, ask):
    link = ask("/creer-un-compte/", "zoe@example.test")
    User.objects.create_user("zoe@example.test")
    assert client.post(link, ACTIVATION).status_code == 410


def test_the_purpose_is_kept_in_the_row(client, ask):
    ask("/creer-un-compte/", "zoe@example.test")
    assert OneTimeLink.objects.get().purpose == LinkPurpose.ACTIVATE

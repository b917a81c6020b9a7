"""Login, logout, change of password: what a session may and may not survive."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import OutgoingMail
from tests.factories.accounts import PASSWORD, UserFactory

NEW = "Onze-parapluies-au-grenier"


def enter(client, user, password=PASSWORD, **extra):
    return client.post("/connexion/", {"username": user.email, "password": password}, **extra)


def is_in(client):
    return client.get("/mon-compte/mot-de-passe/").status_code == 200


def test_s0_2_s3_1_the_login_page_has_its_words(client, db):
    page = client.get("/connexion/").content.decode()
    for words in (
        "Identifiant (votre courriel)",
        "Identifiant ou mot de passe oublié ?",
        "Mot de passe",
        "Créer / Renouveler mot de passe",
        "Connexion</button>",
    ):
        assert words in page
    assert 'href="/mot-de-passe/"' in page
    assert "<title>Connexion – Votre collectivité – Portail des habitants</title>" in page
    assert 'autocomplete="username"' in page and 'autocomplete="current-password"' in page


def test_s0_2_s3_1_a_resident_logs_in_whatever_the_case(client, alice):
    response = client.post("/connexion/", {"username": " ALICE@example.TEST ", "password": PASSWORD})
    assert (response.status_code, response.url) == (302, "/mon-compte/")
    assert is_in(client)


def test_staff_without_a_profile_go_to_the_back_office(client, db):
    assert enter(client, UserFactory(is_staff=True)).url == "/admin/"


def test_staff_with_a_profile_are_residents_first(client, alice):
    alice.is_staff = True
    alice.save()
    assert enter(client, alice).url == "/mon-compte/"


def test_wrong_and_unknown_get_the_same_page_for_the_same_work(client, alice, sql_count):
    pages, counts = [], []
    for email in (alice.email, "no.one@example.test"):
        fresh = Client()

        def fail(fresh=fresh, email=email):
            response = fresh.post("/connexion/", {"username": email, "password": "not the right one"})
            body = response.content.decode()
            assert "L’identifiant ou le mot de passe est incorrect." in body
            assert "<title>Erreur :" in body
            csrf = response.context["csrf_token"]
            pages.append((response.status_code, body.replace(email, "?").replace(str(csrf), "")))

        counts.append(sql_count(fail))
    assert pages[0] == pages[1]
    assert counts[0] == counts[1]


def test_a_closed_account_does_not_open(client, alice):
    alice.is_active = False
    alice.save()
    assert "incorrect" in enter(client, alice).content.decode()


def test_closing_an_account_ends_its_sessions(client, alice):
    enter(client, alice)
    alice.is_active = False
    alice.save(update_fields=["is_active"])
    assert not is_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "http://testserver@evil.example/",
        "\x08//evil.example",
    ],
)
def test_next_never_leaves_the_site(client, alice, target):
    for where in ("/connexion/", f"/connexion/?next={target}"):
        response = client.post(where, {"username": alice.email, "password": PASSWORD, "next": target})
        assert response.url == "/mon-compte/"
        client.logout()


def test_next_is_followed_inside_the_site(client, alice):
    page = client.get("/mon-compte/mot-de-passe/", follow=True)
    assert page.redirect_chain == [("/connexion/?next=/mon-compte/mot-de-passe/", 302)]
    assert 'name="next" value="/mon-compte/mot-de-passe/"' in page.content.decode()
    response = client.post(
        "/connexion/", {"username": alice.email, "password": PASSWORD, "next": "/mon-compte/mot-de-passe/"}
    )
    assert response.url == "/mon-compte/mot-de-passe/"


def test_a_session_fixed_beforehand_is_worth_nothing(client, alice):
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = session.session_key
    enter(client, alice)
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(session_key=session.session_key).exists()


def test_logout_kills_the_session_on_the_server(client, alice):
    enter(client, alice)
    stolen = client.cookies["sessionid"].value
    assert client.get("/deconnexion/").status_code == 200
    assert is_in(client), "a GET only asks"
    response = client.post("/deconnexion/")
    assert (response.status_code, response.url) == (302, "/")
    assert not Session.objects.filter(session_key=stolen).exists()
    thief = Client()
    thief.cookies["sessionid"] = stolen
    assert not is_in(thief)


def test_the_back_offices_own_logout_works(client, staff):
    staff("Communication")
    stolen = client.session.session_key
    assert client.post("/admin/logout/").status_code == 302
    assert not Session.objects.filter(session_key=stolen).exists()


def test_forms_want_their_csrf_token(alice):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/connexion/", {"username": alice.email, "password": PASSWORD}).status_code == 403
    assert strict.post("/deconnexion/").status_code == 403


def change(client, **fields):
    return client.post(
        "/mon-compte/mot-de-passe/",
        {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW, "end_other_sessions": "on", **fields},
    )


def test_s3_5_change_of_password(client, alice, run_queue):
    enter(client, alice)
    elsewhere = Client()
    enter(elsewhere, alice)

    response = change(client)

    assert (response.status_code, response.url) == (302, "/mon-compte/profil/")
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert "Votre mot de passe est modifié" in client.get("/mon-compte/mot-de-passe/").content.decode()
    assert is_in(client), "this session goes on"
    assert not is_in(elsewhere)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("accounts/password_changed", alice.email)


def test_s3_5_the_other_sessions_may_go_on(client, alice):
    enter(client, alice)
    elsewhere = Client()
    enter(elsewhere, alice)
    change(client, end_other_sessions="")
    assert is_in(client) and is_in(elsewhere)
    alice.refresh_from_db()
    assert alice.check_password(NEW)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"old_password": "wrong"}, "Ce n’est pas votre mot de passe actuel."),
        ({"new_password2": "something else"}, "Les deux mots de passe ne sont pas les mêmes."),
        ({"new_password1": PASSWORD, "new_password2": PASSWORD}, "différent de l’actuel"),
        ({"new_password1": "court", "new_password2": "court"}, "au moins 12 caractères"),
    ],
)
def test_s3_5_what_a_change_of_password_refuses(client, alice, fields, sentence):
    enter(client, alice)
    page = change(client, **fields).content.decode()
    assert sentence in page and "<title>Erreur :" in page
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_staff_need_sixteen_characters(client, staff):
    user = staff("Communication")
    client.post("/deconnexion/")
    enter(client, user)
    short = "Neuf-chats-gris"
    assert len(short) == 15
    assert "au moins 16 caractères" in change(client, new_password1=short, new_password2=short).content.decode()


def test_guessing_the_current_password_is_throttled(client, alice):
    enter(client, alice)
    for _try in range(5):
        assert change(client, old_password="wrong").status_code == 200
    assert change(client).status_code == 429
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_a_chosen_password_ends_all_sessions_and_the_device_stays_verified_after_a_change(client, staff):
    """The second factor passed in a session stays passed when the password changes in it."""
    user = staff("Communication")
    assert client.get("/admin/").status_code == 200
    long = NEW + "-gris"
    assert change(client, new_password1=long, new_password2=long).status_code == 302
    assert client.get("/admin/").status_code == 200
    user.refresh_from_db()
    assert user.check_password(long)


def test_private_pages_are_never_cached(client, alice):
    enter(client, alice)
    for path in ("/mon-compte/mot-de-passe/", "/connexion/", "/deconnexion/"):
        assert "no-store" in client.get(path)["Cache-Control"] or client.get(path).status_code == 302


def test_who_is_logged_in_already_is_sent_on(client, alice):
    enter(client, alice)
    assert client.get("/connexion/").url == "/mon-compte/"

"""The door of the back office: nobody enters /admin/ without a second factor."""

import re
import time

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from wagtail.models import ModelLogEntry

from accounts import second_factor
from accounts.models import OutgoingMail
from tests.factories.accounts import PASSWORD, UserFactory

HOME = "/admin/second-facteur/"
SET_UP = "/admin/second-facteur/installation/"


@pytest.fixture
def agent(client, db):
    """A staff member who gave the password and has no second factor yet."""
    from django.contrib.auth.models import Group

    user = UserFactory(email="agent@example.test", is_staff=True)
    user.groups.set(Group.objects.filter(name="Communication"))
    client.force_login(user)
    return user


def code_for(key, step=0):
    totp = TOTP(bytes.fromhex(key))
    totp.time = time.time() + 30 * step
    return f"{totp.token():06d}"


def set_up(client, user):
    """Set the second factor up as a browser does; return (key, backup codes)."""
    page = client.get(SET_UP).content.decode()
    signed = re.search(r'name="key" value="([^"]+)"', page)[1]
    key = second_factor.key_of(signed, user)
    response = client.post(SET_UP, {"key": signed, "code": code_for(key)})
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", response.content.decode())
    assert len(codes) == 10
    return key, codes


def log_in_again(client, user):
    client.logout()
    client.force_login(user)


ADMIN_PAGES = [
    "/admin/",
    "/admin/pages/",
    "/admin/images/",
    "/admin/documents/",
    "/admin/users/",
    "/admin/account/",
    "/admin/reports/site-history/",
    "/admin/api/main/pages/",
    "/admin/second-facteur/inconnu/",
    "/admin/does-not-exist/",
    "/admin/agents/1/second-facteur/",
]


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_staff_without_a_verified_session_reach_nothing(client, agent, path):
    for _before_and_after_set_up in range(2):
        response = client.get(path)
        if path.startswith(HOME):
            assert response.status_code == 404
        else:
            assert response.status_code == 302
            assert response.url.startswith(HOME)
        TOTPDevice.objects.get_or_create(user=agent, name="x", confirmed=True)


@pytest.mark.parametrize("path", ["/admin/", "/admin/users/"])
def test_a_superuser_needs_a_second_factor_too(client, db, path):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(path).url.startswith(HOME)


@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_a_visitor_is_asked_to_log_in(client, db, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.url.startswith("/connexion/?next=/admin/")


@pytest.mark.parametrize("path", [*ADMIN_PAGES, HOME, SET_UP])
def test_a_resident_is_told_that_the_place_is_for_staff(client, alice, path):
    client.force_login(alice)
    response = client.get(path)
    assert response.status_code == 403
    assert "réservé aux agents" in response.content.decode()


def test_a_resident_put_in_a_group_stays_outside(client, alice):
    from django.contrib.auth.models import Group

    alice.groups.set(Group.objects.all())
    client.force_login(alice)
    assert client.get("/admin/").status_code == 403


def test_a_staff_member_without_group_does_not_loop(client, db):
    client.force_login(UserFactory(is_staff=True))
    assert client.get("/admin/").status_code == 403


def test_scripts_get_a_status_rather_than_a_page(client, agent):
    assert client.get("/admin/pages/", headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_residents_do_not_pass_by_the_door(client, alice):
    client.force_login(alice)
    assert client.get(reverse("accounts:password_change")).status_code == 200


def test_there_is_one_login_page(client, db):
    response = client.get("/admin/login/?next=/admin/images/")
    assert response.url == "/connexion/?next=/admin/images/"


def test_setting_up_writes_nothing_until_the_first_code(client, agent):
    assert client.get(HOME).url.startswith(SET_UP)
    page = client.get(SET_UP).content.decode()
    assert "<svg" in page
    signed = re.search(r'name="key" value="([^"]+)"', page)[1]
    assert second_factor.secret_text(second_factor.key_of(signed, agent)) in page
    assert not TOTPDevice.objects.exists()

    wrong = client.post(SET_UP, {"key": signed, "code": "000000"})
    assert "Ce code n’est pas le bon" in wrong.content.decode()
    assert signed in wrong.content.decode()
    assert not TOTPDevice.objects.exists()


def test_after_setting_up_the_back_office_opens(client, agent, run_queue):
    set_up(client, agent)
    assert client.get("/admin/").status_code == 200
    assert OutgoingMail.objects.get(kind="accounts/second_factor").to == agent.email
    assert ModelLogEntry.objects.filter(action="accounts.second_factor.set_up", user=agent).count() == 1


def test_a_key_made_for_someone_else_is_refused(client, agent):
    signed = second_factor.new_key(UserFactory(is_staff=True))
    response = client.post(SET_UP, {"key": signed, "code": "123456"})
    assert response.status_code == 302
    assert not TOTPDevice.objects.exists()


def test_a_later_login_passes_by_the_door(client, agent):
    key, _codes = set_up(client, agent)
    log_in_again(client, agent)
    assert client.get("/admin/images/").url == f"{HOME}?next=%2Fadmin%2Fimages%2F"
    before = client.session.session_key

    response = client.post(HOME, {"code": code_for(key, step=1), "next": "/admin/images/"})
    assert (response.status_code, response.url) == (302, "/admin/images/")
    assert client.session.session_key != before
    assert client.get("/admin/images/").status_code == 200


def test_a_one_time_code_serves_once(client, agent):
    key, _codes = set_up(client, agent)
    used = code_for(key)
    log_in_again(client, agent)
    assert client.post(HOME, {"code": used}).status_code == 200
    code = code_for(key, step=1)
    assert client.post(HOME, {"code": code}).status_code == 302
    log_in_again(client, agent)
    assert client.post(HOME, {"code": code}).status_code == 200


def test_a_backup_code_serves_once_and_is_told_by_mail(client, agent):
    _key, codes = set_up(client, agent)
    for code, expected in [(codes[0], 302), (codes[0], 200), (codes[1].lower().replace("-", " "), 302)]:
        log_in_again(client, agent)
        assert client.post(HOME, {"code": code}).status_code == expected
    assert second_factor.backup_codes_left(agent) == 8
    assert "Il vous en reste 8" in OutgoingMail.objects.order_by("pk").last().text


def test_backup_codes_are_not_in_the_database(client, agent):
    _key, codes = set_up(client, agent)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in codes}


def test_renewed_codes_void_the_former(client, agent):
    _key, codes = set_up(client, agent)
    assert client.get("/admin/second-facteur/codes/").status_code == 405
    page = client.post("/admin/second-facteur/codes/").content.decode()
    renewed = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(renewed) == 10 and not set(renewed) & set(codes)
    log_in_again(client, agent)
    assert client.post(HOME, {"code": codes[0]}).status_code == 200
    assert client.post(HOME, {"code": renewed[0]}).status_code == 302


def test_the_codes_just_shown_can_be_downloaded(client, agent):
    set_up(client, agent)
    page = client.post("/admin/second-facteur/codes/").content.decode()
    signed = re.search(r'name="codes" value="([^"]+)"', page)[1]
    response = client.post("/admin/second-facteur/codes/telecharger/", {"codes": signed})
    assert response["Content-Disposition"] == 'attachment; filename="codes-de-secours.txt"'
    assert "no-store" in response["Cache-Control"]
    for code in re.findall(r"<code>(\w{5}-\w{5})</code>", page):
        assert code in response.content.decode()
    assert client.post("/admin/second-facteur/codes/telecharger/", {"codes": "x"}).status_code == 302


def test_a_stolen_password_neither_replaces_the_second_factor_nor_renews_the_codes(client, agent):
    set_up(client, agent)
    log_in_again(client, agent)
    assert client.get(SET_UP).url.startswith(HOME)
    signed = second_factor.new_key(agent)
    key = second_factor.key_of(signed, agent)
    assert client.post(SET_UP, {"key": signed, "code": code_for(key)}).url.startswith(HOME)
    assert client.post("/admin/second-facteur/codes/").status_code == 403
    assert client.post("/admin/second-facteur/codes/telecharger/").status_code == 403


def test_another_telephone_replaces_the_former(client, agent):
    old_key, _codes = set_up(client, agent)
    new_key, _codes = set_up(client, agent)
    log_in_again(client, agent)
    assert client.post(HOME, {"code": code_for(old_key, step=1)}).status_code == 200
    assert client.post(HOME, {"code": code_for(new_key, step=1)}).status_code == 302


def test_guessing_is_throttled_and_the_owner_elsewhere_is_not(client, agent):
    key, codes = set_up(client, agent)
    log_in_again(client, agent)
    for _try in range(5):
        assert client.post(HOME, {"code": "000000"}).status_code == 200
    response = client.post(HOME, {"code": code_for(key, step=1)})
    assert response.status_code == 429
    assert int(response["Retry-After"]) <= 15 * 60 + 1
    assert "15 minutes" in response.content.decode()
    # Backup codes are counted apart, and another origin is free.
    assert client.post(HOME, {"code": codes[0]}).status_code == 302
    log_in_again(client, agent)
    assert client.post(HOME, {"code": code_for(key, step=1)}, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_the_way_after_the_door_stays_on_the_site(client, agent):
    key, _codes = set_up(client, agent)
    log_in_again(client, agent)
    response = client.post(HOME, {"code": code_for(key, step=1), "next": "https://evil.example/"})
    assert response.url == "/admin/"


def test_the_administrator_takes_a_lost_second_factor_away(client, agent, staff):
    set_up(client, agent)
    administrator = staff("Administrateur")
    url = f"/admin/agents/{agent.pk}/second-facteur/"
    assert url in client.get(f"/admin/users/edit/{agent.pk}/").content.decode()
    assert "perdu son téléphone" in client.get(url).content.decode()
    assert second_factor.device_of(agent)

    assert client.post(url).status_code == 302

    assert second_factor.device_of(agent) is None
    assert second_factor.backup_codes_left(agent) == 0
    assert OutgoingMail.objects.order_by("pk").last().to == agent.email
    entry = ModelLogEntry.objects.get(action="accounts.second_factor.reset")
    assert (entry.user, entry.object_id) == (administrator, str(agent.pk))


def test_taking_it_away_closes_the_open_sessions(client, agent, staff):
    set_up(client, agent)
    second_factor.reset(by=UserFactory(is_staff=True, is_superuser=True), user=agent)
    assert client.get("/admin/").url.startswith(HOME)


@pytest.mark.parametrize("group", ["Communication", "Gestionnaire de données", "Instructeur", "Régisseur"])
def test_only_the_administrator_resets(client, agent, staff, group):
    set_up(client, agent)
    staff(group)
    assert client.post(f"/admin/agents/{agent.pk}/second-facteur/").status_code == 403
    assert second_factor.device_of(agent)


def test_an_administrator_resets_neither_himself_nor_a_superuser_nor_a_resident(client, staff, alice):
    administrator = staff("Administrateur")
    superuser = UserFactory(is_staff=True, is_superuser=True)
    assert client.post(f"/admin/agents/{administrator.pk}/second-facteur/").status_code == 403
    assert client.post(f"/admin/agents/{superuser.pk}/second-facteur/").status_code == 403
    assert client.post(f"/admin/agents/{alice.pk}/second-facteur/").status_code == 404


def test_the_whole_way_in_by_password(client, agent):
    key, _codes = set_up(client, agent)
    client.post("/deconnexion/")
    response = client.post("/connexion/?next=/admin/", {"username": agent.email, "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0].startswith(HOME)
    response = client.post(HOME, {"code": code_for(key, step=1)}, follow=True)
    assert response.redirect_chain[-1][0] == "/admin/"
    assert response.status_code == 200


def test_demo_code_shows_a_code_that_works(client, agent, capsys, settings):
    key, _codes = set_up(client, agent)
    log_in_again(client, agent)
    call_command("demo_code", "Agent@example.test")
    code = capsys.readouterr().out.strip()
    assert client.post(HOME, {"code": code}).status_code == 302
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="démonstration"):
        call_command("demo_code", agent.email)


def test_demo_code_refuses_whoever_has_none(alice):
    with pytest.raises(CommandError):
        call_command("demo_code", alice.email)

"""Throttling: it slows a guesser down, and can't lock an owner out for good."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts import retention, throttle
from accounts.models import Attempt
from accounts.throttle import Throttled
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db


def grow_older(seconds):
    for attempt in Attempt.objects.all():
        Attempt.objects.filter(pk=attempt.pk).update(at=attempt.at - timedelta(seconds=seconds))


def test_the_window_slides():
    for _try in range(3):
        throttle.throttle("guess", 7, "10.0.0.1", limit=3, seconds=60)
    with pytest.raises(Throttled) as refused:
        throttle.throttle("guess", 7, "10.0.0.1", limit=3, seconds=60)
    assert 58 <= refused.value.wait <= 61
    grow_older(30)
    with pytest.raises(Throttled) as refused:
        throttle.throttle("guess", 7, "10.0.0.1", limit=3, seconds=60)
    assert 28 <= refused.value.wait <= 31
    grow_older(31)
    throttle.throttle("guess", 7, "10.0.0.1", limit=3, seconds=60)


def test_a_refused_try_does_not_lengthen_the_wait():
    throttle.throttle("guess", 1, limit=1, seconds=60)
    for _try in range(10):
        with pytest.raises(Throttled):
            throttle.throttle("guess", 1, limit=1, seconds=60)
    assert Attempt.objects.count() == 1


def test_scopes_and_keys_are_apart():
    throttle.throttle("guess", 1, limit=1, seconds=60)
    throttle.throttle("guess", 2, limit=1, seconds=60)
    throttle.throttle("other", 1, limit=1, seconds=60)
    throttle.throttle("guess", 1, 1, limit=1, seconds=60)


def test_check_counts_only_what_is_recorded():
    for _try in range(5):
        throttle.check("fail", 1, limit=2, seconds=60)
    throttle.record("fail", 1)
    throttle.check("fail", 1, limit=2, seconds=60)
    throttle.record("fail", 1)
    with pytest.raises(Throttled, match="Vous avez fait trop d’essais. Réessayez dans 1 minute"):
        throttle.check("fail", 1, limit=2, seconds=60)
    throttle.forget("fail", 1)
    throttle.check("fail", 1, limit=2, seconds=60)


def test_nobody_can_read_who_tried_what():
    throttle.throttle("link_pair", "alice@example.test", "10.0.0.1", limit=3, seconds=60)
    row = Attempt.objects.get()
    assert "alice" not in row.key and "10.0" not in row.key and len(row.key) == 64


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "1 seconde"), (59, "59 secondes"), (60, "1 minute"), (61, "2 minutes")]
)
def test_the_wait_in_words(seconds, text):
    assert throttle.wait_text(seconds) == text


def test_the_purge_forgets_old_tries():
    throttle.record("fail", 1)
    retention.purge(timezone.now() + timedelta(hours=23))
    assert Attempt.objects.count() == 1
    retention.purge(timezone.now() + timedelta(hours=25))
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "1.2.3.4", "9.9.9.9"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "9.9.9.9"),
        (1, "", "9.9.9.9"),
        (1, "6.6.6.6, not-an-address", "9.9.9.9"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_visitor_cannot_choose_the_address_we_see(settings, proxies, forwarded, expected):
    settings.PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert throttle.client_ip(request) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("", ""),
    ],
)
def test_one_subscriber_is_one_origin(address, expected):
    assert throttle.origin(RequestFactory().get("/", REMOTE_ADDR=address)) == expected


def fail(email, password="not the right one", **extra):
    return Client().post("/connexion/", {"username": email, "password": password}, **extra)


def test_five_failures_from_one_origin_lock_that_pair_alone(alice, charlie):
    for number in range(4):
        assert fail(alice.email.upper() if number % 2 else alice.email).status_code == 200
    locked = fail(alice.email)
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "15 minutes" in locked.content.decode()
    assert fail(alice.email, PASSWORD).status_code == 429, "even with the right password, from there"
    # The owner at home is not locked out, nor is someone else here.
    assert fail(alice.email, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302
    assert fail(charlie.email, PASSWORD).status_code == 302


def test_a_success_forgets_the_failures(alice):
    for _round in range(3):
        for _try in range(3):
            assert fail(alice.email).status_code == 200
        assert fail(alice.email, PASSWORD).status_code == 302


def test_one_origin_trying_many_addresses_is_slowed_down(alice):
    for _try in range(100):
        throttle.record("login", "127.0.0.1")
    assert fail("someone@example.test").status_code == 429
    assert fail(alice.email, PASSWORD, REMOTE_ADDR="203.0.113.7").status_code == 302


@pytest.mark.parametrize("email", ["alice@example.test", "nobody@example.test"])
def test_asking_for_links_is_throttled_alike(client, alice, email):
    for _try in range(5):
        assert client.post("/mot-de-passe/", {"email": email}).status_code == 302
    response = client.post("/mot-de-passe/", {"email": email})
    assert response.status_code == 429
    assert "heure" in response.content.decode() or "60 minutes" in response.content.decode()
    assert client.post("/mot-de-passe/", {"email": email}, REMOTE_ADDR="203.0.113.7").status_code == 302


def test_one_origin_asking_for_many_addresses_is_slowed_down(client):
    for _try in range(60):
        throttle.record("link", "127.0.0.1")
    assert client.post("/mot-de-passe/", {"email": "x@example.test"}).status_code == 429

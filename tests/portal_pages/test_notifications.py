"""« Mes notifications » : the list, opened with the right profile, read by a form only."""

import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Notification
from accounts.services import end_membership
from accounts.services.notifications import notify
from tests.factories.accounts import MembershipFactory, ProfileFactory

pytestmark = pytest.mark.django_db
LIST = "/mon-compte/notifications/"


@pytest.fixture
def profile(dashboard, alice):
    return alice.profiles.get()


def tell(profile, number=1, **fields):
    notify(**{"profile": profile, "title": f"Fait {number}", "source": f"fact:{number}", **fields})


def text(response):
    return html.unescape(response.content.decode())


def test_the_unread_are_counted_on_the_rail_and_beside_the_account(login, alice, profile):
    client = login(alice)
    assert "notifications non lues" not in text(client.get("/mon-compte/"))
    tell(profile)
    tell(profile, 2)
    page = text(client.get("/mon-compte/"))
    assert '<span class="count">2<span class="sr"> à traiter</span></span>' in page
    assert '<span class="count">2<span class="sr"> notifications non lues</span></span>' in page


def test_the_list_says_what_is_new(login, alice, profile):
    tell(profile, text="Un agent l’étudie.")
    page = text(login(alice).get(LIST))
    assert "1 non lue" in page and "Un agent l’étudie." in page and "Tout marquer comme lu" in page
    assert "Fait 1" in page and "Nouveau" in page


def test_nothing_yet(login, alice, profile):
    page = text(login(alice).get(LIST))
    assert "Aucune notification pour le moment" in page and "Tout marquer comme lu" not in page


def test_opening_one_reads_it_and_goes_where_it_leads(login, alice, profile):
    tell(profile, url="/mon-compte/factures/")
    one = Notification.objects.get()
    client = login(alice)
    address = f"{LIST}{one.pk}/"
    assert client.get(address).status_code == 405
    assert Notification.objects.get().read_at is None
    assert client.post(address).url == "/mon-compte/factures/"
    assert Notification.objects.get().read_at is not None
    page = text(client.get(LIST))
    assert "Tout est lu" in page and "Fait 1" in page


def test_one_without_an_address_comes_back_to_the_list(login, alice, profile):
    tell(profile)
    assert login(alice).post(f"{LIST}{Notification.objects.get().pk}/").url == LIST


def test_one_about_another_profile_opens_with_it(login, alice, profile):
    other = MembershipFactory(user=alice, profile=ProfileFactory(name="Les Amis du Lavoir")).profile
    tell(other, url="/mon-compte/documents/")
    client = login(alice)
    page = text(client.get(LIST))
    assert "pour Les Amis du Lavoir" in page
    response = client.post(f"{LIST}{Notification.objects.get().pk}/", follow=True)
    assert response.redirect_chain == [("/mon-compte/documents/", 302)]
    assert "Vous agissez maintenant pour le profil Les Amis du Lavoir." in text(response)
    assert response.wsgi_request.profile == other


def test_one_about_a_profile_that_was_left_says_so(login, alice, bob, profile):
    other = MembershipFactory(user=bob, profile=ProfileFactory(name="Autre")).profile
    tell(profile, url="/mon-compte/documents/", users=[bob])
    one = Notification.objects.get()
    end_membership(by=alice, membership=bob.memberships.get(profile=profile))
    client = login(bob)
    response = client.post(f"{LIST}{one.pk}/", follow=True)
    assert response.redirect_chain == [(LIST, 302)] and "Vous n’avez plus accès au profil" in text(response)
    assert response.wsgi_request.profile == other


def test_another_user_s_is_not_there(login, bob, charlie, profile):
    tell(profile, users=[bob])
    one = Notification.objects.get()
    client = login(charlie)
    assert "Fait 1" not in text(client.get(LIST))
    assert client.post(f"{LIST}{one.pk}/").status_code == 404
    assert client.post(f"{LIST}tout-lire/").status_code == 302
    assert Notification.objects.get().read_at is None


def test_all_are_marked_read_by_a_form(login, alice, profile):
    for number in range(3):
        tell(profile, number)
    client = login(alice)
    assert client.get(f"{LIST}tout-lire/").status_code == 405
    assert Notification.objects.filter(read_at=None).count() == 3
    page = text(client.post(f"{LIST}tout-lire/", follow=True))
    assert "Toutes vos notifications sont marquées comme lues." in page
    assert not Notification.objects.filter(read_at=None).exists()


def test_a_get_writes_nothing(login, alice, profile):
    tell(profile)
    client = login(alice)
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    assert [query["sql"] for query in queries if not query["sql"].lstrip("(").upper().startswith("SELECT")] == []


def test_three_hundred_cost_the_same(login, alice, profile, sql_count):
    client = login(alice)
    tell(profile)
    client.get(LIST)
    few = sql_count(lambda: client.get(LIST))
    for number in range(2, 300):
        tell(profile, number)
    # One more to count the pages.
    assert sql_count(lambda: client.get(LIST)) == few
    response = client.get(LIST)
    assert len(response.content) < 150_000 and "Pages de notifications" in text(response)

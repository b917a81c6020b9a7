"""Notifications: told once to the members of the moment, read once by who was told."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notification
from accounts.queries.notifications import notifications_of, unread_count
from accounts.services import end_membership
from accounts.services.notifications import mark_all_read, mark_read, notify

from ..factories.accounts import MembershipFactory, ProfileFactory

pytestmark = pytest.mark.django_db


def tell(profile, **fields):
    notify(**{"profile": profile, "title": "Votre dossier avance", "source": "procedures.event:1", **fields})


def told():
    return sorted(Notification.objects.values_list("user__email", "title"))


def test_the_members_of_the_profile_are_told_and_nobody_else(alice, bob, charlie):
    tell(alice.profiles.get(), text="Un agent l’étudie.", url="/mon-compte/demarches/")
    assert told() == [
        ("alice@example.test", "Votre dossier avance"),
        ("bob@example.test", "Votre dossier avance"),
    ]
    found = Notification.objects.get(user=bob)
    assert (found.text, found.url, found.read_at) == ("Un agent l’étudie.", "/mon-compte/demarches/", None)
    assert found.profile == alice.profiles.get()


def test_the_same_fact_told_twice_makes_one_notification(alice):
    profile = alice.profiles.get()
    tell(profile)
    tell(profile, title="Autrement dit")
    assert told() == [("alice@example.test", "Votre dossier avance")]
    tell(profile, source="procedures.event:2")
    assert Notification.objects.count() == 2


def test_who_is_no_member_is_not_told(alice, bob, charlie):
    profile = alice.profiles.get()
    end_membership(by=alice, membership=bob.memberships.get())
    tell(profile, users=[bob, charlie, alice])
    assert told() == [("alice@example.test", "Votre dossier avance")]


def test_chosen_users_only(alice, bob):
    tell(alice.profiles.get(), users=[bob])
    assert told() == [("bob@example.test", "Votre dossier avance")]


def test_without_a_profile_the_users_are_told(charlie):
    tell(None, users=[charlie])
    assert told() == [("charlie@example.test", "Votre dossier avance")]


@pytest.mark.parametrize("url", ["https://ailleurs.test/", "//ailleurs.test/", "mon-compte/", "/" + "a" * 300])
def test_an_address_stays_on_the_portal(alice, url):
    with pytest.raises(ValueError, match="portal"):
        tell(alice.profiles.get(), url=url)
    assert not Notification.objects.exists()


def test_long_texts_are_cut_at_their_length(alice):
    tell(alice.profiles.get(), title="t" * 300, text="Mot " * 200)
    found = Notification.objects.get()
    assert len(found.title) == 200 and found.title.endswith("t…")
    assert len(found.text) <= 500 and found.text.endswith("Mot…")


def test_one_is_read_once_by_its_own_user(alice, bob):
    tell(alice.profiles.get())
    notification = Notification.objects.get(user=alice)
    first = mark_read(by=alice, notification=notification).read_at
    assert mark_read(by=alice, notification=notification).read_at == first
    with pytest.raises(Notification.DoesNotExist):
        mark_read(by=bob, notification=notification)
    assert Notification.objects.get(user=bob).read_at is None


def test_all_are_read_at_once_by_one_user(alice, bob):
    for number in range(3):
        tell(alice.profiles.get(), source=f"fact:{number}")
    assert mark_all_read(by=alice, until=timezone.now() - timedelta(days=1)) == 0
    assert mark_all_read(by=alice) == 3
    assert mark_all_read(by=alice) == 0
    assert (unread_count(alice), unread_count(bob)) == (0, 3)


def test_the_unread_come_first_then_the_newest(alice, sql_count):
    profile = alice.profiles.get()
    other = MembershipFactory(user=alice, profile=ProfileFactory(name="Asso")).profile
    for number, about in enumerate([profile, other, profile]):
        tell(about, title=f"Fait {number}", source=f"fact:{number}")
    Notification.objects.filter(title="Fait 2").update(read_at=timezone.now())
    assert [one.title for one in notifications_of(alice)] == ["Fait 1", "Fait 0", "Fait 2"]
    assert sql_count(lambda: [one.profile.name for one in notifications_of(alice)]) == 1

"""« Mes données personnelles » (s0.8, s2.2, s2.3): groups with a pencil each, written by the accounts' service."""

import pytest
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership, Profile
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/mon-compte/profil/"
ADDRESS = {"address": "3 place du Lavoir", "address_complement": "", "postcode": "49000", "town": "Garance"}


def test_s2_2_each_group_of_information_has_its_pencil(dashboard, login, alice):
    page = login(alice).get(URL).content.decode()
    for group in ("identite", "adresse", "telephones"):
        assert f'href="/mon-compte/profil/modifier/{group}/"' in page
    assert 'href="/mon-compte/mot-de-passe/"' in page
    assert "alice@example.test" in page
    assert "Nous ne vous le demanderons jamais" in page


@pytest.mark.parametrize(
    "group, data",
    [
        ("identite", {"first_name": "Alix", "last_name": "Martin"}),
        ("adresse", ADDRESS),
        ("telephones", {"phone": "02 41 00 00 00", "second_phone": ""}),
    ],
)
def test_s0_8_a_resident_changes_or_completes_a_group(dashboard, login, alice, group, data):
    client = login(alice)
    url = f"{URL}modifier/{group}/"
    assert client.get(url).status_code == 200
    response = client.post(url, data)
    assert (response.status_code, response.url) == (302, URL)
    page = client.get(URL).content.decode()
    assert "Vos informations sont enregistrées" in page
    for value in filter(None, data.values()):
        assert value in page


@pytest.mark.parametrize(
    "group, data, field",
    [
        ("identite", {"first_name": "", "last_name": "Martin"}, "first_name"),
        ("adresse", {**ADDRESS, "postcode": "!"}, "postcode"),
        ("telephones", {"phone": "appelez-moi", "second_phone": ""}, "phone"),
    ],
)
def test_what_can_not_be_is_said_beside_the_field_and_at_the_top(dashboard, login, alice, group, data, field):
    before = Profile.objects.values().get()
    response = login(alice).post(f"{URL}modifier/{group}/", data)
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["form"].errors[field]
    assert "<title>Erreur : " in page and "error-summary" in page
    assert Profile.objects.values().get() == before


def test_extra_fields_change_nothing(dashboard, login, alice, charlie):
    client = login(alice)
    client.post(
        f"{URL}modifier/identite/",
        {"first_name": "Alix", "last_name": "M", "email": "x@example.test", "is_staff": "1", "is_superuser": "1"},
    )
    alice.refresh_from_db()
    assert (alice.first_name, alice.email, alice.is_staff, alice.is_superuser) == (
        "Alix",
        "alice@example.test",
        False,
        False,
    )
    client.post(f"{URL}modifier/adresse/", {**ADDRESS, "profile": charlie.profiles.get().pk, "kind": "organisation"})
    assert charlie.profiles.get().town == "Vallon-sur-Loire"
    assert alice.profiles.get().kind == "individual"


def test_an_unknown_group_is_not_found(dashboard, login, alice):
    assert login(alice).get(f"{URL}modifier/mot-de-passe/").status_code == 404


def test_who_may_only_read_changes_their_own_name_and_nothing_of_the_profile(dashboard, login, alice):
    reader = MembershipFactory(profile=alice.profiles.get(), role=Role.READ_ONLY).user
    client = login(reader)
    page = client.get(URL).content.decode()
    assert "modifier/identite/" in page and "modifier/adresse/" not in page
    assert client.post(f"{URL}modifier/adresse/", ADDRESS).status_code == 403
    assert client.post(f"{URL}modifier/identite/", {"first_name": "A", "last_name": "B"}).status_code == 302


def test_a_former_member_changes_nothing(dashboard, login, bob):
    client = login(bob)
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    assert client.post(f"{URL}modifier/adresse/", ADDRESS).status_code == 403


def test_the_members_of_the_profile_are_listed_without_their_addresses(
    dashboard, login, alice, bob, charlie, sql_count
):
    client = login(alice)
    page = client.get(URL).content.decode()
    assert bob.get_full_name() in page and "bob@example.test" not in page
    assert charlie.get_full_name() not in page
    two = sql_count(lambda: client.get(URL))
    MembershipFactory(user=UserFactory(), profile=alice.profiles.get())
    assert sql_count(lambda: client.get(URL)) == two

"""Profiles: who acts for which, at what cost, and until when."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts import current, perms, services
from accounts.enums import ProfileKind, Role
from accounts.middleware import CurrentProfileMiddleware
from accounts.models import Membership, Profile, User
from accounts.rules import normalise_phone
from tests.factories.accounts import MembershipFactory, ProfileFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ask(client, rf):
    """Return `ask(user)`: a request of the client's session, as the middleware leaves it to a view."""

    def make(user, session=None):
        request = rf.get("/")
        request.user = user
        request.session = session if session is not None else {}
        CurrentProfileMiddleware(lambda request: request)(request)
        return request

    return make


def test_a_page_that_does_not_ask_costs_nothing_and_one_that_does_costs_one_query(alice, ask, sql_count):
    assert sql_count(lambda: ask(alice)) == 0
    request = ask(alice)
    assert sql_count(lambda: (request.profile, request.membership, request.memberships, request.profile.name)) == 1
    assert sql_count(lambda: request.profile) == 0


def test_the_profile_can_be_none(ask, db):
    from django.contrib.auth.models import AnonymousUser

    assert ask(AnonymousUser()).profile is None
    request = ask(UserFactory(is_staff=True))
    assert request.profile is None and request.membership is None and request.memberships == []


def test_the_oldest_profile_comes_first_and_the_chosen_one_stays(alice, ask):
    first = alice.profiles.get()
    second = MembershipFactory(user=alice).profile
    assert ask(alice).profile == first
    assert ask(alice, {current.SESSION_KEY: second.pk}).profile == second


def test_a_chosen_profile_that_one_left_is_not_kept(alice, ask):
    second = MembershipFactory(user=alice)
    session = {current.SESSION_KEY: second.profile_id}
    assert ask(alice, session).profile == second.profile
    Membership.objects.filter(pk=second.pk).update(ended_at=timezone.now())
    assert ask(alice, session).profile != second.profile


def test_a_strangers_profile_in_the_session_is_worth_nothing(alice, charlie, ask):
    assert ask(alice, {current.SESSION_KEY: charlie.profiles.get().pk}).profile == alice.profiles.get()


def test_switching_through_the_site(client, alice, charlie):
    second = MembershipFactory(user=alice, profile=ProfileFactory(name="Les jardiniers")).profile
    client.force_login(alice)
    page = client.get("/mon-compte/mot-de-passe/").content.decode()
    assert "Agir pour Les jardiniers" in page

    response = client.post("/mon-compte/profil-courant/", {"profile": second.public_id, "next": "/aide/"})
    assert (response.status_code, response.url) == (302, "/aide/")
    assert client.session[current.SESSION_KEY] == second.pk

    for target in ("https://evil.example/", "//evil.example"):
        response = client.post("/mon-compte/profil-courant/", {"profile": second.public_id, "next": target})
        assert response.url == "/mon-compte/"
    for foreign in (charlie.profiles.get().public_id, "not-a-uuid", ""):
        assert client.post("/mon-compte/profil-courant/", {"profile": foreign}).status_code == 404
    assert client.session[current.SESSION_KEY] == second.pk
    assert client.get("/mon-compte/profil-courant/").status_code == 405


def test_switching_wants_a_login(client, alice):
    response = client.post("/mon-compte/profil-courant/", {"profile": alice.profiles.get().public_id})
    assert response.url.startswith("/connexion/")


@pytest.mark.parametrize(
    ("role", "writes", "manages"),
    [
        (Role.HOLDER, True, True),
        (Role.CO_HOLDER, True, True),
        (Role.MEMBER, True, False),
        (Role.READ_ONLY, False, False),
    ],
)
def test_what_each_role_may_do(role, writes, manages):
    membership = MembershipFactory(role=role)
    assert perms.can_write(membership) is writes
    assert perms.can_manage(membership) is manages
    membership.ended_at = timezone.now()
    assert not perms.can_write(membership) and not perms.can_manage(membership)
    assert not perms.can_write(None) and not perms.can_manage(None)


def test_a_member_is_in_a_profile_once(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipFactory(user=alice, profile=alice.profiles.get())
    membership = Membership(user=alice, profile=alice.profiles.get())
    with pytest.raises(ValidationError, match="fait déjà partie"):
        membership.full_clean()


def test_leaving_and_being_shown_out(alice, bob):
    hers, his = alice.memberships.get(), bob.memberships.get()
    Membership.objects.filter(pk=his.pk).update(role=Role.MEMBER)
    with pytest.raises(PermissionDenied):
        services.end_membership(by=bob, membership=hers)
    with pytest.raises(ValidationError, match="seule personne titulaire"):
        services.end_membership(by=alice, membership=hers)
    services.end_membership(by=alice, membership=his)
    services.end_membership(by=alice, membership=his)
    his.refresh_from_db()
    assert his.ended_at and Membership.objects.active().get() == hers
    assert ModelLogEntry.objects.filter(action="accounts.membership.end").count() == 1
    with pytest.raises(PermissionDenied):
        services.end_membership(by=bob, membership=hers)


def test_a_stranger_ends_nothing(alice, charlie):
    with pytest.raises(PermissionDenied):
        services.end_membership(by=charlie, membership=alice.memberships.get())


def test_one_of_two_holders_may_leave(alice, bob):
    services.end_membership(by=bob, membership=bob.memberships.get())
    assert not Membership.objects.active().filter(user=bob).exists()


VALUES = {
    "address": "3 quai Neuf",
    "address_complement": "",
    "postcode": "49100",
    "town": "Angers",
    "phone": "",
    "second_phone": "",
}


def test_s0_8_s2_2_personal_data_are_written_by_group(alice):
    profile = alice.profiles.get()
    services.update_personal_data(by=alice, profile=profile, values={"first_name": "Aline", "last_name": "Noé"})
    phones = {"phone": "0612345678", "second_phone": "+33 6 98.76.54.32"}
    services.update_personal_data(by=alice, profile=profile, values=phones)

    alice.refresh_from_db()
    profile.refresh_from_db()
    assert (alice.first_name, alice.last_name) == ("Aline", "Noé")
    assert (profile.phone, profile.second_phone) == ("06 12 34 56 78", "06 98 76 54 32")
    assert profile.name == "Aline Noé", "an individual's profile bears the holder's name"
    entry = ModelLogEntry.objects.filter(action="accounts.personal_data.update").first()
    assert entry.data == {"fields": ["phone", "second_phone"]}


def test_a_household_keeps_its_name(alice):
    Profile.objects.update(kind=ProfileKind.HOUSEHOLD, name="Famille Durand")
    profile = alice.profiles.get()
    services.update_personal_data(by=alice, profile=profile, values={"first_name": "A", "last_name": "B"})
    profile.refresh_from_db()
    assert profile.name == "Famille Durand"


def test_nothing_changed_writes_nothing(alice):
    profile = alice.profiles.get()
    services.update_personal_data(by=alice, profile=profile, values={"town": profile.town})
    assert not ModelLogEntry.objects.filter(action="accounts.personal_data.update").exists()


def test_extra_values_change_nothing(alice):
    profile = alice.profiles.get()
    values = {**VALUES, "kind": "organisation", "email": "evil@example.test", "is_staff": True, "name": "x"}
    services.update_personal_data(by=alice, profile=profile, values=values)
    alice.refresh_from_db()
    profile.refresh_from_db()
    assert (alice.email, alice.is_staff, profile.kind) == ("alice@example.test", False, "individual")
    assert profile.town == "Angers"


def test_who_may_not_change_personal_data(alice, bob, charlie):
    profile = alice.profiles.get()
    with pytest.raises(PermissionDenied):
        services.update_personal_data(by=charlie, profile=profile, values=VALUES)
    bob.memberships.update(role=Role.READ_ONLY)
    with pytest.raises(PermissionDenied):
        services.update_personal_data(by=bob, profile=profile, values=VALUES)
    services.update_personal_data(by=bob, profile=profile, values={"first_name": "Robert"})
    assert User.objects.get(pk=bob.pk).first_name == "Robert", "one's own name stays one's own"
    bob.memberships.update(ended_at=timezone.now())
    with pytest.raises(PermissionDenied):
        services.update_personal_data(by=bob, profile=profile, values={"first_name": "Bobby"})


@pytest.mark.parametrize(("field", "value"), [("phone", "061234"), ("second_phone", "x"), ("first_name", "x" * 151)])
def test_what_personal_data_refuse(alice, field, value):
    with pytest.raises(ValidationError) as refused:
        services.update_personal_data(by=alice, profile=alice.profiles.get(), values={**VALUES, field: value})
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("06.12.34.56.78", "06 12 34 56 78"),
        ("+33612345678", "06 12 34 56 78"),
        ("0033 (0)6-12-34-56-78", "06 12 34 56 78"),
        ("06 12 34 56 78", "06 12 34 56 78"),
        ("+32 2 123 45 67", "+3221234567"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_telephones_as_people_write_them(typed, kept):
    assert normalise_phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "00 12", "06 12 34 56 7x", "+0 12345678"])
def test_what_is_no_telephone(typed):
    with pytest.raises(ValidationError):
        normalise_phone(typed)


# The e-mail is unique whatever its case: in the form (test_staff), the service and the database.


def test_an_email_is_stored_in_lower_case():
    assert UserFactory(email=" Anne@Example.TEST ").email == "anne@example.test"
    assert User.objects.get_by_natural_key("ANNE@example.test")


def test_the_database_refuses_a_second_account_whatever_the_case(alice):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ALICE@EXAMPLE.TEST")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Alice@example.test", password="x")])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(email="Other@example.test", password="x")])


def test_the_model_says_so_in_french(alice):
    with pytest.raises(ValidationError, match="Un compte existe déjà avec ce courriel."):
        User(email="ALICE@example.test", password="x").full_clean()

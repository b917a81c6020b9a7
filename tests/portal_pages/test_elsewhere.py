"""A link of a mail opened while acting for another of one's profiles: it leads on, and tells nothing to others."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.enums import ProfileKind
from accounts.models import Membership
from tests.factories.accounts import MembershipFactory, ProfileFactory
from tests.factories.cases import CaseFactory
from tests.factories.families import ChildFactory, FiledDocumentFactory

pytestmark = pytest.mark.django_db
SWITCH = "/mon-compte/profil-courant/"


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def lavoir(dashboard, alice):
    """The association of which Alice is a member too; she acts for herself when she logs in."""
    membership = MembershipFactory(
        user=alice, profile=ProfileFactory(name="Les Amis du Lavoir", kind=ProfileKind.ORGANISATION)
    )
    return membership.profile


@pytest.fixture
def address(lavoir):
    return f"/mon-compte/demarches/{CaseFactory(profile=lavoir).public_id}/"


def test_the_page_says_for_whom_to_act_and_leads_there(login, alice, lavoir, address):
    client = login(alice)
    response = client.get(f"{address}?page=2")
    assert response.status_code == 200 and response["Cache-Control"] == "private, no-store"
    assert "Cette page est dans un autre profil" in response.text
    assert "Ouvrir pour « Les Amis du Lavoir »" in response.text
    assert f'name="next" value="{address}?page=2"' in response.text
    # Nothing changed by looking: she still acts for herself.
    assert response.context["request"].profile == alice.profiles.exclude(pk=lavoir.pk).get()
    assert client.get("/mon-compte/").context["request"].profile != lavoir
    response = client.post(SWITCH, {"profile": lavoir.public_id, "next": address}, follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert response.status_code == 200 and "Cette page est dans un autre profil" not in response.text


def test_it_tells_nothing_to_who_is_no_member(login, alice, bob, charlie, lavoir, address):
    # Charlie has two profiles as well.
    MembershipFactory(user=charlie)
    assert login(charlie).get(address).status_code == 404
    assert login(bob).get(address).status_code == 404
    Membership.objects.filter(user=alice, profile=lavoir).update(ended_at=timezone.now())
    assert login(alice).get(address).status_code == 404


def test_what_is_nobodys_is_not_found_and_only_a_page_is_offered(login, alice, lavoir, address):
    client = login(alice)
    assert client.get("/mon-compte/demarches/00000000-0000-4000-8000-000000000000/").status_code == 404
    assert client.post(f"{address}retirer/").status_code == 404
    assert client.get(address, headers={"HX-Request": "true"}).status_code == 404


def test_a_child_of_two_of_one_s_households_is_offered_for_both(login, alice, lavoir):
    homes = [
        MembershipFactory(user=alice, profile=ProfileFactory(name=name, kind=ProfileKind.HOUSEHOLD)).profile
        for name in ("Foyer du lundi", "Foyer du mardi")
    ]
    child = ChildFactory(profile=homes[0])
    child.guardianships.create(profile=homes[1], started_on=dt.date(2020, 1, 1))
    page = login(alice).get(f"/mon-compte/famille/enfants/{child.public_id}/").text
    assert "Ouvrir pour « Foyer du lundi »" in page and "Ouvrir pour « Foyer du mardi »" in page
    assert "Ouvrir pour « Les Amis du Lavoir »" not in page


def test_a_file_is_offered_too_and_not_sent(login, alice, lavoir):
    document = FiledDocumentFactory(profile=lavoir, title="Courrier")
    response = login(alice).get(f"/mon-compte/documents/document/{document.public_id}/")
    assert "Ouvrir pour « Les Amis du Lavoir »" in response.text and "Courrier" not in response.text

"""Direct debit: a mandate recorded, shown in part, and revoked (s1.10)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from billing.enums import MandateState
from billing.models import SepaMandate
from billing.queries import active_mandates
from billing.rules import iban_is_valid
from billing.services import create_mandate, revoke_mandate
from tests.factories.accounts import ProfileFactory

pytestmark = pytest.mark.django_db
IBAN = "FR1420041010050500013M02606"


def record(by, profile, source="procedures.case:1", **fields):
    values = {
        "customer_reference": "00004500",
        "holder_name": "Alice Durand",
        "iban": IBAN,
        "signed_on": dt.date(2026, 11, 20),
    } | fields
    return create_mandate(by=by, profile=profile, source=source, **values)


@pytest.fixture
def mandate(staff, alice):
    return record(staff("Instructeur"), alice.profiles.get(), iban="fr14 2004 1010 0505 0001 3M02 606")


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        (IBAN, True),
        ("DE89370400440532013000", True),
        ("FR1420041010050500013M02607", False),
        ("FR142004101005050001M02606", False),
        ("FR14", False),
        ("FR١٤20041010050500013M02606", False),
        ("", False),
        ("FR14 2004 1010 0505 0001 3M02 606", False),
    ],
)
def test_the_check_digits_of_an_iban(iban, valid):
    assert iban_is_valid(iban) is valid


def test_a_mandate_has_a_reference_of_its_own(mandate, alice):
    assert mandate.reference == f"RUM{timezone.localdate().year}-000001"
    assert len(mandate.reference) <= 35
    assert (mandate.iban, mandate.masked_iban) == (IBAN, "FR••\u00a0••••\u00a02606")
    assert active_mandates(alice.profiles.get()) == {"00004500": mandate}
    assert active_mandates(None) == {}


def test_the_same_source_makes_one_mandate_and_another_replaces_it(mandate, staff, alice):
    agent, profile = staff("Instructeur"), alice.profiles.get()
    assert record(agent, profile) == mandate
    newer = record(agent, profile, source="procedures.case:2")
    mandate.refresh_from_db()
    assert (mandate.state, newer.state) == (MandateState.REVOKED, MandateState.ACTIVE)
    assert mandate.revoked_at
    other = record(agent, profile, source="procedures.case:3", customer_reference="00009999")
    assert set(active_mandates(profile).values()) == {newer, other}


def test_the_mandate_of_who_had_the_contract_before_is_revoked(mandate, staff):
    agent, profile = staff("Instructeur"), ProfileFactory()
    newer = record(agent, profile, source="procedures.case:2")
    mandate.refresh_from_db()
    assert (mandate.state, newer.state) == (MandateState.REVOKED, MandateState.ACTIVE)
    # Without a reference, each profile has its own.
    own = [
        record(agent, one, source=f"procedures.case:{number}", customer_reference="")
        for number, one in enumerate((profile, mandate.profile), start=3)
    ]
    assert {SepaMandate.objects.get(pk=one.pk).state for one in own} == {MandateState.ACTIVE}


def test_a_wrong_iban_or_nobody_s_right_records_nothing(staff, alice):
    with pytest.raises(ValidationError, match="IBAN"):
        record(staff("Instructeur"), alice.profiles.get(), iban="FR7612345678")
    for by in (alice, staff(), staff("Communication")):
        with pytest.raises(PermissionDenied):
            record(by, alice.profiles.get())
    assert not SepaMandate.objects.exists()


def test_who_may_revoke(mandate, staff, alice):
    for by in (alice, staff("Instructeur")):
        with pytest.raises(PermissionDenied):
            revoke_mandate(by=by, mandate=mandate)
    officer = staff("Régisseur")
    assert revoke_mandate(by=officer, mandate=mandate).state == MandateState.REVOKED
    assert revoke_mandate(by=officer, mandate=mandate).revoked_at


def address(name, *args):
    return reverse(f"wagtailsnippets_billing_sepamandate:{name}", args=args)


def test_the_back_office_shows_mandates_and_revokes_one(mandate, staff, client):
    staff("Régisseur")
    listed = client.get(address("list")).content.decode()
    assert mandate.reference in listed and "FR••\u00a0••••\u00a02606" in listed and IBAN not in listed
    sheet = client.get(address("inspect", mandate.pk)).content.decode()
    assert "Mandat de prélèvement enregistré" in sheet and IBAN not in sheet
    assert client.get(address("revoke", mandate.pk)).status_code == 200
    mandate.refresh_from_db()
    assert mandate.state == MandateState.ACTIVE, "a GET never writes"
    client.post(address("revoke", mandate.pk))
    mandate.refresh_from_db()
    assert mandate.state == MandateState.REVOKED


@pytest.mark.parametrize("group", ["Communication", "Instructeur"])
def test_others_see_no_mandate(mandate, staff, client, group):
    staff(group)
    for name, args in (("list", []), ("inspect", [mandate.pk]), ("revoke", [mandate.pk])):
        assert client.get(address(name, *args)).status_code in (302, 403)

"""A resident attaches a contract with its reference and its code (s1.3); an agent ends the attachment."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import Role
from accounts.models import Attempt, Membership, OutgoingMail
from accounts.throttle import Throttled
from billing.models import Invoice
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.water import CODE, AttachedContractFactory, WaterContractFactory
from water.services.attachment import WRONG_PAIR, attach_contract, detach_contract

pytestmark = pytest.mark.django_db
URL = "/mon-compte/contrats/associer/"


def invoice(reference, **fields):
    amounts = {"net": 80, "vat": 4, "gross": 84}
    dates = {"issued_on": dt.date(2026, 11, 1), "due_on": dt.date(2026, 12, 31)}
    return Invoice.objects.create(number=f"F{reference}", customer_reference=reference, **amounts, **dates, **fields)


def attach(user, reference, code=CODE, *, profile=None, email=None, origin="203.0.113.5"):
    return attach_contract(
        by=user,
        profile=profile or user.profiles.get(),
        email=email or user.email,
        reference=reference,
        code=code,
        origin=origin,
    )


def test_s1_3_a_resident_attaches_a_contract_and_its_invoices_follow(dashboard, login, alice):
    contract = WaterContractFactory(reference="00004512", code=CODE)
    invoice("00004512")
    client = login(alice)
    page = client.get(URL).content.decode()
    assert "Associer une référence client" in page and 'value="alice@example.test"' in page
    for label in ("Courriel", "Code d’activation", "Référence client", "Valider", "Annuler"):
        assert label in page
    response = client.post(URL, {"email": "Alice@example.test", "code": "acdef 34679", "reference": " 0000 4512"})
    assert (response.status_code, response.url) == (302, "/mon-compte/contrats/00004512/")
    assert "est maintenant actif dans votre compte" in client.get(response.url).content.decode()
    contract.refresh_from_db()
    assert contract.profile == alice.profiles.get()
    assert contract.attached_at
    code = contract.codes.get()
    assert code.used_at
    assert Invoice.objects.get().profile == contract.profile
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("water/contract_attached", "alice@example.test")
    assert "00004512" in mail.text
    entry = ModelLogEntry.objects.get(action="water.contract.attach")
    assert (entry.user, entry.data) == (alice, {"profile": contract.profile_id})


WRONG = {
    "unknown reference": {"reference": "99999999"},
    "wrong code": {"code": "ACDEF-34677"},
    "code of another contract": {"code": "WWWWW-WWWWW"},
    "void code": {"reference": "VOID"},
    "used code": {"reference": "USED"},
    "attached elsewhere": {"reference": "TAKEN"},
    "no code was ever issued": {"reference": "NOCODE"},
    "another e-mail": {"email": "charlie@example.test"},
}


@pytest.fixture
def contracts(charlie):
    WaterContractFactory(reference="00004512", code=CODE)
    WaterContractFactory(reference="OTHER", code="WWWWW-WWWWW")
    void, used = WaterContractFactory(reference="VOID", code=CODE), WaterContractFactory(reference="USED", code=CODE)
    void.codes.update(voided_at=timezone.now())
    used.codes.update(used_at=timezone.now())
    AttachedContractFactory(reference="TAKEN", code=CODE, profile=charlie.profiles.get())
    WaterContractFactory(reference="NOCODE")


@pytest.mark.parametrize("what", WRONG)
def test_s1_3_wrong_pairs_say_the_same_sentence_whatever_is_wrong(dashboard, contracts, login, alice, what):
    data = {"email": alice.email, "code": CODE, "reference": "00004512"} | WRONG[what]
    response = login(alice).post(URL, data)
    page = response.content.decode()
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [str(WRONG_PAIR)]
    assert "<title>Erreur : Associer" in page
    assert not alice.profiles.get().water_contracts.exists()
    assert not OutgoingMail.objects.exists()


def test_wrong_pairs_cost_the_same_queries_whatever_is_wrong(contracts, alice, sql_count):
    counts = set()
    for changes in WRONG.values():
        Attempt.objects.all().delete()
        given = {"reference": "00004512", "code": CODE, "email": alice.email} | changes

        def refused(given=given):
            with pytest.raises(ValidationError):
                attach(alice, given["reference"], given["code"], email=given["email"])

        counts.add(sql_count(refused))
    assert len(counts) == 1


def test_s1_3_tries_are_throttled_by_user(contracts, dashboard, login, alice):
    client = login(alice)
    wrong = {"email": alice.email, "code": "WRONG", "reference": "00004512"}
    assert [client.post(URL, wrong).status_code for _ in range(6)] == [200] * 5 + [429]
    right = client.post(URL, {**wrong, "code": CODE})
    assert right.status_code == 429
    assert not alice.profiles.get().water_contracts.exists()


def test_tries_are_throttled_by_origin_and_by_reference(contracts):
    users = [MembershipFactory().user for _ in range(11)]

    def refused(user, reference, origin):
        with pytest.raises(ValidationError):
            attach(user, reference, "WRONG", origin=origin)

    for number in range(20):
        refused(users[number % 10], "00004512", f"203.0.113.{number}")
    with pytest.raises(Throttled):
        attach(users[10], "00004512", origin="198.51.100.9")
    Attempt.objects.all().delete()
    for number in range(30):
        refused(users[number % 10], f"REF{number}", "203.0.113.5")
    with pytest.raises(Throttled):
        attach(users[10], "00004512", origin="203.0.113.5")
    assert attach(users[10], "00004512", origin="198.51.100.9").profile == users[10].profiles.get()


def test_who_may_only_read_a_profile_attaches_nothing(dashboard, login, alice):
    reader = MembershipFactory(user=UserFactory(), profile=alice.profiles.get(), role=Role.READ_ONLY).user
    WaterContractFactory(reference="00004512", code=CODE)
    assert login(reader).get(URL).status_code == 403
    with pytest.raises(PermissionDenied):
        attach(reader, "00004512")


def test_a_former_member_attaches_nothing_to_the_profile(alice, bob):
    profile = alice.profiles.get()
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    WaterContractFactory(reference="00004512", code=CODE)
    with pytest.raises(PermissionDenied):
        attach(bob, "00004512", profile=profile)


def test_the_same_form_sent_twice_answers_alike(alice):
    WaterContractFactory(reference="00004512", code=CODE)
    assert attach(alice, "00004512") == attach(alice, "00004512")
    assert OutgoingMail.objects.count() == 1


def test_extra_fields_change_nothing(dashboard, login, alice, charlie):
    contract = WaterContractFactory(reference="00004512", code=CODE, holder_name="Camille Martin")
    data = {"email": alice.email, "code": CODE, "reference": "00004512"}
    login(alice).post(URL, {**data, "profile": charlie.profiles.get().pk, "holder_name": "X", "by": charlie.pk})
    contract.refresh_from_db()
    assert (contract.profile, contract.holder_name) == (alice.profiles.get(), "Camille Martin")


# The end of an attachment --------------------------------------------------------------------------------------------


def test_an_agent_ends_an_attachment_and_the_invoices_leave(client, staff, alice):
    contract = AttachedContractFactory(reference="00004512", profile=alice.profiles.get())
    invoice("00004512", profile=alice.profiles.get())
    staff("Gestionnaire de données")
    url = f"/admin/snippets/water/watercontract/detacher/{contract.pk}/"
    assert "ne verra plus le contrat 00004512" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    contract.refresh_from_db()
    assert (contract.profile, contract.attached_at) == (None, None)
    assert Invoice.objects.get().profile is None
    assert ModelLogEntry.objects.filter(action="water.contract.detach").count() == 1
    assert "n’est rattaché à aucun compte" in client.post(url, follow=True).content.decode()


@pytest.mark.parametrize("group", ["Communication", "Régisseur", "Instructeur"])
def test_others_end_no_attachment(client, staff, group):
    contract = AttachedContractFactory()
    user = staff(group)
    client.post(f"/admin/snippets/water/watercontract/detacher/{contract.pk}/")
    contract.refresh_from_db()
    assert contract.profile_id
    with pytest.raises(PermissionDenied):
        detach_contract(by=user, contract=contract)

"""Someone knows a reference but not its code (s1.4): an agent checks, and sends the code himself."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.models import OutgoingMail
from tests.factories.accounts import MembershipFactory, ProfileFactory
from tests.factories.water import AttachedContractFactory, CodeRequestFactory, WaterContractFactory
from water.enums import CodeRequestState
from water.models import CodeRequest
from water.services import requests
from water.services.attachment import attach_contract

pytestmark = pytest.mark.django_db
URL = "/mon-compte/contrats/demander-un-code/"
ADMIN = "/admin/snippets/water/coderequest/"


def ask(client, reference, email="alice@example.test"):
    return client.post(URL, {"email": email, "reference": reference})


def test_s1_4_a_resident_asks_and_the_answer_is_the_same_whatever_the_reference(dashboard, login, alice, charlie):
    WaterContractFactory(reference="00004512")
    AttachedContractFactory(reference="00004599", profile=charlie.profiles.get())
    client = login(alice)
    page = client.get(URL).content.decode()
    assert "Courriel" in page and "Référence client" in page
    answers = set()
    for reference in ("00004512", "00004599", "UNKNOWN"):
        response = ask(client, reference)
        assert (response.status_code, response.url) == (302, "/mon-compte/contrats/")
        answers.add(client.get(response.url).content.decode().count("Votre demande est enregistrée"))
    assert answers == {1}
    assert CodeRequest.objects.filter(state=CodeRequestState.PENDING).count() == 3
    # Never automatic.
    assert not OutgoingMail.objects.exists()


def test_asking_twice_waits_once(dashboard, login, alice):
    client = login(alice)
    ask(client, "0000 4512")
    ask(client, "00004512")
    assert CodeRequest.objects.get().reference == "00004512"


def test_the_code_goes_to_the_address_of_the_account_only(dashboard, login, alice):
    response = ask(login(alice), "00004512", email="someone@example.test")
    assert response.context["form"].errors["email"] == ["Saisissez le courriel de votre compte, alice@example.test."]
    assert not CodeRequest.objects.exists()


def test_requests_are_throttled(dashboard, login, alice):
    client = login(alice)
    assert [ask(client, f"REF{number}").status_code for number in range(6)] == [302] * 5 + [429]


def test_who_may_only_read_asks_nothing(dashboard, login, alice):
    reader = MembershipFactory(profile=alice.profiles.get(), role=Role.READ_ONLY).user
    assert login(reader).get(URL).status_code == 403
    with pytest.raises(PermissionDenied):
        requests.request_code(by=reader, profile=alice.profiles.get(), reference="1", origin="x")


def test_s1_4_an_agent_verifies_and_sends_the_code_that_attaches(client, staff, alice):
    contract = WaterContractFactory(reference="00004512", holder_name="Alice Durand", code="ACDEF34679")
    request = CodeRequestFactory(profile=alice.profiles.get(), requested_by=alice, reference="00004512")
    agent = staff("Gestionnaire de données")
    listed = client.get(ADMIN).content.decode()
    assert "00004512" in listed and "Vérifier et envoyer le code" in listed
    page = client.get(f"{ADMIN}envoyer/{request.pk}/").content.decode()
    assert "Alice Durand" in page and "12 rue des Tilleuls" in page and "alice@example.test" in page
    assert client.post(f"{ADMIN}envoyer/{request.pk}/").status_code == 302
    request.refresh_from_db()
    assert (request.state, request.handled_by) == (CodeRequestState.SENT, agent)
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("water/code_sent", "alice@example.test")
    code = re.search(r"Code d’activation : (\S+)", mail.text).group(1)
    assert code in mail.html
    given = {"by": alice, "profile": alice.profiles.get(), "email": alice.email, "reference": "00004512", "origin": "x"}
    with pytest.raises(ValidationError):
        attach_contract(code="ACDEF34679", **given)
    assert attach_contract(code=code, **given) == contract
    # Nothing readable was kept.
    assert not contract.codes.exclude(sealed=None).exists()


def test_what_the_account_does_not_say_is_told_so(client, staff):
    profile = ProfileFactory(address="", postcode="", town="", phone="")
    request = CodeRequestFactory(profile=profile, reference="UNKNOWN")
    staff("Instructeur")
    page = client.get(f"{ADMIN}inspect/{request.pk}/").content.decode()
    assert ">Non renseignée</td>" in page and ">Non renseigné</td>" in page


def test_s1_4_a_request_is_handled_once(client, staff):
    contract = WaterContractFactory(reference="00004512")
    request = CodeRequestFactory(reference="00004512")
    staff("Instructeur")
    client.post(f"{ADMIN}envoyer/{request.pk}/")
    assert "déjà été traitée" in client.post(f"{ADMIN}envoyer/{request.pk}/", follow=True).content.decode()
    reason = {"reason": "Trop tard."}
    assert "déjà été traitée" in client.post(f"{ADMIN}refuser/{request.pk}/", reason, follow=True).content.decode()
    assert contract.codes.count() == OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    "make, sentence",
    [
        (lambda: None, "Aucun contrat ne porte cette référence"),
        (lambda: AttachedContractFactory(reference="00004512"), "déjà rattaché"),
    ],
)
def test_no_code_is_sent_without_a_free_contract(client, staff, make, sentence):
    make()
    request = CodeRequestFactory(reference="00004512")
    staff("Gestionnaire de données")
    assert sentence in client.get(f"{ADMIN}inspect/{request.pk}/").content.decode()
    client.post(f"{ADMIN}envoyer/{request.pk}/")
    request.refresh_from_db()
    assert request.state == CodeRequestState.PENDING
    assert not OutgoingMail.objects.exists()


def test_s1_4_an_agent_refuses_with_a_reason_that_is_mailed(client, staff):
    request = CodeRequestFactory(reference="00004512")
    staff("Gestionnaire de données")
    url = f"{ADMIN}refuser/{request.pk}/"
    assert client.post(url, {"reason": "  "}).status_code == 200
    request.refresh_from_db()
    assert request.state == CodeRequestState.PENDING
    client.post(url, {"reason": "Le contrat n’est pas à votre nom."})
    request.refresh_from_db()
    assert (request.state, request.reason) == (CodeRequestState.REFUSED, "Le contrat n’est pas à votre nom.")
    mail = OutgoingMail.objects.get()
    assert mail.kind == "water/code_refused"
    assert "Le contrat n’est pas à votre nom." in mail.text and "Le contrat n’est pas à votre nom." in mail.html


@pytest.mark.parametrize("group", ["Communication", "Régisseur", "Responsable enfance"])
def test_others_handle_no_request(client, staff, group):
    user = staff(group)
    request = CodeRequestFactory()
    for action in ("envoyer", "refuser", "inspect"):
        assert client.get(f"{ADMIN}{action}/{request.pk}/").status_code == 302
    client.post(f"{ADMIN}refuser/{request.pk}/", {"reason": "x"})
    request.refresh_from_db()
    assert request.state == CodeRequestState.PENDING
    with pytest.raises(PermissionDenied):
        requests.refuse_code(by=user, code_request=request, reason="x")


def test_the_queue_costs_the_same_with_one_and_three_requests(client, staff, sql_count):
    staff("Gestionnaire de données")
    CodeRequestFactory()
    client.get(ADMIN)
    one = sql_count(lambda: client.get(ADMIN))
    CodeRequestFactory.create_batch(2)
    assert sql_count(lambda: client.get(ADMIN)) == one

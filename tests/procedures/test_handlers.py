"""What acceptance does: read before, done once, undone when it is refused."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from billing.models import SepaMandate
from procedures import handlers
from procedures.enums import Access, FieldKind
from tests.factories.accounts import ProfileFactory
from tests.factories.cases import CaseFactory, OnlineProcedureFactory, field, step
from tests.factories.water import AttachedContractFactory, DeliveryPointFactory, MeterFactory, WaterContractFactory
from water.models import MeterReading, WaterContract

pytestmark = pytest.mark.django_db
IBAN = "FR1420041010050500013M02606"
MOVING_IN = [
    step(
        "Logement",
        field("address", "Adresse", key="adresse"),
        field("short_text", "Compteur", key="compteur", required=False),
        field("date", "Entrée", key="entree"),
        field("meter_index", "Index", key="index", required=False),
        field("short_text", "Nom", key="nom"),
    )
]
MOVING_OUT = [
    step(
        "Départ",
        field("contract", "Contrat", key="contrat"),
        field("date", "Départ", key="depart"),
        field("meter_index", "Index", key="index", required=False),
    )
]
DEBIT = [
    step(
        "Compte",
        field("contract", "Contrat", key="contrat"),
        field("short_text", "Titulaire", key="titulaire"),
        field("iban", "IBAN", key="iban"),
        field("agreement", "Accord", key="accord"),
    )
]


def page_of(handler, form, **inputs):
    """Publish a procedure with a handler, whose inputs are those fields."""
    return OnlineProcedureFactory(
        form=form,
        handler=handler,
        access=Access.ACCOUNT,
        inputs=[{"type": "input", "value": {"name": name, "field": key}} for name, key in inputs.items()],
    )


@pytest.fixture
def agent(staff):
    return staff("Instructeur")


@pytest.fixture
def place():
    point = DeliveryPointFactory(address="3 rue du Lavoir", postcode="49000", town="Vallon-sur-Loire")
    MeterFactory(delivery_point=point, serial_number="C20FA9")
    return point


@pytest.fixture
def moving_in(place, alice):
    """A case of Alice's that moves into the place today."""
    page = page_of(
        "open_contract",
        MOVING_IN,
        address="adresse",
        meter="compteur",
        starts_on="entree",
        index="index",
        holder="nom",
    )
    return CaseFactory(
        page=page,
        profile=alice.profiles.get(),
        answers={
            "adresse": {"address": "3 RUE DU LAVOIR", "postcode": "49000", "town": "Vallon-sur-Loire"},
            "entree": timezone.localdate().isoformat(),
            "index": "42",
            "nom": "Alice Durand",
        },
    )


@pytest.fixture
def contract(alice):
    """A contract of Alice's, with a meter."""
    contract = AttachedContractFactory(profile=alice.profiles.get())
    MeterFactory(delivery_point=contract.delivery_point)
    return contract


@pytest.fixture
def moving_out(contract, alice):
    page = page_of("terminate_contract", MOVING_OUT, contract="contrat", ends_on="depart", index="index")
    answers = {"contrat": contract.reference, "depart": timezone.localdate().isoformat(), "index": "1200"}
    return CaseFactory(page=page, profile=alice.profiles.get(), answers=answers)


@pytest.fixture
def self_reading(contract, alice):
    page = page_of("record_reading", MOVING_OUT, contract="contrat", read_on="depart", index="index")
    answers = {"contrat": contract.reference, "depart": timezone.localdate().isoformat(), "index": "1200"}
    return CaseFactory(page=page, profile=alice.profiles.get(), answers=answers)


@pytest.fixture
def debit(contract, alice):
    page = page_of("create_mandate", DEBIT, contract="contrat", holder="titulaire", iban="iban", agreement="accord")
    answers = {"contrat": contract.reference, "titulaire": "Alice Durand", "iban": IBAN, "accord": True}
    return CaseFactory(page=page, profile=alice.profiles.get(), answers=answers)


def handler_of(case):
    return handlers.get(case.version.handling["handler"])


def apply(case, agent):
    return handler_of(case).apply(case=case, by=agent)


def only_problem(case):
    [problem] = handler_of(case).problems(case)
    assert handler_of(case).preview(case) == []
    return problem


def test_what_staff_choose_from():
    assert handlers.choices()[0] == ("", "Rien de particulier")
    keys = {"", "open_contract", "terminate_contract", "record_reading", "create_mandate"}
    assert {key for key, _label in handlers.choices()} == keys
    assert handlers.known("") and handlers.known("open_contract") and not handlers.known("gone")
    names = [one.name for one in handlers.get("create_mandate").inputs if one.required]
    assert names == ["contract", "holder", "iban", "agreement"]
    assert handlers.get("create_mandate").inputs[2].kinds == {FieldKind.IBAN}


def test_no_handler_does_nothing(case, agent):
    nothing = handlers.get("")
    assert not nothing and handlers.get("gone") is nothing
    assert (nothing.preview(case), nothing.problems(case), nothing.apply(case=case, by=agent)) == ([], [], {})


def test_s1_6_moving_in_opens_a_contract(moving_in, place, agent, alice):
    sentences = handler_of(moving_in).preview(moving_in)
    assert len(sentences) == 3
    assert (
        "Alice Durand" in sentences[0]
        and str(place) in sentences[0]
        and sentences[2].startswith("Le premier index, 42 m³")
    )
    assert not WaterContract.objects.exists(), "nothing is done before"
    outcome = apply(moving_in, agent)
    contract = WaterContract.objects.get()
    assert (contract.delivery_point, contract.profile, contract.holder_name) == (
        place,
        alice.profiles.get(),
        "Alice Durand",
    )
    assert MeterReading.objects.get().index == D(42)
    assert outcome["handler"] == "open_contract"
    assert contract.reference in outcome["sentence"] and "42" in outcome["sentence"]
    assert outcome["url"].endswith(f"/{contract.pk}/")
    moving_in.outcome = outcome
    assert apply(moving_in, agent) == outcome
    assert WaterContract.objects.count() == 1


def test_the_meter_finds_the_place_before_the_address(moving_in, agent):
    elsewhere = MeterFactory(serial_number="C20FA10").delivery_point
    moving_in.answers["compteur"] = "c20fa10"
    apply(moving_in, agent)
    assert WaterContract.objects.get().delivery_point == elsewhere


def test_a_place_that_is_unknown_double_or_taken_is_said(moving_in, place, agent):
    running = WaterContractFactory(delivery_point=place)
    assert running.reference in only_problem(moving_in)
    with pytest.raises(ValidationError, match=running.reference):
        apply(moving_in, agent)
    running.delete()
    DeliveryPointFactory(address=place.address, postcode=place.postcode, town=place.town)
    assert "numéro du compteur" in only_problem(moving_in)
    moving_in.answers["adresse"] = {"address": "9 rue de Nulle-Part", "town": "Ailleurs"}
    assert "Aucun point de livraison" in only_problem(moving_in)


def test_a_day_to_come_keeps_no_index(moving_in, agent):
    moving_in.answers["entree"] = (timezone.localdate() + dt.timedelta(days=3)).isoformat()
    assert "à relever" in handler_of(moving_in).preview(moving_in)[2]
    apply(moving_in, agent)
    assert not MeterReading.objects.exists()


def test_what_is_missing_is_named(moving_in, agent):
    moving_in.answers.pop("entree")
    assert only_problem(moving_in) == "Il manque au dossier : date d’entrée dans les lieux."
    moving_in.answers["entree"] = "hier"
    assert "illisible" in only_problem(moving_in)


def test_a_case_without_an_account_has_no_effect(moving_in, agent):
    moving_in.profile = None
    assert "n’a pas de compte" in only_problem(moving_in)
    with pytest.raises(ValidationError):
        apply(moving_in, agent)


def test_an_agent_without_the_right_reads_why(moving_in, staff):
    with pytest.raises(ValidationError, match="Votre rôle ne permet pas cet effet"):
        apply(moving_in, staff("Communication"))
    assert not WaterContract.objects.exists()


def test_s1_7_moving_out_terminates_the_contract(moving_out, contract, agent):
    assert contract.reference in handler_of(moving_out).preview(moving_out)[0]
    outcome = apply(moving_out, agent)
    contract.refresh_from_db()
    assert contract.terminated_on == timezone.localdate()
    assert MeterReading.objects.get().index == D(1200)
    assert "1\u202f200" in outcome["sentence"]


def test_s1_8_a_reading_is_recorded_on_the_meter(self_reading, contract, agent):
    [sentence] = handler_of(self_reading).preview(self_reading)
    meter = contract.delivery_point.meters.get()
    assert sentence == f"L’index, 1\u202f200 m³, est enregistré sur le compteur {meter}."
    outcome = apply(self_reading, agent)
    assert MeterReading.objects.get().index == D(1200)
    assert outcome["sentence"].startswith("La relève du ")


def test_a_reading_needs_a_meter_and_a_day_that_has_come(self_reading, contract, agent):
    self_reading.answers["depart"] = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(ValidationError, match="jour à venir"):
        apply(self_reading, agent)
    contract.delivery_point.meters.update(removed_on=timezone.localdate())
    assert "pas de compteur en place" in only_problem(self_reading)


def test_a_contract_of_somebody_else_is_never_touched(moving_out, debit, contract, agent):
    contract.profile = ProfileFactory()
    contract.save()
    for case in (moving_out, debit):
        assert "n’est plus rattaché" in only_problem(case)
        with pytest.raises(ValidationError):
            apply(case, agent)
    contract.refresh_from_db()
    assert contract.terminated_on is None and not SepaMandate.objects.exists()


def test_a_contract_terminated_meanwhile_is_said(moving_out, contract):
    contract.terminated_on = dt.date(2026, 1, 31)
    contract.save()
    assert "déjà résilié, au 31/01/2026" in only_problem(moving_out)


def test_s1_10_direct_debit_makes_a_mandate(debit, contract, agent, alice):
    sentences = handler_of(debit).preview(debit)
    assert contract.reference in sentences[0] and "2606" in sentences[1] and IBAN not in " ".join(sentences)
    outcome = apply(debit, agent)
    mandate = SepaMandate.objects.get()
    assert (mandate.profile, mandate.customer_reference, mandate.iban, mandate.source) == (
        alice.profiles.get(),
        contract.reference,
        IBAN,
        f"procedures.case:{debit.pk}",
    )
    assert mandate.signed_on == timezone.localdate(debit.filed_at)
    assert mandate.reference in outcome["sentence"]


def test_a_second_mandate_says_that_it_replaces_the_first(debit, agent):
    apply(debit, agent)
    again = CaseFactory(page=debit.page, profile=debit.profile, answers=debit.answers)
    assert SepaMandate.objects.get().reference in handler_of(again).preview(again)[2]
    apply(again, agent)
    assert sorted(SepaMandate.objects.values_list("state", flat=True)) == ["active", "revoked"]


def test_a_wrong_iban_is_said(debit):
    debit.answers["iban"] = "FR1420041010050500013M02607"
    assert "IBAN" in only_problem(debit)


def test_a_preview_costs_few_queries(moving_in, debit, sql_count):
    assert sql_count(lambda: handler_of(moving_in).preview(moving_in)) <= 5
    assert sql_count(lambda: handler_of(debit).preview(debit)) <= 3

"""Activation codes (s1.5): drawn, kept as digests, issued in batches, exported once, reissued."""

import io

import openpyxl
import pytest
from cryptography.fernet import InvalidToken
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.water import (
    ActivationCodeFactory,
    AttachedContractFactory,
    DeliveryPointFactory,
    WaterContractFactory,
)
from water import exports, queries
from water.models import ActivationCode, CodeBatch, WaterContract
from water.services import codes
from water.services.sealing import ALPHABET, digest_of, grouped, new_code, normalise_code, seal, unseal

URL = "/admin/snippets/water/codebatch/"
CONTRACT_URL = "/admin/snippets/water/watercontract/"


def clerk_of(staff, **fields):
    return staff("Gestionnaire de données", **fields)


# The code itself -----------------------------------------------------------------------------------------------------


@given(st.integers(0, 10_000))
def test_a_code_has_ten_characters_that_nobody_confuses(_):
    code = new_code()
    assert len(code) == 10
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL5S2Z8BUV")


@given(st.text(ALPHABET, min_size=10, max_size=10), st.lists(st.sampled_from(" -–.\t_"), min_size=9, max_size=9))
def test_a_code_is_read_whatever_the_spaces_dashes_and_case(code, separators):
    typed = "".join(a + b for a, b in zip(code.lower(), [*separators, ""], strict=True))
    assert normalise_code(typed) == code
    assert digest_of("4512", typed) == digest_of("4512", code) == digest_of(" 45 12", grouped(code))


@given(st.text(ALPHABET, min_size=10, max_size=10), st.text("0123456789", min_size=1, max_size=8))
def test_a_digest_is_bound_to_its_contract_and_to_the_key(code, reference):
    assert digest_of(reference, code) != digest_of(reference + "0", code)
    with override_settings(ACTIVATION_CODE_KEY="another"):
        other = digest_of(reference, code)
    assert digest_of(reference, code) != other


def test_a_seal_opens_with_the_same_key_only():
    sealed = seal("ACDEF34679")
    assert unseal(sealed) == "ACDEF34679"
    assert b"ACDEF34679" not in sealed
    with override_settings(ACTIVATION_CODE_KEY="another"), pytest.raises(InvalidToken):
        unseal(sealed)


# Batches -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_s1_5_a_clerk_issues_codes_for_the_contracts_that_have_none(client, staff, run_queue):
    clerk = clerk_of(staff)
    plain = [WaterContractFactory() for _ in range(3)]
    attached, coded = AttachedContractFactory(), WaterContractFactory(code="ACDEF34679")
    ended = WaterContractFactory(terminated_on="2026-01-01")
    page = client.get(URL + "emettre/")
    assert "Émettre 3 codes" in page.content.decode()
    response = client.post(URL + "emettre/", follow=True)
    assert "Émission en cours" in response.content.decode()
    run_queue()
    batch = CodeBatch.objects.get()
    assert (batch.total, batch.count, batch.issued_by) == (3, 3, clerk)
    assert batch.ready_at
    for contract in plain:
        assert contract.codes.count() == 1
    assert (attached.codes.count(), coded.codes.count(), ended.codes.count()) == (0, 1, 0)
    assert "Chaque contrat en cours est déjà rattaché" in client.get(URL + "emettre/").content.decode()


@pytest.mark.django_db
def test_the_database_holds_digests_and_seals_never_codes(staff, run_queue):
    clerk = clerk_of(staff)
    contract = WaterContractFactory()
    codes.issue_codes(by=clerk)
    run_queue()
    row = ActivationCode.objects.get()
    code = unseal(row.sealed)
    assert row.digest == digest_of(contract.reference, code)
    assert code not in f"{row.digest}{bytes(row.sealed)}"


@pytest.mark.django_db
def test_a_batch_killed_in_the_middle_resumes(staff, run_queue):
    clerk = clerk_of(staff)
    contracts = WaterContractFactory.create_batch(7)
    batch = codes.issue_codes(by=clerk)
    assert codes._run_chunk(batch.pk, 3)
    # The worker dies here; meanwhile one of the contracts not yet seen gets a code otherwise.
    ActivationCodeFactory(contract=contracts[5])
    codes.run_batch(batch.pk, chunk=3)
    codes.run_batch(batch.pk, chunk=3)
    batch.refresh_from_db()
    assert (batch.count, batch.total) == (6, 7)
    assert ActivationCode.objects.filter(batch=batch).count() == 6
    assert not queries.contracts_without_code().exists()


@pytest.mark.django_db
def test_a_batch_whose_task_was_lost_is_resumed_by_a_clerk(client, staff, run_queue):
    from django_q.models import OrmQ

    clerk = clerk_of(staff)
    WaterContractFactory.create_batch(2)
    batch = codes.issue_codes(by=clerk)
    OrmQ.objects.all().delete()
    assert "Reprendre l’émission" in client.get(f"{URL}inspect/{batch.pk}/").content.decode()
    url = f"{URL}reprendre/{batch.pk}/"
    assert "0 codes sur 2" in client.get(url).content.decode()
    client.post(url)
    run_queue()
    batch.refresh_from_db()
    assert (batch.count, bool(batch.ready_at)) == (2, True)
    assert "Ce lot est complet" in client.post(url, follow=True).content.decode()


@pytest.mark.django_db
def test_two_batches_are_not_issued_at_once(staff):
    clerk = clerk_of(staff)
    WaterContractFactory()
    codes.issue_codes(by=clerk)
    with pytest.raises(ValidationError, match="déjà en cours"):
        codes.issue_codes(by=clerk)


# Export --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def batch(staff, run_queue):
    """A batch of two codes, ready; `client` is the clerk who issued it."""
    clerk = clerk_of(staff)
    place = DeliveryPointFactory(address="@3 rue du Lavoir", town="Garance")
    WaterContractFactory(reference="00004512", holder_name="=HYPERLINK(1)", delivery_point=place)
    WaterContractFactory(reference="00004513", holder_name="Léa Noël")
    batch = codes.issue_codes(by=clerk)
    run_queue()
    batch.refresh_from_db()
    return batch


@pytest.mark.django_db
def test_s1_5_codes_are_exported_once_as_csv_and_erased(client, batch):
    url = f"{URL}exporter/{batch.pk}/"
    assert client.get(url).status_code == 200
    expected = {row.contract.reference: unseal(row.sealed) for row in batch.codes.select_related("contract")}
    response = client.post(url, {"format": "csv"})
    text = response.content.decode("utf-8")
    assert text.startswith("\ufeffRéférence client;Titulaire;")
    assert "no-store" in response["Cache-Control"]
    first, second = [line.split(";") for line in text.splitlines()[1:]]
    assert first == [
        "00004512",
        "'=HYPERLINK(1)",
        "'@3 rue du Lavoir",
        "49000",
        "Garance",
        grouped(expected["00004512"]),
    ]
    assert (second[1], normalise_code(second[5])) == ("Léa Noël", expected["00004513"])
    assert not ActivationCode.objects.exclude(sealed=None).exists()
    again = client.post(url, {"format": "csv"}, follow=True)
    assert "déjà été exportés" in again.content.decode()
    assert expected["00004513"] not in again.content.decode()


@pytest.mark.django_db
def test_s1_5_codes_are_exported_as_xlsx(client, batch):
    response = client.post(f"{URL}exporter/{batch.pk}/", {"format": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(response.content)).active.values)
    assert rows[0] == tuple(exports.HEADERS.values())
    assert rows[1][:2] == ("00004512", "'=HYPERLINK(1)")
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.django_db
def test_an_unknown_format_exports_nothing(client, batch):
    client.post(f"{URL}exporter/{batch.pk}/", {"format": "exe"})
    batch.refresh_from_db()
    assert batch.exported_at is None
    client.post(f"{URL}exporter/{batch.pk}/", {"format": "screen"})
    batch.refresh_from_db()
    assert batch.exported_at is None


@pytest.mark.django_db
def test_only_who_issued_a_batch_exports_it(client, staff, batch):
    other = clerk_of(staff)
    url = f"{URL}exporter/{batch.pk}/"
    assert client.get(url).status_code == 302
    client.post(url, {"format": "csv"})
    batch.refresh_from_db()
    assert batch.exported_at is None
    with pytest.raises(PermissionDenied):
        codes.export_codes(by=other, batch=batch)
    assert "Seule la personne qui a émis" in client.get(f"{URL}inspect/{batch.pk}/").content.decode()


@pytest.mark.django_db
def test_codes_used_or_voided_meanwhile_are_left_out_of_the_export(batch):
    contract = WaterContract.objects.get(reference="00004512")
    codes.replace_code(contract)
    rows = codes.export_codes(by=batch.issued_by, batch=batch)
    assert [row["reference"] for row in rows] == ["00004513"]


# Reissue -------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_s1_5_a_new_code_makes_the_old_one_void_and_is_read_once(client, staff):
    clerk_of(staff)
    contract = WaterContractFactory(code="ACDEF34679")
    old = contract.codes.get()
    url = f"{CONTRACT_URL}nouveau-code/{contract.pk}/"
    assert "ne sera plus valable" in client.get(url).content.decode()
    response = client.post(url)
    old.refresh_from_db()
    assert old.voided_at
    new = contract.codes.get(voided_at=None)
    code = grouped(unseal(new.sealed))
    shown = client.post(response.url, {"format": "screen"})
    assert code in shown.content.decode()
    new.refresh_from_db()
    assert new.sealed is None
    assert code not in client.post(response.url, {"format": "screen"}, follow=True).content.decode()


@pytest.mark.django_db
def test_an_attached_contract_gets_no_new_code(staff):
    clerk = clerk_of(staff)
    with pytest.raises(ValidationError, match="déjà rattaché"):
        codes.reissue_code(by=clerk, contract=AttachedContractFactory())


@pytest.mark.django_db
@pytest.mark.parametrize("group", ["Communication", "Régisseur", "Instructeur", "Responsable enfance"])
def test_others_issue_nothing(client, staff, group):
    user = staff(group)
    contract = WaterContractFactory()
    for url in (URL + "emettre/", f"{CONTRACT_URL}nouveau-code/{contract.pk}/"):
        assert client.get(url).status_code == client.post(url).status_code == 302
    assert not CodeBatch.objects.exists()
    with pytest.raises(PermissionDenied):
        codes.issue_codes(by=user)
    with pytest.raises(PermissionDenied):
        codes.reissue_code(by=user, contract=contract)


@pytest.mark.django_db
def test_a_get_issues_exports_and_voids_nothing(client, batch):
    WaterContractFactory()
    client.get(URL + "emettre/")
    client.get(f"{URL}exporter/{batch.pk}/?format=csv")
    contract = WaterContract.objects.get(reference="00004512")
    client.get(f"{CONTRACT_URL}nouveau-code/{contract.pk}/")
    batch.refresh_from_db()
    assert batch.exported_at is None
    assert CodeBatch.objects.count() == 1
    assert contract.codes.get().voided_at is None


@pytest.mark.django_db
def test_one_valid_code_a_contract_says_the_database(django_db_blocker):
    from django.db import IntegrityError, transaction

    contract = WaterContractFactory(code="ACDEF34679")
    with pytest.raises(IntegrityError), transaction.atomic():
        ActivationCodeFactory(contract=contract)
    contract.codes.update(voided_at=timezone.now())
    ActivationCodeFactory(contract=contract)

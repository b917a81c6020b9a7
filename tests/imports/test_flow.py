"""From the clerk's file to the records, through the services, for each kind."""

import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from wagtail.models import ModelLogEntry

from billing.models import Invoice
from imports import samples, services
from imports.enums import BatchState, RowAction
from imports.models import ImportBatch, StagedRow, UndoEntry
from tests.factories.accounts import ProfileFactory, UserFactory
from tests.factories.imports import (
    INVOICES,
    READINGS,
    SUBSCRIBERS,
    applied,
    checked,
    clerk,
    csv_file,
    invoice,
    snapshot,
    subscriber,
    uploaded,
)
from tests.factories.water import ActivationCodeFactory, WaterContractFactory
from water.models import ActivationCode, DeliveryPoint, Meter, MeterReading, WaterContract
from water.services.codes import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(db):
    return clerk()


def counts(batch):
    return {key: count for key, count in batch.counts.items() if count}


def errors(batch):
    """[(row number, column, value, text)] of the refused rows."""
    return [
        (row.number, error["column"], error["value"], error["text"])
        for row in StagedRow.objects.filter(batch=batch, action=RowAction.REFUSED).order_by("number")
        for error in row.errors
    ]


# Subscribers ------------------------------------------------------------------------------------------------------


def test_a_subscriber_becomes_a_contract_its_point_its_meter_and_its_reading(by):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))

    assert (batch.state, counts(batch)) == (BatchState.APPLIED, {"create": 1})
    contract = WaterContract.objects.get()
    assert contract.reference == "00000001"
    assert contract.holder_name == "DURAND Camille 1"
    assert contract.services == ["water", "sewerage"]
    assert contract.subscribed_on == dt.date(2022, 1, 10)
    assert contract.profile is None
    point = contract.delivery_point
    assert (point.address, point.postcode, point.town) == ("1 rue des Tilleuls", "49000", "Vallon-sur-Loire")
    meter = point.meters.get()
    assert meter.serial_number == "C20FA000001"
    reading = meter.readings.get()
    assert (reading.index, reading.read_on) == (Decimal("101.000"), dt.date(2025, 10, 12))


@pytest.mark.parametrize("postcode", ["1100", "01100", 1100, 1100.0, "01 100"])
def test_a_postcode_gets_back_the_zero_that_the_spreadsheet_took(by, postcode):
    book = Workbook()
    book.active.append(SUBSCRIBERS)
    book.active.append(subscriber(1, postcode=postcode))
    content = io.BytesIO()
    book.save(content)
    applied(by, "subscribers", SimpleUploadedFile("export.xlsx", content.getvalue()))
    assert DeliveryPoint.objects.get().postcode == "01100"


def test_nothing_is_written_before_the_clerk_applies(by):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    assert (batch.state, counts(batch)) == (BatchState.CHECKED, {"create": 1})
    assert not WaterContract.objects.exists()


def test_the_same_file_twice_changes_nothing(by):
    rows = [subscriber(number) for number in range(1, 6)]
    applied(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    before = snapshot()
    second = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    assert counts(second) == {"unchanged": 5}
    assert snapshot() == before
    with pytest.raises(ValidationError, match="rien à appliquer"):
        services.start_apply(by=by, batch=second)


def test_a_newer_file_updates_and_shows_what_was_there(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2)]))
    rows = [subscriber(1, address="14 rue des Tilleuls", index="180", read_on="12/10/2026"), subscriber(2)]
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))

    assert counts(batch) == {"update": 1, "unchanged": 1}
    row = batch.rows.get(action=RowAction.UPDATE)
    assert row.changes == [
        {"record": "point de livraison", "label": "adresse", "old": "1 rue des Tilleuls", "new": "14 rue des Tilleuls"},
        {"record": "relève", "label": "relève du 12/10/2026", "old": "", "new": "180"},
    ]
    services.start_apply(by=by, batch=batch, confirm_changes=True)
    services.run(batch.pk)
    assert DeliveryPoint.objects.get(reference="00000001").address == "14 rue des Tilleuls"
    assert MeterReading.objects.filter(meter__serial_number="C20FA000001").count() == 2


def test_a_file_that_changes_more_than_a_fifth_wants_a_confirmation(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(number) for number in range(1, 11)]))
    rows = [subscriber(number, town="Ailleurs") if number <= 3 else subscriber(number) for number in range(1, 11)]
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    assert [notice["title"] for notice in batch.notices] == ["Ce fichier change 30 % des enregistrements déjà connus."]
    with pytest.raises(ValidationError, match="Confirmez"):
        services.start_apply(by=by, batch=batch)
    services.start_apply(by=by, batch=batch, confirm_changes=True)

    rows = [subscriber(number, town="Ailleurs") if number <= 2 else subscriber(number) for number in range(1, 11)]
    calm = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    assert counts(calm) == {"update": 2, "unchanged": 8}
    assert calm.notices == []


def test_an_empty_cell_leaves_what_is_known(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    before = snapshot()
    row = subscriber(1, postcode="", meter="", subscribed_on="", services="", index="", read_on="")
    assert counts(checked(by, "subscribers", csv_file(SUBSCRIBERS, [row]))) == {"unchanged": 1}
    assert snapshot() == before


def test_a_contract_attached_to_an_account_keeps_its_profile(by):
    profile = ProfileFactory()
    WaterContractFactory(reference="00000001", profile=profile, holder_name="Ancien nom")
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    contract = WaterContract.objects.get()
    assert (contract.profile, contract.holder_name) == (profile, "DURAND Camille 1")


def test_lost_leading_zeros_are_given_back(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(4512)]))
    # The portal's references all have 8 digits: a spreadsheet that ate zeros speaks of the same contract.
    batch = services.upload(by=by, kind="subscribers", file=csv_file(SUBSCRIBERS, [subscriber(4512, reference="4512")]))
    services.map_columns(by=by, batch=batch, mapping=batch.mapping)
    services.start_check(by=by, batch=batch)
    services.run(batch.pk)
    batch.refresh_from_db()
    assert (batch.options["reference_width"], counts(batch)) == (8, {"unchanged": 1})


def test_an_activation_code_of_the_file_is_kept_as_a_digest_only(by):
    header = [*SUBSCRIBERS, "Code d’activation"]
    batch = applied(by, "subscribers", csv_file(header, [[*subscriber(1), "A7KQ4MWX9D"], [*subscriber(2), "A7"]]))
    code = ActivationCode.objects.get()
    assert code.digest == digest_of("00000001", "A7KQ4MWX9D")
    assert code.contract.reference == "00000001"
    staged = str(list(StagedRow.objects.values_list("values", "raw", "errors"))) + str(
        list(UndoEntry.objects.values_list("after"))
    )
    assert "A7KQ4MWX9D" not in staged
    assert "DURAND Camille 1" in staged  # it could have leaked
    assert [error[2] for error in errors(batch)] == ["••••"]


def test_a_new_code_voids_the_old_one_and_the_same_changes_nothing(by):
    contract = WaterContractFactory(reference="00000001")
    old = ActivationCodeFactory(contract=contract, code="ACDEF-34679")
    header = [*SUBSCRIBERS, "Code d’activation"]
    row = subscriber(1)
    applied(by, "subscribers", csv_file(header, [[*row, "acdef 34679"]]))
    assert ActivationCode.objects.get().voided_at is None
    applied(by, "subscribers", csv_file(header, [[*row, "A7KQ4MWX9D"]]))
    old.refresh_from_db()
    assert old.voided_at is not None
    assert contract.codes.get(voided_at=None).digest == digest_of("00000001", "A7KQ4MWX9D")


def test_two_contracts_of_one_place_share_its_point_and_its_meter(by):
    header = [*SUBSCRIBERS, "Référence du point de livraison"]
    rows = [
        [*subscriber(1, meter="C1", address="1 place du Puits", index="5"), "PDL1"],
        [*subscriber(2, meter="C1", address="1 place du Puits", index="5"), "PDL1"],
    ]
    batch = applied(by, "subscribers", csv_file(header, rows))
    assert counts(batch) == {"create": 2}
    assert DeliveryPoint.objects.get().contracts.count() == 2
    assert Meter.objects.get().readings.count() == 1


def test_a_new_holder_takes_the_point_of_the_meter(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    batch = applied(
        by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(2, meter="C20FA000001", address="1 rue des Tilleuls")])
    )
    assert counts(batch) == {"create": 1}
    assert DeliveryPoint.objects.get().contracts.count() == 2


def test_a_meter_already_elsewhere_is_refused(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2)]))
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(2, meter="C20FA000001")]))
    [(number, column, value, text)] = errors(batch)
    assert (number, column, value) == (2, "Numéro de compteur", "C20FA000001")
    assert "déjà posé au point de livraison 00000001" in text


# Duplicates -------------------------------------------------------------------------------------------------------


def test_identical_rows_are_merged_with_a_notice(by):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2), subscriber(1)]))
    assert counts(batch) == {"create": 2, "merged": 1}
    assert batch.rows.get(action=RowAction.MERGED).notices == ["Identique à la ligne 2 : comptée une seule fois."]


def test_contradicting_rows_are_all_refused_and_name_each_other(by):
    rows = [subscriber(1), subscriber(2), subscriber(1), subscriber(1, town="Ailleurs")]
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    assert counts(batch) == {"create": 1, "refused": 3}
    assert [(number, text[:47]) for number, _column, _value, text in errors(batch)] == [
        (2, "La référence 00000001 est aussi à la ligne 5, a"),
        (4, "La référence 00000001 est aussi à la ligne 5, a"),
        (5, "La référence 00000001 est aussi à la ligne 2, a"),
    ]
    assert list(WaterContract.objects.values_list("reference", flat=True)) == ["00000002"]


def test_duplicates_are_found_across_chunks(by, monkeypatch):
    rows = [
        subscriber(1),
        subscriber(2),
        subscriber(3),
        subscriber(1),
        subscriber(2, town="Ailleurs"),
        subscriber(9, meter="C20FA000003"),
    ]
    whole = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))
    expected = list(whole.rows.order_by("number").values_list("number", "action", "errors", "notices"))
    for size in (1, 2, 4):
        monkeypatch.setattr("imports.services.checking.CHUNK", size)
        cut = checked(by, "subscribers", csv_file(SUBSCRIBERS, rows))
        assert list(cut.rows.order_by("number").values_list("number", "action", "errors", "notices")) == expected
    assert counts(whole) == {"create": 1, "merged": 1, "refused": 4}


# Readings ---------------------------------------------------------------------------------------------------------


def test_readings_find_their_meter_by_number_or_by_reference(by):
    applied(
        by,
        "subscribers",
        csv_file(SUBSCRIBERS, [subscriber(1, index="", read_on=""), subscriber(2, index="", read_on="")]),
    )
    header = ["Numéro de compteur", "Référence client", "Date de relève", "Index (m³)", "Origine"]
    rows = [
        ["C20FA000001", "", "12/04/2026", "1 234,5", "Estimation"],
        ["", "00000002", "12/04/2026", "88", ""],
        ["C20FA000002", "", "12/04/2026", "88", ""],
        ["C99", "", "12/04/2026", "1", ""],
        ["", "00000099", "12/04/2026", "1", ""],
        ["", "", "12/04/2026", "1", ""],
        ["C20FA000001", "", "12/04/2026", "999999", ""],
        ["C20FA000001", "", "12/04/2199", "1", ""],
    ]
    batch = applied(by, "readings", csv_file(header, rows))
    assert counts(batch) == {"create": 1, "merged": 1, "refused": 6}
    texts = {number: text for number, _column, _value, text in errors(batch)}
    assert "inconnu du portail" in texts[5]
    assert "Aucun contrat" in texts[6]
    assert "Ni le compteur ni la référence" in texts[7]
    assert texts[2].startswith("La ligne 8 donne un autre index")
    assert MeterReading.objects.get().index == 88


def test_an_index_that_goes_back_is_shown_to_the_clerk(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1, index="500")]))
    batch = checked(
        by, "readings", csv_file(READINGS, [["C20FA000001", "12/04/2026", "20"], ["C20FA000001", "13/04/2026", "600"]])
    )
    assert counts(batch) == {"create": 2, "noticed": 1}
    assert batch.rows.get(number=2).notices == ["L’index recule : 500 m³ avaient été relevés le 12/10/2025."]


def test_an_index_with_more_digits_than_the_meter_is_refused(by):
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    batch = checked(by, "readings", csv_file(READINGS, [["C20FA000001", "12/04/2026", "123456"]]))
    assert "plus de chiffres que le compteur" in errors(batch)[0][3]


# Invoices ---------------------------------------------------------------------------------------------------------


def test_invoices_of_an_attached_contract_go_to_its_profile(by):
    profile = ProfileFactory()
    WaterContractFactory(reference="00000001", profile=profile, holder_name="MARTIN Camille")
    WaterContractFactory(reference="00000002")
    rows = [invoice("F1", "00000001"), invoice("F2", "00000002"), invoice("F3", "00000003")]
    batch = applied(by, "invoices", csv_file(INVOICES, rows))
    assert counts(batch) == {"create": 2, "refused": 1}
    mine = Invoice.objects.get(number="F1")
    assert (mine.profile, mine.holder_name, mine.gross, mine.balance) == (
        profile,
        "MARTIN Camille",
        Decimal("105.50"),
        Decimal("105.50"),
    )
    assert mine.holder_address == "12 rue des Tilleuls, 49000 Vallon-sur-Loire"
    assert Invoice.objects.get(number="F2").profile is None
    assert errors(batch) == [
        (
            4,
            "Référence client",
            "00000003",
            "Aucun contrat ne porte cette référence. Importez d’abord les abonnés, ou corrigez la référence.",
        )
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"gross": "115,50", "net": "110,00"},
        {"net": "99,00", "vat": "6,50"},
        {"due_on": "06/08/2026"},
        {"issued_on": "04/07/2026"},
        {"customer": "00000002"},
    ],
    ids=lambda change: "+".join(change),
)
def test_an_issued_invoice_does_not_change(by, change):
    WaterContractFactory(reference="00000001")
    WaterContractFactory(reference="00000002")
    applied(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001")]))
    before = snapshot()
    batch = checked(by, "invoices", csv_file(INVOICES, [invoice("F1", **{"customer": "00000001", **change})]))
    assert counts(batch) == {"refused": 1}
    assert all("Une facture émise ne change pas" in text for *_rest, text in errors(batch))
    assert len(errors(batch)) == len(change)
    assert snapshot() == before


def test_what_was_paid_may_change(by):
    WaterContractFactory(reference="00000001")
    applied(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001")]))
    batch = applied(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001", paid="105,50")]))
    assert counts(batch) == {"update": 1}
    assert Invoice.objects.get().balance == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"gross": "-5,00"}, "avoir"),
        ({"net": "90,00"}, "Le HT et la TVA font 95,50"),
        ({"due_on": "01/01/2026"}, "L’échéance précède"),
        ({"paid": "-1"}, "trop petit"),
        ({"gross": "99999999999,00"}, "démesuré"),
    ],
)
def test_invoices_that_do_not_hold_together_are_refused(by, change, sentence):
    WaterContractFactory(reference="00000001")
    batch = checked(by, "invoices", csv_file(INVOICES, [invoice("F1", "00000001", **change)]))
    assert sentence in errors(batch)[0][3]


# The sample files -------------------------------------------------------------------------------------------------


def opened(sample):
    return File(sample.path.open("rb"), name=sample.path.name)


def test_the_sample_files_from_end_to_end(by, tmp_path):
    subscribers = samples.subscribers_file(tmp_path / "abonnes.csv", rows=30)
    batch = applied(by, "subscribers", opened(subscribers))
    assert (batch.state, counts(batch)) == (
        BatchState.APPLIED,
        {"create": subscribers.records, "merged": subscribers.repeats, "refused": subscribers.mistakes},
    )
    readings = samples.readings_file(tmp_path / "releves.xlsx", rows=60)
    batch = applied(by, "readings", opened(readings))
    assert batch.counts["refused"] == readings.mistakes
    assert batch.counts["create"] + batch.counts["update"] + batch.counts["unchanged"] == readings.records
    invoices = samples.invoices_file(tmp_path / "factures.csv", rows=40)
    pdfs = samples.invoices_archive(tmp_path / "factures.zip", rows=40)
    batch = applied(by, "invoices", opened(invoices), archive=opened(pdfs))
    assert batch.counts["create"] == invoices.records
    first = Invoice.objects.order_by("number").exclude(pdf="").first()
    assert first.pdf.open().read(5) == b"%PDF-"

    before = snapshot()
    for sample, kind, more in [
        (subscribers, "subscribers", {}),
        (readings, "readings", {}),
        (invoices, "invoices", {"archive": opened(pdfs)}),
    ]:
        again = checked(by, kind, opened(sample), **more)
        assert (again.counts["create"], again.counts["update"]) == (0, 0), kind
    assert snapshot() == before


@pytest.mark.parametrize("format", ["xlsx", "ods", "xls"])
def test_every_format_says_the_same_as_csv(by, tmp_path, format):
    applied(by, "subscribers", opened(samples.subscribers_file(tmp_path / "abonnes.csv", rows=12)))
    sample = samples.subscribers_file(tmp_path / f"abonnes.{format}", rows=12)
    batch = checked(by, "subscribers", opened(sample))
    expected = {"unchanged": 12, "merged": sample.repeats, "refused": sample.mistakes}
    assert counts(batch) == {key: n for key, n in expected.items() if n}


def test_pdfs_without_an_invoice_are_listed(by, tmp_path):
    WaterContractFactory(reference="00000001")
    path = tmp_path / "factures.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("F-1.pdf", b"%PDF-1.4 one")
        archive.writestr("F9.pdf", b"%PDF-1.4 nine")
        archive.writestr("F2.pdf", b"no pdf at all")
    rows = [invoice("F1", "00000001"), invoice("F2", "00000001")]
    batch = applied(by, "invoices", csv_file(INVOICES, rows), archive=File(path.open("rb"), name="factures.zip"))
    assert [(notice["tone"], notice["details"]) for notice in batch.notices] == [("info", []), ("warning", ["F9"])]
    assert Invoice.objects.get(number="F1").pdf.open().read() == b"%PDF-1.4 one"
    assert not Invoice.objects.get(number="F2").pdf
    assert "n’est pas un PDF" in batch.rows.get(key="F2").notices[0]


# Laws -------------------------------------------------------------------------------------------------------------

cells = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "1 234,56 €",
            "31/02/2025",
            "29/02/2024",
            "=1+1",
            "'00012",
            "💧",
            "1e308",
            "NaN",
            "﷽" * 20,
        ]
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=10, max_size=10), min_size=1, max_size=6))
def test_whatever_the_cells_every_row_is_told_and_the_same_file_twice_changes_nothing(by, rows):
    clean = [
        [cell.replace(";", "").replace("\r", "").replace("\n", "").replace('"', "") for cell in row] for row in rows
    ]
    good = [subscriber(number) for number in (1, 2)]
    file = csv_file(SUBSCRIBERS, [*good, *clean], encoding="utf-8")
    batch = checked(by, "subscribers", file)
    assert batch.state == BatchState.CHECKED, batch.error
    assert sum(batch.counts[action.value] for action in RowAction) == batch.rows.count()
    for row in batch.rows.filter(action=RowAction.REFUSED):
        assert row.errors and all(error["text"].endswith(".") for error in row.errors)
    if batch.counts["create"] + batch.counts["update"]:
        services.start_apply(by=by, batch=batch, confirm_changes=True)
        services.run(batch.pk)
        batch.refresh_from_db()
        assert batch.state == BatchState.APPLIED, batch.error
    before = snapshot()
    again = checked(by, "subscribers", csv_file(SUBSCRIBERS, [*good, *clean], encoding="utf-8"))
    assert (again.counts["create"], again.counts["update"]) == (0, 0)
    assert snapshot() == before


# Upload, columns, states ------------------------------------------------------------------------------------------


def test_a_file_that_is_no_spreadsheet_is_refused_with_a_sentence(by):
    with pytest.raises(ValidationError) as error:
        services.upload(by=by, kind="subscribers", file=SimpleUploadedFile("facture.csv", b"%PDF-1.4 no"))
    assert "PDF" in error.value.message_dict["file"][0]
    assert not ImportBatch.objects.exists()


def test_the_choice_of_columns_is_remembered_for_files_of_that_shape(by):
    header = ["Réf", "Qui", "Où", "Ville", "Truc"]
    row = ["00000001", "DURAND", "1 rue A", "Vallon", "C1"]
    batch = services.upload(by=by, kind="subscribers", file=csv_file(header, [row]))
    chosen = {"reference": 0, "holder_name": 1, "address": 2, "town": 3, "meter_serial": 4}
    services.map_columns(by=by, batch=batch, mapping=chosen)
    again = services.upload(by=clerk(), kind="subscribers", file=csv_file(header, [row], name="suivant.csv"))
    assert {name: position for name, position in again.mapping.items() if position is not None} == chosen
    other = services.upload(by=by, kind="subscribers", file=csv_file([*header, "Autre"], [[*row, "x"]]))
    assert other.mapping["meter_serial"] is None


@pytest.mark.parametrize(
    ("mapping", "field", "sentence"),
    [
        ({"reference": None}, "reference", "Indiquez la colonne"),
        ({"holder_name": 0}, "holder_name", "sert déjà pour « Référence client »"),
        ({"town": 99}, "town", "n’existe pas"),
    ],
)
def test_a_mapping_that_lacks_or_repeats_columns_is_refused(by, mapping, field, sentence):
    batch = services.upload(by=by, kind="subscribers", file=csv_file(SUBSCRIBERS, [subscriber(1)]))
    with pytest.raises(ValidationError) as error:
        services.map_columns(by=by, batch=batch, mapping={**batch.mapping, **mapping})
    assert sentence in " ".join(error.value.message_dict[field])
    batch.refresh_from_db()
    assert batch.state == BatchState.UPLOADED


def test_readings_want_a_meter_or_a_reference(by):
    batch = services.upload(by=by, kind="readings", file=csv_file(["Date", "Index"], [["12/10/2025", "5"]]))
    with pytest.raises(ValidationError, match="numéro de compteur, ou celle de la référence"):
        services.map_columns(by=by, batch=batch, mapping={"read_on": 0, "index": 1})


def test_states_go_only_where_they_may(by):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    with pytest.raises(ValidationError, match="n’est plus possible"):
        services.start_undo(by=by, batch=batch)
    services.start_apply(by=by, batch=batch)
    with pytest.raises(ValidationError, match="déjà en cours"):
        services.start_apply(by=clerk(), batch=batch)
    with pytest.raises(ValidationError):
        services.abandon(by=by, batch=batch)
    services.run(batch.pk)
    services.run(batch.pk)  # delivered twice: nothing more
    with pytest.raises(ValidationError):
        services.start_check(by=by, batch=batch)
    assert WaterContract.objects.count() == 1


def test_changing_the_columns_after_the_check_forgets_the_rows(by):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    services.map_columns(by=by, batch=batch, mapping={**batch.mapping, "services": None})
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), batch.counts) == (BatchState.MAPPED, 0, {})


def test_abandoning_erases_the_file_and_its_rows(by, django_capture_on_commit_callbacks):
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    storage, name = batch.file.storage, batch.file.name
    assert storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        services.abandon(by=by, batch=batch)
    batch.refresh_from_db()
    assert (batch.state, batch.rows.count(), bool(batch.file), batch.source) == (BatchState.ABANDONED, 0, False, {})
    assert not storage.exists(name)


def test_old_imports_keep_only_their_report(by, django_capture_on_commit_callbacks):
    batch = applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    young = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(2)]))
    ImportBatch.objects.filter(pk=batch.pk).update(created_at=batch.created_at - dt.timedelta(days=366))
    with django_capture_on_commit_callbacks(execute=True):
        assert services.purge() == 1
        assert services.purge() == 0
    batch.refresh_from_db()
    assert (batch.rows.count(), batch.undo_entries.count(), bool(batch.file)) == (0, 0, False)
    assert (batch.state, counts(batch)) == (BatchState.APPLIED, {"create": 1})
    assert young.rows.count() == 1
    with pytest.raises(ValidationError, match="plus d’un an"):
        services.start_undo(by=by, batch=batch)


def test_two_clerks_and_the_log_says_who_did_what(by):
    colleague = clerk()
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    services.start_apply(by=colleague, batch=batch)
    services.run(batch.pk)
    log = ModelLogEntry.objects.filter(object_id=str(batch.pk)).order_by("timestamp", "pk")
    assert [(entry.action.rpartition(".")[2], entry.user) for entry in log] == [
        ("upload", by),
        ("columns", by),
        ("check", by),
        ("apply", colleague),
        ("applied", colleague),
    ]
    assert "DURAND" not in str(list(log.values_list("data", flat=True)))


@pytest.mark.parametrize("verb", ["upload", "map", "check", "apply", "undo", "abandon"])
def test_every_verb_asks_for_the_right(by, verb):
    batch = uploaded(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    nobody = UserFactory(is_staff=True)
    calls = {
        "upload": lambda: services.upload(by=nobody, kind="subscribers", file=csv_file(SUBSCRIBERS, [subscriber(1)])),
        "map": lambda: services.map_columns(by=nobody, batch=batch, mapping=batch.mapping),
        "check": lambda: services.start_check(by=nobody, batch=batch),
        "apply": lambda: services.start_apply(by=nobody, batch=batch),
        "undo": lambda: services.start_undo(by=nobody, batch=batch),
        "abandon": lambda: services.abandon(by=nobody, batch=batch),
    }
    with pytest.raises(PermissionDenied):
        calls[verb]()

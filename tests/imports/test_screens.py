"""The clerk's screens, by HTTP: from the upload to the undoing, and who may see them."""

import csv
import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from imports.enums import BatchState
from imports.models import ImportBatch
from tests.factories.imports import INVOICES, SUBSCRIBERS, applied, checked, clerk, csv_file, invoice, subscriber
from tests.factories.water import WaterContractFactory
from water.models import WaterContract

pytestmark = pytest.mark.django_db
CLERK = "Gestionnaire de données"


def url(name, batch=None, *args):
    return reverse(f"imports:{name}", args=[*([batch.pk] if batch else []), *args])


def text(response):
    return response.content.decode() if not response.streaming else b"".join(response.streaming_content).decode()


def send(client, kind, file, **more):
    response = client.post(url("new"), {"kind": kind, "file": file, **more})
    return response, ImportBatch.objects.order_by("-pk").first()


def test_a_clerk_imports_a_file_from_upload_to_undo(client, staff, run_queue):
    staff(CLERK)
    assert "Aucun import pour l’instant" in text(client.get(url("index")))

    response, batch = send(
        client, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2, read_on="31/02/2025")])
    )
    assert response.url == url("columns", batch)
    page = text(client.get(response.url))
    assert "00000001" in page and "Reconnue (100 %)" in page

    form = {name: "" if position is None else position for name, position in batch.mapping.items()}
    response = client.post(url("columns", batch), {**form, "reference_width": ""})
    assert response.url == url("batch", batch)
    page = text(client.get(response.url))
    assert "Contrôle du fichier" in page and "<progress" in page and 'http-equiv="refresh"' in page
    run_queue()
    assert client.get(url("progress", batch), headers={"HX-Request": "true"})["HX-Redirect"] == url("batch", batch)

    page = text(client.get(url("batch", batch)))
    assert "À vérifier" in page and "31/02/2025" in page and "Appliquer 1 ligne" in page
    assert "1 rue des Tilleuls" in text(client.get(url("batch", batch) + "?lignes=create"))
    assert "Appliquer ce fichier" in text(client.get(url("apply", batch)))
    assert not WaterContract.objects.exists()
    assert client.post(url("apply", batch)).url == url("batch", batch)
    run_queue()
    assert "Ce fichier est appliqué" in text(client.get(url("batch", batch)))
    assert WaterContract.objects.count() == 1

    assert "Annuler cet import" in text(client.get(url("undo", batch)))
    client.post(url("undo", batch))
    run_queue()
    assert "Cet import est annulé" in text(client.get(url("batch", batch)))
    assert not WaterContract.objects.exists()
    assert "Annulé" in text(client.get(url("index")))


def test_differences_are_shown_cell_by_cell_and_a_large_change_is_confirmed(client, staff, run_queue):
    by = staff(CLERK)
    applied(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1, town="Ailleurs")]))
    page = text(client.get(url("batch", batch) + "?lignes=update"))
    assert "<del>Vallon-sur-Loire</del>" in page and "<ins>Ailleurs</ins>" in page
    assert "Ce fichier change 100 % des enregistrements" in page
    response = client.post(url("apply", batch), {})
    assert response.status_code == 422
    assert "Confirmez que vous avez regardé les différences" in text(response)
    assert client.post(url("apply", batch), {"confirm_changes": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (SimpleUploadedFile("abonnes.xlsm", b"PK\x03\x04"), "macros"),
        (SimpleUploadedFile("abonnes.pdf", b"%PDF-1.4"), "CSV, XLSX, XLS et ODS"),
        (SimpleUploadedFile("abonnes.csv", b""), "vide"),
    ],
    ids=["macros", "pdf", "empty"],
)
def test_a_wrong_file_is_refused_on_the_form(client, staff, file, sentence):
    staff(CLERK)
    response, batch = send(client, "subscribers", file)
    assert response.status_code == 422
    page = text(response)
    assert sentence in page and "<title>Erreur :" in page.replace("<title>\n", "<title>")
    assert 'value="subscribers"' in page and "checked" in page
    assert batch is None


def test_a_wrong_archive_loses_nothing_of_the_spreadsheet(client, staff):
    staff(CLERK)
    WaterContractFactory(reference="00000001")
    response, batch = send(
        client,
        "invoices",
        csv_file(INVOICES, [invoice("F1", "00000001")]),
        archive=SimpleUploadedFile("factures.zip", b"no archive"),
    )
    assert response.url == url("columns", batch)
    page = text(client.get(response.url))
    assert "archive ZIP est abîmée" in page
    assert not batch.archive


def test_unsure_columns_are_asked_first_and_have_no_default(client, staff):
    staff(CLERK)
    header = [*SUBSCRIBERS[:-1], "relevée"]
    _response, batch = send(client, "subscribers", csv_file(header, [subscriber(1)]))
    page = text(client.get(url("columns", batch)))
    assert page.index("À confirmer") < page.index("Colonnes reconnues")
    assert "Peut-être" in page
    form = {name: "" if position is None else position for name, position in batch.mapping.items()}
    response = client.post(url("columns", batch), {**form, "last_read_on": "ask"})
    assert response.status_code == 422
    assert "Choisissez une colonne" in text(response)


def test_the_error_file_is_the_clerks_own_with_what_to_correct(client, staff):
    by = staff(CLERK)
    header = [*SUBSCRIBERS, "Téléphone", "Code d’activation"]
    rows = [
        [*subscriber(1), "01", ""],
        [*subscriber(2, holder="=SUM(A1)", read_on="31/02/2025"), "+33 4 65", "A7KQ4MWX9D"],
        [*subscriber(3, holder=""), "03", ""],
    ]
    batch = checked(by, "subscribers", csv_file(header, rows))
    response = client.get(url("errors", batch, "csv"))
    assert response["Content-Disposition"] == 'attachment; filename="export-erreurs.csv"'
    assert "no-store" in response["Cache-Control"]
    lines = list(csv.reader(io.StringIO(text(response).removeprefix("\ufeff")), delimiter=";"))
    assert lines[0] == [*header, "Erreur"]
    assert [line[0] for line in lines[1:]] == ["00000002", "00000003"]
    assert lines[1][1] == "'=SUM(A1)" and lines[1][10] == "'+33 4 65" and lines[1][11] == "A7KQ4MWX9D"
    assert lines[1][-1].startswith("Ligne 3. Date de la dernière relève (J) : « 31/02/2025 »")
    assert "Titulaire (B) : Cette cellule est vide" in lines[2][-1]

    book = openpyxl.load_workbook(io.BytesIO(b"".join(client.get(url("errors", batch, "xlsx")).streaming_content)))
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == [*header, "Erreur"]
    assert sheet["B2"].value == "'=SUM(A1)" and sheet["B2"].data_type == "s"
    # Corrected, it is a file like any other.
    again = checked(
        by, "subscribers", csv_file(lines[0], [[*lines[1][:1], "DUPONT", *lines[1][2:9], "12/10/2025", *lines[1][10:]]])
    )
    assert again.counts["create"] == 1


def test_the_model_file_is_understood(client, staff):
    by = staff(CLERK)
    for kind in ("subscribers", "readings", "invoices"):
        content = b"".join(client.get(reverse("imports:model", args=[kind])).streaming_content)
        _response, batch = send(client, kind, SimpleUploadedFile("modele.xlsx", content))
        assert None not in batch.mapping.values(), kind
    assert by.import_batches.count() == 3


def test_files_leave_only_by_a_view(client, staff):
    by = staff(CLERK)
    batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, [subscriber(1)]))
    response = client.get(url("file", batch))
    assert "DURAND Camille 1" in b"".join(response.streaming_content).decode("utf-8-sig")
    with pytest.raises(ValueError, match="no URL"):
        batch.file.url  # noqa: B018


def pages(batch):
    return [
        ("get", url("index")),
        ("get", url("new")),
        ("post", url("new")),
        ("get", reverse("imports:model", args=["subscribers"])),
        ("get", url("batch", batch)),
        ("get", url("progress", batch)),
        ("get", url("columns", batch)),
        ("post", url("columns", batch)),
        ("post", url("sheet", batch)),
        ("post", url("archive", batch)),
        ("post", url("check", batch)),
        ("get", url("apply", batch)),
        ("post", url("apply", batch)),
        ("get", url("undo", batch)),
        ("post", url("undo", batch)),
        ("get", url("abandon", batch)),
        ("post", url("abandon", batch)),
        ("post", url("retry", batch)),
        ("get", url("file", batch)),
        ("get", url("errors", batch, "csv")),
        ("get", url("errors", batch, "xlsx")),
    ]


@pytest.fixture
def batch(db):
    return checked(clerk(), "subscribers", csv_file(SUBSCRIBERS, [subscriber(1), subscriber(2, read_on="31/02/2025")]))


def test_every_address_is_in_the_table_of_rights(batch):
    from imports.urls import urlpatterns

    listed = {client_url.rsplit("?")[0] for _method, client_url in pages(batch)}
    for pattern in urlpatterns:
        arguments = {"batch": [batch.pk], "model": ["subscribers"], "errors": [batch.pk, "csv"], "index": [], "new": []}
        assert reverse(f"imports:{pattern.name}", args=arguments.get(pattern.name, [batch.pk])) in listed, pattern.name


@pytest.mark.parametrize("group", ["Communication", "Instructeur", "Responsable enfance", "Régisseur"])
def test_other_staff_are_sent_away(client, staff, batch, group):
    staff(group)
    for method, address in pages(batch):
        response = getattr(client, method)(address)
        assert (response.status_code, response.get("Location")) == (302, reverse("wagtailadmin_home")), (
            method,
            address,
        )
    assert "/admin/imports/" not in text(client.get(reverse("wagtailadmin_home")))
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


def test_residents_and_visitors_never_get_in(client, alice, login, batch):
    for method, address in pages(batch):
        response = getattr(client, method)(address)
        assert response.status_code == 302 and "/connexion/" in response.url, (method, address)
    login(alice)
    for method, address in pages(batch):
        assert getattr(client, method)(address).status_code == 403, (method, address)


def test_the_administrator_imports_too(client, staff, batch):
    staff("Administrateur")
    assert "export.csv" in text(client.get(url("index")))


def test_a_get_changes_nothing(client, staff, batch):
    staff(CLERK)
    for method, address in pages(batch):
        if method == "get":
            assert client.get(address).status_code < 400 or "undo" in address, address
    for name in ("sheet", "archive", "check", "retry"):
        assert client.get(url(name, batch)).status_code == 405
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


def test_the_list_and_the_preview_make_the_same_queries_with_1_and_3_rows(client, staff, sql_count):
    by = staff(CLERK)

    def queries(count, page):
        ImportBatch.objects.all().delete()
        bad = [subscriber(number + 20, read_on="31/02/2025") for number in range(count)]
        lines = [subscriber(number) for number in range(1, count + 1)]
        batch = checked(by, "subscribers", csv_file(SUBSCRIBERS, lines + bad))
        for _ in range(count - 1):
            checked(by, "subscribers", csv_file(SUBSCRIBERS, lines))
        address = url("index") if page == "index" else url("batch", batch) + f"?lignes={page}"
        client.get(address)  # what is cached once
        return sql_count(lambda: client.get(address))

    for page in ("index", "create", "refused"):
        assert queries(1, page) == queries(3, page), page

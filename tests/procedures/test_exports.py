"""Exports: the cases of a list with their answers, for those with the right; made by the queue when there are many."""

import csv
import datetime as dt
import io
import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry

from procedures.enums import ExportState
from procedures.models import CaseExport
from procedures.services import exports, views
from procedures.services.versions import freeze
from tests.factories.accounts import UserFactory
from tests.factories.cases import OnlineProcedureFactory, field, step

from .agents import caseworker, filed, text_of

pytestmark = pytest.mark.django_db
EXPORTS = "/admin/demarches/exports/"
ALL = "liste=tous"


@pytest.fixture
def leaks(procedure_index, department):
    """A procedure with an answer of each sort that a spreadsheet shows in its own way."""
    form = [
        step(
            "Votre demande",
            field("short_text", "Objet", key="objet"),
            field("amount", "Montant", key="montant"),
            field("date", "Constatée le", key="date"),
            field(
                "choice",
                "Où",
                key="lieu",
                options=[{"label": "Dans la cave", "key": "cave"}, {"label": "Au jardin", "key": "jardin"}],
            ),
            field("yes_no", "Réparée ?", key="reparee"),
            field("address", "Adresse", key="adresse"),
        )
    ]
    return OnlineProcedureFactory(parent=procedure_index, title="Fuite", department=department, form=form)


ANSWERS = {
    "objet": "=2+3",
    "montant": "1234.50",
    "date": "2026-03-09",
    "lieu": "cave",
    "reparee": "yes",
    "adresse": {
        "address": "3 rue du Lavoir",
        "address_complement": "",
        "postcode": "49000",
        "town": "Vallon-sur-Loire",
    },
}


def csv_of(export):
    with export.file.open() as file:
        return list(csv.reader(io.StringIO(file.read().decode("utf-8-sig")), delimiter=";"))


def test_answers_become_columns(agent, leaks):
    case = filed(leaks, answers=ANSWERS, applicant="-Alice", assigned_to=agent)
    export = exports.ask_export(by=agent, query=ALL, page=leaks, format="csv")
    assert export.state == ExportState.DONE
    header, row = csv_of(export)
    shown = dict(zip(header, row, strict=True))
    assert shown["Numéro"] == case.number and shown["Démarche"] == "Fuite" and shown["Instructeur"] == str(agent)
    assert (shown["Demandeur"], shown["Objet"]) == ("'-Alice", "'=2+3")
    assert (shown["Montant"], shown["Constatée le"]) == ("1234,50", "09/03/2026")
    assert (shown["Où"], shown["Réparée ?"]) == ("Dans la cave", "Oui")
    assert "3 rue du Lavoir" in shown["Adresse"] and "Vallon-sur-Loire" in shown["Adresse"]


def test_a_workbook_keeps_numbers_and_dates(agent, leaks):
    filed(leaks, answers=ANSWERS)
    export = exports.ask_export(by=agent, query=ALL, page=leaks)
    with export.file.open() as file:
        header, row = load_workbook(file).active.iter_rows(values_only=True)
    shown = dict(zip(header, row, strict=True))
    assert shown["Montant"] == 1234.5 and shown["Constatée le"] == dt.datetime(2026, 3, 9)
    assert shown["Objet"] == "'=2+3"


def test_questions_of_former_versions_keep_their_column(agent, leaks):
    filed(leaks, answers=ANSWERS)
    leaks.form.pop(0)
    leaks.form.append(("step", {"title": "Suite", "fields": [("short_text", {"label": "Nouvelle", "key": "neuve"})]}))
    leaks.save()
    freeze(leaks)
    filed(leaks, answers={"neuve": "Oui-da"})
    header, *rows = csv_of(exports.ask_export(by=agent, query=f"{ALL}&tri=numero", page=leaks, format="csv"))
    column = {name: place for place, name in enumerate(header)}
    assert column["Nouvelle"] < column["Objet"]
    assert [row[column["Nouvelle"]] for row in rows] == ["", "Oui-da"]
    assert [row[column["Objet"]] for row in rows] == ["'=2+3", ""]


def test_only_what_the_list_finds_leaves(agent, water, other, leaks):
    wanted = filed(water, applicant="Zoé")
    filed(water, applicant="Paul")
    filed(leaks, applicant="Zoé")
    filed(other, applicant="Zoé")
    rows = csv_of(exports.ask_export(by=agent, query=f"{ALL}&q=zoe&demarche={water.pk}", format="csv"))
    assert [row[0] for row in rows[1:]] == [wanted.number]


def test_each_export_is_in_the_audit_log(agent, water):
    filed(water)
    exports.ask_export(by=agent, query=ALL)
    entry = ModelLogEntry.objects.get(action="procedures.cases.export")
    assert entry.user == agent and entry.data == {"cases": 1, "answers": False, "format": "xlsx"}


def test_the_right_is_asked_for_twice(agent, department, water, monkeypatch):
    filed(water)
    clerk = UserFactory(is_staff=True)
    department.members.add(clerk)
    with pytest.raises(PermissionDenied):
        exports.ask_export(by=clerk, query=ALL)
    monkeypatch.setattr(exports, "SMALL", 0)
    export = exports.ask_export(by=agent, query=ALL)
    agent.groups.clear()
    exports.make_export(export_id=export.pk)
    export.refresh_from_db()
    assert export.state == ExportState.FAILED and not export.file


def test_nothing_to_export_is_told(agent, water):
    with pytest.raises(ValidationError, match="aucun dossier"):
        exports.ask_export(by=agent, query=ALL)
    assert not CaseExport.objects.exists()


def test_a_large_one_is_made_by_the_queue_and_twice_makes_one_file(agent, water, monkeypatch, run_queue, private_root):
    monkeypatch.setattr(exports, "SMALL", 1)
    monkeypatch.setattr(exports, "CHUNK", 2)
    for _number in range(5):
        filed(water)
    export = exports.ask_export(by=agent, query=ALL, format="csv")
    assert (export.state, export.rows_total, export.percent) == (ExportState.WAITING, 5, 0)
    run_queue()
    export.refresh_from_db()
    assert (export.state, export.rows_done, export.percent) == (ExportState.DONE, 5, 100)
    assert len(csv_of(export)) == 6
    exports.make_export(export_id=export.pk)
    # A worker that died left it half made: another begins again.
    CaseExport.objects.update(state=ExportState.RUNNING, rows_done=2)
    exports.make_export(export_id=export.pk)
    exports.make_export(export_id=0)
    export.refresh_from_db()
    assert export.state == ExportState.DONE and len(csv_of(export)) == 6


def test_a_chunk_takes_the_same_queries_however_many_cases(agent, leaks, sql_count):
    filed(leaks, answers=ANSWERS)
    export = exports.ask_export(by=agent, query=ALL, page=leaks)
    export.refresh_from_db()
    list(exports.rows_of(export))  # the rights of its agent are read once
    before = sql_count(lambda: list(exports.rows_of(export)))
    for _number in range(4):
        filed(leaks, answers=ANSWERS)
    assert sql_count(lambda: list(exports.rows_of(export))) == before


def test_exports_are_erased_after_a_day_with_their_files(
    agent, water, private_root, django_capture_on_commit_callbacks
):
    filed(water)
    export = exports.ask_export(by=agent, query=ALL)
    path = private_root / export.file.name
    assert path.exists()
    assert exports.purge() == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert exports.purge(now=timezone.now() + dt.timedelta(days=1, minutes=1)) == 1
    assert not CaseExport.objects.exists() and not path.exists()


# The screens ----------------------------------------------------------------------------------------------------------


def test_an_export_is_asked_for_followed_and_downloaded(client, agent, water):
    case = filed(water, applicant="Zoé")
    page = text_of(client.get(EXPORTS, {"liste": "tous", "q": "zoe"}))
    assert "1 dossier dans cette liste" in page and "zoe" in page
    answer = client.post(f"{EXPORTS}?{ALL}&q=zoe", {"format": "csv", "procedure": ""})
    export = CaseExport.objects.get()
    assert answer.url == reverse("cases:export", args=[export.public_id])
    assert "Télécharger le fichier" in text_of(client.get(answer.url))
    file = client.get(reverse("cases:export_file", args=[export.public_id]))
    assert "no-store" in file["Cache-Control"] and "attachment" in file["Content-Disposition"]
    assert case.number in file.getvalue().decode()
    assert "Télécharger (CSV)" in text_of(client.get(EXPORTS))


def test_while_it_is_made_its_page_says_how_far_it_is(client, agent):
    export = CaseExport.objects.create(made_by=agent, state=ExportState.RUNNING, rows_total=4_000, rows_done=1_000)
    address = reverse("cases:export", args=[export.public_id])
    assert "1 000 dossiers sur 4 000" in text_of(client.get(address))
    part = client.get(address, headers={"HX-Request": "true"})
    assert 'value="25"' in part.text and "<html" not in part.text
    assert client.get(reverse("cases:export_file", args=[export.public_id])).status_code == 404
    export.state = ExportState.FAILED
    export.save()
    assert "Recommencer" in text_of(client.get(address))


def test_another_agent_s_export_is_not_there(client, agent, department, water):
    filed(water)
    export = exports.ask_export(by=caseworker(department), query=ALL)
    for name in ("cases:export", "cases:export_file"):
        assert client.get(reverse(name, args=[export.public_id])).status_code == 404
        assert client.get(reverse(name, args=[uuid.uuid4()])).status_code == 404


def test_a_strange_choice_is_told(client, agent, water, other):
    filed(water)
    filed(other)
    for posted in ({"format": "exe"}, {"format": "csv", "procedure": other.pk}, {}):
        assert client.post(f"{EXPORTS}?{ALL}", posted).status_code == 422
    assert not CaseExport.objects.exists()


def test_others_have_no_exports(client, staff, login, alice):
    staff("Communication")
    assert client.get(EXPORTS).status_code == 302


def test_a_search_too_long_to_be_kept_is_told_and_never_cut(agent, water):
    """Each of these characters takes twelve in an address: cut, it would find other cases."""
    query = f"liste=tous&q={'𝄞' * 100}"
    with pytest.raises(ValidationError, match="Votre recherche est trop longue"):
        exports.ask_export(by=agent, query=query)
    with pytest.raises(ValidationError, match="Votre recherche est trop longue"):
        views.save_view(by=agent, name="Musique", query=query)


def test_a_procedure_of_any_title_is_exported(agent, procedure_index, department):
    page = OnlineProcedureFactory(parent=procedure_index, title="Eau : une question ? [1/2]", department=department)
    filed(page)
    export = exports.ask_export(by=agent, query=ALL, page=page)
    assert export.state == ExportState.DONE

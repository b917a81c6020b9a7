"""Cases are erased in time with what they held, and departments warned before a limit: with a moved clock."""

import datetime as dt

import pytest
from django.utils import timezone
from django_q.models import Schedule

from accounts.models import OutgoingMail
from documents.models import FiledDocument, StoredFile
from procedures import tasks
from procedures.enums import CaseState
from procedures.models import Case, CaseDocument, CaseMessage, ErasedCase
from procedures.queries.deadlines import due_soon
from procedures.services import deadlines, letters, retention, review
from tests.factories.cases import CaseFactory, LetterTemplateFactory, OnlineProcedureFactory
from tests.factories.families import StoredFileFactory

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 10)


def moment(*date):
    return timezone.make_aware(dt.datetime(*date, 12))


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2028, 3, 31), 1, (2028, 2, 29)),
        ((2026, 12, 31), 12, (2025, 12, 31)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2026, 3, 10), 0, (2026, 3, 10)),
    ],
)
def test_months_are_civil_months(now, months, then):
    assert retention.months_before(moment(*now), months) == moment(*then)


def closed(page, on, **fields):
    return CaseFactory(page=page, state=fields.pop("state", CaseState.ACCEPTED), decided_at=moment(*on), **fields)


def test_a_closed_case_is_erased_once_its_procedure_keeps_it_no_longer(procedure):
    assert procedure.retention_months == 12
    old, young = closed(procedure, (2025, 3, 9)), closed(procedure, (2025, 3, 11))
    running = CaseFactory(page=procedure)
    Case.objects.filter(pk=running.pk).update(filed_at=moment(2020, 1, 1))
    assert retention.purge_closed(moment(2026, 3, 10)) == 1
    assert set(Case.objects.values_list("pk", flat=True)) == {young.pk, running.pk}
    left = ErasedCase.objects.get()
    assert (left.page, left.department, left.state, left.decided_at) == (
        procedure,
        old.department,
        CaseState.ACCEPTED,
        old.decided_at,
    )
    assert (left.filed_at, left.status_label) == (old.filed_at, "Demande acceptée")
    assert retention.purge_closed(moment(2026, 3, 10)) == 0 and ErasedCase.objects.count() == 1


def test_each_procedure_has_its_own_rule(procedure, procedure_index):
    short = OnlineProcedureFactory(parent=procedure_index, retention_months=1)
    kept, gone = closed(procedure, (2026, 1, 1)), closed(short, (2026, 1, 1))
    tasks_count = retention.purge_closed(moment(2026, 3, 10))
    assert tasks_count == 1 and Case.objects.filter(pk=kept.pk).exists()
    assert not Case.objects.filter(pk=gone.pk).exists()


def test_files_and_messages_go_with_the_case_and_letters_stay_with_their_holder(
    agent, case, private_root, django_capture_on_commit_callbacks
):
    sent, shared, joined = (StoredFileFactory(profile=case.profile) for _ in range(3))
    for file in (sent, shared):
        case.case_files.create(file=file)
    another = CaseFactory(page=case.page, profile=case.profile)
    another.case_files.create(file=shared)
    review.send_message(by=agent, case=case, text="Voici.", files=[joined])
    document = letters.produce_letter(
        by=agent, case=case, template=LetterTemplateFactory(), title="Réponse", text="Bonjour."
    )
    review.decide(by=agent, case=case, status="termine")
    Case.objects.filter(pk=case.pk).update(decided_at=moment(2024, 1, 1))
    path = private_root / sent.file.name
    assert path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        tasks.purge_closed_cases()
    assert not Case.objects.filter(pk=case.pk).exists()
    assert not CaseMessage.objects.exists() and not CaseDocument.objects.exists()
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {shared.pk, document.file.pk}
    assert FiledDocument.objects.get().title == "Réponse"
    assert not path.exists()


def test_a_draft_leaves_no_trace(case, procedure):
    draft = CaseFactory(page=procedure, state=CaseState.DRAFT)
    assert retention.erase(Case.objects.filter(pk=draft.pk)) == 1
    assert not ErasedCase.objects.exists() and Case.objects.get() == case


# Time limits ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def timed(procedure_index, department):
    return OnlineProcedureFactory(
        parent=procedure_index,
        title="Demande",
        department=department,
        time_limit_days=30,
        warning_days=5,
        silence="accepted",
    )


def due(page, days, **fields):
    return CaseFactory(page=page, due_on=TODAY + dt.timedelta(days=days), **fields)


def test_the_department_is_warned_once_a_case(timed, agent):
    near, late = due(timed, 5), due(timed, -1, assigned_to=agent)
    due(timed, 6)
    due(timed, 2, state=CaseState.TO_CORRECT)
    due(timed, 2, state=CaseState.ACCEPTED)
    assert deadlines.warn(TODAY) == 2
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("procedures/deadlines", "vie-associative@example.test")
    assert mail.subject == "2 dossiers à traiter bientôt"
    assert mail.text.index(late.number) < mail.text.index(near.number)
    assert "en retard depuis le 9 mars 2026, Ines Leroy (sans réponse, la demande sera acceptée)" in mail.text
    assert deadlines.warn(TODAY) == 0 and OutgoingMail.objects.count() == 1
    # The next one is told alone.
    assert deadlines.warn(TODAY + dt.timedelta(days=1)) == 1
    assert OutgoingMail.objects.first().subject == "Un dossier à traiter bientôt"


def test_a_limit_put_off_by_a_correction_is_warned_of_again(timed, agent):
    today = timezone.localdate()
    case = CaseFactory(page=timed, due_on=today + dt.timedelta(days=2))
    assert deadlines.warn(today) == 1
    review.ask_correction(by=agent, case=case, fields=["objet"], message="Quel objet ?")
    case.refresh_from_db()
    case.correction["asked_on"] = (today - dt.timedelta(days=10)).isoformat()
    case.save()
    review.change_status(by=agent, case=case, status="en-cours")
    case.refresh_from_db()
    assert case.due_on == today + dt.timedelta(days=12)
    assert deadlines.warn(today) == 0
    assert deadlines.warn(today + dt.timedelta(days=7)) == 1
    assert deadlines.warn(today + dt.timedelta(days=8)) == 0


def test_without_a_mailbox_the_agents_who_have_them_are_warned(timed, agent, department):
    department.email = ""
    department.save()
    mine = due(timed, 1, assigned_to=agent)
    due(timed, 1)
    assert deadlines.warn(TODAY) == 2
    mail = OutgoingMail.objects.get()
    assert mail.to == agent.email and mine.number in mail.text


def test_an_agent_reads_what_is_due_soon_on_the_first_page(timed, agent, client):
    today = timezone.localdate()
    for days in (0, 5, 6, -1):
        CaseFactory(page=timed, due_on=today + dt.timedelta(days=days))
    assert due_soon(agent).count() == 2
    assert "Dossiers proches de leur délai" in client.get("/admin/").text


def test_the_work_is_scheduled():
    names = set(Schedule.objects.values_list("func", flat=True))
    assert {"procedures.tasks.purge_closed_cases", "procedures.tasks.warn_of_deadlines"} <= names

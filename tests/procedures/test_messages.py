"""Messages between the service and the applicant, with their files; notes that agents alone read."""

import html

import pytest
from django.core.exceptions import ValidationError

from accounts.models import OutgoingMail
from documents.models import StoredFile
from procedures.enums import EventKind
from procedures.models import CaseMessage
from procedures.services import resident, review
from tests.documents import files
from tests.factories.cases import CaseFactory
from tests.factories.families import StoredFileFactory

pytestmark = pytest.mark.django_db


def url(case, rest):
    return f"/admin/demarches/{case.pk}/{rest}"


def form(case, **values):
    return {"revision": case.revision, "seen": "0", **values}


def test_a_message_is_told_with_its_files(agent, alice, case):
    CaseMessage.objects.create(case=case, author=alice, text="Où en est-on ?")
    stored = StoredFileFactory(profile=case.profile, name="plan.pdf", filed_at=None)
    message = review.send_message(by=agent, case=case, text="  Voici le plan.\nMerci.  ", files=[stored], revision=1)
    assert (message.from_agent, message.author, message.text) == (True, agent, "Voici le plan.\nMerci.")
    assert list(message.files.all()) == [stored] and case.case_files.get().file == stored
    stored.refresh_from_db()
    assert stored.filed_at is not None
    mail = OutgoingMail.objects.get(kind="procedures/message")
    assert mail.to == alice.email and "Voici le plan." in mail.text and "plan.pdf" in mail.text
    # Who answers has read.
    assert case.messages.filter(from_agent=False, read_at=None).count() == 0
    case.refresh_from_db()
    assert case.revision == 2
    event = case.events.get()
    assert (event.kind, event.public) == (EventKind.MESSAGE, True)


@pytest.mark.parametrize(("text", "sentence"), [("   ", "Écrivez votre message"), ("x" * 5001, "trop long")])
def test_a_message_says_something(agent, case, text, sentence):
    with pytest.raises(ValidationError, match=sentence):
        review.send_message(by=agent, case=case, text=text)
    assert not OutgoingMail.objects.exists()


def test_a_decided_case_can_still_be_written_about(agent, case):
    review.decide(by=agent, case=case, status="refuse")
    assert review.send_message(by=agent, case=case, text="Vous pouvez faire un recours.").pk


def test_a_note_is_for_agents_and_disturbs_nobody(agent, case):
    event = review.add_note(by=agent, case=case, text="A déjà appelé deux fois.")
    assert (event.kind, event.public) == (EventKind.NOTE, False)
    case.refresh_from_db()
    assert case.revision == 1 and not OutgoingMail.objects.exists()
    with pytest.raises(ValidationError, match="Écrivez votre note"):
        review.add_note(by=agent, case=case, text=" ")


def test_a_message_is_sent_from_the_screen_with_what_was_uploaded(agent, case, client):
    answer = client.post(
        url(case, "messages/"),
        form(
            case,
            message="Voici.",
            fichiers=[files.upload(files.pdf(), "plan.pdf"), files.upload(files.pdf(2), "b.pdf")],
        ),
    )
    assert answer.status_code == 302
    message = case.messages.get()
    assert sorted(file.name for file in message.files.all()) == ["b.pdf", "plan.pdf"]
    assert {(file.produced, file.profile) for file in message.files.all()} == {(True, case.profile)}
    shown = html.unescape(client.get(url(case, "")).text)
    assert "Voici." in shown and "plan.pdf" in shown


def test_a_refused_file_loses_neither_the_text_nor_the_other_files(agent, case, client):
    answer = client.post(
        url(case, "messages/"),
        form(
            case,
            message="Voici le plan.",
            fichiers=[files.upload(files.pdf(), "plan.pdf"), files.upload(b"MZ", "virus.exe")],
        ),
    )
    page = html.unescape(answer.text)
    assert answer.status_code == 422 and "virus.exe" in page and "Voici le plan." in page
    stored = StoredFile.objects.get()
    assert f'value="{stored.public_id}" checked' in page
    assert not case.messages.exists()
    client.post(url(case, "messages/"), form(case, message="Voici le plan.", joint=[str(stored.public_id)]))
    assert list(case.messages.get().files.all()) == [stored]


def test_somebody_else_s_file_is_not_joined(agent, case, client):
    theirs = StoredFileFactory(profile=case.profile, filed_at=None)
    client.post(url(case, "messages/"), form(case, message="Bonjour.", joint=[str(theirs.public_id), "x"]))
    assert not case.messages.get().files.exists()


def test_messages_are_marked_read_on_demand(agent, alice, case, client):
    CaseMessage.objects.create(case=case, author=alice, text="Bonjour")
    assert "1 message à lire" in client.get(url(case, "")).text
    assert case.messages.get().read_at is None
    client.post(url(case, "messages/lus/"), form(case))
    assert case.messages.get().read_at is not None


def test_s2_files_of_messages_are_in_the_case_s_scope(agent, case, client, procedure):
    stored = StoredFileFactory(profile=case.profile)
    review.send_message(by=agent, case=case, text="Voici.", files=[stored])
    other = CaseFactory(page=procedure)
    assert client.get(url(case, f"fichiers/{stored.public_id}/")).status_code == 200
    assert client.get(url(other, f"fichiers/{stored.public_id}/")).status_code == 404


def test_a_message_sent_twice_by_a_double_click_is_there_once(agent, alice, case, run_queue):
    stored = StoredFileFactory(profile=case.profile, filed_at=None)
    first = resident.send_message(by=alice, case=case, text="Où en est-on ?", files=[stored])
    assert resident.send_message(by=alice, case=case, text="Où en est-on ? ", files=[stored]) == first
    assert OutgoingMail.objects.count() == case.events.count() == 1
    # Other words, another file, or something said since: another message.
    assert resident.send_message(by=alice, case=case, text="Où en est-on ?") != first
    review.send_message(by=agent, case=case, text="Mardi.")
    assert resident.send_message(by=alice, case=case, text="Où en est-on ?") != first
    assert case.messages.count() == 4


def test_a_note_added_twice_by_a_double_click_is_there_once(agent, case):
    first = review.add_note(by=agent, case=case, text="A appelé.")
    assert review.add_note(by=agent, case=case, text="A appelé.") == first and case.events.count() == 1
    review.add_note(by=agent, case=case, text="A rappelé.")
    assert review.add_note(by=agent, case=case, text="A appelé.") != first


def test_who_writes_too_often_loses_nothing_of_what_was_typed(login, alice, case, dashboard, monkeypatch):
    for n in range(30):
        resident.send_message(by=alice, case=case, text=f"Message {n}")
    answer = login(alice).post(f"/mon-compte/demarches/{case.public_id}/message/", {"text": "Encore une chose"})
    page = html.unescape(answer.text)
    assert "trop d’essais" in page and "Encore une chose</textarea>" in page
    assert case.messages.count() == 30


def test_an_agent_who_handles_cases_no_longer_is_not_written_to(agent, alice, case, department):
    case.assigned_to = agent
    case.save()
    resident.send_message(by=alice, case=case, text="Bonjour")
    agent.groups.clear()
    resident.send_message(by=alice, case=case, text="Et alors ?")
    told = OutgoingMail.objects.filter(kind="procedures/agent_news").order_by("pk").values_list("to", flat=True)
    assert list(told) == [agent.email, department.email]

"""What a resident does with a filed case: writes, takes back, files again, downloads a copy."""

import io

import pypdf
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import OutgoingMail
from documents.enums import ScanState
from documents.models import FiledDocument, StoredFile
from procedures.enums import CaseState, EventKind
from procedures.models import Case, CaseEvent, CaseFile, CaseMessage
from procedures.services import resident
from tests.documents import files
from tests.factories.accounts import ProfileFactory
from tests.factories.cases import CaseFactory, DepartmentFactory, OnlineProcedureFactory, field, step
from tests.factories.families import StoredFileFactory
from tests.procedures.agents import caseworker

from .test_cases import LIST, main, text, url_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def profile(dashboard, alice):
    return alice.profiles.get()


@pytest.fixture
def page(db):
    department = DepartmentFactory(name="Accueil et vie pratique", email="accueil@ville.test")
    return OnlineProcedureFactory(title="Signaler un problème", department=department)


@pytest.fixture
def case(profile, page, alice):
    return CaseFactory(page=page, profile=profile, filed_by=alice, number="D2026-000012", applicant="Alice Durand")


def a_pdf(name="photo.pdf", content=None):
    return SimpleUploadedFile(name, content or files.pdf(), "application/pdf")


def mails():
    return sorted(OutgoingMail.objects.values_list("to", "kind"))


def logged():
    return list(ModelLogEntry.objects.filter(action__startswith="procedures.").values_list("action", flat=True))


# Messages ------------------------------------------------------------------------------------------------------------


def test_s2_9_a_message_with_its_files_reaches_the_service(login, alice, case):
    client = login(alice)
    sent = {"text": "Voici la photo.", "files": [a_pdf("a.pdf"), a_pdf("b.pdf", files.pdf(pages=2))]}
    response = client.post(url_of(case, "message/"), sent)
    assert response.url == url_of(case) + "#messages"
    message = CaseMessage.objects.get()
    assert (message.text, message.author, message.from_agent) == ("Voici la photo.", alice, False)
    assert sorted(file.name for file in message.files.all()) == ["a.pdf", "b.pdf"]
    assert set(CaseFile.objects.values_list("case", "file")) == {(case.pk, file.pk) for file in message.files.all()}
    assert not StoredFile.objects.filter(filed_at=None).exists(), "they would be erased after a day"
    assert FiledDocument.objects.filter(profile=case.profile).count() == 2
    assert mails() == [("accueil@ville.test", "procedures/agent_news")]
    assert "Voici la photo" not in OutgoingMail.objects.get().text
    event = CaseEvent.objects.get()
    assert (event.kind, event.public) == (EventKind.MESSAGE, True)
    assert Case.objects.get().revision == case.revision + 1
    assert logged() == ["procedures.case.resident_message"]
    response = main(client.get(url_of(case)))
    assert "Voici la photo." in response and "<strong>Vous</strong>" in response
    address = url_of(case, f"fichier/{message.files.get(name='a.pdf').public_id}/")
    assert f'href="{address}"' in response and client.get(address).status_code == 200


def test_the_agent_who_has_the_case_is_told_rather_than_the_team(case, alice):
    agent = caseworker(case.department, email="agent@ville.test")
    Case.objects.update(assigned_to=agent)
    resident.send_message(by=alice, case=case, text="Bonjour")
    assert mails() == [("agent@ville.test", "procedures/agent_news")]
    assert f"/admin/demarches/{case.pk}/" in OutgoingMail.objects.get().text


def test_an_empty_message_says_so_and_keeps_the_file(login, alice, case):
    client = login(alice)
    response = text(client.post(url_of(case, "message/"), {"text": " ", "files": [a_pdf()]}))
    assert "<title>Erreur : Signaler un problème" in response.replace("\u00a0", " ")
    assert response.count("Écrivez votre message.") == 2
    assert "photo.pdf (1\u00a0Ko)" in response
    signed = response.split('name="staged" value="')[1].split('"')[0]
    assert not CaseMessage.objects.exists()
    client.post(url_of(case, "message/"), {"text": "La voici.", "staged": [signed]})
    assert [file.name for file in CaseMessage.objects.get().files.all()] == ["photo.pdf"]


def test_a_refused_file_says_why_and_loses_neither_the_text_nor_the_good_file(login, alice, case):
    sent = {"text": "Deux fichiers", "files": [a_pdf(), a_pdf("secret.pdf", files.pdf(password="x"))]}
    response = text(login(alice).post(url_of(case, "message/"), sent))
    assert response.count("«\u00a0secret.pdf\u00a0» : Ce PDF est protégé par un mot de passe ou chiffré.") == 2
    assert "Deux fichiers</textarea>" in response and 'name="staged"' in response
    assert not CaseMessage.objects.exists()


@pytest.mark.parametrize("forged", ["public_id", "other_case", "nonsense"])
def test_another_s_file_cannot_be_joined(login, alice, case, forged):
    from procedures.message_forms import _signer

    stranger = StoredFileFactory(profile=case.profile if forged == "other_case" else ProfileFactory())
    values = {
        "public_id": str(stranger.public_id),
        "other_case": _signer(CaseFactory()).sign(str(stranger.public_id)),
        "nonsense": "x:y",
    }
    login(alice).post(url_of(case, "message/"), {"text": "Bonjour", "staged": [values[forged]]})
    assert CaseMessage.objects.get().files.count() == 0
    with pytest.raises(PermissionDenied):
        resident.send_message(by=alice, case=case, text="Bonjour", files=[StoredFileFactory()])


def test_too_many_files_are_told(login, alice, case):
    many = [a_pdf(f"{number}.pdf", files.pdf(pages=number)) for number in range(1, 7)]
    response = text(login(alice).post(url_of(case, "message/"), {"text": "Six", "files": many}))
    assert response.count("5 fichiers au plus par message") == 2
    assert response.count('name="staged"') == 5


def test_a_withdrawn_case_takes_no_message(login, alice, profile):
    case = CaseFactory(profile=profile, state=CaseState.WITHDRAWN)
    assert "Écrire au service" not in main(login(alice).get(url_of(case)))
    with pytest.raises(ValidationError):
        resident.send_message(by=alice, case=case, text="Encore moi")
    assert not CaseMessage.objects.exists()


def test_a_case_that_is_over_can_still_be_written_about(alice, profile):
    case = CaseFactory(profile=profile, state=CaseState.REFUSED)
    assert resident.send_message(by=alice, case=case, text="Pourquoi ?").case == case


def test_strangers_write_and_read_nothing(charlie, case):
    CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    for act in (
        lambda: resident.send_message(by=charlie, case=case, text="Bonjour"),
        lambda: resident.mark_read(by=charlie, case=case),
        lambda: resident.withdraw(by=charlie, case=case),
        lambda: resident.refile(by=charlie, profile=case.profile, case=case),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Case.objects.get().state == CaseState.RECEIVED
    assert CaseMessage.objects.get().read_at is None


def test_messages_are_read_by_a_button_by_the_script_and_by_answering(login, alice, case):
    client = login(alice)

    def unread():
        return CaseMessage.objects.filter(from_agent=True, read_at=None).count()

    def news():
        CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
        assert "Marquer comme lu" in main(client.get(url_of(case))) and unread() == 1

    news()
    assert client.get(url_of(case, "lus/")).status_code == 405
    assert client.post(url_of(case, "lus/")).url == url_of(case) + "#messages"
    assert unread() == 0 and "Marquer comme lu" not in main(client.get(url_of(case)))
    news()
    assert client.post(url_of(case, "lus/"), headers={"HX-Request": "true"}).status_code == 200
    assert unread() == 0
    news()
    client.post(url_of(case, "message/"), {"text": "Merci"})
    assert unread() == 0


def test_a_file_of_the_service_waits_for_the_antivirus(login, alice, case):
    message = CaseMessage.objects.create(case=case, from_agent=True, text="Bonjour")
    stored = StoredFileFactory(profile=None, name="plan.pdf", scan=ScanState.PENDING)
    message.files.add(stored)
    CaseFile.objects.create(case=case, file=stored)
    client = login(alice)
    address = url_of(case, f"fichier/{stored.public_id}/")
    response = main(client.get(url_of(case)))
    assert "plan.pdf" in response and "analyse en cours" in response and address not in response
    assert client.get(address).status_code == 404
    StoredFile.objects.update(scan=ScanState.CLEAN)
    assert address in main(client.get(url_of(case))) and client.get(address).status_code == 200


# Taking back ---------------------------------------------------------------------------------------------------------


def test_s2_14_a_case_is_taken_back_after_a_page_that_asks(login, alice, case):
    client = login(alice)
    assert "Le service ne l’étudiera pas" in main(client.get(url_of(case, "retirer/")))
    assert Case.objects.get().state == CaseState.RECEIVED
    response = client.post(url_of(case, "retirer/"), {"reason": "Réparé entre-temps."})
    assert response.url == url_of(case)
    found = Case.objects.get()
    assert (found.state, found.status_label) == (CaseState.WITHDRAWN, "Dossier retiré")
    assert found.decided_at is not None
    assert CaseEvent.objects.get(kind=EventKind.WITHDRAWN).text == "Réparé entre-temps."
    assert mails() == [
        ("accueil@ville.test", "procedures/agent_news"),
        ("alice@example.test", "procedures/status_changed"),
    ]
    assert logged() == ["procedures.case.withdraw"]
    response = main(client.get(url_of(case)))
    assert "Votre dossier D2026-000012 est retiré." in response and "Retiré par vous" in response
    assert "Retirer mon dossier" not in response


def test_taking_back_twice_tells_once(alice, case):
    resident.withdraw(by=alice, case=case)
    resident.withdraw(by=alice, case=case)
    assert CaseEvent.objects.count() == 1 and OutgoingMail.objects.count() == 2


def test_what_an_agent_decided_is_not_taken_back(login, alice, profile):
    case = CaseFactory(profile=profile, state=CaseState.ACCEPTED)
    response = login(alice).post(url_of(case, "retirer/"), follow=True)
    assert "Ce dossier est déjà terminé" in main(response)
    with pytest.raises(ValidationError):
        resident.withdraw(by=alice, case=case)
    assert Case.objects.get().state == CaseState.ACCEPTED


# Filing again --------------------------------------------------------------------------------------------------------


def test_s2_14_an_old_case_is_filed_again_with_its_answers(login, alice, case):
    Case.objects.update(state=CaseState.REFUSED, decided_at=timezone.now())
    client = login(alice)
    assert "Refaire cette démarche" in main(client.get(url_of(case)))
    assert client.get(url_of(case, "refaire/")).status_code == 405
    response = client.post(url_of(case, "refaire/"))
    draft = Case.objects.get(state=CaseState.DRAFT)
    assert response.url == url_of(draft, "formulaire/")
    assert (draft.copied_from, draft.profile, draft.answers["objet"]) == (case, case.profile, "Un banc cassé")
    assert client.post(url_of(case, "refaire/")).url == response.url, "the same draft again"
    assert Case.objects.filter(state=CaseState.DRAFT).count() == 1


def test_a_draft_begun_already_is_left_as_it_is(alice, case):
    Case.objects.update(state=CaseState.REFUSED, decided_at=timezone.now())
    begun = CaseFactory(page=case.page, profile=case.profile, state=CaseState.DRAFT, answers={"objet": "Autre chose"})
    assert resident.refile(by=alice, profile=case.profile, case=case) == (begun, False)
    assert Case.objects.get(pk=begun.pk).answers["objet"] == "Autre chose"


# The copy ------------------------------------------------------------------------------------------------------------


def words(response):
    pages = pypdf.PdfReader(io.BytesIO(b"".join(response))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_s2_14_the_copy_has_the_answers_and_the_list_of_the_attachments(login, alice, profile):
    photo = StoredFileFactory(profile=profile, name="banc-cassé.pdf", size=2048)
    letter = StoredFileFactory(profile=profile, name="plan.pdf")
    page = OnlineProcedureFactory(
        title="Signaler un problème",
        form=[
            step("Votre demande", field("short_text", "Objet", key="objet")),
            step("Vos pièces", field("files", "Photo du lieu", key="photo", maximum="3")),
        ],
    )
    answers = {"objet": "#strong[Un banc] *cassé*", "photo": [str(photo.public_id)]}
    case = CaseFactory(page=page, profile=profile, number="D2026-000012", answers=answers, applicant="Alice Durand")
    CaseFile.objects.create(case=case, file=photo)
    message = CaseMessage.objects.create(case=case, text="Voici un plan")
    message.files.add(letter)
    CaseEvent.objects.create(case=case, kind=EventKind.FILED, title="Dossier déposé", public=True)
    CaseEvent.objects.create(case=case, kind=EventKind.NOTE, title="Note interne", text="Un habitué")
    response = login(alice).get(url_of(case, "copie/"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="dossier-D2026-000012.pdf"'
    assert response["Cache-Control"] == "private, no-store"
    found = words(response)
    for expected in (
        "Signaler un problème",
        "D2026-000012",
        "Alice Durand",
        "Dossier reçu",
        "#strong[Un banc] *cassé*",
        "Liste des pièces jointes",
        "banc-cassé.pdf",
        "Photo du lieu",
        "plan.pdf",
        "Message du",
        "Dossier déposé",
    ):
        assert expected in found, expected
    assert "Un habitué" not in found and "Note interne" not in found


def test_the_list_leads_to_the_case(login, alice, case):
    assert f'href="{url_of(case)}"' in main(login(alice).get(LIST))

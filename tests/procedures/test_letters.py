"""Letters: a template filled in with the case, edited, printed, filed in « Mes documents » (s2.11)."""

import html
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import Notification, OutgoingMail
from documents.enums import FolderKind
from documents.models import FiledDocument, Folder
from procedures import letters as words
from procedures.enums import EventKind
from procedures.services import letters
from procedures.services.statuses import Stale
from tests.factories.accounts import UserFactory
from tests.factories.cases import CaseFactory, LetterTemplateFactory, OnlineProcedureFactory
from tests.factories.cms import ContactPointFactory


def text_of(content):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


# The words between braces -------------------------------------------------------------------------------------------


def test_words_are_replaced_and_unknown_ones_stay():
    values = {"numero": "D1", "reponse:objet": "Un banc {numero}"}
    assert words.fill("Dossier {numero} : {reponse:objet} {inconnu} {pas un mot}", values) == (
        "Dossier D1 : Un banc {numero} {inconnu} {pas un mot}"
    )
    assert words.left_over("{a} {b}", "{a}") == ["{a}", "{b}"]


@given(st.text(max_size=60), st.dictionaries(st.sampled_from(["numero", "date", "reponse:a"]), st.text(max_size=9)))
def test_a_text_without_words_is_left_as_it_is(text, values):
    plain = text.replace("{", "").replace("}", "")
    assert words.fill(plain, values) == plain and words.left_over(plain) == []


# The service ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def template(db):
    return LetterTemplateFactory(
        title="Votre dossier {numero}",
        body="Bonjour {demandeur},\n\nVous écrivez : {reponse:objet}.\n\nPhoto : {reponse:photo}.",
        signatory="Le président,\nJean Valjean",
    )


def produce(by, case, template, **values):
    values = {"title": "Votre demande", "text": "Bonjour,\n\nC’est accepté.", **values}
    return letters.produce_letter(by=by, case=case, template=template, **values)


@pytest.mark.django_db
def test_the_values_are_those_of_the_case(agent, case):
    values = words.values_of(case, by=agent)
    assert (values["numero"], values["demandeur"], values["agent"]) == (case.number, case.applicant, "Ines Leroy")
    assert values["service"] == "Vie associative" and values["demarche"] == "Signaler un problème"
    # A question that did not appear is empty: no word is left in the letter.
    assert (values["reponse:objet"], values["reponse:pourquoi"]) == ("Un banc cassé", "")


@pytest.mark.django_db
def test_s2_11_a_letter_is_filed_in_the_documents_received(agent, alice, case, template):
    document = produce(agent, case, template, revision=1)
    filed = FiledDocument.objects.get()
    assert (filed.profile, filed.title, filed.file, filed.seen_at) == (
        case.profile,
        "Votre demande",
        document.file,
        None,
    )
    assert filed.folder.kind == FolderKind.RECEIVED and filed.source == f"procedures.letter:{document.pk}"
    assert document.file.produced and document.file.released
    printed = text_of(document.file.file.read())
    for text in ("Votre demande", "C’est accepté.", case.number, case.applicant, "Jean Valjean", "Vie associative"):
        assert text in printed, text
    mail = OutgoingMail.objects.get(kind="procedures/document")
    assert mail.to == alice.email and "Votre demande" in mail.text and "Mes documents" in mail.text
    assert Notification.objects.get(user=alice).title == f"Nouveau document : dossier {case.number}"
    event = case.events.get()
    assert (event.kind, event.public, event.title) == (EventKind.DOCUMENT, True, "Votre demande")


@pytest.mark.django_db
def test_the_template_says_in_which_folder(agent, case):
    folder = Folder.objects.get(kind=FolderKind.QUOTES)
    produce(agent, case, LetterTemplateFactory(folder=folder))
    assert FiledDocument.objects.get().folder == folder


@pytest.mark.django_db
def test_without_an_account_the_letter_stays_with_the_case(agent, procedure, template):
    case = CaseFactory(page=procedure, profile=None, email="sans@example.test")
    document = produce(agent, case, template)
    assert document.file.profile is None and not FiledDocument.objects.exists()
    assert OutgoingMail.objects.get().to == "sans@example.test"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"text": " "}, "Écrivez l’objet et le texte"),
        ({"title": " "}, "Écrivez l’objet et le texte"),
        ({"text": "Bonjour {prenom}"}, "mots entre accolades : {prenom}"),
        ({"title": "x" * 201}, "L’objet est trop long"),
        ({"text": "x" * 20_001}, "Le texte est trop long"),
    ],
)
def test_a_letter_that_is_not_finished_is_refused(agent, case, template, values, sentence):
    with pytest.raises(ValidationError, match=sentence):
        produce(agent, case, template, **values)
    assert not case.documents.exists() and not OutgoingMail.objects.exists()


@pytest.mark.django_db
def test_another_procedure_s_template_and_another_agent_are_refused(agent, case, procedure_index):
    other = LetterTemplateFactory()
    other.procedures.add(OnlineProcedureFactory(parent=procedure_index))
    with pytest.raises(ValidationError, match="ne sert pas à cette démarche"):
        produce(agent, case, other)
    with pytest.raises(PermissionDenied):
        produce(UserFactory(is_staff=True), case, LetterTemplateFactory())
    with pytest.raises(Stale):
        produce(agent, case, LetterTemplateFactory(), revision=7)
    assert not case.documents.exists()


@pytest.mark.django_db
def test_what_a_resident_wrote_is_never_markup(agent, case):
    case.applicant = '#panic("boom") *gras* <b>'
    content = words.render_letter(case, title="#let x", text='$ a $\n\n#image("/etc/passwd")')
    printed = text_of(content)
    assert '#panic("boom") *gras* <b>' in printed and '#image("/etc/passwd")' in printed


# The screens ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_letter_is_written_from_its_template_seen_and_handed_over(agent, case, template, client):
    case.case_files.all().delete()
    base = f"/admin/demarches/{case.pk}/courrier/"
    assert template.name in client.get(base).text
    page = html.unescape(client.get(f"{base}{template.pk}/").text)
    assert f"Votre dossier {case.number}" in page and "Vous écrivez : Un banc cassé." in page
    preview = client.get(f"{base}{template.pk}/apercu/")
    assert preview["Content-Type"] == "application/pdf" and "Un banc cassé" in text_of(preview.getvalue())
    typed = {"objet": "Réponse", "texte": "Bonjour {oubli}", "revision": case.revision, "seen": "0"}
    assert "{oubli}" in text_of(client.post(f"{base}{template.pk}/apercu/", typed).getvalue())
    refused = client.post(f"{base}{template.pk}/", typed)
    assert refused.status_code == 422 and "Bonjour {oubli}" in refused.text
    assert not case.documents.exists()
    done = client.post(f"{base}{template.pk}/", {**typed, "texte": "Bonjour."})
    assert done.status_code == 302
    document = case.documents.get()
    shown = client.get(f"/admin/demarches/{case.pk}/documents/{document.pk}/")
    assert shown["Content-Type"] == "application/pdf"
    assert "Réponse" in client.get(f"/admin/demarches/{case.pk}/").text


@pytest.mark.django_db
def test_a_letter_of_another_case_does_not_exist(agent, case, procedure, template, client):
    document = produce(agent, case, template)
    other = CaseFactory(page=procedure)
    assert client.get(f"/admin/demarches/{other.pk}/documents/{document.pk}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"email": "accueil@ville.test", "free_number": ""}, ["accueil@ville.test"]),
        ({"email": "", "free_number": "0 800 00 00 00"}, ["0 800 00 00 00"]),
        ({"email": "", "free_number": ""}, []),
    ],
)
def test_a_letter_names_no_way_to_reach_the_service_that_it_has_not(values, told):
    assert words.ways_to_reach(ContactPointFactory(**values)) == told
    assert words.ways_to_reach(None) == []

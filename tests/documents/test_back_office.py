"""The worklist of the childcare managers: the file in the page, validated or refused there, then the next one."""

import datetime as dt
import html
import re

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import FamilyQuotient
from accounts.panels import lines_of
from documents.enums import DocumentState, RequirementScope, ScanState
from documents.models import DocumentRequirement, StoredFile, SupportingDocument
from tests.factories.families import (
    DocumentRequirementFactory,
    FamilyQuotientFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)

from . import files

pytestmark = pytest.mark.django_db
BASE = "/admin/snippets/documents/"
DOCUMENTS = f"{BASE}supportingdocument/"
REQUIREMENTS = f"{BASE}documentrequirement/"


@pytest.fixture
def manager(staff):
    return staff("Responsable enfance")


@pytest.fixture
def document(household, child, alice):
    return SupportingDocumentFactory(
        requirement=DocumentRequirementFactory(
            name="Certificat médical", description="Signé du médecin.", scope=RequirementScope.CHILD, validity_months=12
        ),
        profile=household,
        child=child,
        sent_by=alice,
        sent_at=timezone.now() - dt.timedelta(days=3),
    )


def sheet(document):
    return f"{DOCUMENTS}inspect/{document.pk}/"


def text(response):
    return html.unescape(response.content.decode())


def test_the_manager_finds_what_waits_oldest_first(client, manager, document):
    newer = SupportingDocumentFactory()
    SupportingDocumentFactory(state=DocumentState.ACCEPTED)
    (line,) = [line for line in lines_of(manager) if "Pièces" in line.label]
    assert (line.count, line.since) == (2, document.sent_at)
    page = client.get(line.url)
    assert [row.pk for row in page.context["object_list"]] == [document.pk, newer.pk]
    assert f'href="{sheet(document)}"' in page.text and "Vérifier la plus ancienne" in page.text


def test_the_list_is_searched_and_filtered(client, manager, document):
    other = SupportingDocumentFactory(state=DocumentState.REFUSED)
    for query, found in [
        ({"q": "léo"}, [document.pk]),
        ({"q": "Certificat"}, [document.pk]),
        ({"state": "refused"}, [other.pk]),
        ({"requirement": other.requirement_id}, [other.pk]),
    ]:
        assert [row.pk for row in client.get(DOCUMENTS, query).context["object_list"]] == found, query


def test_the_sheet_shows_the_file_and_what_is_asked(client, manager, document):
    SupportingDocumentFactory(file=document.file, profile=document.profile, requirement__name="Vaccins")
    page = text(client.get(sheet(document)))
    assert f'<iframe src="{DOCUMENTS}fichier/{document.pk}/#navpanes' in page
    for words in ("Signé du médecin.", "Léo Durand", "Foyer d’Alice", "attestation.pdf", "Vaccins"):
        assert words in page, words
    end = (timezone.localdate() - dt.timedelta(days=1)).replace(year=timezone.localdate().year + 1)
    assert f'name="valid_until" value="{end.isoformat()}"' in page
    answer = client.get(f"{DOCUMENTS}fichier/{document.pk}/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7\n"
    assert answer["Content-Disposition"].startswith("inline;") and "no-store" in answer["Cache-Control"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN" and "script" not in answer["Content-Security-Policy"]


def test_a_photo_is_shown_as_an_image(client, manager, document):
    image = StoredFileFactory(
        profile=document.profile, content_type="image/jpeg", file=ContentFile(files.image(), name="photo.jpg")
    )
    SupportingDocument.objects.update(file=image)
    page = text(client.get(sheet(document)))
    assert f'<img src="{DOCUMENTS}fichier/{document.pk}/"' in page and "<iframe" not in page


def test_validated_then_the_next_one(client, manager, document):
    following = SupportingDocumentFactory()
    answer = client.post(f"{DOCUMENTS}valider/{document.pk}/", {"valid_until": ""})
    assert answer.status_code == 302 and answer["Location"] == sheet(following)
    document.refresh_from_db()
    assert document.state == DocumentState.ACCEPTED and document.valid_until > timezone.localdate()
    answer = client.post(f"{DOCUMENTS}valider/{following.pk}/", {})
    assert answer["Location"] == DOCUMENTS


def test_refused_with_a_reason_and_never_without(client, manager, document):
    address = f"{DOCUMENTS}refuser/{document.pk}/"
    page = client.post(address, {"reason": ""})
    assert page.status_code == 200 and "<iframe" in page.text, "the file stays beside the form"
    document.refresh_from_db()
    assert document.state == DocumentState.SENT
    client.post(address, {"reason": "Illisible."})
    document.refresh_from_db()
    assert (document.state, document.reason) == (DocumentState.REFUSED, "Illisible.")


def test_a_past_date_is_said_and_nothing_is_decided(client, manager, document):
    page = client.post(f"{DOCUMENTS}valider/{document.pk}/", {"valid_until": "2020-01-01"}, follow=True)
    assert "Cette date est passée" in text(page)
    document.refresh_from_db()
    assert document.state == DocumentState.SENT


def test_a_get_decides_nothing(client, manager, document):
    for act in ("valider", "refuser"):
        assert client.get(f"{DOCUMENTS}{act}/{document.pk}/").status_code == 200
    document.refresh_from_db()
    assert document.state == DocumentState.SENT


def test_nothing_is_opened_nor_decided_before_the_antivirus_passed_the_file(client, manager, document):
    StoredFile.objects.update(scan=ScanState.PENDING)
    page = text(client.get(sheet(document)))
    assert "L’antivirus n’a pas encore analysé ce fichier." in page
    assert "<iframe" not in page and "valider/" not in page
    assert client.get(f"{DOCUMENTS}fichier/{document.pk}/").status_code == 404
    client.post(f"{DOCUMENTS}valider/{document.pk}/", {})
    document.refresh_from_db()
    assert document.state == DocumentState.SENT
    assert not [line for line in lines_of(manager) if "Pièces" in line.label], "it does not wait for them yet"


def test_a_dangerous_file_is_gone(client, manager, document):
    StoredFile.objects.update(scan=ScanState.INFECTED, file="")
    assert "Ce fichier a été supprimé" in text(client.get(sheet(document)))
    assert client.get(f"{DOCUMENTS}fichier/{document.pk}/").status_code == 404


def test_the_declared_quotient_stands_beside_its_proof(client, manager, household):
    quotient = FamilyQuotientFactory(profile=household, verified_at=None, amount="612.40")
    proof = SupportingDocumentFactory(profile=household, quotient=quotient, requirement__proves_quotient=True)
    page = text(client.get(sheet(proof)))
    assert "612,40\xa0€" in page and "Valider la pièce valide aussi ce quotient." in page
    FamilyQuotient.objects.update(amount="100")
    seen = re.search(r'name="quotient_seen" value="([^"]+)"', page)[1]
    page = text(client.post(f"{DOCUMENTS}valider/{proof.pk}/", {"quotient_seen": seen}, follow=True))
    assert "vient de déclarer un autre quotient" in page


def test_the_administrator_reads_and_does_not_decide(client, staff, document):
    staff("Administrateur")
    page = text(client.get(sheet(document)))
    assert "Certificat médical" in page and "valider/" not in page
    assert client.post(f"{DOCUMENTS}valider/{document.pk}/", {}).status_code in (302, 403)
    document.refresh_from_db()
    assert document.state == DocumentState.SENT


def test_the_list_costs_the_same_with_one_and_thirty_rows(client, manager, document, sql_count):
    client.get(DOCUMENTS)
    one = sql_count(lambda: client.get(DOCUMENTS))
    for _number in range(30):
        SupportingDocumentFactory()
    assert sql_count(lambda: client.get(DOCUMENTS)) == one


# What is asked for ---------------------------------------------------------------------------------------------------


def requirement_fields(**fields):
    return {
        "name": "Avis d’imposition",
        "description": "Celui de l’année dernière.",
        "scope": "family",
        "mandatory": "on",
        "active": "on",
        "validity_months": "12",
        "remind_days": "30",
        "position": "1",
        **fields,
    }


def test_staff_say_without_code_what_is_asked_for(client, manager):
    client.post(f"{REQUIREMENTS}add/", requirement_fields(proves_quotient="on"))
    requirement = DocumentRequirement.objects.get()
    assert (requirement.name, requirement.validity_months, requirement.proves_quotient) == (
        "Avis d’imposition",
        12,
        True,
    )
    assert "Avis d’imposition" in text(client.get(REQUIREMENTS)) and "12 mois" in text(client.get(REQUIREMENTS))
    client.post(f"{REQUIREMENTS}edit/{requirement.pk}/", requirement_fields(validity_months=""))
    requirement.refresh_from_db()
    assert requirement.validity_months is None and not requirement.proves_quotient


def test_only_the_family_proves_its_quotient(client, manager):
    page = client.post(f"{REQUIREMENTS}add/", requirement_fields(scope="child", proves_quotient="on"))
    assert "Le quotient est celui de la famille" in text(page)
    assert not DocumentRequirement.objects.exists()


def test_what_families_already_sent_keeps_its_requirement(client, manager, document):
    client.post(f"{REQUIREMENTS}delete/{document.requirement_id}/")
    assert DocumentRequirement.objects.filter(pk=document.requirement_id).exists()

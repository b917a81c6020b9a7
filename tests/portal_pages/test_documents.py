"""« Mes documents » : what is missing (s4.14), one file for several boxes, what was sent (s4.15)."""

import datetime as dt
import html
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.enums import Role
from accounts.models import Membership
from documents.enums import DocumentState, RequirementScope, ScanState
from documents.models import StoredFile, SupportingDocument
from tests.documents import files
from tests.factories.accounts import MembershipFactory
from tests.factories.booking import ActivityFactory, EnrolmentFactory
from tests.factories.families import (
    ChildFactory,
    DocumentRequirementFactory,
    GuardianshipFactory,
    HouseholdFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)

pytestmark = pytest.mark.django_db
SPACE = "/mon-compte/documents/"
LIST = f"{SPACE}?onglet=pieces"
SENT = f"{SPACE}?onglet=envoyees"
SEND = f"{SPACE}envoyer/"


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def household(dashboard, alice):
    """Alice's household, her only profile, which Bob shares later."""
    Membership.objects.filter(user=alice).delete()
    profile = HouseholdFactory(name="Foyer d’Alice")
    MembershipFactory(user=alice, profile=profile)
    return profile


@pytest.fixture
def child(household):
    return ChildFactory(first_name="Léo", last_name="Durand", profile=household)


@pytest.fixture
def proof(db):
    return DocumentRequirementFactory(name="Justificatif de domicile", description="De moins de trois mois.")


@pytest.fixture
def insurance(db):
    return DocumentRequirementFactory(name="Attestation d’assurance", scope=RequirementScope.CHILD)


def text(response):
    return html.unescape(response.content.decode())


def a_pdf(name="avis.pdf", content=None):
    return SimpleUploadedFile(name, content or files.pdf(), "application/pdf")


# The list ------------------------------------------------------------------------------------------------------------


def test_s4_14_the_list_says_what_is_missing_for_the_family_and_for_each_child(login, alice, child, proof, insurance):
    page = text(login(alice).get(LIST))
    assert page.index("La famille") < page.index("Justificatif de domicile") < page.index("Léo Durand")
    assert "De moins de trois mois." in page
    assert page.count("À fournir</span>") == 3, "two lines and the legend"
    assert f'href="{SEND}?piece={proof.pk}"' in page
    assert f'href="{SEND}?piece={insurance.pk}&enfant={child.public_id}"' in page
    assert "Pièces à fournir (2)" in page


def test_the_documents_of_an_activity_are_asked_of_the_child_who_is_enrolled(login, alice, child):
    swimming = DocumentRequirementFactory(name="Test nautique", scope=RequirementScope.ACTIVITY)
    activity = ActivityFactory()
    activity.requirements.add(swimming)
    activity.save()
    client = login(alice)
    assert "Test nautique" not in text(client.get(LIST))
    EnrolmentFactory(child=child, profile=child.profiles.get(), activity=activity)
    assert "Test nautique" in text(client.get(LIST))


def test_each_state_is_said_in_words_with_what_to_do(login, alice, household):
    today = timezone.localdate()
    for name, fields in {
        "Refusée": {"state": DocumentState.REFUSED, "reason": "Il manque une page."},
        "Expirée": {"state": DocumentState.ACCEPTED, "valid_until": today - dt.timedelta(days=1)},
        "Bientôt": {"state": DocumentState.ACCEPTED, "valid_until": today + dt.timedelta(days=9)},
        "Validée": {"state": DocumentState.ACCEPTED, "valid_until": today + dt.timedelta(days=300)},
        "Envoyée": {"state": DocumentState.SENT},
    }.items():
        requirement = DocumentRequirementFactory(name=f"Pièce {name}")
        SupportingDocumentFactory(requirement=requirement, profile=household, **fields)
    page = text(login(alice).get(LIST))
    assert "Il manque une page." in page
    assert 'Renvoyer<span class="sr"> : Pièce Refusée' in page
    assert 'Renouveler<span class="sr"> : Pièce Expirée' in page
    assert 'Renouveler<span class="sr"> : Pièce Bientôt' in page
    assert '<span class="sr"> : Pièce Validée' not in page and '<span class="sr"> : Pièce Envoyée' not in page
    assert "Pièces à fournir (2)" in page


def test_when_nothing_is_missing_the_page_says_so(login, alice, household, proof):
    SupportingDocumentFactory(requirement=proof, profile=household)
    assert "Rien ne manque à votre dossier" in text(login(alice).get(LIST))


def test_who_has_no_family_is_asked_nothing(dashboard, login, alice, proof):
    page = text(login(alice).get(LIST))
    assert "Aucun document ne vous est demandé" in page and "Justificatif" not in page
    assert login(alice).get(SEND).status_code == 302


def test_who_may_only_read_sees_the_list_and_cannot_send(login, bob, household, proof):
    Membership.objects.filter(user=bob).delete()
    MembershipFactory(user=bob, profile=household, role=Role.READ_ONLY)
    client = login(bob)
    page = text(client.get(LIST))
    assert "Justificatif de domicile" in page and "envoyer/" not in page and "lecture seule" in page
    assert client.get(SEND).status_code == 403
    assert client.post(SEND, {"file": a_pdf(), "answers": [str(proof.pk)]}).status_code == 403
    assert not StoredFile.objects.exists()


# Sending -------------------------------------------------------------------------------------------------------------


def test_s4_14_a_line_opens_the_form_with_its_box_ticked(login, alice, child, proof, insurance):
    page = text(login(alice).get(SEND, {"piece": insurance.pk, "enfant": child.public_id}))
    assert page.count(" checked") == 1
    assert f'value="{insurance.pk}:{child.public_id}" id="id_answers_1" checked' in page
    freely = text(login(alice).get(SEND))
    assert " checked" not in freely and "Justificatif de domicile" in freely


def test_s4_14_one_file_is_sent_for_several_at_once(login, alice, child, proof, insurance):
    boxes = [str(proof.pk), f"{insurance.pk}:{child.public_id}"]
    response = login(alice).post(SEND, {"file": a_pdf(), "answers": boxes}, follow=True)
    assert response.redirect_chain == [(LIST, 302)]
    page = text(response)
    assert "Votre fichier « avis.pdf » est envoyé pour 2 pièces." in page
    assert page.count("Envoyée, à vérifier</span>") == 3
    assert set(SupportingDocument.objects.values_list("requirement", "child", "file__name")) == {
        (proof.pk, None, "avis.pdf"),
        (insurance.pk, child.pk, "avis.pdf"),
    }


def test_a_photo_of_a_telephone_loses_its_place(login, alice, household, proof):
    photo = SimpleUploadedFile("IMG_0042.JPG", files.image(), "image/jpeg")
    login(alice).post(SEND, {"file": photo, "answers": [str(proof.pk)]})
    stored = StoredFile.objects.get()
    assert dict(Image.open(io.BytesIO(stored.file.read())).getexif()) == {}


def test_a_refused_file_says_why_beside_it_and_at_the_top(login, alice, household, proof):
    locked = a_pdf(content=files.pdf(password="secret"))
    response = login(alice).post(SEND, {"file": locked, "answers": [str(proof.pk)]})
    page = text(response)
    sentence = "Ce PDF est protégé par un mot de passe ou chiffré."
    assert response.status_code == 200 and page.count(sentence) == 2
    assert "Il y a une erreur" in page, "the file was chosen: it is not asked for again"
    assert "<title>Erreur : Envoyer un document" in page and 'href="#id_file"' in page
    assert " checked" in page, "what was ticked stays ticked"
    assert not StoredFile.objects.exists()


def test_nothing_chosen_and_nothing_ticked_are_two_errors(login, alice, household, proof):
    page = text(login(alice).post(SEND, {}))
    assert "Il y a 2 erreurs" in page
    assert page.count("Choisissez le fichier à envoyer.") == 2
    assert page.count("Cochez au moins une pièce à laquelle répond ce fichier.") == 2
    assert 'href="#id_answers_0"' in page


def test_a_file_survives_an_error_of_the_form(login, alice, household, proof):
    client = login(alice)
    page = text(client.post(SEND, {"file": a_pdf()}))
    stored = StoredFile.objects.get()
    assert "Votre fichier est prêt" in page and f'name="staged" value="{stored.public_id}"' in page
    client.post(SEND, {"staged": stored.public_id, "answers": [str(proof.pk)]})
    assert SupportingDocument.objects.get().file == stored


def test_a_worse_second_file_does_not_lose_the_first(login, alice, household, proof):
    client = login(alice)
    client.post(SEND, {"file": a_pdf()})
    stored = StoredFile.objects.get()
    page = text(client.post(SEND, {"file": a_pdf("vide.pdf", b"%PDF-"), "staged": stored.public_id}))
    assert "est abîmé ou incomplet" in page and f'value="{stored.public_id}"' in page


@pytest.mark.parametrize("staged", ["stranger", "nonsense", "11111111-1111-1111-1111-111111111111"])
def test_another_s_staged_file_is_not_there(login, alice, household, proof, staged):
    value = StoredFileFactory().public_id if staged == "stranger" else staged
    page = text(login(alice).post(SEND, {"staged": value, "answers": [str(proof.pk)]}))
    assert "Choisissez le fichier à envoyer." in page
    assert not SupportingDocument.objects.exists()


def test_hostile_boxes_send_nothing(login, alice, child, proof, insurance):
    stranger = ChildFactory(profile=HouseholdFactory())
    inactive = DocumentRequirementFactory(active=False)
    for box in (
        f"{insurance.pk}:{stranger.public_id}",
        str(inactive.pk),
        str(insurance.pk),
        f"{proof.pk}:{child.public_id}",
        "x",
    ):
        page = text(login(alice).post(SEND, {"file": a_pdf(), "answers": [box]}))
        assert "Une des pièces cochées n’est plus demandée." in page, box
    assert not SupportingDocument.objects.exists()


def test_extra_fields_change_nothing(login, alice, household, proof):
    hostile = {"state": "accepted", "valid_until": "2099-01-01", "profile": "1", "scan": "clean", "requirement": "1"}
    login(alice).post(SEND, {"file": a_pdf(), "answers": [str(proof.pk)], **hostile})
    document = SupportingDocument.objects.get()
    assert (document.state, document.valid_until, document.profile) == (DocumentState.SENT, None, household)


def test_a_get_writes_nothing(login, alice, child, proof, sql_count):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = login(alice)
    client.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        for address in (LIST, SENT, SEND):
            client.get(address)
    writes = [query["sql"] for query in queries if not query["sql"].lstrip("(").upper().startswith("SELECT")]
    assert writes == []


# Already sent --------------------------------------------------------------------------------------------------------


def test_s4_15_what_was_sent_is_listed_with_its_state_and_opens(login, alice, child, proof, insurance):
    client = login(alice)
    client.post(SEND, {"file": a_pdf("domicile.pdf"), "answers": [str(proof.pk)]})
    stored = StoredFile.objects.get()
    SupportingDocumentFactory(
        requirement=insurance,
        profile=child.profiles.get(),
        child=child,
        state=DocumentState.REFUSED,
        reason="Illisible.",
    )
    page = text(client.get(SENT))
    assert "Envoyée, à vérifier" in page and "Illisible." in page and "Léo Durand" in page
    address = f"{SPACE}fichier/{stored.public_id}/"
    assert f'href="{address}"' in page
    answer = client.get(address)
    assert answer.status_code == 200 and b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="domicile.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")


def test_nothing_sent_yet_says_what_to_do(login, alice, household, proof):
    page = text(login(alice).get(SENT))
    assert "Aucun document envoyé pour le moment" in page and f'href="{SEND}"' in page


def test_another_profile_s_file_is_not_found(login, charlie, household, dashboard):
    stored = StoredFileFactory(profile=household)
    assert login(charlie).get(f"{SPACE}fichier/{stored.public_id}/").status_code == 404


def test_the_other_household_s_file_is_not_found_although_its_document_counts(login, alice, child, insurance):
    other = HouseholdFactory()
    GuardianshipFactory(child=child, profile=other)
    document = SupportingDocumentFactory(
        requirement=insurance, profile=other, child=child, state=DocumentState.ACCEPTED
    )
    client = login(alice)
    page = text(client.get(LIST))
    assert "Envoyée par l’autre foyer" in page and document.file.name not in page
    assert client.get(f"{SPACE}fichier/{document.file.public_id}/").status_code == 404
    assert document.file.name not in text(client.get(SENT))


def test_until_the_antivirus_passed_it_only_its_sender_opens_a_file(login, alice, bob, household, proof):
    Membership.objects.filter(user=bob).delete()
    MembershipFactory(user=bob, profile=household)
    stored = StoredFileFactory(profile=household, scan=ScanState.PENDING, sent_by=alice)
    SupportingDocumentFactory(requirement=proof, profile=household, file=stored)
    address = f"{SPACE}fichier/{stored.public_id}/"
    client = login(bob)
    page = text(client.get(SENT))
    assert "Analyse en cours" in page and address not in page
    assert client.get(address).status_code == 404
    client = login(alice)
    assert "analyse par l’antivirus en cours" in text(client.get(SENT))
    assert client.get(address).status_code == 200
    StoredFile.objects.update(scan=ScanState.INFECTED, file="")
    assert client.get(address).status_code == 404
    assert "Fichier dangereux, retiré" in text(client.get(SENT))


def test_the_lists_cost_the_same_with_one_and_three_hundred_rows(login, alice, child, insurance, sql_count):
    client = login(alice)
    household = child.profiles.get()
    SupportingDocumentFactory(requirement=insurance, profile=household, child=child)
    tabs = (LIST, SENT)
    for tab in tabs:
        client.get(tab)
    one = [sql_count(lambda tab=tab: client.get(tab)) for tab in tabs]
    for _number in range(300):
        SupportingDocumentFactory(requirement=insurance, profile=household, child=child, state=DocumentState.REPLACED)
    ChildFactory(profile=household)
    assert [sql_count(lambda tab=tab: client.get(tab)) for tab in tabs] == [one[0], one[1] + 0]


# The dashboard -------------------------------------------------------------------------------------------------------


def test_s4_1_the_dashboard_says_what_is_missing(login, alice, child, proof, insurance, dashboard):
    if "missing_documents" not in [tile.block_type for tile in dashboard.tiles]:
        dashboard.tiles.append(("missing_documents", {"label": "Pièces justificatives à fournir"}))
        dashboard.save()
    SupportingDocumentFactory(
        requirement=proof, profile=child.profiles.get(), state=DocumentState.REFUSED, reason="Trop ancien."
    )
    page = text(login(alice).get("/mon-compte/"))
    assert "Pièces justificatives à fournir" in page
    assert "Léo : Attestation d’assurance" in page and "Trop ancien." in page
    assert f'href="{SEND}?piece={insurance.pk}&enfant={child.public_id}"' in page
    SupportingDocument.objects.update(state=DocumentState.SENT)
    SupportingDocumentFactory(requirement=insurance, profile=child.profiles.get(), child=child)
    assert "Pièces justificatives à fournir" not in text(login(alice).get("/mon-compte/"))

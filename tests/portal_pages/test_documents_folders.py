"""« Mes documents » : the folders (s0.11), adding, downloading and deleting (s0.12), searching."""

import datetime as dt
import html

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from documents.enums import FolderKind, ScanState
from documents.models import FiledDocument, Folder, StoredFile
from documents.services import folders
from procedures.enums import CaseState
from tests.documents import files
from tests.factories.accounts import MembershipFactory
from tests.factories.billing import InvoiceFactory
from tests.factories.cases import CaseFactory
from tests.factories.families import (
    ChildFactory,
    FiledDocumentFactory,
    HouseholdFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)
from tests.factories.water import WaterContractFactory

pytestmark = pytest.mark.django_db
SPACE = "/mon-compte/documents/"
ADD = f"{SPACE}ajouter/"


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def household(dashboard, alice):
    """Alice's household, her only profile."""
    Membership.objects.filter(user=alice).delete()
    profile = HouseholdFactory(name="Foyer d’Alice")
    MembershipFactory(user=alice, profile=profile)
    return profile


@pytest.fixture
def stranger(charlie):
    """A document of Charlie's."""
    return FiledDocumentFactory(profile=charlie.profiles.get(), title="Secret de Charlie")


def text(response):
    return " ".join(html.unescape(response.content.decode()).split())


def a_pdf(name="devis.pdf", content=None):
    return SimpleUploadedFile(name, content or files.pdf(), "application/pdf")


def address(document, act=""):
    return f"{SPACE}document/{document.public_id}/{act}"


# The folders ---------------------------------------------------------------------------------------------------------


def test_s0_11_the_five_folders_say_which_hold_a_document(login, alice, household):
    FiledDocumentFactory(profile=household, kind=FolderKind.QUOTES)
    FiledDocumentFactory(profile=household, kind=FolderKind.RECEIVED, seen_at=None)
    FiledDocumentFactory(profile=household, kind=FolderKind.RECEIVED, seen_at=None)
    page = text(login(alice).get(SPACE))
    names = ["Factures", "Reçus", "Envoyés", "Devis", "Autre"]
    positions = [page.index(f">{name}</a>") for name in names]
    assert positions == sorted(positions)
    assert page.count("<span>Vide</span>") == 3
    assert page.count("folder holds") == 2
    assert "<strong>2 documents</strong>" in page and "<strong>1 document</strong>" in page
    assert "<span>2 nouveaux</span>" in page and "2 nouveaux documents" in page


def test_s0_11_a_folder_that_staff_add_is_everybody_s(login, alice, household):
    Folder.objects.create(name="Attestations", slug="attestations", position=9, residents_add=False)
    client = login(alice)
    assert f'href="{SPACE}dossier/attestations/"' in text(client.get(SPACE))
    page = text(client.get(f"{SPACE}dossier/attestations/"))
    assert "Ce dossier est vide" in page and "ajouter/" not in page
    assert client.get(f"{SPACE}dossier/inconnu/").status_code == 404


def test_s0_11_an_invoice_is_in_its_folder_and_opens(login, alice, household):
    from billing.services import file_invoices

    invoice = InvoiceFactory(
        profile=household, pdf=ContentFile(b"%PDF-1.7\n", name="f.pdf"), issued_on=timezone.localdate()
    )
    file_invoices(numbers=[invoice.number])
    document = FiledDocument.objects.get()
    client = login(alice)
    page = text(client.get(f"{SPACE}dossier/factures/"))
    assert f"Facture {invoice.number} – Eau, 1er semestre 2026" in page and "Nouveau</span>" in page
    assert f"Référence client {invoice.customer_reference}" in page
    assert "supprimer/" not in page, "what the portal filed stays"
    response = client.get(address(document))
    assert response.status_code == 200 and b"".join(response.streaming_content) == b"%PDF-1.7\n"
    assert response["Content-Disposition"] == f'inline; filename="facture-{invoice.number}.pdf"'


def test_opening_a_new_document_marks_it_and_a_get_never_does(login, alice, household):
    document = FiledDocumentFactory(profile=household, seen_at=None)
    client = login(alice)
    assert client.get(address(document)).status_code == 200
    assert client.get(address(document, "ouvrir/")).url == address(document)
    document.refresh_from_db()
    assert document.seen_at is None
    response = client.post(address(document, "ouvrir/"))
    assert (response.status_code, response.url) == (302, address(document))
    document.refresh_from_db()
    assert document.seen_at is not None
    assert client.post(address(document, "ouvrir/"), {"telecharger": "1"}).url == address(document, "?telecharger=1")
    assert "Nouveau" not in text(client.get(f"{SPACE}dossier/autre/"))


def test_all_are_marked_as_seen_at_once_or_those_of_a_folder(login, alice, household, stranger):
    kinds = (FolderKind.QUOTES, FolderKind.RECEIVED, FolderKind.RECEIVED)
    for kind in kinds:
        FiledDocumentFactory(profile=household, kind=kind, seen_at=None)
    FiledDocument.objects.filter(pk=stranger.pk).update(seen_at=None)
    client = login(alice)
    assert client.get(f"{SPACE}vus/").status_code == 405
    assert client.post(f"{SPACE}vus/", {"dossier": "recus"}).url == f"{SPACE}dossier/recus/"
    assert FiledDocument.objects.filter(profile=household, seen_at=None).count() == 1
    assert client.post(f"{SPACE}vus/", {"dossier": "inconnu"}).status_code == 404
    assert client.post(f"{SPACE}vus/").url == SPACE
    assert not FiledDocument.objects.filter(profile=household, seen_at=None).exists()
    assert FiledDocument.objects.get(pk=stranger.pk).seen_at is None


def test_the_rail_counts_what_nobody_opened(login, alice, household):
    FiledDocumentFactory(profile=household, seen_at=None)
    assert 'class="count"' in text(login(alice).get("/mon-compte/profil/"))


# Adding and downloading ----------------------------------------------------------------------------------------------


def test_s0_12_a_document_is_added_to_a_folder_and_downloaded(login, alice, household):
    content = files.pdf(Title="Devis")
    client = login(alice)
    assert f'href="{ADD}?dossier=devis"' in text(client.get(f"{SPACE}dossier/devis/"))
    assert '<option value="devis" selected' in text(client.get(ADD, {"dossier": "devis"}))
    response = client.post(ADD, {"file": a_pdf("Devis toiture.pdf", content), "folder": "devis"}, follow=True)
    assert response.redirect_chain == [(f"{SPACE}dossier/devis/", 302)]
    assert "« Devis toiture » est rangé dans « Devis »." in text(response)
    document = FiledDocument.objects.get()
    assert (document.title, document.added_by, document.source) == ("Devis toiture", alice, "")
    assert document.file.filed_at and document.seen_at, "who adds it knows it"
    response = client.get(address(document, "?telecharger=1"))
    assert b"".join(response.streaming_content) == content
    assert response["Content-Disposition"] == 'attachment; filename="Devis-toiture.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff" and response["Cache-Control"] == "private, no-store"


def test_a_document_is_about_a_child_or_a_contract(login, alice, household):
    child = ChildFactory(first_name="Léo", profile=household)
    contract = WaterContractFactory(profile=household)
    values = {"folder": "autre", "title": " Mon   titre ", "child": child.public_id, "contract": contract.reference}
    login(alice).post(ADD, {"file": a_pdf(), **values})
    document = FiledDocument.objects.get()
    assert (document.title, document.child, document.contract_reference) == ("Mon titre", child, contract.reference)


def test_a_form_without_children_nor_contracts_asks_for_neither(login, alice, household):
    page = text(login(alice).get(ADD))
    assert 'name="child"' not in page and 'name="contract"' not in page and 'name="folder"' in page


def test_a_file_survives_an_error_and_says_what_is_wrong(login, alice, household):
    client = login(alice)
    page = text(client.post(ADD, {"title": "Mon devis", "folder": "devis"}))
    assert page.count("Choisissez le fichier à ajouter.") == 2 and 'value="Mon devis"' in page
    assert "<title>Erreur : Ajouter un document" in page
    page = text(client.post(ADD, {"file": a_pdf(), "folder": "factures", "title": "Mon devis"}))
    stored = StoredFile.objects.get()
    assert "Ce dossier n’existe plus." in page and "Votre fichier est prêt" in page
    assert f'name="staged" value="{stored.public_id}"' in page
    client.post(ADD, {"staged": stored.public_id, "folder": "devis", "title": "Mon devis"})
    assert FiledDocument.objects.get().file == stored


def test_a_refused_file_stores_nothing(login, alice, household):
    page = text(login(alice).post(ADD, {"file": a_pdf(content=files.pdf(password="x")), "folder": "autre"}))
    assert "Ce PDF est protégé par un mot de passe ou chiffré." in page
    assert not StoredFile.objects.exists() and not FiledDocument.objects.exists()


def test_sent_twice_it_is_there_once(login, alice, household):
    client = login(alice)
    for _time in range(2):
        client.post(ADD, {"file": a_pdf(content=b"%PDF-" and files.pdf()), "folder": "autre", "title": "Un"})
    assert FiledDocument.objects.count() == StoredFile.objects.count() == 1


@pytest.mark.parametrize("staged", ["stranger", "nonsense"])
def test_another_s_staged_file_is_not_there(login, alice, household, staged):
    value = StoredFileFactory().public_id if staged == "stranger" else staged
    page = text(login(alice).post(ADD, {"staged": value, "folder": "autre"}))
    assert "Choisissez le fichier à ajouter." in page and not FiledDocument.objects.exists()


def test_another_s_child_and_hostile_fields_change_nothing(login, alice, household):
    ChildFactory(profile=household)
    child = ChildFactory(profile=HouseholdFactory())
    page = text(login(alice).post(ADD, {"file": a_pdf(), "folder": "autre", "child": child.public_id}))
    assert "Erreur" in page and not FiledDocument.objects.exists()
    extra = {"source": "billing.invoice:1", "profile": "1", "produced": "1", "added_at": "2000-01-01"}
    login(alice).post(ADD, {"file": a_pdf(), "folder": "autre", **extra})
    document = FiledDocument.objects.get()
    assert (document.source, document.profile, document.file.produced) == ("", household, False)


def test_the_room_taken_is_said(login, alice, household, settings):
    settings.RESIDENT_QUOTA_MB = 200
    StoredFileFactory(profile=household, size=3 * 1024 * 1024)
    StoredFileFactory(profile=household, size=50 * 1024 * 1024, produced=True)
    page = text(login(alice).get(SPACE))
    assert "3 Mo sur 200 Mo" in page and f'max="{200 * 1024 * 1024}" value="{3 * 1024 * 1024}"' in page


# Deleting ------------------------------------------------------------------------------------------------------------


def test_what_one_sent_is_deleted_with_its_file(login, alice, household, django_capture_on_commit_callbacks):
    document = FiledDocumentFactory(profile=household, title="Vieux devis")
    client = login(alice)
    page = text(client.get(address(document, "supprimer/")))
    assert "Vous allez supprimer" in page and "Vieux devis" in page
    assert FiledDocument.objects.exists(), "a GET deletes nothing"
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(address(document, "supprimer/"), follow=True)
    assert "« Vieux devis » est supprimé." in text(response)
    assert not FiledDocument.objects.exists() and not StoredFile.objects.exists()
    assert not document.file.file.storage.exists(document.file.file.name)


def test_while_a_case_depends_on_it_the_page_says_which(login, alice, household):
    document = FiledDocumentFactory(profile=household)
    filed = CaseFactory(profile=household)
    draft = CaseFactory(profile=household, state=CaseState.DRAFT, page=filed.page)
    for case in (filed, draft):
        case.case_files.create(file=document.file)
    SupportingDocumentFactory(profile=household, file=document.file, requirement__name="Avis d’imposition")
    client = login(alice)
    page = text(client.get(address(document, "supprimer/")))
    assert "Ce document ne peut pas être supprimé" in page
    assert f"Il est joint à votre dossier {filed.number} (« {filed.page.title} »)." in page
    assert f'href="/mon-compte/demarches/{filed.public_id}/"' in page
    assert f"Il est joint à votre brouillon « {filed.page.title} »." in page
    assert "Il a été envoyé comme pièce justificative : « Avis d’imposition »." in page
    assert "Supprimer ce document</button>" not in page
    assert "n’a pas été supprimé" in text(client.post(address(document, "supprimer/")))
    assert FiledDocument.objects.exists() and StoredFile.objects.exists()


def test_what_the_portal_filed_cannot_be_deleted(login, alice, household):
    document = FiledDocumentFactory(profile=household, file__produced=True)
    client = login(alice)
    assert "remis par un service" in text(client.get(address(document, "supprimer/")))
    client.post(address(document, "supprimer/"))
    assert FiledDocument.objects.exists()


# Looking for one -----------------------------------------------------------------------------------------------------


def test_a_search_forgives_accents_and_looks_in_every_folder(login, alice, household, stranger):
    FiledDocumentFactory(profile=household, title="Règlement de la cantine", kind=FolderKind.OTHER)
    FiledDocumentFactory(profile=household, title="Facture d’eau", kind=FolderKind.INVOICES)
    client = login(alice)
    page = text(client.get(SPACE, {"q": "REGLEMENT cantine"}))
    assert "Règlement de la cantine" in page and "Facture d’eau" not in page and "Secret" not in page
    assert "Autre" in page
    page = text(client.get(SPACE, {"q": "zinc"}))
    assert "Aucun document trouvé" in page
    page = text(client.get(f"{SPACE}dossier/factures/", {"q": "cantine"}))
    assert "Aucun document trouvé dans ce dossier" in page
    assert "Secret" not in text(client.get(SPACE, {"q": "secret"}))


@pytest.mark.parametrize("asked", [{"contract": "99999999"}, {"child": "x"}, {"q": "\x00"}, {"q": f"eau{' ' * 120}x"}])
def test_an_address_that_asks_for_what_is_unknown_is_no_mistake(login, alice, household, asked):
    ChildFactory(profile=household)
    WaterContractFactory(profile=household)
    FiledDocumentFactory(profile=household, title="Facture d’eau", kind=FolderKind.OTHER)
    page = text(login(alice).get(f"{SPACE}dossier/autre/", asked))
    assert 'class="error"' not in page and "aria-invalid" not in page
    assert "Facture d’eau" in page


def test_documents_are_cut_to_a_child_or_a_contract(login, alice, household):
    child = ChildFactory(first_name="Léo", profile=household)
    contract = WaterContractFactory(profile=household)
    FiledDocumentFactory(profile=household, title="De Léo", child=child)
    FiledDocumentFactory(profile=household, title="Du contrat", contract_reference=contract.reference)
    client = login(alice)
    page = text(client.get(SPACE, {"child": child.public_id}))
    assert "De Léo" in page and "Du contrat" not in page
    page = text(client.get(f"{SPACE}dossier/autre/", {"contract": contract.reference}))
    assert "Du contrat" in page and "De Léo" not in page
    # What is unknown cuts nothing.
    page = text(client.get(f"{SPACE}dossier/autre/", {"contract": "X", "child": "y", "q": "a" * 200}))
    assert "Du contrat" in page and "De Léo" in page


def test_a_folder_is_read_page_by_page(login, alice, household):
    for number in range(30):
        at = timezone.now() - dt.timedelta(days=number)
        FiledDocumentFactory(profile=household, title=f"Document {number:02}", added_at=at)
    client = login(alice)
    first, second = (text(client.get(f"{SPACE}dossier/autre/", {"page": page})) for page in (1, 2))
    assert "Document 00" in first and "Document 24" in first and "Document 25" not in first
    assert "Document 25" in second and "Document 29" in second


def test_the_lists_cost_the_same_with_one_and_three_hundred_documents(login, alice, household, sql_count):
    child = ChildFactory(profile=household)
    client = login(alice)
    lists = (SPACE, f"{SPACE}dossier/autre/", f"{SPACE}?q=document")
    FiledDocumentFactory(profile=household, child=child, title="Document")
    for one in lists:
        client.get(one)
    few = [sql_count(lambda one=one: client.get(one)) for one in lists]
    for number in range(300):
        FiledDocumentFactory(profile=household, child=child, title=f"Document {number}", seen_at=None)
    assert [sql_count(lambda one=one: client.get(one)) for one in lists] == few
    assert all(len(client.get(one).content) < 150_000 for one in lists)


# Whose ---------------------------------------------------------------------------------------------------------------


def test_another_profile_s_document_is_not_found(login, alice, household, stranger):
    client = login(alice)
    for act in ("", "?telecharger=1", "ouvrir/", "supprimer/"):
        assert client.get(address(stranger, act)).status_code == 404, act
    for act in ("ouvrir/", "supprimer/"):
        assert client.post(address(stranger, act)).status_code == 404, act
    assert "Secret de Charlie" not in text(client.get(f"{SPACE}dossier/autre/"))
    stranger.refresh_from_db()


def test_a_former_member_sees_nothing_more(login, alice, bob, household):
    document = FiledDocumentFactory(profile=household, seen_at=None)
    membership = MembershipFactory(user=bob, profile=household)
    Membership.objects.filter(pk=membership.pk).update(ended_at=timezone.now())
    client = login(bob)
    assert client.get(address(document)).status_code == 404
    assert client.post(address(document, "ouvrir/")).status_code == 404


def test_who_may_only_read_opens_and_neither_adds_nor_deletes(login, bob, household):
    Membership.objects.filter(user=bob).delete()
    MembershipFactory(user=bob, profile=household, role=Role.READ_ONLY)
    document = FiledDocumentFactory(profile=household)
    client = login(bob)
    page = text(client.get(f"{SPACE}dossier/autre/"))
    assert "supprimer/" not in page and "ajouter/" not in page
    assert "lecture seule" in text(client.get(SPACE))
    assert client.get(address(document)).status_code == 200
    assert client.get(ADD).status_code == client.post(ADD, {"file": a_pdf(), "folder": "autre"}).status_code == 403
    assert client.post(address(document, "supprimer/")).status_code == 403
    assert FiledDocument.objects.exists()


def test_until_the_antivirus_passed_it_only_its_sender_opens_it(login, alice, bob, household):
    Membership.objects.filter(user=bob).delete()
    MembershipFactory(user=bob, profile=household)
    document = FiledDocumentFactory(
        profile=household, title="Photo", file__scan=ScanState.PENDING, file__sent_by=alice, seen_at=None
    )
    client = login(bob)
    page = text(client.get(f"{SPACE}dossier/autre/"))
    assert "Photo" in page and "Analyse en cours" in page and "ouvrir/" not in page
    assert client.get(address(document)).status_code == 404
    assert login(alice).get(address(document)).status_code == 200
    StoredFile.objects.update(scan=ScanState.INFECTED, file="")
    client = login(alice)
    assert client.get(address(document)).status_code == 404
    assert "Fichier dangereux, retiré" in text(client.get(f"{SPACE}dossier/autre/"))


def test_no_list_writes(login, alice, household):
    document = FiledDocumentFactory(profile=household, seen_at=None)
    client = login(alice)
    client.get(SPACE)
    acts = [address(document, act) for act in ("", "?telecharger=1", "ouvrir/", "supprimer/")]
    with CaptureQueriesContext(connection) as queries:
        for one in (SPACE, f"{SPACE}?q=a", f"{SPACE}dossier/autre/", ADD, *acts):
            client.get(one)
    writes = [query["sql"] for query in queries if not query["sql"].lstrip("(").upper().startswith("SELECT")]
    assert writes == []


def test_a_letter_of_a_service_is_among_the_received(login, alice, household):
    """s2.11: Mon compte → Mes documents reçus."""
    folders.file_produced(
        profile=household,
        kind=FolderKind.RECEIVED,
        title="Votre dossier D2026-000001",
        content=files.pdf(),
        source="procedures.letter:1",
    )
    page = text(login(alice).get(f"{SPACE}dossier/recus/"))
    assert "Votre dossier D2026-000001" in page and "Nouveau</span>" in page

"""What the portal files, once; what residents send; what depends on a file keeps it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import Role
from accounts.rights import COMMUNICATION, DATA_CLERK
from documents import queries, uses
from documents.enums import FolderKind, ScanState
from documents.models import FiledDocument, Folder, StoredFile
from documents.services import folders, uploads
from tests.factories.accounts import MembershipFactory, ProfileFactory
from tests.factories.cases import CaseFactory
from tests.factories.families import (
    ChildFactory,
    FiledDocumentFactory,
    HouseholdFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)

from . import files

pytestmark = pytest.mark.django_db
LETTER = {"kind": FolderKind.RECEIVED, "title": "Votre dossier", "source": "procedures.letter:1"}


# The portal files ----------------------------------------------------------------------------------------------------


def test_s2_11_what_the_portal_produced_is_filed_once(household, alice, stored_names):
    first = folders.file_produced(profile=household, content=files.pdf(), by=alice, **LETTER)
    again = folders.file_produced(profile=household, content=files.pdf(pages=2), by=alice, **LETTER)
    assert again == first and len(stored_names()) == 1
    assert (first.folder.slug, first.title, first.seen_at) == ("recus", "Votre dossier", None)
    stored = first.file
    assert (stored.name, stored.scan, stored.produced) == ("Votre dossier.pdf", ScanState.CLEAN, True)
    assert stored.filed_at and stored.size == len(files.pdf())
    assert queries.space_used(household) == 0, "it takes none of the resident's room"


def test_a_stored_letter_goes_in_the_folder_that_staff_chose(household):
    folder = Folder.objects.create(name="Attestations", slug="attestations")
    stored = folders.produce(content=files.pdf(), name="attestation", profile=household)
    document = folders.file_produced(profile=household, stored=stored, folder=folder, **LETTER)
    assert (document.folder, document.file) == (folder, stored) and stored.name == "attestation.pdf"


def test_without_a_profile_nothing_is_filed_and_the_file_is_kept(stored_names):
    stored = folders.produce(content=files.pdf(), name="accusé.pdf")
    assert folders.file_produced(profile=None, stored=stored, **LETTER) is None
    assert uploads.purge_staged(timezone.now() + dt.timedelta(days=9)) == 0 and len(stored_names()) == 1


def test_two_profiles_each_have_theirs(household):
    other = ProfileFactory()
    for profile in (household, other):
        folders.file_produced(profile=profile, content=files.pdf(), **LETTER)
    assert FiledDocument.objects.count() == 2


def test_what_was_sent_is_in_envoyes_once_and_is_no_news(household, alice):
    stored = uploads.receive(by=alice, profile=household, upload=files.upload(files.pdf(), "photo.pdf"))
    for _time in range(2):
        document = folders.file_sent(profile=household, stored=stored, title="Photo", source="case:1:2", by=alice)
    assert FiledDocument.objects.get() == document
    assert (document.folder.slug, document.added_by) == ("envoyes", alice) and document.seen_at
    stored.refresh_from_db()
    assert stored.filed_at, "no longer staged"


def test_the_database_refuses_a_source_twice(household):
    FiledDocumentFactory(profile=household, source="x:1")
    with pytest.raises(IntegrityError), transaction.atomic():
        FiledDocumentFactory(profile=household, source="x:1")
    FiledDocumentFactory.create_batch(2, profile=household, source="")


def test_withdrawn_documents_leave_with_their_files(household, alice, stored_names, django_capture_on_commit_callbacks):
    kept = FiledDocumentFactory(profile=household)
    shared = FiledDocumentFactory(profile=household, source="procedures.case:12:1").file
    FiledDocumentFactory(profile=household, file=shared)
    FiledDocumentFactory(profile=household, source="procedures.case:12:2")
    FiledDocumentFactory(profile=household, source="procedures.case:123:1")
    with django_capture_on_commit_callbacks(execute=True):
        assert folders.withdraw(prefix="procedures.case:12:") == 2
        assert folders.withdraw(sources=["procedures.case:123:1", ""]) == 1
    assert FiledDocument.objects.filter(pk=kept.pk).exists()
    assert StoredFile.objects.filter(pk=shared.pk).exists(), "it is on another shelf"
    assert StoredFile.objects.count() == len(stored_names()) == 2


# A file in use -------------------------------------------------------------------------------------------------------


def used_by_a_case(stored):
    CaseFactory(profile=stored.profile).case_files.create(file=stored)


def used_by_a_message(stored):
    CaseFactory(profile=stored.profile).messages.create(text="Voici").files.add(stored)


def used_by_a_letter(stored):
    CaseFactory(profile=stored.profile).documents.create(title="Lettre", file=stored)


def used_by_a_folder(stored):
    FiledDocumentFactory(profile=stored.profile, file=stored)


def used_by_a_requirement(stored):
    SupportingDocumentFactory(profile=stored.profile, file=stored)


@pytest.mark.parametrize(
    "use", [used_by_a_case, used_by_a_message, used_by_a_letter, used_by_a_folder, used_by_a_requirement]
)
def test_a_file_in_use_is_neither_purged_nor_erased(use, household, stored_names, django_capture_on_commit_callbacks):
    used, free = StoredFileFactory.create_batch(2, profile=household)
    use(used)
    later = timezone.now() + dt.timedelta(days=30)
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.purge_staged(later) == 1
        assert uploads.erase(StoredFile.objects.all()) == 0
    assert list(StoredFile.objects.all()) == [used] and len(stored_names()) == 1
    assert not StoredFile.objects.filter(pk=free.pk).exists()


# The residents' own --------------------------------------------------------------------------------------------------


def other_folder():
    return Folder.objects.get(kind=FolderKind.OTHER)


def test_s0_12_a_member_adds_a_document_and_the_act_is_logged(household, alice):
    stored = uploads.receive(by=alice, profile=household, upload=files.upload(files.pdf(), "a.pdf"))
    values = {"by": alice, "profile": household, "stored": stored, "title": "  Mon \n titre ", "folder": other_folder()}
    document = folders.add(**values)
    assert folders.add(**values) == document and document.title == "Mon titre"
    assert ModelLogEntry.objects.filter(action="documents.filed.add", user=alice).count() == 1


def test_who_may_not_write_adds_and_deletes_nothing(household, charlie):
    reader = MembershipFactory(profile=household, role=Role.READ_ONLY).user
    document = FiledDocumentFactory(profile=household)
    for person in (reader, charlie):
        with pytest.raises(PermissionDenied):
            folders.add(by=person, profile=household, stored=document.file, title="x", folder=other_folder())
        with pytest.raises(PermissionDenied):
            folders.delete(by=person, document=document)
    assert FiledDocument.objects.count() == 1


def test_what_cannot_be_added_says_why(household, alice):
    own = StoredFileFactory(profile=household)
    stranger = StoredFileFactory()
    infected = StoredFileFactory(profile=household, scan=ScanState.INFECTED, file="")
    invoices = Folder.objects.get(kind=FolderKind.INVOICES)
    other = ChildFactory(profile=HouseholdFactory())
    for change, sentence in (
        ({"stored": stranger}, "n’est plus disponible"),
        ({"stored": infected}, "n’est plus disponible"),
        ({"folder": invoices}, "rangé par le portail"),
        ({"title": " \n"}, "Donnez un titre"),
        ({"child": other}, "n’est plus dans votre foyer"),
    ):
        values = {"stored": own, "title": "x", "folder": other_folder(), **change}
        with pytest.raises(ValidationError, match=sentence):
            folders.add(by=alice, profile=household, **values)
    assert not FiledDocument.objects.exists()


def test_a_document_is_deleted_from_one_shelf_only(household, alice, django_capture_on_commit_callbacks, stored_names):
    first = FiledDocumentFactory(profile=household)
    second = FiledDocumentFactory(profile=household, file=first.file)
    with django_capture_on_commit_callbacks(execute=True):
        folders.delete(by=alice, document=first)
    assert list(FiledDocument.objects.all()) == [second] and len(stored_names()) == 1
    with django_capture_on_commit_callbacks(execute=True):
        folders.delete(by=alice, document=second)
        folders.delete(by=alice, document=second)
    assert stored_names() == [] and not StoredFile.objects.exists()
    assert ModelLogEntry.objects.filter(action="documents.filed.delete").count() == 2


def test_a_use_that_nobody_describes_still_counts(household, alice):
    document = FiledDocumentFactory(profile=household)
    used_by_a_letter(document.file)
    assert [use.sentence for use in uses.of([document.file_id])[document.file_id]] == [
        "Une de vos démarches se sert de ce document."
    ]
    with pytest.raises(ValidationError, match="se sert de ce document"):
        folders.delete(by=alice, document=document)
    assert FiledDocument.objects.exists()


# A file to use again (s2.10) -----------------------------------------------------------------------------------------


def test_s2_10_the_files_to_use_again_are_named_as_they_are_known(household, alice, charlie, sql_count):
    at = timezone.make_aware(dt.datetime(2026, 3, 12, 12))
    FiledDocumentFactory(profile=household, title="Devis toiture", kind=FolderKind.QUOTES, added_at=at)
    SupportingDocumentFactory(
        profile=household,
        requirement__name="Avis d’imposition",
        sent_at=at - dt.timedelta(days=1),
        file__filed_at=at,
    )
    StoredFileFactory(profile=household, name="envoyé.pdf", filed_at=at)
    StoredFileFactory(profile=household, name="en attente.pdf")
    StoredFileFactory(profile=household, filed_at=at, scan=ScanState.INFECTED, file="")
    StoredFileFactory(profile=household, filed_at=at, scan=ScanState.PENDING, sent_by=charlie)
    FiledDocumentFactory()
    found = queries.reusable_files(household, alice)
    today = timezone.localdate()
    assert [(one.title, one.place, one.day) for one in found] == [
        ("envoyé.pdf", "Démarches", today),
        ("Devis toiture", "Devis", dt.date(2026, 3, 12)),
        ("Avis d’imposition", "Pièces justificatives", dt.date(2026, 3, 11)),
    ]
    assert found[1].label == "Devis toiture (Devis, 12 mars 2026)"
    FiledDocumentFactory.create_batch(5, profile=household)
    assert sql_count(lambda: queries.reusable_files(household, alice)) == 3


def test_s2_10_only_one_s_own_sound_files_can_be_used_again(household, alice, charlie):
    own = FiledDocumentFactory(profile=household).file
    staged = StoredFileFactory(profile=household, scan=ScanState.PENDING, sent_by=alice)
    agents = StoredFileFactory(profile=household, produced=True)
    stranger = StoredFileFactory()
    for file in (own, staged):
        assert queries.reusable_file(household, alice, str(file.public_id)) == file
    for wrong in (agents.public_id, stranger.public_id, "nonsense", "", None):
        with pytest.raises(StoredFile.DoesNotExist):
            queries.reusable_file(household, alice, wrong)
    with pytest.raises(StoredFile.DoesNotExist):
        queries.reusable_file(household, charlie, staged.public_id)


# The back office -----------------------------------------------------------------------------------------------------

LIST = "/admin/snippets/documents/folder/"


def test_staff_add_a_folder_and_delete_it_while_it_is_empty(staff, client):
    staff(COMMUNICATION)
    page = client.get(LIST).content.decode()
    assert "Factures" in page and "Reçus" in page
    values = {"name": "Attestations", "slug": "attestations", "description": "", "position": "7", "residents_add": "on"}
    assert client.post(f"{LIST}add/", values).status_code == 302
    folder = Folder.objects.get(slug="attestations")
    assert (folder.kind, folder.residents_add) == ("", True)
    document = FiledDocumentFactory(folder=folder)
    client.post(f"{LIST}delete/{folder.pk}/")
    assert Folder.objects.filter(pk=folder.pk).exists(), "it holds a document"
    document.delete()
    client.post(f"{LIST}delete/{folder.pk}/")
    assert not Folder.objects.filter(pk=folder.pk).exists()


def test_the_portal_s_own_folders_are_renamed_and_never_deleted(staff, client):
    staff(COMMUNICATION)
    folder = Folder.objects.get(kind=FolderKind.INVOICES)
    response = client.post(f"{LIST}delete/{folder.pk}/", follow=True)
    assert "ne peut pas être supprimé" in response.content.decode()
    values = {"name": "Mes factures", "slug": "factures", "description": "x", "position": "0", "kind": "", "id": "9"}
    client.post(f"{LIST}edit/{folder.pk}/", values)
    folder.refresh_from_db()
    assert (folder.name, folder.kind) == ("Mes factures", FolderKind.INVOICES)


def test_who_has_no_right_on_folders_does_not_reach_them(staff, client):
    staff(DATA_CLERK)
    assert client.get(LIST).status_code in (302, 403)
    folder = Folder.objects.create(name="X", slug="x")
    client.post(f"{LIST}delete/{folder.pk}/")
    assert Folder.objects.filter(pk=folder.pk).exists()

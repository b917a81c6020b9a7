"""« Mes documents » under contention, on PostgreSQL: what two tasks file at the same moment is there once."""

import pytest

from documents.enums import FolderKind
from documents.models import FiledDocument, Folder, StoredFile
from documents.services import folders, uploads
from tests.concurrency.test_payments import at_once, held_before_saving
from tests.documents import files
from tests.factories.accounts import MembershipFactory, ProfileFactory, UserFactory
from tests.factories.families import StoredFileFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def received(transactional_db):
    """The folder of the portal, which a test before may have flushed."""
    Folder.objects.get_or_create(kind=FolderKind.RECEIVED, defaults={"name": "Reçus", "slug": "recus"})


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT


def a_letter(profile, source):
    return lambda: folders.file_produced(
        profile=profile, kind=FolderKind.RECEIVED, title="Lettre", content=files.pdf(), source=source
    )


def test_a_letter_filed_by_two_tasks_at_once_is_there_once(private_root):
    profile = ProfileFactory()
    with held_before_saving(FiledDocument, 2):
        assert at_once(*[a_letter(profile, "procedures.letter:1")] * 2) == (2, 0)
    assert FiledDocument.objects.count() == StoredFile.objects.count() == 1
    assert len(list(private_root.rglob("*.pdf"))) == 1, "the other's content is erased"


def test_the_control_two_letters_are_two(private_root):
    profile = ProfileFactory()
    with held_before_saving(FiledDocument, 2):
        assert at_once(a_letter(profile, "procedures.letter:1"), a_letter(profile, "procedures.letter:2")) == (2, 0)
    assert FiledDocument.objects.count() == len(list(private_root.rglob("*.pdf"))) == 2


def test_two_uploads_at_once_do_not_both_take_the_last_room(settings):
    settings.RESIDENT_QUOTA_MB = 1
    user = UserFactory()
    profile = MembershipFactory(user=user).profile
    one, other = files.pdf(), files.pdf(pages=2)
    StoredFileFactory(profile=profile, size=1024 * 1024 - len(other))
    calls = [
        lambda content=content, name=name: uploads.receive(by=user, profile=profile, upload=files.upload(content, name))
        for content, name in ((one, "a.pdf"), (other, "b.pdf"))
    ]
    with held_before_saving(StoredFile, 2):
        assert at_once(*calls) == (1, 1)
    assert StoredFile.objects.filter(profile=profile).count() == 2

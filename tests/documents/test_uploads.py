"""A file comes in: who may send, the room, the antivirus that answers, finds, or is down."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from accounts.enums import Role
from accounts.models import Membership, OutgoingMail
from accounts.throttle import Throttled
from documents import perms, scanner, tasks
from documents.enums import DocumentState, ScanState
from documents.models import StoredFile
from documents.services import uploads
from tests.factories.accounts import UserFactory
from tests.factories.families import StoredFileFactory, SupportingDocumentFactory

from . import files
from .conftest import NOWHERE
from .files import upload
from .scanner import clamd

pytestmark = pytest.mark.django_db


def receive(by, profile, content=None, name="avis.pdf"):
    return uploads.receive(by=by, profile=profile, upload=upload(content or files.pdf(), name))


def test_a_file_is_stored_under_a_random_name_in_private_storage(alice, household, stored_names, private_root):
    content = files.pdf()
    stored = receive(alice, household, content, "../Avis d’Alice.pdf")
    assert (stored.name, stored.content_type, stored.size) == ("Avis d’Alice.pdf", "application/pdf", len(content))
    assert (stored.sent_by, stored.profile, stored.filed_at) == (alice, household, None)
    (name,) = stored_names()
    assert "Alice" not in stored.file.name and len(name) == len("0" * 32 + ".pdf")
    assert (private_root / stored.file.name).read_bytes() == content
    with pytest.raises(ValueError):
        stored.file.url  # noqa: B018 - there is no address to leak


def test_an_image_is_stored_drawn_again(alice, household, private_root):
    stored = receive(alice, household, files.heic(), "IMG_0042.HEIC")
    assert (stored.name, stored.content_type) == ("IMG_0042.jpg", "image/jpeg")
    assert b"Telephone" not in (private_root / stored.file.name).read_bytes()


def test_the_same_file_is_stored_once(alice, household, stored_names):
    first = receive(alice, household)
    assert receive(alice, household) == first
    assert receive(alice, household, name="autre nom.pdf") != first
    assert len(stored_names()) == 2


def test_another_profile_s_copy_is_another_file(alice, charlie, household):
    assert receive(alice, household) != receive(charlie, charlie.profiles.get())


def test_who_may_only_read_a_stranger_and_a_former_member_send_nothing(alice, bob, charlie, household, stored_names):
    Membership.objects.create(user=bob, profile=household, role=Role.READ_ONLY)
    Membership.objects.create(user=charlie, profile=household, ended_at=timezone.now())
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            receive(person, household)
    assert stored_names() == [] and not StoredFile.objects.exists()


def test_a_refused_file_leaves_nothing(alice, household, stored_names):
    with pytest.raises(ValidationError):
        receive(alice, household, files.pdf(password="secret"))
    assert stored_names() == [] and not StoredFile.objects.exists()


def test_the_room_of_a_profile_is_limited(alice, charlie, household, settings, stored_names):
    settings.RESIDENT_QUOTA_MB = 1
    StoredFileFactory(profile=household, size=1024 * 1024 - 100)
    with pytest.raises(ValidationError) as caught:
        receive(alice, household)
    assert caught.value.messages == [
        "Il ne reste plus assez de place : 1\xa0Mo sur 1\xa0Mo sont utilisés. Contactez le service."
    ]
    assert len(stored_names()) == 1
    assert receive(charlie, charlie.profiles.get()), "each profile has its own"


def test_a_transaction_that_fails_leaves_no_file_behind(alice, household, stored_names, monkeypatch, settings):
    settings.CLAMD_URL = NOWHERE

    def full(*args):
        raise RuntimeError("the queue is full")

    monkeypatch.setattr(uploads, "async_task", full)
    with pytest.raises(RuntimeError):
        receive(alice, household)
    assert stored_names() == [] and not StoredFile.objects.exists()


def test_nobody_sends_a_hundred_files_an_hour(alice, household):
    for number in range(60):
        receive(alice, household, files.pdf(Title=str(number)))
    with pytest.raises(Throttled):
        receive(alice, household, files.pdf(Title="60"))


# Without an account, and by an agent ----------------------------------------------------------------------------------


def receive_anonymous(content=None, name="photo.pdf", own=(), origin="192.0.2.1"):
    return uploads.receive_anonymous(upload=upload(content or files.pdf(), name), origin=origin, files=own)


def test_a_file_without_an_account_is_checked_and_stored_alike(stored_names):
    stored = receive_anonymous(files.heic(), "IMG_0042.HEIC")
    assert (stored.profile, stored.sent_by, stored.filed_at) == (None, None, None)
    assert (stored.name, stored.scan) == ("IMG_0042.jpg", ScanState.UNSCANNED)
    with pytest.raises(ValidationError):
        receive_anonymous(files.pdf(password="secret"))
    assert len(stored_names()) == 1


def test_without_an_account_each_case_has_its_room_and_its_copies(settings, stored_names):
    settings.ANONYMOUS_QUOTA_MB = 1
    first = receive_anonymous()
    assert receive_anonymous(own=[first]) == first
    assert receive_anonymous() != first, "another case's file is another file"
    heavy = StoredFileFactory(profile=None, size=1024 * 1024 - 100)
    with pytest.raises(ValidationError, match="Retirez un fichier pour en ajouter un"):
        receive_anonymous(files.pdf(pages=2), own=StoredFile.objects.filter(pk=heavy.pk))


def test_an_origin_sends_no_hundred_files_an_hour():
    for _number in range(40):
        receive_anonymous()
    with pytest.raises(Throttled):
        receive_anonymous()
    assert receive_anonymous(origin="192.0.2.2")


def test_a_file_without_an_account_that_nothing_took_is_erased(stored_names, django_capture_on_commit_callbacks):
    receive_anonymous()
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.purge_staged(timezone.now() + dt.timedelta(hours=25)) == 1
    assert stored_names() == []


def test_an_agent_s_file_is_scanned_and_takes_none_of_the_room(household, charlie, settings, run_queue):
    agent = UserFactory(is_staff=True)
    settings.RESIDENT_QUOTA_MB = 0
    with clamd() as server:
        settings.CLAMD_URL = server.url
        stored = uploads.receive_from_staff(by=agent, profile=household, upload=upload(files.pdf(), "plan.pdf"))
        assert (stored.scan, stored.produced, stored.sent_by) == (ScanState.PENDING, True, agent)
        run_queue()
    stored.refresh_from_db()
    assert stored.scan == ScanState.CLEAN
    assert uploads.receive_from_staff(by=agent, profile=None, upload=upload(files.pdf(), "plan.pdf")).profile is None
    with pytest.raises(PermissionDenied):
        uploads.receive_from_staff(by=charlie, profile=household, upload=upload(files.pdf(), "plan.pdf"))


# The antivirus -------------------------------------------------------------------------------------------------------


def test_without_an_antivirus_the_file_says_that_nobody_looked(alice, bob, household, run_queue):
    stored = receive(alice, household)
    assert stored.scan == ScanState.UNSCANNED and stored.released and perms.can_open(bob, stored)
    assert run_queue() == 0


def test_a_clean_file_is_released_once_it_was_scanned(alice, bob, household, settings, run_queue):
    with clamd() as server:
        settings.CLAMD_URL = server.url
        stored = receive(alice, household, files.image(size=(900, 900)), "photo.jpg")
        assert stored.scan == ScanState.PENDING and not stored.released
        assert perms.can_open(alice, stored) and not perms.can_open(bob, stored)
        assert run_queue() == 1
        stored.refresh_from_db()
        assert stored.scan == ScanState.CLEAN and perms.can_open(bob, stored)
        assert server.seen == [stored.file.read()]


def test_an_infected_file_is_erased_and_what_it_was_sent_for_is_refused(
    alice, household, settings, run_queue, stored_names, django_capture_on_commit_callbacks
):
    with clamd(virus=b"Contamination") as server:
        settings.CLAMD_URL = server.url
        stored = receive(alice, household, files.pdf(Title="Contamination"))
        document = SupportingDocumentFactory(profile=household, file=stored)
        with django_capture_on_commit_callbacks(execute=True):
            run_queue()
    stored.refresh_from_db()
    document.refresh_from_db()
    assert stored.scan == ScanState.INFECTED and stored.file == "" and stored_names() == []
    assert not perms.can_open(alice, stored)
    assert (document.state, document.reason) == (DocumentState.REFUSED, uploads.INFECTED)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "Un fichier envoyé a été supprimé")
    assert "avis.pdf" in mail.text


def test_an_infected_file_may_be_sent_again_and_is_scanned_again(alice, household, settings, run_queue):
    with clamd(virus=b"%PDF") as server:
        settings.CLAMD_URL = server.url
        first = receive(alice, household)
        run_queue()
        assert receive(alice, household) != first


def test_while_the_scanner_is_down_the_file_waits(alice, bob, household, settings, run_queue):
    settings.CLAMD_URL = NOWHERE
    stored = receive(alice, household)
    assert run_queue() == 1
    stored.refresh_from_db()
    assert stored.scan == ScanState.PENDING
    assert perms.can_open(alice, stored) and not perms.can_open(bob, stored)
    assert uploads.scan_waiting() == 0
    with clamd() as server:
        settings.CLAMD_URL = server.url
        tasks.scan_waiting()
    stored.refresh_from_db()
    assert stored.scan == ScanState.CLEAN


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"\0", b"stream: OK but not quite\0", b"stream: Win.T"]
)
def test_an_answer_that_is_not_understood_is_never_taken_for_clean(alice, household, settings, answer):
    with clamd(answer=answer or b"\0") as server:
        settings.CLAMD_URL = server.url
        stored = receive(alice, household)
        with pytest.raises(scanner.ScannerUnavailable):
            uploads.scan(file=stored)
    stored.refresh_from_db()
    assert stored.scan == ScanState.PENDING


def test_a_file_that_can_not_be_scanned_keeps_no_other_waiting(alice, household, settings):
    lost, refused, sound = (receive(alice, household, files.pdf(n), f"{n}.pdf") for n in (1, 2, 3))
    lost.file.storage.delete(lost.file.name)
    with refused.file.open() as opened, clamd(refused=opened.read()) as server:
        settings.CLAMD_URL = server.url
        assert uploads.scan_waiting() == 1
    scans = StoredFile.objects.order_by("pk").values_list("scan", flat=True)
    assert list(scans) == [ScanState.UNSCANNED, ScanState.UNSCANNED, ScanState.CLEAN]


def test_an_antivirus_that_comes_later_looks_at_what_is_there(alice, household, settings):
    stored = receive(alice, household)
    with clamd() as server:
        settings.CLAMD_URL = server.url
        assert uploads.scan_waiting() == 1
        assert uploads.scan_waiting() == 0
    stored.refresh_from_db()
    assert stored.scan == ScanState.CLEAN


def test_a_task_runs_twice_or_after_the_file_was_erased(alice, household, settings):
    with clamd() as server:
        settings.CLAMD_URL = server.url
        stored = receive(alice, household)
        tasks.scan_file(stored.pk)
        tasks.scan_file(stored.pk)
        tasks.scan_file(stored.pk + 1)
        assert len(server.seen) == 1
    assert OrmQ.objects.count() == 1


# What nothing took ---------------------------------------------------------------------------------------------------


def test_a_file_that_nothing_took_is_erased_after_a_day(
    alice, household, stored_names, django_capture_on_commit_callbacks
):
    staged, filed = receive(alice, household), receive(alice, household, name="autre.pdf")
    used = SupportingDocumentFactory(profile=household).file
    uploads.file_away(filed)
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.purge_staged(now + dt.timedelta(hours=23)) == 0
        assert uploads.purge_staged(now + dt.timedelta(hours=25)) == 1
    assert set(StoredFile.objects.all()) == {filed, used}
    assert len(stored_names()) == 2 and staged.file.name.split("/")[-1] not in stored_names()


def test_the_schedules_are_there():
    funcs = set(Schedule.objects.filter(func__startswith="documents.").values_list("func", flat=True))
    assert funcs == {"documents.tasks.scan_waiting", "documents.tasks.follow_dates", "documents.tasks.purge"}

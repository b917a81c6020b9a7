"""« Mes documents » (s0.11, s0.12): what the portal files in a profile's folders, and what its members put there."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.locks import lock_profile
from accounts.queries.family import children_of

from .. import perms, uses
from ..checks import clean_name
from ..downloads import PDF
from ..enums import FolderKind, ScanState
from ..models import FiledDocument, Folder, StoredFile
from ..storage import private_storage
from . import uploads

LONGEST_TITLE = 200
LONGEST_REFERENCE = 40


# The portal files ----------------------------------------------------------------------------------------------------


def produce(*, content, name, profile=None, by=None):
    """Store a PDF that the portal made (a receipt, a letter) and return its StoredFile.

    It takes none of the profile's room. `profile` is None for what is about a case without an account.
    """
    stored = StoredFile(
        profile=profile,
        produced=True,
        name=clean_name(name, ".pdf"),
        content_type=PDF,
        size=len(content),
        sha256=uploads.digest(content),
        scan=ScanState.CLEAN,
        sent_by=by,
        filed_at=timezone.now(),
    )
    return uploads.keep(stored, content)


def file_produced(
    *,
    profile,
    kind,
    title,
    source,
    stored=None,
    content=b"",
    name="",
    folder=None,
    child=None,
    contract_reference="",
    by=None,
    added_at=None,
):
    """File what the portal produced for `profile`: a StoredFile (`stored`), or a PDF's `content` and `name`.

    It goes in `folder`, or in the one whose role is `kind` (a FolderKind). `source` says what it comes from
    ("procedures.letter:12"): filed twice, it is there once. Returns the FiledDocument; None without a profile.
    """
    if profile is None:
        return None
    if known := _filed(profile, source):
        return known
    try:
        with transaction.atomic():
            stored = stored or produce(content=content, name=name or f"{title}.pdf", profile=profile, by=by)
            uploads.file_away(stored)
            return FiledDocument.objects.create(
                profile=profile,
                folder=folder or Folder.objects.get(kind=kind),
                title=title[:LONGEST_TITLE],
                file=stored,
                child=child,
                contract_reference=contract_reference[:LONGEST_REFERENCE],
                source=source,
                added_by=by,
                added_at=added_at or timezone.now(),
            )
    except IntegrityError:
        # Another task filed it at the same moment.
        if content and stored and stored.file:
            stored.file.storage.delete(stored.file.name)
        return _filed(profile, source)


def file_sent(*, profile, stored, title, source, by, child=None, contract_reference=""):
    """File in « Envoyés » a file that a resident sent to a service; once a `source`. Returns the FiledDocument; None
    without a profile."""
    uploads.file_away(stored)
    if profile is None:
        return None
    document, _created = FiledDocument.objects.get_or_create(
        profile=profile,
        source=source,
        defaults={
            "folder": Folder.objects.get(kind=FolderKind.SENT),
            "title": title[:LONGEST_TITLE],
            "file": stored,
            "child": child,
            "contract_reference": contract_reference[:LONGEST_REFERENCE],
            "added_by": by,
            # Who sends knows it: nothing new.
            "seen_at": timezone.now(),
        },
    )
    return document


def _filed(profile, source):
    return FiledDocument.objects.filter(profile=profile, source=source).first()


@transaction.atomic
def withdraw(*, sources=(), prefix=""):
    """Take out of the folders what was filed from `sources`, or from those that begin with `prefix`.

    The files that nothing else needs are erased. Returns how many documents.
    """
    documents = FiledDocument.objects.exclude(source="")
    documents = documents.filter(source__startswith=prefix) if prefix else documents.filter(source__in=sources)
    rows = list(documents.values_list("pk", "file"))
    FiledDocument.objects.filter(pk__in=[pk for pk, _file in rows]).delete()
    uploads.erase(StoredFile.objects.filter(pk__in=[file for _pk, file in rows]))
    return len(rows)


# Many at once, without a copy ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lent:
    """A PDF that another record keeps in private storage at `path` and lends to the folders of a profile."""

    profile_id: int
    kind: FolderKind
    title: str
    source: str
    path: str
    name: str
    at: datetime
    contract_reference: str = ""
    seen: bool = False


@transaction.atomic
def file_lent(lent):
    """File each `Lent` of the list where it belongs today; returns how many are new.

    Safe to run twice. What was filed from the same source with another profile is withdrawn; where the content has
    moved, the file follows. A fixed number of queries, and one look at the storage for each new content.
    """
    wanted = {(one.profile_id, one.source): one for one in lent}
    filed = FiledDocument.objects.filter(source__in={one.source for one in lent}).select_related("file")
    known = {(document.profile_id, document.source): document for document in filed}
    gone = [document for key, document in known.items() if key not in wanted]
    if gone:
        FiledDocument.objects.filter(pk__in=[document.pk for document in gone]).delete()
        uploads.erase(StoredFile.objects.filter(pk__in=[document.file_id for document in gone]))
    _follow([(document.file, wanted[key]) for key, document in known.items() if key in wanted])
    return _create([one for key, one in wanted.items() if key not in known])


def _follow(pairs):
    moved = [(stored, one) for stored, one in pairs if stored.borrowed and stored.file.name != one.path]
    for stored, one in moved:
        stored.file.name, stored.size = one.path, _size_of(one.path)
    StoredFile.objects.bulk_update([stored for stored, _one in moved], ["file", "size"], batch_size=500)


def _create(lent):
    folders = {folder.kind: folder for folder in Folder.objects.exclude(kind="")} if lent else {}
    now = timezone.now()
    files = [
        StoredFile(
            profile_id=one.profile_id,
            produced=True,
            borrowed=True,
            file=one.path,
            name=clean_name(one.name, ".pdf"),
            content_type=PDF,
            size=_size_of(one.path),
            scan=ScanState.CLEAN,
            filed_at=now,
        )
        for one in lent
    ]
    StoredFile.objects.bulk_create(files, batch_size=500)
    documents = [
        FiledDocument(
            profile_id=one.profile_id,
            folder=folders[one.kind],
            title=one.title[:LONGEST_TITLE],
            file=stored,
            contract_reference=one.contract_reference,
            source=one.source,
            added_at=one.at,
            seen_at=one.at if one.seen else None,
        )
        for one, stored in zip(lent, files, strict=True)
    ]
    FiledDocument.objects.bulk_create(documents, batch_size=500, ignore_conflicts=True)
    # Those that another task filed meanwhile: its row stays, ours never was.
    lost = StoredFile.objects.filter(pk__in=[stored.pk for stored in files], filed=None).delete()[0] if files else 0
    return len(files) - lost


def _size_of(path):
    storage = private_storage()
    return storage.size(path) if storage.exists(path) else 0


# The residents add, open, delete -------------------------------------------------------------------------------------


@transaction.atomic
def add(*, by, profile, stored, title, folder, child=None, contract_reference=""):
    """Put a file of `profile` in one of the folders where residents add documents; returns the FiledDocument.

    Sent twice, the form gets the first document. Raises PermissionDenied if `by` can't send for `profile`,
    ValidationError when the file is gone, the folder is the portal's own, or the child is not the household's.
    """
    if not perms.can_send(by, profile):
        raise PermissionDenied
    lock_profile(profile.pk)
    stored = uploads.usable(profile, stored)
    title = " ".join(title.split())
    if not title:
        raise ValidationError({"title": _("Donnez un titre à ce document, pour le retrouver.")})
    if not Folder.objects.filter(pk=folder.pk, residents_add=True).exists():
        raise ValidationError({"folder": _("Ce dossier est rangé par le portail : choisissez-en un autre.")})
    if child and child.pk not in {one.pk for one in children_of(profile)}:
        raise ValidationError({"child": _("Cet enfant n’est plus dans votre foyer. Rechargez la page.")})
    known = FiledDocument.objects.filter(profile=profile, folder=folder, file=stored, title=title, source="").first()
    if known:
        return known
    uploads.file_away(stored)
    document = FiledDocument.objects.create(
        profile=profile,
        folder=folder,
        title=title[:LONGEST_TITLE],
        file=stored,
        child=child,
        contract_reference=contract_reference[:LONGEST_REFERENCE],
        added_by=by,
        seen_at=timezone.now(),
    )
    log(instance=document, action="documents.filed.add", user=by)
    return document


@transaction.atomic
def delete(*, by, document):
    """Delete a document that a member of the profile sent, and its file unless something else has it.

    Raises PermissionDenied if `by` can't send for the profile, ValidationError (a sentence for each) while something
    depends on it, or when the portal filed it.
    """
    if not perms.can_send(by, document.profile):
        raise PermissionDenied
    lock_profile(document.profile_id)
    document = FiledDocument.objects.select_related("file").filter(pk=document.pk).first()
    if document is None:
        return  # the first of two clicks did it
    if sentences := kept_because(document):
        raise ValidationError(sentences)
    stored = StoredFile.objects.filter(pk=document.file_id)
    log(instance=document, action="documents.filed.delete", user=by)
    document.delete()
    uploads.erase(stored)


def kept_because(document):
    """Return why a resident can't delete `document`: sentences; none when it can be deleted."""
    if document.file.produced:
        return [_("Ce document vous a été remis par un service : il reste dans votre espace.")]
    # On another shelf of « Mes documents », the file stays there: nothing is lost.
    return [use.sentence for use in uses.of([document.file_id])[document.file_id]]


def mark_seen(*, profile, documents=None):
    """Mark documents of `profile` (a queryset; None: all) as opened by one of its members; returns how many."""
    documents = FiledDocument.objects.filter(profile=profile) if documents is None else documents
    return documents.filter(profile=profile, seen_at=None).update(seen_at=timezone.now())

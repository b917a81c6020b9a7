"""Reads: what a family still has to give, what it sent, what waits for the agents; what stands in the folders of a
profile. Fixed numbers of queries."""

from collections import defaultdict
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from accounts.enums import ProfileKind
from accounts.models import Child
from cms.search import fold
from theme.formats import short_date

from . import rules
from .enums import RELEASED, DocumentState, RequirementScope, ScanState
from .models import DocumentRequirement, FiledDocument, Folder, StoredFile, SupportingDocument

# Among how many of its files a resident chooses one to use again.
MOST_REUSABLE = 200


@dataclass(frozen=True)
class Wanted:
    """A document that is asked for: of the family (`child` is None) or of a child; what was sent, and where it stands.

    `renewal` is a newer document that waits for an agent while `document` still holds.
    """

    requirement: DocumentRequirement
    child: Child | None
    document: SupportingDocument | None
    state: DocumentState
    expires_soon: bool = False
    renewal: SupportingDocument | None = None

    @property
    def key(self):
        """What names it in a form: the requirement, and the child when there is one."""
        return f"{self.requirement.pk}:{self.child.public_id}" if self.child else str(self.requirement.pk)

    @property
    def missing(self):
        """Whether the family has to do something: never sent, refused, or expired, and mandatory."""
        return self.requirement.mandatory and self.state not in rules.GIVEN

    @property
    def to_send(self):
        """Whether sending one makes sense now: not while one is being checked, nor long before the end of another."""
        return self.state not in rules.GIVEN or (self.expires_soon and self.renewal is None)


def wanted_of(profile, children, extra=None, today=None):
    """Return the `Wanted` of the family, then of each child of `children`, in the order staff gave: 2 queries.

    `extra` is {child's pk: [requirements of its activities]}, which the bookings know. A child's document that another
    household sent counts once it is accepted; nothing else is known of it.
    """
    today = today or timezone.localdate()
    if not children and profile.kind != ProfileKind.HOUSEHOLD:
        return []
    extra = extra or {}
    everyone, each = _asked_of_all()
    # An activity may ask for a document of the family: it is asked for once, whichever child comes.
    of_activities = [requirement for child in children for requirement in extra.get(child.pk, ())]
    asked = [(one, None) for one in _in_order(everyone, filter(_of_family, of_activities))]
    for child in children:
        own = (requirement for requirement in extra.get(child.pk, ()) if not _of_family(requirement))
        asked += [(one, child) for one in _in_order(each, own)]
    documents = _documents_for(profile, children)
    return [
        _wanted(requirement, child, documents[requirement.pk, child and child.pk], today)
        for requirement, child in asked
    ]


def _of_family(requirement):
    return requirement.scope == RequirementScope.FAMILY


def _in_order(*lists):
    """Return the requirements of all the lists once each, in the order that staff gave them."""
    found = {requirement.pk: requirement for requirements in lists for requirement in requirements}
    return sorted(found.values(), key=lambda requirement: (requirement.position, requirement.name))


def _asked_of_all():
    """Return the requirements asked of every family, and those asked of every child."""
    asked = DocumentRequirement.objects.filter(active=True).exclude(scope=RequirementScope.ACTIVITY)
    by_scope = defaultdict(list)
    for requirement in asked:
        by_scope[requirement.scope].append(requirement)
    return by_scope[RequirementScope.FAMILY], by_scope[RequirementScope.CHILD]


def _documents_for(profile, children):
    """Return {(requirement's pk, child's pk or None): documents that count for `profile`}."""
    own = Q(profile=profile)
    of_the_other_household = Q(child__in=children, state=DocumentState.ACCEPTED)
    found = defaultdict(list)
    documents = SupportingDocument.objects.filter(own | of_the_other_household)
    for document in documents.exclude(state=DocumentState.REPLACED).select_related("file"):
        found[document.requirement_id, document.child_id].append(document)
    return found


def _wanted(requirement, child, documents, today):
    document = rules.speaking(documents, today)
    waiting = [other for other in documents if other.state == DocumentState.SENT and other is not document]
    return Wanted(
        requirement=requirement,
        child=child,
        document=document,
        state=rules.state_on(document, today),
        expires_soon=document is not None and rules.expires_soon(document, requirement, today),
        renewal=waiting[0] if waiting else None,
    )


def sent_by(profile):
    """The documents that `profile` sent, newest first, with what a list shows of each."""
    return SupportingDocument.objects.filter(profile=profile).select_related("requirement", "child", "file")


def file_of(profile, public_id):
    """Return the file `public_id` of `profile`. Raises StoredFile.DoesNotExist."""
    return StoredFile.objects.get(profile=profile, public_id=public_id)


def space_used(profile):
    """Return how many bytes the files that the members of `profile` sent take."""
    own = StoredFile.objects.filter(profile=profile, produced=False).exclude(scan=ScanState.INFECTED)
    return own.aggregate(n=Sum("size"))["n"] or 0


# Folders -------------------------------------------------------------------------------------------------------------


def folders_of(profile):
    """Return the folders in staff's order, each with `count` and `unseen` of the documents of `profile`: 1 query."""
    own = Q(documents__profile=profile)
    return list(
        Folder.objects.annotate(
            count=Count("documents", filter=own), unseen=Count("documents", filter=own & Q(documents__seen_at=None))
        ).order_by("position", "name")
    )


def unseen_count(profile):
    """Return how many documents of `profile` none of its members has opened."""
    return FiledDocument.objects.filter(profile=profile, seen_at=None).count()


def documents_of(profile, *, folder=None, words="", child=None, contract_reference=""):
    """Return the documents of `profile`, newest first, with what a list shows of each.

    `words` are looked for in their titles, files and folders, whatever the accents: one more query.
    """
    documents = FiledDocument.objects.filter(profile=profile).select_related("folder", "file", "child")
    if folder:
        documents = documents.filter(folder=folder)
    if child:
        documents = documents.filter(child=child)
    if contract_reference:
        documents = documents.filter(contract_reference=contract_reference)
    if wanted := fold(words).split():
        told = documents.values_list("pk", "title", "file__name", "folder__name", "contract_reference")
        rows = ((pk, fold(" ".join(texts))) for pk, *texts in told)
        documents = documents.filter(pk__in=[pk for pk, text in rows if all(word in text for word in wanted)])
    return documents


def document_of(profile, public_id):
    """Return the FiledDocument `public_id` of `profile`. Raises FiledDocument.DoesNotExist."""
    documents = FiledDocument.objects.select_related("folder", "file", "child", "profile")
    return documents.get(profile=profile, public_id=public_id)


@dataclass(frozen=True)
class Reusable:
    """A file that is here already, and that a form may take instead of a new one."""

    file: StoredFile
    title: str
    place: str
    day: object

    @property
    def label(self):
        """What a list of choices shows of it."""
        return f"{self.title} ({self.place}, {short_date(self.day)})"


def reusable_files(profile, user):
    """Return the `Reusable` files of `profile` that `user` may open, newest first: 3 queries.

    Each is there once, under the name that it has in the folders, or that of the document it was sent as.
    """
    files = list(_sound(profile, user).exclude(filed_at=None).order_by("-sent_at", "-pk")[:MOST_REUSABLE])
    named = {}
    for document in SupportingDocument.objects.filter(file__in=files).select_related("requirement").order_by("-pk"):
        named[document.file_id] = (document.requirement.name, "Pièces justificatives", document.sent_at)
    for document in FiledDocument.objects.filter(file__in=files).select_related("folder").order_by("-pk"):
        named[document.file_id] = (document.title, document.folder.name, document.added_at)
    told = ((file, *named.get(file.pk, (file.name, "Démarches", file.sent_at))) for file in files)
    found = [Reusable(file, title, place, timezone.localdate(at)) for file, title, place, at in told]
    return sorted(found, key=lambda one: one.day, reverse=True)


def reusable_file(profile, user, public_id):
    """Return the file that `public_id` names among those of `profile` that `user` may open, those that it just sent
    included. Raises StoredFile.DoesNotExist."""
    try:
        return _sound(profile, user).get(public_id=public_id)
    except (ValidationError, ValueError) as error:  # what is no identifier
        raise StoredFile.DoesNotExist from error


def _sound(profile, user):
    """The files of `profile` with a content that `user`, one of its members, may open."""
    mine = Q(scan=ScanState.PENDING, sent_by=user, sent_by__isnull=False)
    files = StoredFile.objects.filter(Q(scan__in=RELEASED) | mine, profile=profile).exclude(file="")
    # What an agent sent of its own and has not handed over yet is nobody's to use.
    return files.exclude(produced=True, filed_at=None)


# Back office ---------------------------------------------------------------------------------------------------------


def to_check():
    """The documents that wait for an agent, oldest first."""
    return SupportingDocument.objects.filter(state=DocumentState.SENT).order_by("sent_at", "pk")


def to_check_count():
    """Return {count, since} of the documents that wait for an agent: those whose file can be opened."""
    return to_check().exclude(file__scan=ScanState.PENDING).aggregate(count=Count("pk"), since=Min("sent_at"))


def next_to_check(after=None):
    """Return the next document that an agent can check, oldest first, other than `after`; None when all is done."""
    waiting = to_check().exclude(file__scan=ScanState.PENDING)
    return (waiting.exclude(pk=after.pk) if after else waiting).first()


def same_file(document):
    """The other documents that the same file was sent for."""
    return (
        SupportingDocument.objects.filter(file=document.file_id)
        .exclude(pk=document.pk)
        .select_related("requirement", "child")
    )

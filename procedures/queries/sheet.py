"""What an agent reads of one case: a fixed number of queries, however much it holds."""

from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from documents.enums import ScanState
from documents.models import StoredFile

from .. import handlers
from ..enums import CaseState, Channel, EventKind, Silence
from ..forms import context_of, display
from ..models import Case
from ..services.letters import templates_for
from ..services.review import correctable_fields, statuses_for

RELATED = ("page", "version", "profile", "department__contact", "assigned_to", "filed_by", "entered_by", "receipt")
SILENCE = {
    Silence.ACCEPTED: "Passé ce délai, le silence vaut acceptation.",
    Silence.REFUSED: "Passé ce délai, le silence vaut rejet.",
}


@dataclass(frozen=True)
class ShownFile:
    """A file of a case: where the agent opens it, or why not yet. `about`: the question it answers, or the message."""

    stored: StoredFile
    url: str
    about: str

    @property
    def is_image(self):
        return self.stored.content_type.startswith("image/")

    @property
    def why_not(self):
        """Why it can't be opened, in words; "" when it can."""
        if self.url:
            return ""
        if self.stored.scan == ScanState.PENDING:
            return "L’antivirus analyse ce fichier : revenez dans quelques minutes."
        return "Ce fichier a été retiré : l’antivirus l’a trouvé dangereux."


@dataclass
class Sheet:
    """The screen of `case`. `steps`: [(Step, [Line])] of its answers; `files`: those of the answers."""

    case: Case
    steps: list
    files: list
    events: list
    notes: list
    messages: list
    documents: list
    appointments: list
    today: object = field(default_factory=timezone.localdate)

    @cached_property
    def statuses(self):
        """Those that don't end the case, that an agent may give it now."""
        return [status for status in statuses_for(self.case) if not status.final]

    @cached_property
    def endings(self):
        return [status for status in statuses_for(self.case) if status.final]

    @cached_property
    def letters(self):
        """The templates of letters that serve it."""
        return list(templates_for(self.case)) if self.case.state != CaseState.WITHDRAWN else []

    @property
    def can_be_corrected(self):
        return self.case.is_open and bool(correctable_fields(self.case))

    @property
    def first_shown(self):
        """The file that the frame shows first."""
        return next((file for file in self.files if file.url), None)

    @property
    def asked(self):
        """The labels of what the applicant was asked to correct."""
        keys = self.case.correction.get("fields", ())
        return [one.label for key, one in self.case.definition.fields.items() if key in keys]

    @property
    def asked_message(self):
        return self.case.correction.get("message", "")

    @property
    def late(self):
        """Whether agents should have answered before today."""
        return self.runs and self.case.due_on < self.today

    @property
    def runs(self):
        """Whether a time limit runs: not while its applicant corrects the case."""
        return self.case.is_open and self.case.due_on is not None and self.case.state != CaseState.TO_CORRECT

    @property
    def silence(self):
        return SILENCE.get(self.case.silence, "") if self.runs else ""

    @property
    def unread(self):
        return sum(not message.from_agent and message.read_at is None for message in self.messages)

    @property
    def came(self):
        """How it came in, when it is not by its applicant online."""
        return self.case.get_channel_display() if self.case.channel != Channel.ONLINE else ""

    @property
    def last_event(self):
        """What a form opened now has seen."""
        return max((event.pk for event in (*self.events, *self.notes)), default=0)


def sheet(case):
    """Return the Sheet of `case` (fetched with RELATED)."""
    events = list(case.events.select_related("by").order_by("-at", "-pk"))
    context = context_of(case=case, profile=case.profile)
    steps = display(case.definition, case.answers, context)
    documents = list(case.documents.select_related("file", "produced_by"))
    for document in documents:
        document.url = reverse("cases:document", args=[case.pk, document.pk])
    return Sheet(
        case=case,
        steps=steps,
        files=[shown_file(case, stored, line.label) for _step, lines in steps for line, stored in _files(lines)],
        events=[event for event in events if event.kind != EventKind.NOTE],
        notes=[event for event in events if event.kind == EventKind.NOTE],
        messages=_messages(case),
        documents=documents,
        appointments=list(case.appointments.select_related("kind")),
    )


def _files(lines):
    """(line, file) of each file of `lines`, those of repeated groups too."""
    for line in lines:
        for stored in line.files:
            yield line, stored
        for row in line.rows:
            yield from _files(row)


def shown_file(case, stored, about):
    """Return the ShownFile of `stored`, a file of `case`: no address before the antivirus passed it."""
    url = reverse("cases:file", args=[case.pk, stored.public_id]) if stored.released and stored.file else ""
    return ShownFile(stored, url, about)


def _messages(case):
    messages = list(case.messages.select_related("author").prefetch_related("files").order_by("sent_at", "pk"))
    for message in messages:
        message.shown_files = [shown_file(case, stored, "message") for stored in message.files.all()]
    return messages


def effect_of(case):
    """Return (what accepting `case` will do, why it can't be), as two lists of sentences."""
    handler = handlers.get(case.version.handling.get("handler", ""))
    return (handler.preview(case), handler.problems(case)) if handler else ([], [])


def news_since(case, event_pk):
    """Return what happened to `case` after the event `event_pk`, notes apart: [CaseEvent]."""
    return list(case.events.filter(pk__gt=event_pk).exclude(kind=EventKind.NOTE).select_related("by"))


def file_of(case, public_id):
    """Return the StoredFile `public_id` of `case`: its answers', its messages', its receipt. Raises DoesNotExist."""
    named = Q(case_files__case=case) | Q(pk__in=case.messages.values("files")) | Q(pk=case.receipt_id)
    return StoredFile.objects.filter(named).distinct().get(public_id=public_id)

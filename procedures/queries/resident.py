"""What a resident reads of their cases: the lists, and one case whole. Fixed numbers of queries."""

from collections import Counter
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Prefetch, Q
from django.utils import timezone

from ..enums import FINAL, OPEN, AppointmentState, CaseState, Silence
from ..models import Case, CaseDocument, CaseEvent, CaseMessage
from ..progress import filled_in, progress_of
from ..statuses import status_of
from .appointments import appointments_of

# How « Mes dossiers » is filtered: {value in the address: (label, states)}.
FILTERS = {
    "": ("Tous", ()),
    "a-completer": ("À compléter", (CaseState.TO_CORRECT,)),
    "en-cours": ("En cours", (CaseState.RECEIVED, CaseState.IN_REVIEW)),
    "termines": ("Terminés", FINAL),
}
SILENCE = {
    Silence.ACCEPTED: "Sans réponse à cette date, votre demande est acceptée.",
    Silence.REFUSED: "Sans réponse à cette date, votre demande est refusée.",
}
# What a list reads of a case: neither its answers nor its page's form.
LISTED = (
    "public_id",
    "number",
    "state",
    "status_label",
    "status_tone",
    "filed_at",
    "touched_at",
    "due_on",
    "profile",
    "page__title",
    "department__name",
)


def _of(profile):
    """The cases of `profile`. Without a profile, none: `profile=None` would be those filed without an account."""
    return Case.objects.filter(profile=profile) if profile else Case.objects.none()


def state_counts(profile):
    """Return {state: number of cases} of `profile`, drafts included: 1 query."""
    rows = _of(profile).order_by().values_list("state").annotate(n=Count("pk"))
    return Counter(dict(rows))


def filter_choices(counts):
    """Return [(value, label, number of cases)] of the filters, from what `state_counts` gave."""
    filed = counts.total() - counts[CaseState.DRAFT]
    return [
        (value, label, sum(counts[state] for state in states) if states else filed)
        for value, (label, states) in FILTERS.items()
    ]


def filed_cases(profile, states=()):
    """The cases of `profile` that were filed, newest first, each knowing whether it has a message to read (`news`)."""
    unread = CaseMessage.objects.filter(case=OuterRef("pk"), from_agent=True, read_at=None)
    cases = _of(profile).exclude(state=CaseState.DRAFT)
    if states:
        cases = cases.filter(state__in=states)
    return cases.annotate(news=Exists(unread)).select_related("page", "department").only(*LISTED)


def drafts(profile):
    """The drafts of `profile`, last touched first, each with its procedure's name."""
    cases = _of(profile).filter(state=CaseState.DRAFT).select_related("page")
    return cases.only("public_id", "state", "touched_at", "profile", "page__title").order_by("-touched_at", "-pk")


def drafts_with_forms(profile):
    """The same, each with its answers and its form: what says how much is filled in."""
    return (
        drafts(profile)
        .only("public_id", "state", "touched_at", "profile", "answers", "page__title", "version__form")
        .select_related("page", "version")
    )


def with_progress(cases):
    """Return the listed `cases` as a list, each with its `progress`."""
    found = list(cases)
    for case in found:
        case.progress = progress_of(case.state, case.status_label)
    return found


def with_filling(cases):
    """Return the drafts `cases` as a list, each with what is `filled` of how many questions are `asked`."""
    found = list(cases)
    for case in found:
        case.filled, case.asked = filled_in(case.definition, case.answers)
    return found


def waiting_for(profile):
    """Return the cases of `profile` that wait for the resident: to correct, or with a message to read. 1 query."""
    unread = CaseMessage.objects.filter(case=OuterRef("pk"), from_agent=True, read_at=None)
    cases = _of(profile).filter(number__isnull=False).annotate(news=Exists(unread))
    waiting = cases.filter(Q(state=CaseState.TO_CORRECT) | Q(news=True))
    return list(waiting.select_related("page").only(*(name for name in LISTED if name != "department__name")))


def open_cases(profile, count):
    """Return the `count` open cases of `profile` that were filed last, for the dashboard."""
    return with_progress(filed_cases(profile, OPEN)[:count])


def case_of(profile, public_id):
    """Return the case `public_id` of `profile`, with all that its page reads of it. Raises Case.DoesNotExist."""
    related = ("page", "version", "profile", "department__contact")
    # The page's texts and form, and the agents' own columns, weigh much and are not read here.
    return _of(profile).select_related(*related).get(public_id=public_id)


class CaseView:
    """One filed case as its resident reads it; `seat` says who reads and where things are (`seat.url(name, *args)`)."""

    def __init__(self, case, seat):
        self.case, self.seat = case, seat

    @cached_property
    def urls(self):
        """{name: address} of what the seat has, "" for what it has not."""
        names = ("case", "form", "receipt", "copy", "message", "read", "withdraw", "refile")
        return {name: self.seat.url(name) for name in names}

    @cached_property
    def status(self):
        """The `Status` of the version; None for a draft."""
        return status_of(self.case.version.statuses, self.case.status) if self.case.status else None

    @cached_property
    def progress(self):
        return progress_of(self.case.state, self.case.status_label)

    @property
    def silence(self):
        """What it means when nobody answered in time, in words; "" when it means nothing."""
        return SILENCE.get(self.case.silence, "")

    @property
    def to_correct(self):
        """What an agent asked to correct: {"message", "labels"}; None when nothing is."""
        if self.case.state != CaseState.TO_CORRECT:
            return None
        fields = self.case.definition.fields
        asked = self.case.correction.get("fields", ())
        return {
            "message": self.case.correction.get("message", ""),
            "labels": [fields[key].label for key in asked if key in fields],
        }

    @cached_property
    def events(self):
        return list(CaseEvent.objects.filter(case=self.case, public=True))

    @property
    def entries(self):
        """The timeline, newest first, as `{% timeline %}` takes it."""
        return [
            {"date": event.at, "title": event.title, "text": event.text, "tone": event.tone}
            for event in reversed(self.events)
        ]

    @cached_property
    def messages(self):
        files = Prefetch("files", to_attr="attached")
        found = list(CaseMessage.objects.filter(case=self.case).prefetch_related(files))
        for message in found:
            message.mine = not message.from_agent
            message.is_new = message.from_agent and message.read_at is None
            for file in message.attached:
                file.address = self.seat.url("file", file.public_id)
        return found

    @property
    def unread(self):
        """How many messages of the service the resident has not read."""
        return sum(message.is_new for message in self.messages)

    @cached_property
    def documents(self):
        found = list(CaseDocument.objects.filter(case=self.case).select_related("file"))
        for document in found:
            document.address = self.seat.url("document", document.file.public_id)
        return found

    @cached_property
    def appointments(self):
        now = timezone.now()
        found = appointments_of(self.case)
        for appointment in found:
            appointment.to_come = appointment.state == AppointmentState.BOOKED and appointment.starts_at > now
            if appointment.to_come:
                appointment.cancel_url = self.seat.url("cancel_appointment", appointment.pk)
                appointment.ics_url = self.seat.url("ics", appointment.pk)
        return found

    @property
    def expected(self):
        """Whether an appointment of the case is still to come."""
        return any(appointment.to_come for appointment in self.appointments)

    # What may be done ---------------------------------------------------------------------------------------------

    @property
    def may_write(self):
        return self.seat.may_write

    @property
    def may_withdraw(self):
        return self.may_write and self.case.state in OPEN

    @property
    def may_send(self):
        """A message: as long as the case was not taken back."""
        return self.may_write and self.case.state not in (CaseState.DRAFT, CaseState.WITHDRAWN)

    @property
    def may_refile(self):
        return self.may_write and self.case.profile_id is not None and self.case.state in FINAL

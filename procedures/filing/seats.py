"""Where a case is filled in from, and who does it: a member of a profile, somebody without an account, an agent.

The screens of `procedures.filing.views` know nothing else of the person.
"""

from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import cached_property

from accounts.throttle import origin
from documents.models import StoredFile
from documents.services import uploads

from .. import perms
from ..addresses import CATALOGUE, drafts_path
from ..forms import context_of
from ..queries.filing import working
from ..services.actors import may_fill
from .grants import grant_of


class Seat:
    """`case`, seen from one place. Subclasses say whose: `by` (what services take), `root` (their address)."""

    kind = ""
    base = "theme/focus.html"
    exit_label = "Quitter"
    # Names of `routes.TABLE` that this seat lacks.
    lacks = frozenset()
    # Whether who sits here chooses among the documents of the profile.
    reuses = True

    def __init__(self, request, case):
        self.request, self.case = request, case

    @property
    def user(self):
        """The User who sits here, or None."""
        return self.request.user if self.request.user.is_authenticated else None

    @property
    def by(self):
        return self.user

    @property
    def person(self):
        """The User whose account fills the form in, or None."""
        return self.user

    @property
    def profile(self):
        return self.case.profile

    @cached_property
    def may_write(self):
        return may_fill(self.by, self.case)

    @cached_property
    def root(self):
        raise NotImplementedError

    def url(self, name, *args):
        """Return the address of the screen `name` of this case; "" for one that the seat lacks."""
        from .routes import path_of

        if name in self.lacks:
            return ""
        try:
            return self.root + path_of(name, *args)
        except NoReverseMatch:
            return ""

    def render(self, request, template, context):
        """Return the page, which no cache keeps."""
        own = {"seat": self, "case": self.case, "page": self.case.page, "crumbs": self.crumbs_of()}
        context = {**own, **context}
        response = TemplateResponse(request, template, context)
        patch_cache_control(response, private=True, no_store=True)
        return response

    def crumbs_of(self):
        """The path above the screens of this case: [(label, url)]."""
        return []

    @cached_property
    def working(self):
        return working(self.case)

    def forget(self):
        """The case changed: what was worked out of it is no longer true."""
        self.__dict__.pop("working", None)
        self.__dict__.pop("form_context", None)

    @cached_property
    def form_context(self):
        """What the form knows of the person (`forms.FormContext`)."""
        return context_of(
            user=self.person,
            profile=self.profile,
            case=self.case,
            receive=self.receive,
            file_url=lambda public_id: self.url("file", public_id),
            reuses=self.reuses,
        )

    def receive(self, upload):
        """Check and store `upload`; returns the StoredFile. Raises ValidationError, Throttled, PermissionDenied."""
        return uploads.receive(by=self.user, profile=self.profile, upload=upload)


class MemberSeat(Seat):
    """A member of the profile, in the resident's space. `page` is where it stands there."""

    kind = "member"

    def __init__(self, request, case, *, page):
        super().__init__(request, case)
        self.page = page

    @cached_property
    def root(self):
        return f"{self.page.get_url(self.request)}{self.case.public_id}/"

    @property
    def exit_url(self):
        return drafts_path() if self.case.number is None else self.url("case")

    @property
    def exit_label(self):
        return "Mes brouillons" if self.case.number is None else "Retour au dossier"


class AnonymousSeat(Seat):
    """Somebody without an account whose session proved the case theirs."""

    kind = "anonymous"
    lacks = frozenset({"refile"})

    def __init__(self, request, case):
        super().__init__(request, case)
        self.received = []

    @property
    def user(self):
        # Who is logged in besides has nothing to do with this case.
        return None

    @cached_property
    def by(self):
        return grant_of(self.request, self.case)

    @cached_property
    def root(self):
        return reverse("procedures:case", args=[self.case.public_id])

    @property
    def exit_url(self):
        return self.case.page.get_url(self.request) if self.case.number is None else self.url("case")

    @property
    def exit_label(self):
        return "Retour à la démarche" if self.case.number is None else "Retour au dossier"

    def crumbs_of(self):
        return [CATALOGUE]

    def receive(self, upload):
        # Those that came with the same form are not the case's yet, and share its room.
        files = {*StoredFile.objects.filter(case_files__case=self.case), *self.received}
        stored = uploads.receive_anonymous(upload=upload, origin=origin(self.request), files=files)
        self.received.append(stored)
        return stored


class AgentSeat(Seat):
    """An agent who types a case for somebody, at the desk or on the telephone."""

    kind = "agent"
    # The right to file for a resident is none to read what they keep in « Mes documents ».
    reuses = False
    exit_label = "Retour à l’espace des agents"
    lacks = frozenset(
        {"case", "message", "read", "withdraw", "copy", "document", "cancel_appointment", "ics", "refile"}
    )

    @property
    def person(self):
        # The resident the agent acts for, if they have an account.
        return self.case.filed_by

    @cached_property
    def root(self):
        return reverse("cases:filing_for_case", args=[self.case.public_id])

    @property
    def exit_url(self):
        return reverse("cases:filing_for")

    @cached_property
    def desk_url(self):
        """Where this agent handles the case once it is filed; "" when it went to a department of others."""
        seen = perms.reviewable_cases(self.user).filter(pk=self.case.pk).exists()
        return reverse("cases:case", args=[self.case.pk]) if seen else ""

    def crumbs_of(self):
        return [("Déposer pour un usager", self.exit_url)]

    def receive(self, upload):
        return uploads.receive_from_staff(by=self.user, profile=self.profile, upload=upload)

"""For whom an agent files: residents found by name or e-mail, procedures that can be filed, and what was begun."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.models import Membership, Profile, User

from ..enums import Access, CaseState
from ..forms import reading
from ..models import Case, ProcedurePage

MOST = 20
MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Applicant:
    """A profile, and the member of it who is there; None for one without an account."""

    profile: Profile
    user: User | None

    @property
    def value(self):
        """What the form's choice carries."""
        return f"{self.profile.pk}:{self.user.pk if self.user else ''}"


def find(query):
    """Return the Applicants whose profile or account has all the words of `query`; ([], False) for no word.

    The second value says whether there are more than are shown.
    """
    words = reading.text(query).split()[:MOST_WORDS]
    if not words:
        return [], False
    found = Profile.objects.all()
    for word in words:
        named = (
            Q(user__email__icontains=word) | Q(user__first_name__icontains=word) | Q(user__last_name__icontains=word)
        )
        member = Membership.objects.active().filter(named, profile=OuterRef("pk"))
        found = found.filter(Q(name__icontains=word) | Exists(member))
    profiles = list(_with_members(found).order_by("name", "pk")[: MOST + 1])
    return [applicant for profile in profiles[:MOST] for applicant in _applicants(profile)], len(profiles) > MOST


def applicant_of(value):
    """Return the Applicant that a form's choice names, or None."""
    profile_pk, _sep, user_pk = value.partition(":")
    if not profile_pk.isdecimal() or len(profile_pk) > 18:
        return None
    profile = _with_members(Profile.objects.filter(pk=int(profile_pk))).first()
    applicants = _applicants(profile) if profile else []
    return next((one for one in applicants if one.value == value), None)


def _with_members(profiles):
    members = Membership.objects.active().filter(user__is_active=True).select_related("user").order_by("pk")
    return profiles.prefetch_related(Prefetch("memberships", queryset=members, to_attr="active_members"))


def _applicants(profile):
    return [Applicant(profile, member.user) for member in profile.active_members] or [Applicant(profile, None)]


def procedures_to_file():
    """Return the published procedures that have a form, by title; `.for_anyone`: without an account too."""
    pages = ProcedurePage.objects.live().filter(versions__isnull=False).distinct().order_by("title")
    found = [page for page in pages if page.is_online]
    for page in found:
        page.for_anyone = page.access == Access.ANYONE
    return found


def begun_by(agent):
    """Return the drafts that `agent` types for residents, the newest first."""
    drafts = Case.objects.filter(state=CaseState.DRAFT, entered_by=agent).select_related("page", "profile")
    return drafts.order_by("-touched_at")[:MOST]

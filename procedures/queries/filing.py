"""What filling in a case reads: the form and the answers as they stand now, who may file, what was begun before."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.enums import ProfileKind
from accounts.queries.family import children_of
from water.queries import contracts_of

from ..definition import Definition
from ..enums import OPEN, CaseState
from ..forms import correctable, migrate
from ..models import Case, ProcedureVersion
from ..services.versions import current

AUDIENCES = {
    ProfileKind.INDIVIDUAL: "aux particuliers",
    ProfileKind.HOUSEHOLD: "aux foyers",
    ProfileKind.ORGANISATION: "aux organismes",
}


@dataclass(frozen=True)
class Working:
    """A case as it is filled in now.

    A draft follows the newest version of its procedure: `lost` names the answers that could not be carried there. A
    case to correct keeps its version, and opens the fields `only`; what is typed waits apart until it is sent back.
    """

    version: ProcedureVersion
    answers: dict
    only: frozenset | None = None
    lost: tuple = ()
    editable: bool = True

    @property
    def definition(self) -> Definition:
        return self.version.definition

    @property
    def correcting(self):
        return self.only is not None


def working(case):
    """Return the Working of `case`: at most one query."""
    if case.state == CaseState.DRAFT:
        newest = current(case.page) or case.version
        if newest.pk == case.version_id:
            return Working(case.version, case.answers)
        answers, lost = migrate(case.answers, case.version.definition, newest.definition)
        return Working(newest, answers, lost=tuple(lost))
    if case.state == CaseState.TO_CORRECT:
        only = frozenset(correctable(case.definition, case.correction.get("fields", ())))
        begun = case.correction.get("answers", case.answers)
        # Asked for something else since, what was begun of the rest is neither shown nor checked: it must not slip in.
        own = {key: answer for key, answer in begun.items() if key in only}
        rest = {key: answer for key, answer in case.answers.items() if key not in only}
        return Working(case.version, {**rest, **own}, only=only)
    return Working(case.version, case.answers, editable=False)


def drafts_of(page, *, profile=None, email="", agent=None):
    """The drafts of `page` that a person finds again: a profile’s (those that `agent` types, if any), an address’s."""
    found = Case.objects.filter(page=page, state=CaseState.DRAFT, profile=profile, entered_by=agent)
    return found if profile else found.filter(email=email)


def running_case(page, profile):
    """Return an open case of `profile` for `page`, or None."""
    return Case.objects.filter(page=page, profile=profile, state__in=OPEN).order_by("-filed_at").first()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a profile may not file, and what to do about it (`action` at `url`, both or none)."""

    sentence: str
    url: str = ""
    action: str = ""


def why_not(page, profile, *, today=None):
    """Return the Refusal that keeps `profile` from filing `page` now, or None. At most 3 queries."""
    today = today or timezone.localdate()
    if not page.is_for(profile):
        return Refusal(f"Cette démarche est réservée {_audience(page)}.")
    if page.needs_contract and not any(
        contract.terminated_on is None or contract.terminated_on >= today for contract in contracts_of(profile)
    ):
        return Refusal(
            "Cette démarche est réservée aux titulaires d’un contrat d’eau, et aucun contrat en cours n’est rattaché à "
            "ce profil.",
            "/mon-compte/contrats/associer/",
            "Associer un contrat",
        )
    if page.needs_child and not children_of(profile):
        return Refusal(
            "Cette démarche est réservée aux parents, et aucun enfant n’est inscrit dans ce profil.",
            "/mon-compte/famille/",
            "Voir ma famille",
        )
    if page.one_at_a_time and (case := running_case(page, profile)):
        return Refusal(
            f"Le dossier {case.number} est déjà en cours pour cette démarche : attendez la réponse, ou retirez-le.",
            f"/mon-compte/demarches/{case.public_id}/",
            f"Voir le dossier {case.number}",
        )
    return None


def _audience(page):
    return " et ".join(words for kind, words in AUDIENCES.items() if page.is_for_kind(kind)) or "à d’autres profils"

"""Publishing a procedure freezes it in a version; who published reads what changed for whom."""

from dataclasses import dataclass

from django.db import transaction
from wagtail.log_actions import log

from ..building.changes import changes
from ..enums import OPEN, CaseState
from ..models import Case, ProcedureVersion
from .versions import current, freeze

# Beyond, the sentence counts what it doesn't name.
NAMED = 4


@dataclass(frozen=True, slots=True)
class Publication:
    """What a publication did: the version, whether it is a new one, and what changed."""

    version: ProcedureVersion
    is_new: bool
    changes: tuple[str, ...]
    drafts: int
    open_cases: int

    @property
    def sentence(self):
        """What who published reads."""
        if not self.is_new:
            return f"Le formulaire n’a pas changé : la version {self.version.number} reste en service."
        if self.version.number == 1:
            return "Le formulaire est en service : c’est sa première version."
        parts = [f"Version {self.version.number} du formulaire."]
        parts += self.changes[:NAMED] or ["Les questions restent les mêmes : les statuts ou le traitement changent."]
        if (more := len(self.changes) - NAMED) > 0:
            parts.append(f"Et {_count(more, 'autre changement')}.")
        if self.drafts:
            parts.append(
                f"{_count(self.drafts, 'brouillon')} {_verb(self.drafts, 'suivra', 'suivront')} cette version."
            )
        if self.open_cases:
            kept = _verb(self.open_cases, "garde la sienne", "gardent la leur")
            parts.append(f"{_count(self.open_cases, 'dossier')} en cours {kept}.")
        return " ".join(parts)


@transaction.atomic
def record_publication(page, *, by=None):
    """Freeze what `page` publishes, and return the ProcedureVersion; None for a page that has no form to file.

    Wagtail checked the right to publish; its own log has the publication, ours the version.
    """
    if not page.form:
        return None
    before = current(page)
    version = freeze(page, by=by)
    if before is None or version.pk != before.pk:
        log(page, "procedures.version.publish", user=by, data={"number": version.number})
    return version


def publication_of(version, *, before):
    """Return the Publication of `version`, where `before` (a version or None) was the newest until then."""
    is_new = before is None or version.pk != before.pk
    cases = Case.objects.filter(page=version.page_id)
    return Publication(
        version=version,
        is_new=is_new,
        changes=tuple(changes(before.definition, version.definition)) if before and is_new else (),
        drafts=cases.filter(state=CaseState.DRAFT).count() if is_new else 0,
        open_cases=cases.filter(state__in=OPEN).exclude(version=version).count() if is_new else 0,
    )


def _count(number, word):
    return f"{number} {word}{'s' if number > 1 else ''}"


def _verb(number, singular, plural):
    return plural if number > 1 else singular

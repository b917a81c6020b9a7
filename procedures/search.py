"""How agents find a case by what it says: words without accents or capitals, kept beside each case. Pure."""

import re

from cms.search import fold

from .conditions import is_empty
from .enums import FieldKind

# What a person writes in words. An IBAN stays out: nobody looks for one, and it need not be copied about.
SEARCHED = {
    FieldKind.SHORT_TEXT,
    FieldKind.LONG_TEXT,
    FieldKind.EMAIL,
    FieldKind.PHONE,
    FieldKind.ADDRESS,
    FieldKind.CONTRACT,
    FieldKind.CHOICE,
    FieldKind.CHOICES,
}
MAX_LENGTH = 10_000
MAX_WORDS = 12


def search_text_of(case):
    """Return what the worklist searches of `case`: number, who asks, procedure, answers; to be kept in `search_text`.

    No query when its page, version and profile are loaded.
    """
    profile = case.profile.name if case.profile_id else ""
    parts = [case.number or "", case.applicant, profile, case.email, case.page.title]
    for key, field in case.definition.fields.items():
        parts += _texts(field, case.answers.get(key))
    text = fold(" ".join(" ".join(part.split()) for part in parts if part))
    return text[:MAX_LENGTH]


def words_of(query):
    """Return the folded words that all must be found, of what an agent typed."""
    return fold(query).split()[:MAX_WORDS]


def _texts(field, answer):
    """Return the texts of one answer, those of a repeated group's rows too."""
    if is_empty(answer):
        return []
    if field.kind == FieldKind.GROUP:
        rows = [row for row in answer if isinstance(row, dict)]
        return [text for row in rows for inner in field.fields for text in _texts(inner, row.get(inner.key))]
    if field.kind not in SEARCHED:
        return []
    if field.kind == FieldKind.PHONE:
        # As it is read, and as it may be typed.
        return [str(answer), re.sub(r"\D", "", str(answer))]
    if field.options:
        labels = {option.key: option.label for option in field.options}
        chosen = answer if isinstance(answer, list) else [answer]
        return [labels.get(key, "") for key in chosen]
    if isinstance(answer, dict):
        return [str(value) for value in answer.values() if value]
    return [str(answer)]

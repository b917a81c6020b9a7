"""The letters that agents produce from a case: its values put in a template's text, and the page as PDF."""

import re
from pathlib import Path

from django.utils import timezone

from theme import pdf
from theme.formats import full_date

from .forms import context_of, display

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"
WORD = re.compile(r"\{([\w:-]+)\}")
# What stands between braces in a template, as its editor reads it.
WORDS = {
    "numero": "le numéro du dossier",
    "demandeur": "le nom du demandeur",
    "demarche": "le titre de la démarche",
    "date_depot": "la date de dépôt",
    "statut": "le statut du dossier",
    "service": "le service qui traite",
    "agent": "l’agent qui écrit",
    "date": "la date du jour",
    "reponse:cle": "la réponse au champ de cette clé",
}


def fill(text, values):
    """Return `text` with each `{word}` of `values` replaced; a word that is not there stays as it is written."""
    return WORD.sub(lambda found: values.get(found[1], found[0]), text)


def left_over(*texts):
    """Return the words between braces that nothing replaced, in order, each once."""
    return list(dict.fromkeys(found[0] for text in texts for found in WORD.finditer(text)))


def values_of(case, *, by):
    """Return {word: value} of `case`, for a letter that `by` writes today."""
    lines = [line for _step, lines in display(case.definition, case.answers, context_of(case=case)) for line in lines]
    answered = {line.key: _shown(line) for line in lines}
    return {
        # A field that the answers hid is empty, not a word left in the letter.
        **{f"reponse:{key}": answered.get(key, "") for key in case.definition.fields},
        "numero": case.number,
        "demandeur": case.applicant,
        "demarche": case.page.title,
        "date_depot": full_date(case.filed_at),
        "statut": case.status_label,
        "service": case.department.name if case.department else "",
        "agent": by.get_full_name(),
        "date": full_date(timezone.now()),
    }


def _shown(line):
    if line.files:
        return ", ".join(file.name for file in line.files)
    if line.rows:
        return " ; ".join(", ".join(_shown(cell) for cell in row if _shown(cell)) for row in line.rows)
    return line.value


def render_letter(case, *, title, text, signatory="", now=None):
    """Return the PDF (bytes) of a letter about `case`: `title` is its object, blank lines of `text` part paragraphs."""
    now = now or timezone.now()
    department, profile = case.department, case.profile
    data = {
        **pdf.letterhead(),
        "department": department.name if department else "",
        "contact": ways_to_reach(department.contact if department else None),
        "recipient": [case.applicant, *_address(profile)],
        "number": case.number,
        "procedure": case.page.title,
        "date": full_date(now),
        "title": title,
        "paragraphs": [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()],
        "signatory": signatory,
    }
    return pdf.render(TEMPLATE, data, at=now)


def ways_to_reach(contact):
    """Return what a letter says under the department's name, of its ContactPoint, if any."""
    return [word for word in (contact.email, contact.free_number) if word] if contact else []


def _address(profile):
    if profile is None:
        return []
    town = " ".join(part for part in (profile.postcode, profile.town) if part)
    return [part for part in (profile.address, profile.address_complement, town) if part]

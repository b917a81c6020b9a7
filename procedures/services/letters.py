"""A letter is written from a template, edited by an agent, and filed in « Mes documents » of the applicant (s2.11)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from documents.enums import FolderKind
from documents.services import folders

from ..enums import EventKind
from ..forms import reading
from ..letters import left_over, render_letter
from ..models import CaseDocument
from ..subject import subject_of
from .review import check_right, opened
from .statuses import grow, record, tell

TITLE_LENGTH = CaseDocument._meta.get_field("title").max_length
TEXT_LENGTH = 20_000


def produce_letter(*, by, case, template, title, text, revision=None):
    """Make the PDF of a letter about `case`, file it and tell its applicant; returns the CaseDocument.

    `template`: the LetterTemplate it was written from; `title` and `text` as the agent left them. Raises
    PermissionDenied, Stale, ValidationError when something is missing or a word between braces is left.
    """
    check_right(by, case)
    title, text = check_letter(template=template, case=case, title=title, text=text)
    # Outside the transaction: it takes time and touches nothing.
    content = render_letter(case, title=title, text=text, signatory=template.signatory)
    with transaction.atomic():
        return _file(by, case, template, title, content, revision)


def check_letter(*, template, case, title, text):
    """Return `title` and `text` as they are printed. Raises ValidationError."""
    title, text = " ".join(reading.text(title).split()), reading.text(text).strip()
    if not templates_for(case).filter(pk=template.pk).exists():
        raise ValidationError("Ce modèle de courrier ne sert pas à cette démarche.")
    if not title or not text:
        raise ValidationError("Écrivez l’objet et le texte du courrier.")
    if len(title) > TITLE_LENGTH:
        raise ValidationError(f"L’objet est trop long : {TITLE_LENGTH} caractères au plus.")
    if len(text) > TEXT_LENGTH:
        raise ValidationError(f"Le texte est trop long : {TEXT_LENGTH} caractères au plus.")
    if words := left_over(title, text):
        raise ValidationError(f"Remplacez les mots entre accolades : {', '.join(words)}.")
    return title, text


def templates_for(case):
    """Return the active LetterTemplates that serve the procedure of `case`."""
    templates = case.page.letters.model.objects.filter(active=True)
    return (templates.filter(procedures=None) | templates.filter(procedures=case.page_id)).distinct()


def _file(by, case, template, title, content, revision):
    case = opened(by, case, revision)
    name = f"{title[:100]}.pdf"
    stored = folders.produce(content=content, name=name, profile=case.profile, by=by)
    document = CaseDocument.objects.create(case=case, title=title, file=stored, produced_by=by)
    folders.file_produced(
        profile=case.profile,
        kind=FolderKind.RECEIVED,
        folder=template.folder,
        title=title,
        source=f"procedures.letter:{document.pk}",
        stored=stored,
        by=by,
        **subject_of(case),
    )
    record(case, EventKind.DOCUMENT, title, by=by, public=True, tone="info")
    grow(case)
    log(instance=case, action="procedures.case.letter", user=by, data={"document": document.pk})
    tell(
        case,
        "document",
        title=f"Nouveau document : dossier {case.number}",
        text=title,
        source=f"procedures.letter:{document.pk}",
        context={"title": title},
    )
    return document

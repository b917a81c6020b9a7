"""The copy of a case as a PDF (s2.14): its answers, the list of its attachments, its history. Made when asked for."""

from pathlib import Path

from django.utils import timezone

from theme import pdf
from theme.formats import full_moment

from .enums import Channel
from .forms import display

TEMPLATE = Path(__file__).parent / "typst" / "copy.typ"


def render_copy(view, context):
    """Return the PDF (bytes) of the case of a `CaseView`; `context`: the FormContext that words its answers."""
    case, now = view.case, timezone.localtime()
    sections = display(case.definition, case.answers, context)
    data = {
        **pdf.letterhead(),
        "number": case.number,
        "procedure": case.page.title,
        "applicant": case.applicant,
        "profile": case.profile.name if case.profile else "",
        "channel": "" if case.channel == Channel.ONLINE else case.get_channel_display(),
        "filed": _moment(case.filed_at),
        "status": case.status_label,
        "explanation": view.status.explanation if view.status else "",
        "sections": [{"title": step.title, "lines": _lines(lines)} for step, lines in sections],
        "attachments": _attachments(view, sections),
        "documents": [{"name": one.title, "from": _moment(one.produced_at)} for one in view.documents],
        "history": [{"at": _moment(event.at), "title": event.title, "text": event.text} for event in view.events],
        "department": case.department.name if case.department else "",
        "made": _moment(now),
    }
    return pdf.render(TEMPLATE, data, at=now)


def _moment(at):
    return full_moment(at) if at else ""


def _lines(lines):
    """The answers of a step as [{label, value}]; the rows of a group one after the other, each with its number."""
    found = []
    for line in lines:
        if line.rows:
            for number, row in enumerate(line.rows, start=1):
                found.append({"label": f"{line.label}, n° {number}", "value": "", "heading": True})
                found.extend(_lines(row))
            continue
        value = ", ".join(file.name for file in line.files) if line.files else line.value
        found.append({"label": line.label, "value": value or "–", "heading": False})
    return found


def _attachments(view, sections):
    """Every file of the case once: those of the answers, then those of the messages."""
    found = {}
    for _step, lines in sections:
        for label, file in files_in(lines):
            found.setdefault(file.pk, (label, file))
    for message in view.messages:
        for file in message.attached:
            found.setdefault(file.pk, ("Message du " + _moment(message.sent_at), file))
    return [{"name": file.name, "from": label, "size": file.size_text} for label, file in found.values()]


def files_in(lines):
    """Yield (label of the question, StoredFile) of the answers `lines`, those of groups too."""
    for line in lines:
        for file in line.files:
            yield line.label, file
        for row in line.rows:
            yield from files_in(row)

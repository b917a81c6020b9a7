"""The screens of a form being filled in: list of steps, one step, what was answered, delete. Each takes a seat.

What was typed is kept whatever happens: with an error, in a conflict of two tabs, when leaving for later.
"""

import io

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from documents import perms as documents
from documents.downloads import download, private_file, shown_file
from documents.models import StoredFile
from theme.formats import clock

from ..forms import StepForm, display, problems_of, steps_of
from ..receipts import facts_of, file_name, render_receipt
from ..services import drafts, filing
from . import grants
from .progress import next_to_do, progress_of

# From this many steps on, a list of them is the way in; fewer follow each other.
TASK_LIST = 4
TO_SUMMARY = "verification"


def task_list(seat, request):
    """The way in: the list of the steps, or the first one to do when they are few."""
    if response := _elsewhere(seat):
        return response
    steps = _progress(seat)
    to_do = next_to_do(steps)
    if len(steps) < TASK_LIST:
        return redirect(seat.url("step", to_do.step.key) if to_do else seat.url("summary"))
    return seat.render(
        request,
        "procedures/filing/task_list.html",
        {
            "title": seat.case.page.title,
            **_shared(seat),
            "tasks": [{"url": seat.url("step", one.step.key), "progress": one} for one in steps],
            "done": sum(one.done for one in steps),
            "next_url": seat.url("step", to_do.step.key) if to_do else "",
            "summary_url": seat.url("summary"),
        },
    )


def step(seat, request, key):
    """One step. « Enregistrer et continuer » checks it; whatever else is pressed keeps what was typed."""
    if response := _elsewhere(seat):
        return response
    found = next((one for one, _fields in _steps(seat) if one.key == key), None)
    if found is None:
        # Gone with another answer, or with a newer form.
        return redirect(seat.url("form"))
    if request.method == "POST":
        return _save(seat, request, found)
    return _show(seat, request, found, _form(seat, found))


def _save(seat, request, step):
    form = _form(seat, step, request.POST, request.FILES)
    valid = not form.action and form.is_valid()
    try:
        seat.case = drafts.save_step(
            by=seat.by,
            case=seat.case,
            key=step.key,
            answers=form.answers if valid else form.kept,
            base=request.POST.get("base", ""),
            done=valid,
        )
    except drafts.Changed as error:
        seat.case.refresh_from_db()
        seat.forget()
        return _show(seat, request, step, form, stored=error.stored)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect(seat.url("form"))
    seat.forget()
    if form.action:
        return redirect(f"{_again(seat, request, step)}#{form.anchor}")
    if request.POST.get("then") == "later":
        what = "Vos corrections sont enregistrées : renvoyez-les quand elles seront prêtes."
        if seat.case.number is None:
            what = f"Votre brouillon « {seat.case.page.title} » est enregistré."
        messages.success(request, what)
        return redirect(seat.exit_url)
    if not valid:
        return _show(seat, request, step, form)
    return redirect(_onwards(seat, request, step))


def _again(seat, request, step):
    """The address of the same step, which remembers that it was opened from the summary."""
    suffix = f"?retour={TO_SUMMARY}" if request.GET.get("retour") == TO_SUMMARY else ""
    return seat.url("step", step.key) + suffix


def _onwards(seat, request, step):
    """Where a complete step leads: the next one to do; the list, if asked; the summary once all is done."""
    if request.POST.get("then") == "list":
        return seat.url("form")
    to_do = next_to_do(_progress(seat), after=step.key)
    return seat.url("step", to_do.step.key) if to_do else seat.url("summary")


def _show(seat, request, step, form, stored=None):
    steps = _progress(seat)
    keys = [one.step.key for one in steps]
    number = keys.index(step.key) + 1 if step.key in keys else 1
    now = seat.working
    return seat.render(
        request,
        "procedures/filing/step.html",
        {
            "title": step.title,
            **_shared(seat),
            "step": step,
            "form": form,
            "base": drafts.base_of(now, step.key),
            "conflict": _lines(seat, step, stored) if stored is not None else None,
            "conflicting": stored is not None,
            "here": _again(seat, request, step),
            "number": number,
            "count": len(steps),
            "labels": [*(one.step.title for one in steps), "Vérification"],
            "listed": len(steps) >= TASK_LIST,
            "back_url": _back(seat, request, keys, number),
            "autosave_url": seat.url("autosave", step.key),
        },
    )


def _back(seat, request, keys, number):
    if request.GET.get("retour") == TO_SUMMARY:
        return seat.url("summary")
    if len(keys) >= TASK_LIST:
        return seat.url("form")
    return seat.url("step", keys[number - 2]) if number > 1 else ""


def _lines(seat, step, stored):
    """What is stored of a step, in words: what the other tab saved."""
    answers = {**seat.working.answers, **stored}
    sections = display(seat.working.definition, answers, seat.form_context, only=seat.working.only)
    return next((lines for one, lines in sections if one.key == step.key), [])


def autosave(seat, request, key):
    """Keep what is typed, on the way: called by the page's script, whose form says the same without it."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    now = seat.working
    found = next((one for one, _fields in _steps(seat) if one.key == key), None)
    if found is None or not now.editable:
        return JsonResponse({"message": drafts.NO_STEP if now.editable else drafts.FILED}, status=409)
    form = _form(seat, found, request.POST, partial=True)
    form.is_valid()
    try:
        seat.case = drafts.save_step(
            by=seat.by, case=seat.case, key=key, answers=form.kept, base=request.POST.get("base", "")
        )
    except ValidationError as error:
        return JsonResponse({"message": error.messages[0]}, status=409)
    seat.forget()
    at = clock(timezone.now())
    base = drafts.base_of(seat.working, key)
    return JsonResponse({"saved": f"Brouillon enregistré à {at}", "hidden": {"base": base}})


def summary(seat, request):
    """« Vérification » : every answer with « Modifier », then the button that files the case."""
    if response := _elsewhere(seat):
        return response
    if request.method == "POST":
        return _send(seat, request)
    return _summary(seat, request)


def _send(seat, request):
    revision, version = _number(request.POST.get("revision")), _number(request.POST.get("version"))
    correcting = seat.working.correcting
    try:
        if correcting:
            case = filing.resubmit(by=seat.by, case=seat.case, revision=revision)
        else:
            case = filing.submit(by=seat.by, case=seat.case, revision=revision, version=version)
    except filing.Moved as error:
        messages.warning(request, error.messages[0])
        return redirect(seat.url("summary"))
    except filing.Incomplete as error:
        return _summary(seat, request, problems=error.problems)
    except ValidationError as error:
        return _summary(seat, request, refusals=error.messages)
    if correcting:
        messages.success(request, "Vos corrections sont envoyées. Le service reprend l’étude de votre dossier.")
        return redirect(seat.url("case"))
    grants.keep_code(request, case)
    return redirect(seat.url("filed"))


def _number(text):
    """The number of a hidden input; 0 is no revision, and sends back to the summary."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def _summary(seat, request, problems=None, refusals=()):
    now, opening = seat.working, seat.case.page.opening()
    steps = _progress(seat)
    tried = problems is not None
    if not tried:
        found = problems_of(now.definition, now.answers, seat.form_context, only=now.only)
        problems = {key: [(one.key, str(one)) for one in several] for key, several in found.items()}
    answered = display(now.definition, now.answers, seat.form_context, only=now.only)
    for line in (line for _step, lines in answered for line in lines):
        for stored in line.files:
            stored.url = seat.url("file", stored.public_id)
    sections = [
        {
            "step": step,
            "lines": lines,
            "url": f"{seat.url('step', step.key)}?retour={TO_SUMMARY}",
            # A part of a form has `part-q-<key>` for its id.
            "problems": [{"key": key, "sentence": sentence} for key, sentence in problems.get(step.key, ())],
        }
        for step, lines in answered
    ]
    return seat.render(
        request,
        "procedures/filing/summary.html",
        {
            "title": "Vérifiez vos réponses",
            **_shared(seat),
            "sections": sections,
            "wrong": [section for section in sections if section["problems"]],
            "tried": tried,
            "refusals": refusals,
            "opening": opening,
            # An agent at the desk takes what is late, and a correction was asked for.
            "closed": not opening.is_open and not now.correcting and seat.kind != "agent",
            "revision": seat.case.revision,
            "version": now.version.number,
            "listed": len(steps) >= TASK_LIST,
            "labels": [*(one.step.title for one in steps), "Vérification"],
            "number": len(steps) + 1,
            "back_url": _before_summary(seat, steps),
        },
    )


def _before_summary(seat, steps):
    """Where « Retour » leads: the list, the last step; out of the form when no step appears."""
    if len(steps) >= TASK_LIST:
        return seat.url("form")
    return seat.url("step", steps[-1].step.key) if steps else seat.exit_url


def filed(seat, request):
    """The receipt, once the case is filed (s2.7): number, date, department, what happens next."""
    case = seat.case
    if case.number is None:
        return redirect(seat.url("form"))
    return seat.render(
        request,
        "procedures/filing/filed.html",
        {
            "title": "Le dossier est déposé" if seat.kind == "agent" else "Votre dossier est déposé",
            "facts": facts_of(case),
            "code": grants.code_of(request, case),
            "receipt_url": seat.url("receipt"),
            "case_url": seat.url("case"),
        },
    )


def receipt(seat, request):
    """The receipt as a PDF: the stored one; until the queue made it, the same drawn now."""
    case = seat.case
    if case.number is None:
        raise Http404
    if case.receipt_id and case.receipt.file:
        return private_file(case.receipt.file, file_name(case))
    return download(io.BytesIO(render_receipt(case)), file_name(case), "application/pdf")


def file(seat, request, public_id):
    """A file of the case, in the browser; until the antivirus passed it, for its sender only."""
    try:
        stored = seat.case.files.get(public_id=public_id)
    except StoredFile.DoesNotExist as error:
        raise Http404 from error
    if not documents.can_open(seat.user or AnonymousUser(), stored):
        raise Http404
    return shown_file(stored.file, stored.name, stored.content_type)


def delete_draft(seat, request):
    """Delete the draft, after a page that asks."""
    case = seat.case
    if case.number is not None:
        return redirect(seat.url("case") or seat.exit_url)
    if not seat.may_write:
        raise PermissionDenied
    if request.method == "POST":
        url = seat.exit_url
        try:
            drafts.delete(by=seat.by, case=case)
        except ValidationError as error:  # filed from another tab
            messages.error(request, error.messages[0])
            return redirect(seat.url("form"))
        grants.forget(request, case)
        messages.success(request, f"Votre brouillon « {case.page.title} » est supprimé.")
        return redirect(url)
    return seat.render(
        request,
        "procedures/filing/delete.html",
        {"title": "Supprimer ce brouillon ?", "back_url": seat.url("form"), "expires_on": drafts.expires_on(case)},
    )


# The inside -----------------------------------------------------------------------------------------------------------


def _elsewhere(seat):
    """Return where to go when the case is no longer filled in, or None. Raises PermissionDenied for who may not."""
    if not seat.working.editable:
        return redirect(seat.url("case") or seat.url("filed"))
    if not seat.may_write:
        raise PermissionDenied
    return None


def _steps(seat):
    return steps_of(seat.working.definition, seat.working.answers, seat.working.only)


def _progress(seat):
    now = seat.working
    problems = problems_of(now.definition, now.answers, seat.form_context, only=now.only)
    saved = seat.case.saved_steps
    return progress_of(_steps(seat), now.answers, problems, saved)


def _form(seat, step, data=None, files=None, **options):
    now = seat.working
    return StepForm(
        data,
        files,
        step=step,
        definition=now.definition,
        answers=now.answers,
        context=seat.form_context,
        only=now.only,
        **options,
    )


def _shared(seat):
    """What every screen of a form says around it."""
    case, now = seat.case, seat.working
    return {
        "procedure": case.page.title,
        "correction": case.correction.get("message", "") if now.correcting else "",
        "correcting": now.correcting,
        "newer": now.version.pk != case.version_id,
        "lost": now.lost,
        "expires_on": None if now.correcting else drafts.expires_on(case),
        "delete_url": "" if now.correcting else seat.url("delete"),
    }

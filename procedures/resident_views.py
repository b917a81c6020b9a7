"""What a resident does with a filed case, whoever they are: each view takes the seat from which the case is seen.

A seat (`procedures.filing.seats`) checked the right to the case; services check the right to act.
"""

import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect

from accounts.throttle import Throttled
from documents import perms as documents
from documents.downloads import download, shown_file

from .addresses import case_path
from .copies import files_in, render_copy
from .enums import AppointmentState, CaseState
from .forms import display
from .ics import ics_response
from .message_forms import MessageForm, WithdrawForm, received
from .queries.resident import CaseView
from .services import appointments
from .services import resident as services
from .services.actors import user_of

MESSAGES = "#messages"


def case(seat, request):
    """A filed case: where it stands, what to do, what was said; a draft goes on where it was left."""
    if seat.case.state == CaseState.DRAFT:
        return redirect(seat.url("form"))
    return _show(seat, request, MessageForm())


def _show(seat, request, form):
    view = CaseView(seat.case, seat)
    for message in view.messages:
        for file in message.attached:
            file.may_open = documents.can_open(request.user, file)
    sections = display(seat.case.definition, seat.case.answers, seat.form_context)
    for _step, lines in sections:
        for _label, file in files_in(lines):
            file.url = seat.url("file", file.public_id) if documents.can_open(request.user, file) else ""
    return seat.render(
        request,
        "procedures/case/page.html",
        {"title": seat.case.page.title, "view": view, "form": form, "sections": sections},
    )


def message(seat, request):
    """Write to the service. With an error, what was typed and the files that passed stay."""
    _filed(seat)
    if request.method != "POST":
        return redirect(seat.url("case") + MESSAGES)
    _check_writer(seat)
    staged, refused = received(request, seat)
    form = MessageForm(request.POST, request.FILES, staged=staged)
    for sentence in refused:
        form.add_error("files", sentence)
    if form.is_valid():
        files = [file for file, _signed in staged]
        try:
            services.send_message(by=seat.by, case=seat.case, text=form.cleaned_data["text"], files=files)
        except ValidationError as error:
            form.add_error(None, error)
        except Throttled as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Votre message est envoyé au service.")
            return redirect(seat.url("case") + MESSAGES)
    return _show(seat, request, form)


def mark_read(seat, request):
    """The messages of the service are read: by a button, or by the script of the page once they are on the screen."""
    _filed(seat)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if seat.may_write:
        services.mark_read(by=seat.by, case=seat.case)
    if request.headers.get("HX-Request"):
        return HttpResponse()
    return redirect(seat.url("case") + MESSAGES)


def withdraw(seat, request):
    """Take the case back, after a page that asks."""
    view = CaseView(_filed(seat), seat)
    _check_writer(seat)
    if not view.may_withdraw:
        messages.info(request, services.HANDLED)
        return redirect(seat.url("case"))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(by=seat.by, case=seat.case, reason=form.cleaned_data["reason"])
        except ValidationError as error:  # an agent was faster
            messages.error(request, error.messages[0])
        else:
            messages.success(request, f"Votre dossier {seat.case.number} est retiré.")
        return redirect(seat.url("case"))
    return seat.render(
        request, "procedures/case/withdraw.html", {"title": "Retirer mon dossier", "view": view, "form": form}
    )


def copy(seat, request):
    """« Télécharger une copie » (s2.14): a PDF made now, with the list of the attachments."""
    view = CaseView(_filed(seat), seat)
    content = render_copy(view, seat.form_context)
    return download(io.BytesIO(content), f"dossier-{seat.case.number}.pdf", "application/pdf")


def document(seat, request, public_id):
    """A document that the service produced for this case."""
    found = get_object_or_404(_filed(seat).documents.select_related("file"), file__public_id=public_id)
    if not documents.can_open(request.user, found.file):
        raise Http404
    return shown_file(found.file.file, found.file.name, found.file.content_type)


def cancel_appointment(seat, request, pk):
    """Cancel an appointment that is still to come, after a page that asks. The case itself goes on."""
    appointment = get_object_or_404(_filed(seat).appointments.select_related("kind"), pk=pk)
    _check_writer(seat)
    if appointment.state != AppointmentState.BOOKED:
        messages.info(request, "Ce rendez-vous est déjà annulé ou passé.")
        return redirect(seat.url("case"))
    if request.method == "POST":
        try:
            appointments.cancel(by=user_of(seat.by), appointment=appointment)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, "Votre rendez-vous est annulé.")
        return redirect(seat.url("case"))
    return seat.render(
        request,
        "procedures/case/cancel_appointment.html",
        {"title": "Annuler le rendez-vous", "appointment": appointment, "case_url": seat.url("case")},
    )


def ics(seat, request, pk):
    """The appointment for the resident's own calendar."""
    return ics_response(get_object_or_404(_filed(seat).appointments.select_related("kind"), pk=pk))


def refile(seat, request):
    """File again from this case: a draft with its answers, or the one that was begun already."""
    _filed(seat)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    _check_writer(seat)
    try:
        draft, made = services.refile(by=seat.user, profile=seat.profile, case=seat.case)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(seat.url("case"))
    if made:
        messages.success(request, "Un brouillon reprend vos réponses : relisez-les, puis déposez-le.")
    else:
        messages.info(request, "Vous aviez déjà un brouillon de cette démarche : le voici, tel que vous l’avez laissé.")
    return redirect(f"{case_path(draft)}formulaire/")


def _filed(seat):
    """Return the case; a draft has none of these screens."""
    if seat.case.state == CaseState.DRAFT:
        raise Http404
    return seat.case


def _check_writer(seat):
    if not seat.may_write:
        raise PermissionDenied

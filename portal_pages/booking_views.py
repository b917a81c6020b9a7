"""What the routes of « Mes réservations » answer, the planning apart: permission, query, render."""

import datetime as dt
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from booking.enums import Act, DayState, ReservationState
from booking.models import Reservation, ReservationDay
from booking.queries import reservations as booking
from booking.screens import date_of, monday_of, week_label
from booking.services import drafts, waiting
from theme.formats import long_date

from .space import space_of

A_PAGE = 20
STEPS = ["Enfant et période", "Planning", "Vérification", "Confirmation"]
TITLES = {Act.ADD: "Nouvelle réservation", Act.CANCEL: "Annuler des jours"}


def reservation_list(page, request):
    """The reservations with their states (s3.13), the places offered, the plannings begun and not confirmed."""
    reservations = Paginator(booking.reservations_of(request.profile), A_PAGE)
    return page.render(
        request,
        context_overrides={
            "page_obj": reservations.get_page(request.GET.get("page")),
            "states": list(ReservationState),
            "offers": space_of(request, page).offers,
            "drafts": list(booking.open_drafts(request.profile)),
        },
    )


def reservation_detail(page, request, public_id):
    """One reservation: its days, each with its state and its price (s3.14)."""
    try:
        reservation = booking.reservation_detail(request.profile, public_id)
    except Reservation.DoesNotExist as error:
        raise Http404 from error
    nature = "Annulation" if reservation.act == Act.CANCEL else "Réservation"
    return page.render(
        request,
        template="portal_pages/bookings/detail.html",
        context_overrides={
            "title": f"{nature} {reservation.number}",
            "crumbs": [(page.title, page.get_url(request))],
            "reservation": reservation,
            "months": months_of(reservation.all_days),
            "states": sorted({day.state_enum for day in reservation.all_days}, key=list(DayState).index),
            "to_come": any(
                day.state in (DayState.ACCEPTED, DayState.REQUESTED) and day.session.date >= timezone.localdate()
                for day in reservation.all_days
            ),
        },
    )


def months_of(days):
    """Return [(first day of the month, its days)] of days that have a session."""
    return [(month, list(theirs)) for month, theirs in groupby(days, key=lambda day: day.session.date.replace(day=1))]


def choose(page, request, act):
    """The first step (s3.6, s4.12): a child, an establishment, a period open to booking, « Continuer »."""
    check_writer(page, request)
    kind = request.GET.get("nature", "")
    choices = booking.Choices(request.profile, act, now=timezone.now(), kind=kind)
    children = choices.children()
    child = _child(children, request.POST.get("enfant") or request.GET.get("enfant"))
    activities = choices.activities_of(child) if child else []
    activity = _activity(activities, request.POST.get("activite") or request.GET.get("activite"))
    error = ""
    if request.method == "POST" and child:
        period = choices.period(child, request.POST.get("periode"))
        if period:
            draft = drafts.start(by=request.user, profile=request.profile, period=period, act=act)
            return redirect(f"{page.get_url(request)}planning/{draft.public_id}/?enfant={child.public_id.hex[:8]}")
        error = "Choisissez une période ouverte à la réservation."
    title = TITLES[act]
    context = {
        "page": page,
        "title": f"Erreur : {title}" if error else title,
        "heading": title,
        "error": error,
        "crumbs": crumbs(page, request),
        "steps": STEPS,
        "cancelling": act == Act.CANCEL,
        "kind": kind,
        "children": children,
        "child": child,
        "activities": activities,
        "activity": activity,
    }
    return TemplateResponse(request, "portal_pages/bookings/choose.html", context)


def _child(children, public_id):
    """The child asked for if something can be booked for them; the only one possible when nothing is asked."""
    possible = [choice.child for choice in children if not choice.reason]
    if not public_id:
        return possible[0] if len(possible) == 1 else None
    return next((child for child in possible if str(child.public_id) == public_id), None)


def _activity(activities, pk):
    possible = [choice for choice in activities if choice.periods]
    if not pk:
        return possible[0] if len(possible) == 1 else None
    return next((choice for choice in possible if str(choice.activity.pk) == pk), None)


def family_week(page, request):
    """A week of the household: every child, every activity, side by side."""
    tomorrow = timezone.localdate() + dt.timedelta(days=1)  # on a Sunday, the week to come
    monday = monday_of(date_of(request.GET.get("semaine")) or tomorrow)
    week = booking.FamilyWeek(request.profile, monday)
    return page.render(
        request,
        template="portal_pages/bookings/family_week.html",
        context_overrides={
            "title": "La semaine de vos enfants",
            "crumbs": [(page.title, page.get_url(request))],
            "week": week,
            "label": week_label(monday),
            "previous": monday - dt.timedelta(days=7),
            "next": monday + dt.timedelta(days=7),
            "states": [DayState.ACCEPTED, DayState.REQUESTED, DayState.WAITING, DayState.OFFERED],
        },
    )


ANSWERS = {
    "accepter": (waiting.accept_offer, "La place est à vous : {child}, {unit}, {date}."),
    "refuser": (waiting.decline_offer, "Vous avez laissé cette place : {child}, {unit}, {date}."),
    "quitter": (waiting.leave, "Vous n’êtes plus sur la liste d’attente : {child}, {unit}, {date}."),
}


def answer(page, request, day_id):
    """Accept or decline the place offered, or leave the waiting list."""
    try:
        day = booking.day_of(request.profile, day_id)
    except ReservationDay.DoesNotExist as error:
        raise Http404 from error
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    check_writer(page, request)
    act, sentence = ANSWERS.get(request.POST.get("reponse"), (None, ""))
    if act is None:
        raise Http404
    try:
        act(by=request.user, profile=request.profile, day_id=day.pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        facts = {"child": day.child.first_name, "unit": day.session.unit.name, "date": long_date(day.session.date)}
        messages.success(request, sentence.format(**facts))
    if request.POST.get("retour") == "detail":
        return redirect(f"{page.get_url(request)}{day.reservation.public_id}/")
    return redirect(page.get_url(request))


def check_writer(page, request):
    if not space_of(request, page).can_write:
        raise PermissionDenied


def crumbs(page, request):
    return [(page.title, page.get_url(request))]

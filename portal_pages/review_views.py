"""The end of the wizard: the review, the confirmation, the recap (s3.12, s3.13, s3.16); a planning given up."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone

from booking.enums import Act, PriceMethod
from booking.grid import child_key
from booking.models import PlanningDraft
from booking.queries import reservations as booking
from booking.queries.planning import Planning
from booking.services import drafts, reservations

from .booking_views import STEPS, check_writer, crumbs, months_of


def draft_to_write(page, request, public_id):
    """Return the draft of the household; another's is a 404, and who may only read is refused."""
    try:
        draft = booking.draft_of(request.profile, public_id)
    except PlanningDraft.DoesNotExist as error:
        raise Http404 from error
    check_writer(page, request)
    return draft


def review(page, request, public_id):
    """What will be asked, each day with its outcome and its price; « Retour au planning » or « Confirmer » (s3.12)."""
    draft = draft_to_write(page, request, public_id)
    url = f"{page.get_url(request)}planning/{draft.public_id}/"
    if draft.confirmed_at:
        return redirect(f"{url}confirmation/")
    errors = []
    if request.method == "POST":
        try:
            if request.POST.get("faire") == "retirer":
                drafts.forget_lost(by=request.user, draft=draft)
                return redirect(f"{url}verifier/")
            draft = drafts.set_options(
                by=request.user,
                draft=draft,
                whole=request.POST.get("reponse") == "entiere",
                together="ensemble" in request.POST,
            )
            reservations.confirm(by=request.user, draft=draft)
            return redirect(f"{url}confirmation/")
        except ValidationError as error:
            errors = error.messages
    today = timezone.localdate()
    shown = Planning(draft, now=timezone.now(), first=today, last=today)
    if not any(draft.days.values()):
        return redirect(url)
    cancelling = shown.act == Act.CANCEL
    heading = "Vérifiez votre demande d’annulation" if cancelling else "Vérifiez votre réservation"
    context = {
        "page": page,
        "title": f"Erreur : {heading}" if errors else heading,
        "heading": heading,
        "crumbs": crumbs(page, request),
        "steps": STEPS,
        "url": url,
        "draft": draft,
        "planning": shown,
        "cancelling": cancelling,
        "errors": errors,
        "children": _reviewed(shown),
        "lost": shown.lost,
        "totals": shown.totals,
        **price_facts(shown, min((cell.date for cell in shown.selection), default=today)),
        "several_days": shown.totals.number > 1,
        "siblings": len({cell.child.pk for cell in shown.selection}) > 1,
    }
    return TemplateResponse(request, "portal_pages/bookings/review.html", context)


def _reviewed(shown):
    """Return [{child, months: [(month, [(cell, amount)])], back}] of what is chosen."""
    found = []
    for child in shown.children:
        mine = [cell for cell in shown.selection if cell.child.pk == child.pk]
        if not mine:
            continue
        found.append(
            {
                "child": child,
                "key": child_key(child),
                "months": [
                    (month, [(cell, shown.amount(cell)) for cell in theirs]) for month, theirs in months_of(mine)
                ],
            }
        )
    return found


def recap(page, request, public_id):
    """What was made of the draft: child, number, period, state (s3.13); « Terminer »."""
    draft = draft_to_write(page, request, public_id)
    if not draft.confirmed_at:
        return redirect(f"{page.get_url(request)}planning/{draft.public_id}/verifier/")
    made = [
        booking.reservation_detail(request.profile, public_id)
        for public_id in draft.reservations.order_by("pk").values_list("public_id", flat=True)
    ]
    cancelling = draft.act == Act.CANCEL
    heading = "Votre demande d’annulation est enregistrée" if cancelling else "Votre réservation est enregistrée"
    context = {
        "page": page,
        "title": heading,
        "crumbs": crumbs(page, request),
        "steps": STEPS,
        "reservations": made,
        "cancelling": cancelling,
    }
    return TemplateResponse(request, "portal_pages/bookings/recap.html", context)


def drop(page, request, public_id):
    """Give up a planning that was begun."""
    draft = draft_to_write(page, request, public_id)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        drafts.drop(by=request.user, draft=draft)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Planning abandonné. Rien n’a été réservé ni annulé par lui.")
    return redirect(page.get_url(request))


MOST_FORMULAS = 12


def price_facts(shown, date):
    """Return what the words of the price need: the formulas, and the quotient on `date` when one of them follows it."""
    formulas = _formulas(shown, date)
    return {
        "formulas": formulas,
        "by_quotient": any(price.computed_from["method"] != PriceMethod.FIXED for _name, price in formulas),
        "quotient": shown.prices.quotient_on(date),
    }


def _formulas(shown, date):
    """Return [(unit's name, its Price, whose steps are read)] of what is chosen; of each unit on `date` before."""
    if shown.act == Act.CANCEL:
        return []
    found = {}
    for child, unit, price in _chosen_prices(shown) or _unit_prices(shown, date):
        if price:
            name = f"{unit.name}, {child.first_name}" if len(shown.children) > 1 else unit.name
            found.setdefault((name, price.unit_price), price)
    return [(name, price) for (name, _), price in list(found.items())[:MOST_FORMULAS]]


def _chosen_prices(shown):
    return [(cell.child, cell.unit, shown.price(cell)) for cell in shown.selection]


def _unit_prices(shown, date):
    return [(child, unit, shown.unit_price(child, unit, date)) for child in shown.children for unit in shown.units]

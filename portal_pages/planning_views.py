"""The planning of a draft, its review and its confirmation (s3.7–s3.16, s4.11, s4.13): permission, query, render.

Every button of the planning is a submit: what is ticked is saved first, so nothing is lost without JavaScript. htmx
sends the same form, and takes from the answer the row that changed, or the whole planning.
"""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.contrib.messages import get_messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from booking import screens
from booking.cells import hours_label, parse_range
from booking.enums import Act, CellState, UnitKind, Weekday
from booking.grid import child_key
from booking.queries.planning import Planning, household_of
from booking.screens import MONTH, WEEK
from booking.services import drafts
from theme.formats import money

from .booking_views import STEPS, crumbs
from .review_views import draft_to_write, price_facts

LEGENDS = {
    Act.ADD: [
        CellState.FREE,
        CellState.ON_REQUEST,
        CellState.FULL_WAITING,
        CellState.SELECTED,
        CellState.SELECTED_REQUEST,
        CellState.SELECTED_WAITING,
        CellState.BOOKED,
        CellState.REQUESTED,
        CellState.WAITING,
        CellState.OFFERED,
        CellState.FULL,
        CellState.TOO_LATE,
        CellState.CLOSED,
        CellState.OVERLAP,
    ],
    Act.CANCEL: [
        CellState.BOOKED,
        CellState.REQUESTED,
        CellState.WAITING,
        CellState.OFFERED,
        CellState.TO_CANCEL,
        CellState.TO_CANCEL_REQUEST,
    ],
}


# Where one stands -----------------------------------------------------------------------------------------------------


@dataclass
class Place:
    """What the address asks for: a screen, a child, a day explained."""

    url: str
    screen: screens.Screen
    child_key: str = ""
    day: str = ""

    @classmethod
    def of(cls, request, draft, url):
        view = WEEK if "semaine" in request.GET else MONTH
        text = request.GET.get("semaine") or request.GET.get("mois")
        screen = screens.parse_screen(draft.period, view, text, timezone.localdate())
        return cls(url, screen, request.GET.get("enfant", "")[:8], request.GET.get("jour", ""))

    def address(self, **changes):
        """Return the address of this place with some parameters changed; an empty one goes."""
        asked = {"enfant": self.child_key, self.screen.view: self.screen.value, "jour": self.day} | changes
        if "mois" in changes:
            asked.pop(WEEK, None)
        if "semaine" in changes:
            asked.pop(MONTH, None)
        return f"{self.url}?{urlencode({name: value for name, value in asked.items() if value})}"


def planning(page, request, public_id):
    """The planning: a month of a child, or a week of all the children (s3.7, s4.11, s4.13)."""
    draft = draft_to_write(page, request, public_id)
    url = f"{page.get_url(request)}planning/{draft.public_id}/"
    if draft.confirmed_at:
        return redirect(f"{url}confirmation/")
    place = Place.of(request, draft, url)
    if request.method == "POST":
        return _change(page, request, draft, place)
    return _show(page, request, draft, place)


def _show(page, request, draft, place, errors=None):
    shown = Planning(draft, now=timezone.now(), first=place.screen.first, last=place.screen.last)
    if not shown.children:
        return _nothing(page, request, draft)
    context = _context(page, request, shown, place, errors or {})
    return TemplateResponse(request, "portal_pages/bookings/planning.html", context)


def _nothing(page, request, draft):
    """Nobody can book this period any more: back to the choice, which says why."""
    messages.warning(request, "Plus rien ne peut être choisi dans cette période.")
    return redirect(f"{page.get_url(request)}{'annuler' if draft.act == Act.CANCEL else 'nouvelle'}/")


def _context(page, request, shown, place, errors):
    draft, screen = shown.draft, place.screen
    shown.errors = errors
    child = _current_child(shown, place)
    place.child_key = child_key(child)  # every form says whose screen it is
    children = shown.children if screen.by_week else [child]
    everything = screens.screens_of(draft.period, screen.view)
    position = everything.index(screen)
    weeks = _weeks(shown, children, place)
    report = list(get_messages(request))
    cancelling = shown.act == Act.CANCEL
    names = " et ".join(one.first_name for one in children) if len(children) < 3 else "vos enfants"
    heading = f"Annuler des jours de {names}" if cancelling else f"Réserver pour {names}"
    hours = any(unit.kind == UnitKind.HOURS for unit in shown.units)
    return {
        "page": page,
        "title": f"Erreur : {heading}" if errors or any(said.level == messages.ERROR for said in report) else heading,
        "heading": heading,
        "crumbs": crumbs(page, request),
        "steps": STEPS,
        "place": place,
        "action": place.address(),
        "planning": shown,
        "screen": screen,
        "previous": everything[position - 1] if position else None,
        "next": everything[position + 1] if position + 1 < len(everything) else None,
        "screens": everything,
        "child": child,
        "children": children,
        "key": child_key(child),
        "columns": _columns(shown, children, screen),
        "span": len(children) * len(shown.units) + 1,
        "weeks": weeks,
        "week_address": screens.week_screen(draft.period, _from_today(screen)).value,
        "month_address": screens.month_screen(draft.period, screen.first).value,
        "weekdays": [(day, Weekday(day).label) for day in draft.period.weekdays],
        "cancelling": cancelling,
        "by_hours": hours and not cancelling,
        "copied": _copied(draft),
        "legend": LEGENDS[shown.act],
        "errors": [(cell, cell.error) for _, days in weeks for day in days for cell in day.cells if cell.error],
        "report": report,
        "status": _status(shown.totals, cancelling),
        "totals": shown.totals,
        **price_facts(shown, screen.first),
    }


def _from_today(screen):
    """The date whose week opens from a month: today's when the month has it."""
    today = timezone.localdate()
    return today if screen.first <= today <= screen.last else screen.first


def _current_child(shown, place):
    return next(
        (child for child in shown.children if child_key(child) == place.child_key),
        next((child for child in shown.children if shown.chosen_of(child)), shown.children[0]),
    )


def _weeks(shown, children, place):
    """Return [(Monday, [Day])] of the screen."""
    weeks = {}
    for date in shown.dates():
        day = shown.day(date, children)
        if place.day == date.isoformat():
            day.explained = [(cell, shown.price_words(cell)) for cell in day.cells]
        weeks.setdefault(screens.monday_of(date), []).append(day)
    return list(weeks.items())


def _columns(shown, children, screen):
    """Return a column for each child and unit: {child, unit, price}; the price is the one of the first date."""
    columns = []
    for child in children:
        for unit in shown.units:
            price = None
            if shown.act == Act.ADD and unit.kind != UnitKind.HOURS:
                price = shown.prices.price(child, unit, screen.first)
            columns.append({"child": child, "unit": unit, "price": price.amount if price else None})
    return columns


def _copied(draft):
    times = parse_range(draft.copied_range)
    return hours_label(*times) if times else ""


def _status(totals, cancelling):
    """What is said aloud when the selection changes."""
    if not totals.number:
        return "Rien n’est choisi."
    plural = "s" if totals.number > 1 else ""
    what = f"{totals.number} jour{plural} à annuler" if cancelling else f"{totals.number} choix"
    return f"{what}, {money(totals.amount)}." if totals.amount is not None else f"{what}."


# What is done --------------------------------------------------------------------------------------------------------


def _change(page, request, draft, place):
    """Save the screen, then do what the button says."""
    only = _date(request.htmx.trigger[1:]) if request.htmx and (request.htmx.trigger or "").startswith("j") else None
    keys = _keys_on_screen(draft, place)
    try:
        saved = drafts.save_screen(
            by=request.user,
            draft=draft,
            screen=place.screen,
            child_keys=keys,
            ticked=set(request.POST.getlist("c")),
            ranges=_ranges(request.POST),
            only=only,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(place.address())
    draft.refresh_from_db(fields=["days"])
    if only:
        return _row(request, draft, place, only, saved.errors)
    if saved.errors:
        return _show(page, request, draft, place, saved.errors)
    if saved.overlapping:
        messages.warning(
            request, drafts.Change(overlapping=saved.overlapping).sentence.removeprefix("Rien à changer. ")
        )
    if "aller" in request.POST:
        return _go(request, place)
    return _act(page, request, draft, place, keys)


def _keys_on_screen(draft, place):
    """The children on the screen: all of them by week, one by month. What isn't theirs is left alone."""
    keys = {child_key(child) for child in household_of(draft)}
    return keys if place.screen.by_week else keys & {place.child_key}


def _ranges(data):
    """Return {cell's key: (start, end)} of the hours typed."""
    return {name[3:]: (data[name].strip(), data.get(f"a-{name[3:]}", "").strip()) for name in data if name[:3] == "de-"}


def _row(request, draft, place, date, errors):
    """What htmx swaps after a tick: the row, the totals, the words said aloud."""
    shown = Planning(draft, now=timezone.now(), first=date, last=date)
    # Half a range is still being typed: nothing to say of it yet.
    shown.errors = {key: error for key, error in errors.items() if all(error[0])}
    child = _current_child(shown, place)
    children = shown.children if place.screen.by_week else [child]
    day = shown.day(date, children)
    cancelling = shown.act == Act.CANCEL
    context = {
        "planning": shown,
        "screen": place.screen,
        "day": day,
        "children": children,
        "span": len(children) * len(shown.units) + 1,
        "totals": shown.totals,
        "status": _status(shown.totals, cancelling),
        "cancelling": cancelling,
        "copied": _copied(draft),
        **price_facts(shown, date),
        "action": place.address(),
        "hours_cells": [cell for cell in day.cells if cell.by_hours and cell.control],
    }
    return render(request, "portal_pages/bookings/includes/row_answer.html", context)


def _go(request, place):
    """Another month, another week, another child, a day explained: nothing else is taken from the button."""
    wanted = dict(parse_qsl(request.POST["aller"]))
    if "choix" in request.POST and not wanted:
        wanted = {place.screen.view: request.POST["choix"]}
    changes = {name: wanted[name] for name in ("mois", "semaine", "enfant", "jour") if name in wanted}
    if "jour" not in changes:
        return redirect(place.address(**changes, jour=""))
    closing = changes["jour"] == place.day
    return redirect(place.address(jour="" if closing else changes["jour"]) + f"#j{changes['jour']}")


def _act(page, request, draft, place, keys):
    """Do what the button « faire » says, then show the planning again."""
    verb, _, rest = request.POST.get("faire", "").partition(":")
    common = {"by": request.user, "draft": draft}
    try:
        match verb:
            case "valider":
                return _validate(request, draft, place)
            case "tout" | "rien":
                change = _bulk(draft, place, common, keys, verb == "tout", rest)
            case "jours":
                change = _weekdays(request, draft, place, common, keys, rest == "cocher")
            case "repeter":
                monday = screens.week_screen(draft.period, _date(rest)).start
                change = drafts.repeat_week(**common, monday=monday, child_keys=keys)
            case "fratrie":
                change = drafts.share_with_siblings(**common, child_key=place.child_key)
            case "copier":
                drafts.copy_range(**common, hours=_hours_of(draft, rest))
                messages.success(request, "Horaires copiés : collez-les sur d’autres jours.")
                return redirect(place.address())
            case "coller":
                change = drafts.paste_range(**common, cell_key=rest, screen=place.screen)
            case _:
                return redirect(place.address())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, change.sentence)
    return redirect(place.address())


def _bulk(draft, place, common, keys, on, asked):
    """All the days of the period, or those on the screen, of a column or of all (s3.9); their opposites.

    `asked` is where, and for one column its unit and its child: « ecran », « periode:12 », « ecran:12:e86e8466 ».
    """
    where, unit, child, *_ = [*asked.split(":"), "", ""]
    screen = screens.whole_screen(draft.period) if where == "periode" else place.screen
    limits = {
        "screen": screen,
        "child_keys": keys & {child} if child else keys,
        "units": screens.ids_of([unit]) if unit else None,
    }
    if not on:
        return drafts.unchoose(**common, **limits)
    return drafts.choose(**common, **limits, hours=draft.copied_range)


def _weekdays(request, draft, place, common, keys, on):
    """« Sélection automatique des jours » : weekdays, over the period or the screen (s3.10)."""
    days, units = screens.ids_of(request.POST.getlist("jours")), screens.ids_of(request.POST.getlist("unites"))
    if not days:
        raise ValidationError("Cochez au moins un jour de la semaine.")
    if not units:
        raise ValidationError("Choisissez au moins une colonne.")
    screen = screens.whole_screen(draft.period) if request.POST.get("ou") == "periode" else place.screen
    limits = {"screen": screen, "child_keys": keys, "weekdays": days, "units": units}
    if not on:
        return drafts.unchoose(**common, **limits)
    hours = drafts.typed_range(request.POST.get("debut", ""), request.POST.get("fin", "")) or draft.copied_range
    return drafts.choose(**common, **limits, hours=hours)


def _hours_of(draft, key):
    child, _, session = key.partition("-")
    return next(
        (
            chosen.get(session, "")
            for public_id, chosen in draft.days.items()
            if public_id.replace("-", "")[:8] == child
        ),
        "",
    )


def _date(text):
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def _validate(request, draft, place):
    """« Valider le planning » (s3.12): on to the review, when something is chosen."""
    if not any(draft.days.values()):
        raise ValidationError(
            "Cochez au moins un jour à annuler." if draft.act == Act.CANCEL else "Choisissez au moins un jour."
        )
    response = redirect(f"{place.url}verifier/")
    if request.htmx:  # the review is another page: the browser goes there
        return HttpResponseClientRedirect(response.url)
    return response

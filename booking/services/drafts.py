"""The planning being filled: each change is kept at once, so that nothing is lost and no JavaScript is needed.

A draft books nothing: it holds what is chosen. Services check everything again when it is confirmed.
"""

import datetime as dt
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.perms import can_act_for
from theme.formats import NBSP

from ..cells import FULL_THEN, parse_range, parse_time, range_text
from ..enums import Act, CellState, UnitKind
from ..models import PlanningDraft
from ..queries.planning import Planning
from ..rules import exclude, range_problem
from ..screens import whole_screen

WEEK = dt.timedelta(days=7)
# Three months, the longest ones.
KEPT = dt.timedelta(days=92)


@dataclass
class Change:
    """What a change did: how many cells were chosen and dropped, and why others were not.

    `errors` holds the ranges of hours that are wrong: {cell's key: ((start, end) as typed, the sentence)}.
    """

    chosen: int = 0
    dropped: int = 0
    full: int = 0
    overlapping: int = 0
    errors: dict = field(default_factory=dict)

    @property
    def sentence(self):
        """What a bulk action says it did."""
        parts = []
        if self.chosen:
            parts.append(f"{_count(self.chosen, 'case cochée', 'cases cochées')}.")
        if self.dropped:
            parts.append(f"{_count(self.dropped, 'case décochée', 'cases décochées')}.")
        if not parts:
            parts.append("Rien à changer.")
        if self.full:
            parts.append(
                f"{_count(self.full, 'jour complet n’a pas été coché', 'jours complets n’ont pas été cochés')} : "
                "cochez-les un à un pour demander la liste d’attente."
            )
        if self.overlapping:
            parts.append(
                f"{_count(self.overlapping, 'case laissée', 'cases laissées')} de côté, "
                "car les horaires se chevauchent."
            )
        return " ".join(parts)


def _count(number, one, many):
    return f"{number} {many if number > 1 else one}"


@transaction.atomic
def start(*, by, profile, period, act):
    """Return the draft of `profile` for a period and an act (an Act): the one not confirmed yet, or a new one."""
    if not can_act_for(by, profile):
        raise PermissionDenied
    drafts = PlanningDraft.objects.filter(profile=profile, period=period, act=act, confirmed_at=None)
    return drafts.first() or PlanningDraft.objects.create(profile=profile, user=by, period=period, act=act)


@transaction.atomic
def drop(*, by, draft):
    """Throw a draft away: nothing was booked by it."""
    _locked(by, draft).delete()


def erase_old(*, now):
    """Erase the plannings that nobody touched for three months, confirmed or not; returns how many.

    What they became stays: reservations keep their own days. Safe to run twice.
    """
    count, _by_kind = PlanningDraft.objects.filter(updated_at__lt=now - KEPT).delete()
    return count


@transaction.atomic
def save_screen(*, by, draft, screen, child_keys, ticked, ranges, only=None, now=None):
    """Keep what a screen says: of its cells with a control, those whose key is in `ticked` are chosen, no other.

    `child_keys` names the children on the screen; `ranges` gives the hours typed, {key: (start, end)}; `only` limits
    to one date. What overlaps an older choice replaces it. Returns the Change.
    """
    draft = _locked(by, draft)
    planning = _planning(draft, screen, now)
    change, asked = Change(), []
    dates = [only] if only else planning.dates()
    for cell in _cells(planning, dates, child_keys):
        if not cell.control:
            continue
        if cell.by_hours:
            _type_range(draft, planning, cell, ranges.get(cell.key, ("", "")), change)
        elif cell.key not in ticked and cell.chosen:
            _unset(draft, cell, change)
        elif cell.key in ticked and not cell.chosen:
            asked.append(cell)
    for position, cell in enumerate(asked):
        if any(_clash(cell, other) for other in asked[:position]):
            change.overlapping += 1
            continue
        for other in _same_day(planning, cell):
            if other.chosen and _clash(cell, other):
                _unset(draft, other, change)
        _set(draft, cell, "", change)
    _save(draft)
    return change


@transaction.atomic
def choose(*, by, draft, screen, child_keys, units=None, weekdays=None, hours="", now=None):
    """Choose every free cell of a screen, or of the whole period (`whole_screen`), that these limits let through.

    `units` are primary keys, `weekdays` numbers from 0 for Monday; None is all of them. `hours` is the range that
    time ranges take. Full days are left out: the waiting list is asked for one day at a time. Returns the Change.
    """
    draft = _locked(by, draft)
    planning = _planning(draft, screen, now)
    change = Change()
    for cell in _cells(planning, planning.dates(), child_keys, units, weekdays):
        _choose(draft, planning, cell, hours, change)
    _save(draft)
    return change


@transaction.atomic
def unchoose(*, by, draft, screen, child_keys, units=None, weekdays=None, now=None):
    """Drop every chosen cell that the same limits let through. Returns the Change."""
    draft = _locked(by, draft)
    planning = _planning(draft, screen, now)
    change = Change()
    for cell in _cells(planning, planning.dates(), child_keys, units, weekdays):
        if cell.facts.chosen:
            _unset(draft, cell, change)
    _save(draft)
    return change


@transaction.atomic
def repeat_week(*, by, draft, monday, child_keys, now=None):
    """« Comme la semaine d’avant » : choose in the week of `monday` what is booked or chosen the week before."""
    draft = _locked(by, draft)
    planning = Planning(draft, now=now or timezone.now(), first=monday - WEEK, last=monday + dt.timedelta(days=6))
    change = Change()
    for cell in _cells(planning, [date for date in planning.dates() if date >= monday], child_keys):
        model = planning.cell(cell.child, cell.unit, cell.date - WEEK)
        if model.chosen or (draft.act == Act.ADD and model.held and model.held.ours):
            hours = model.held.range if model.held else model.range
            _choose(draft, planning, cell, hours, change)
    _save(draft)
    return change


@transaction.atomic
def share_with_siblings(*, by, draft, child_key, now=None):
    """« Pareil pour mes autres enfants » : choose for each what is chosen for one, where they may (s3.9)."""
    draft = _locked(by, draft)
    planning = _planning(draft, whole_screen(draft.period), now)
    change = Change()
    models = [cell for cell in planning.selection if cell.child.key == child_key]
    for child in planning.children:
        if child.key == child_key:
            continue
        for model in models:
            _choose(draft, planning, planning.cell(child, model.unit, model.date), model.range, change)
    _save(draft)
    return change


@transaction.atomic
def copy_range(*, by, draft, hours):
    """Keep a range of hours ("08:30-17:15") to paste on other days (s4.11). Raises ValidationError when it is none."""
    draft = _locked(by, draft)
    if parse_range(hours) is None:
        raise ValidationError("Indiquez d’abord l’heure d’arrivée et l’heure de départ de ce jour, puis copiez-les.")
    draft.copied_range = hours
    draft.save(update_fields=["copied_range", "updated_at"])


def typed_range(start, end):
    """Return the range typed beside a bulk action, "" when both hours are empty. Raises ValidationError."""
    if not start.strip() and not end.strip():
        return ""
    times = parse_time(start), parse_time(end)
    if None in times or times[0] >= times[1]:
        raise ValidationError("Indiquez une heure d’arrivée, puis une heure de départ plus tardive.")
    return range_text(*times)


@transaction.atomic
def paste_range(*, by, draft, screen, cell_key, now=None):
    """Paste the range that was copied on one day (s4.11). Returns the Change."""
    draft = _locked(by, draft)
    if not draft.copied_range:
        raise ValidationError("Copiez d’abord les horaires d’un jour.")
    planning = _planning(draft, screen, now)
    change = Change()
    for cell in _cells(planning, planning.dates(), {cell_key.partition("-")[0]}):
        if cell.key == cell_key and cell.control and cell.by_hours:
            if problem := _problem(planning, cell, parse_range(draft.copied_range)):
                raise ValidationError(problem)
            _set(draft, cell, draft.copied_range, change)
    _save(draft)
    return change


@transaction.atomic
def set_options(*, by, draft, whole, together):
    """Keep the resident's options: all the days or none, and siblings kept together."""
    draft = _locked(by, draft)
    draft.whole, draft.together = whole, together
    draft.save(update_fields=["whole", "together", "updated_at"])
    return draft


@transaction.atomic
def forget_lost(*, by, draft, now=None):
    """Drop what can't be asked for any more, so that the rest can be confirmed. Returns the Change."""
    draft = _locked(by, draft)
    planning = _planning(draft, whole_screen(draft.period), now)
    change = Change()
    chosen = {(str(cell.child.public_id), str(cell.session.pk)) for cell in planning.selection}
    for child, sessions in draft.days.items():
        for pk in list(sessions):
            if (child, pk) not in chosen:
                del sessions[pk]
                change.dropped += 1
    _save(draft)
    return change


# The inside -----------------------------------------------------------------------------------------------------------


def _locked(by, draft):
    """Return the draft under lock; refuse who may not, and one that is confirmed."""
    if not can_act_for(by, draft.profile):
        raise PermissionDenied
    locked = (
        PlanningDraft.objects.select_for_update(of=("self",))
        .select_related("profile", "period__activity__facility")
        .get(pk=draft.pk)
    )
    if locked.confirmed_at:
        raise ValidationError("Cette demande est déjà confirmée. Pour la changer, faites une nouvelle demande.")
    return locked


def _planning(draft, screen, now):
    return Planning(draft, now=now or timezone.now(), first=screen.first, last=screen.last)


def _cells(planning, dates, child_keys, units=None, weekdays=None):
    """Yield the cells with a session of some children on some dates, day by day."""
    children = [child for child in planning.children if child.key in child_keys]
    for date in dates:
        if weekdays is not None and date.weekday() not in weekdays:
            continue
        for child in children:
            for unit in planning.units:
                if units is None or unit.pk in units:
                    cell = planning.cell(child, unit, date)
                    if cell.session:
                        yield cell


def _same_day(planning, cell):
    return [planning.cell(cell.child, unit, cell.date) for unit in planning.units if unit.pk != cell.unit.pk]


def _clash(one, other):
    """Whether two choices of one child on one day overlap."""
    if one.child.pk != other.child.pk or one.date != other.date or one.facts.act == Act.CANCEL:
        return False
    return exclude(one.unit, other.unit, hours=_hours(one), other_hours=_hours(other))


def _hours(cell):
    return parse_range(cell.range) or (cell.unit.starts_at, cell.unit.ends_at)


def _choose(draft, planning, cell, hours, change):
    """Choose a cell of a bulk action, if it is free; count why not."""
    if not cell.session or not cell.control or cell.facts.chosen:
        return
    if cell.state == CellState.FULL_WAITING:
        change.full += 1
        return
    if draft.act == Act.ADD:
        if cell.unit.kind == UnitKind.HOURS:
            times = parse_range(hours)
            if times is None or _range_problem(times, cell.unit):
                return
            if planning.room(cell.child, cell.session, times) <= 0:
                change.full += 1
                return
        chosen = draft.days.get(str(cell.child.public_id), {})
        others = [other for other in _same_day(planning, cell) if other.session and str(other.session.pk) in chosen]
        if any(_clash(cell, other) for other in others):
            change.overlapping += 1
            return
    _set(draft, cell, hours if cell.by_hours else "", change)


def _type_range(draft, planning, cell, typed, change):
    """Keep the hours typed in a cell, drop it when both are empty, or say what is wrong with them."""
    if typed == ("", ""):
        if cell.facts.chosen:
            _unset(draft, cell, change)
        return
    start, end = parse_time(typed[0]), parse_time(typed[1])
    if sentence := _problem(planning, cell, (start, end)):
        change.errors[cell.key] = (typed, sentence)
        return
    hours = range_text(start, end)
    if hours != cell.range:
        _set(draft, cell, hours, change)


def _problem(planning, cell, times):
    """Return why a time range can't be chosen in a cell, or "": without a waiting list, it needs a place all along."""
    if problem := _range_problem(times, cell.unit):
        return problem
    if planning.activity.waiting_list or planning.room(cell.child, cell.session, times) > 0:
        return ""
    return f"{FULL_THEN}{NBSP}: choisissez-en d’autres."


def _range_problem(times, unit):
    return range_problem(*times, opens_at=unit.starts_at, closes_at=unit.ends_at)


def _set(draft, cell, hours, change):
    draft.days.setdefault(str(cell.child.public_id), {})[str(cell.session.pk)] = hours
    change.chosen += 1


def _unset(draft, cell, change):
    draft.days.get(str(cell.child.public_id), {}).pop(str(cell.session.pk), None)
    change.dropped += 1


def _save(draft):
    draft.days = {child: sessions for child, sessions in draft.days.items() if sessions}
    draft.save(update_fields=["days", "updated_at"])

"""The planning of a draft: what each child can book on each day, and what is chosen so far (s3.7–s3.11, s4.11).

Everything is read when a `Planning` is made, in as many queries whatever the period and the bookings; then it is asked
for cells, totals and explanations without another query.
"""

import datetime as dt
from decimal import Decimal
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.queries.family import children_of
from theme.formats import money
from theme.kept import kept

from .. import cells
from ..cells import Facts
from ..deadlines import begins, treatment
from ..eligibility import Standings
from ..enums import ACTIVE_DAYS, PLACED_DAYS, Act, CellState, DayState, UnitKind
from ..grid import Cell, Count, Day, Held, Totals, child_key
from ..models import ReservationDay, Session, Unit
from ..prices import unit_words
from ..rules import best_room, exclude, room
from .prices import Prices, is_resident
from .reservations import children_booked_for
from .set_up import set_up_of

ZERO = Decimal("0.00")


def units_of(activity):
    """Return the units of an activity, which are the columns of its plannings: a query, none within some seconds."""
    units = Unit.objects.filter(activity=activity).select_related("activity")
    return kept(("booking.units", activity.pk), lambda: tuple(units))


def household_of(draft):
    """Return the children that a draft may be about."""
    return children_booked_for(draft.profile) if draft.act == Act.CANCEL else children_of(draft.profile)


class Planning:
    """The planning of `draft` from `first` to `last` (dates), at `now` (aware).

    `children` are those of the household who are concerned: who may book, or who have something to cancel. What is
    chosen outside of the dates is read too, for the totals.
    """

    def __init__(self, draft, *, now, first, last):
        self.draft, self.now, self.first, self.last = draft, now, first, last
        self.period, self.activity, self.act = draft.period, draft.period.activity, Act(draft.act)
        self.profile = draft.profile
        self.set_up, self.units = set_up_of(self.period), units_of(self.activity)
        self.calendar = self.set_up.calendar
        self._unit = {unit.pk: unit for unit in self.units}
        self.household = household_of(draft)
        for child in self.household:
            child.key = child_key(child)
        self._standing = {}
        self._load_standings()
        self._load_sessions()
        self._load_held()
        self._treatments, self._cells = {}, {}
        self.errors = {}  # cell's key → (what was typed, the sentence)

    # What is read -----------------------------------------------------------------------------------------------------

    def _load_standings(self):
        if self.act == Act.CANCEL:
            days = ReservationDay.objects.filter(
                reservation__profile=self.profile, session__period=self.period, cancels=None, state__in=ACTIVE_DAYS
            )
            concerned = set(days.values_list("child_id", flat=True).distinct())
            self.children = [child for child in self.household if child.pk in concerned]
            return
        self._standings = Standings(self.profile, self.household, [self.activity])
        first, last = max(self.period.starts_on, timezone.localdate(self.now)), self.period.ends_on
        self.children = [
            child
            for child in self.household
            if self._standings.within(child, self.activity, min(first, last), last).may_book
        ]

    def _load_sessions(self):
        sessions = Session.objects.filter(
            Q(date__range=(self.first, self.last)) | Q(pk__in=self._chosen_ids), period=self.period
        ).order_by("date", "pk")
        self._sessions, self._by_id, self._dates = {}, {}, set()
        for session in sessions:
            if session.unit_id not in self._unit:
                continue
            session.unit = self._unit[session.unit_id]
            self._sessions[session.unit_id, session.date, session.group_id] = session
            self._by_id[session.pk] = session
            self._dates.add(session.date)

    def _load_held(self):
        own = Q(child__in=self.household, cancels=None, state__in=ACTIVE_DAYS)
        here = Q(session__date__range=(self.first, self.last)) | Q(session__in=self._chosen_ids)
        asked = ReservationDay.objects.filter(cancels=OuterRef("pk"), state=DayState.REQUESTED)
        rows = ReservationDay.objects.filter(own, here).annotate(cancelling=Exists(asked))
        rows = rows.select_related("session__unit__activity", "reservation")
        self._held, self._held_on = {}, {}
        sees_others = {child.pk for child in self.household if _sees_others(child)}
        for row in rows:
            unit = row.session.unit
            ours = row.reservation.profile_id == self.profile.pk
            held = Held(
                pk=row.pk,
                state=row.state_enum,
                session_id=row.session_id,
                unit=unit,
                date=row.session.date,
                hours=(row.starts_at or unit.starts_at, row.ends_at or unit.ends_at),
                range=cells.range_text(row.starts_at, row.ends_at) if row.starts_at and row.ends_at else "",
                ours=ours,
                shown=ours or row.child_id in sees_others,
                cancelling=row.cancelling,
                price=row.price,
                rank=row.rank,
            )
            self._held[row.child_id, row.session_id] = held
            self._held_on.setdefault((row.child_id, row.session.date), []).append(held)

    @cached_property
    def _chosen_ids(self):
        return [int(pk) for chosen in self.draft.days.values() for pk in chosen]

    @cached_property
    def prices(self):
        """The prices of the household over the dates on screen and those chosen."""
        dates = [self.first, self.last, *self._dates]
        return Prices.of(self.profile, self.children, self.units, dates, settings=self.set_up.settings)

    # What is asked ----------------------------------------------------------------------------------------------------

    @cached_property
    def window_open(self):
        """Whether the household may book this period now; cancelling needs no window."""
        if self.act == Act.CANCEL:
            return True
        return self.set_up.is_open(resident=is_resident(self.profile, self.set_up.settings), now=self.now)

    def chosen_of(self, child):
        """Return {session's id: range} of what the draft holds for a child."""
        return {int(pk): text for pk, text in self.draft.days.get(str(child.public_id), {}).items()}

    def standing(self, child, date):
        """Return the Standing of a child on a date (None in a cancellation, which asks for none)."""
        if self.act == Act.CANCEL:
            return None
        if (child.pk, date) not in self._standing:
            self._standing[child.pk, date] = self._standings.of(child, self.activity, date)
        return self._standing[child.pk, date]

    def session_of(self, child, unit, date):
        """Return the session of a unit on a date that takes the child: of all, of its group, or that it is in."""
        standing = self.standing(child, date)
        if standing is None:
            return next(
                (
                    self._by_id[held.session_id]
                    for held in self._held_on.get((child.pk, date), ())
                    if held.session_id in self._by_id and self._by_id[held.session_id].unit_id == unit.pk
                ),
                None,
            )
        everyone = self._sessions.get((unit.pk, date, None))
        group = standing.group
        return (group and self._sessions.get((unit.pk, date, group.pk))) or everyone

    def treatment(self, unit, date):
        """Return the Treatment of a unit on a date, by the activity's deadlines."""
        key = (unit.starts_at, date)
        if key not in self._treatments:
            works = self.calendar.works
            self._treatments[key] = treatment(
                self.set_up.deadlines, self.act, date, self.now, works, begins(date, unit.starts_at)
            )
        return self._treatments[key]

    def cell(self, child, unit, date):
        """Return the Cell of a child, a unit and a date."""
        key = (child.pk, unit.pk, date)
        if key not in self._cells:
            self._cells[key] = self._cell(child, unit, date)
        return self._cells[key]

    def _cell(self, child, unit, date):
        session = self.session_of(child, unit, date)
        text = self._choices(child).get(session.pk) if session else None
        held = self._held.get((child.pk, session.pk)) if session else None
        ahead = self._ahead(child, session)
        free, by_moment = self._places(session, unit, cells.parse_range(text), ahead)
        facts = Facts(
            act=self.act,
            treatment=self.treatment(unit, date),
            free=free,
            capacity=session.capacity if session else 0,
            by_moment=by_moment,
            shared=bool(ahead),
            waiting_list=self.activity.waiting_list,
            obstacle=self._obstacle(child, unit, date, session, held),
            held=held.state if held and held.shown else None,
            ours=held.ours if held else True,
            cancelling=bool(held and held.ours and held.cancelling),
            chosen=text is not None,
            blocked_by=self._blocked_by(child, unit, date, session, text),
        )
        state, control = cells.state_of(facts)
        cell = Cell(child, unit, date, state, control, facts, session, held if facts.held else None, text or "")
        if cell.key in self.errors:
            cell.typed, cell.error = self.errors[cell.key]
        return cell

    def _ahead(self, child, session):
        """Return the hours of the siblings who are served before a child in a session, by the draft: those chosen
        before them, or all of those chosen when they are not."""
        if session is None:
            return []
        key, ahead = str(session.pk), []
        for public_id, chosen in self.draft.days.items():
            if key in chosen and public_id == str(child.public_id):
                break
            if key in chosen:
                ahead.append(cells.parse_range(chosen[key]) or (session.unit.starts_at, session.unit.ends_at))
        return ahead

    def _places(self, session, unit, hours, ahead):
        """Return (places left, whether they depend on the hours) of a session: at `hours`, at the best without any."""
        if session is None:
            return 0, False
        free = session.free - len(ahead)
        if unit.kind != UnitKind.HOURS or free > 0:
            return free, False
        taken = self._ranges[session.pk] + ahead
        best = best_room(taken, session.capacity, (unit.starts_at, unit.ends_at))
        return (room(taken, session.capacity, hours) if hours else best), best > 0

    def room(self, child, session, hours):
        """Return the places left for a child all along `hours` (start, end), for a unit booked by time ranges."""
        ahead = self._ahead(child, session)
        free = session.free - len(ahead)
        return free if free > 0 else room(self._ranges[session.pk] + ahead, session.capacity, hours)

    @cached_property
    def _ranges(self):
        """{session's id: [(start, end)]} of those who have a place, where some moment of the day is full, or may be
        with the siblings: one query."""
        full = [session for session in self._by_id.values() if session.free < len(self.household)]
        placed = ReservationDay.objects.filter(session__in=full, state__in=PLACED_DAYS, cancels=None)
        found = {session.pk: [] for session in full}
        for session_id, *hours in placed.order_by().values_list("session_id", "starts_at", "ends_at"):
            found[session_id].append(tuple(hours))
        return found

    def _choices(self, child):
        if child.pk not in self._chosen:
            self._chosen[child.pk] = self.chosen_of(child)
        return self._chosen[child.pk]

    @cached_property
    def _chosen(self):
        return {}

    def _obstacle(self, child, unit, date, session, held):
        """Return why nothing can be booked in a cell, "" when something can (s3.11: closed days say why)."""
        if self.act == Act.CANCEL:
            return ""
        if session is None:
            if date in self._dates:
                reason = self.standing(child, date).reason
                return reason.rstrip(".") or self._day_off(date) or "Pas d’accueil ce jour-là"
            return self.why_no_session(date)
        if reason := self.set_up.why_closed(session):
            return reason
        if held and not held.shown:
            return "Indisponible pour cet enfant"
        if not self.window_open:
            return "Réservations fermées"
        standing = self.standing(child, date)
        return "" if standing.may_book else standing.reason.rstrip(".")

    def _day_off(self, date):
        return self.calendar.day_off(date)

    def why_no_session(self, date):
        """Return why the period has no session on a date, in words for families."""
        reason = self.calendar.why_no_session(date, days_kind=self.period.days_kind, weekdays=self.period.weekdays)
        return reason or "Pas d’accueil ce jour-là"

    def _blocked_by(self, child, unit, date, session, text):
        """Return what the child has already booked at the hours of a cell, "" for nothing."""
        if session is None or self.act == Act.CANCEL:
            return ""
        hours = (unit.starts_at, unit.ends_at)
        if unit.kind == UnitKind.HOURS:
            hours = cells.parse_range(text) if text else None
        for held in self._held_on.get((child.pk, date), ()):
            if (
                hours
                and held.session_id != session.pk
                and exclude(unit, held.unit, hours=hours, other_hours=held.hours)
            ):
                return held.unit.name if held.shown else "une autre réservation"
        return ""

    def price(self, cell):
        """Return the Price of a cell, or None: no tariff, or hours not chosen yet."""
        if cell.unit.kind == UnitKind.HOURS:
            times = cells.parse_range(cell.range)
            return self.prices.price(cell.child, cell.unit, cell.date, *times) if times else None
        return self.prices.price(cell.child, cell.unit, cell.date)

    def amount(self, cell):
        """Return the euros of a chosen cell, or None: its price, or what a cancellation takes back."""
        if self.act == Act.CANCEL:
            return cell.held.price if cell.held else None
        price = self.price(cell)
        return price.amount if price else None

    def price_words(self, cell):
        """Return « 3,10 € » or « 1,15 € l’heure »: what a day already asked for was priced at, whatever prices became
        since; else the price of the hours chosen, or of the unit. "" without a tariff, and for the other household."""
        if cell.held:
            return money(cell.held.price) if cell.held.ours and cell.held.price is not None else ""
        if self.act == Act.CANCEL:
            return ""
        if price := self.price(cell):
            return money(price.amount)
        price = self.unit_price(cell.child, cell.unit, cell.date)
        if price is None:
            return ""
        return f"{unit_words(price.unit_price)} l’heure" if price.computed_from["per_hour"] else money(price.amount)

    def unit_price(self, child, unit, date):
        """Return the Price of a unit before anything is chosen (of one hour when hours are), or None: no tariff."""
        if unit.kind != UnitKind.HOURS:
            return self.prices.price(child, unit, date)
        end = dt.datetime.combine(date, unit.starts_at) + dt.timedelta(hours=1)
        return self.prices.price(child, unit, date, unit.starts_at, end.time())

    def dates(self):
        """Return the dates on screen: those of the period's weekdays, and any other that has a session."""
        days = (self.first + dt.timedelta(days=n) for n in range((self.last - self.first).days + 1))
        return [
            day
            for day in days
            if self.period.starts_on <= day <= self.period.ends_on
            and (day.weekday() in self.period.weekdays or day in self._dates)
        ]

    def day(self, date, children):
        """Return the Day of a date for `children`: its cells, child by child, unit by unit."""
        day = Day(date, [self.cell(child, unit, date) for child in children for unit in self.units])
        if date not in self._dates:
            day.closed = self.why_no_session(date)
        return day

    @cached_property
    def selection(self):
        """The chosen cells of the whole draft, by child then date; those no longer possible are in `lost`."""
        return self._selected[0]

    @cached_property
    def lost(self):
        """The chosen cells that can't be asked for any more: full, too late, booked meanwhile."""
        return self._selected[1]

    @cached_property
    def _selected(self):
        kept_cells, lost = [], []
        for child in self.children:
            for pk in self._choices(child):
                session = self._by_id.get(pk)
                if session is None:
                    continue
                cell = self.cell(child, session.unit, session.date)
                fits = cell.session == session and cell.chosen
                (kept_cells if fits else lost).append(cell)
        order = [child.pk for child in self.children]
        positions = {unit.pk: position for position, unit in enumerate(self.units)}
        for found in (kept_cells, lost):
            found.sort(key=lambda cell: (order.index(cell.child.pk), cell.date, positions[cell.unit.pk]))
        return kept_cells, lost

    @cached_property
    def totals(self):
        """The Totals of the draft: days by unit and by child, and euros."""
        chosen_children = {cell.child.pk for cell in self.selection}
        several = len(chosen_children) > 1
        counts = []
        for child in self.children if several else [None]:
            if child and child.pk not in chosen_children:
                continue
            mine = [cell for cell in self.selection if child is None or cell.child.pk == child.pk]
            for unit in self.units:
                number = sum(cell.unit.pk == unit.pk for cell in mine)
                if number or not several:
                    counts.append(Count(unit.name, number, child))
        amounts = [amount for amount in map(self.amount, self.selection) if amount is not None]
        states = [cell.state for cell in self.selection]
        return Totals(
            counts=counts,
            number=len(states),
            at_once=states.count(CellState.SELECTED) + states.count(CellState.TO_CANCEL),
            on_request=states.count(CellState.SELECTED_REQUEST) + states.count(CellState.TO_CANCEL_REQUEST),
            waiting=states.count(CellState.SELECTED_WAITING),
            amount=sum(amounts, ZERO) if amounts else None,
        )


def _sees_others(child):
    """Whether the household may see what the other household books for the child (set by `children_of`)."""
    guardianship = getattr(child, "guardianship", None)
    return bool(guardianship and guardianship.sees_other_bookings)

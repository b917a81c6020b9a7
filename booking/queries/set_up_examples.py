"""What a set-up gives, in examples that staff read beside the forms: moments of deadlines, prices of families."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from theme.formats import money

from ..calendars import Calendar
from ..deadlines import moment, sentence
from ..enums import Act, Outcome, PriceMethod
from ..models import ReservationDay, TariffVersion, Unit
from ..plans import open_dates
from ..prices import Situation, price_of
from ..words import day_words, moment_words

# Whom a tariff is shown for, beside its own bands.
QUOTIENTS = [Decimal(quotient) for quotient in (300, 600, 900, 1200, 1800)]
DAYS_AHEAD = 7
ACTS = list(Act)
OUTCOMES = list(Outcome)


def deadline_examples(activity, *, today):
    """Return (heads, rows) of a table: for each deadline of `activity`, its sentence and when it falls for two days.

    The days are the next Monday and the next Wednesday a week ahead. Without a query for an unsaved activity.
    """
    first = today + dt.timedelta(days=DAYS_AHEAD)
    days = [first + dt.timedelta(days=(weekday - first.weekday()) % 7) for weekday in (0, 2)]
    works = Calendar.of(activity.facility, closures=()).works
    deadlines = sorted(activity.deadlines.all(), key=lambda one: (ACTS.index(one.act), OUTCOMES.index(one.outcome)))
    heads = [f"Pour le {day_words(day)}" for day in days]
    return heads, [
        (sentence(one), [f"jusqu’au {moment_words(moment(one, day, works))}" for day in days]) for one in deadlines
    ]


def acts_without_deadline(activity):
    """Return the acts (« réservation », « annulation ») that no deadline limits: at once until the day begins."""
    limited = {one.act for one in activity.deadlines.all()}
    return [act.label.lower() for act in ACTS if act not in limited]


@dataclass(frozen=True, slots=True)
class PriceExample:
    """What one family pays: `who` in words, the amounts by column, the formula of the first."""

    who: str
    amounts: list[str]
    steps: list[str]


def price_examples(version):
    """Return (heads, [PriceExample]) of a TariffVersion with its bands and reductions; ([], []) when incomplete.

    Columns: a first child, each rank that has a reduction, a family outside the territory.
    """
    ranks = [1, *sorted({one.rank for one in version.sibling_reductions.all()} - {1})]
    hours = Decimal(1) if version.tariff.per_hour else None
    columns = [(f"Enfant n° {rank}", {"sibling_rank": rank}) for rank in ranks]
    columns.append(("Hors du territoire", {"resident": False}))
    rows = []
    for quotient in _quotients(version):
        try:
            prices = [price_of(version, Situation(quotient, hours=hours, **fields)) for _head, fields in columns]
        except (ValueError, TypeError):
            return [], []
        who = "Sans quotient vérifié" if quotient is None else f"Quotient de {money(quotient)}"
        if version.method == PriceMethod.FIXED:
            who = "Toutes les familles"
        rows.append(PriceExample(who, [money(price.amount) for price in prices], prices[0].steps))
    return [head for head, _fields in columns], rows


def _quotients(version):
    if version.method == PriceMethod.FIXED:
        return [None]
    if version.method == PriceMethod.BANDS:
        return [*sorted(band.quotient_from for band in version.bands.all()), None]
    return [*QUOTIENTS, None]


def is_applied(version):
    """Return whether days were booked at the price of a TariffVersion: then it is not rewritten. One query."""
    return bool(version.pk) and ReservationDay.objects.filter(computed_from__version=version.pk).exists()


def versions_of(tariff):
    """Return the versions of a Tariff, the newest first, each with its `examples`: three queries."""
    versions = list(
        TariffVersion.objects.filter(tariff=tariff)
        .select_related("tariff")
        .prefetch_related("bands", "sibling_reductions")
        .order_by("-valid_from")
    )
    for version in versions:
        version.examples = price_examples(version)
    return versions


def sample_days(calendar, *, today):
    """Return the working days of the year to come: on which a rule that never holds is looked for."""
    days = (today + dt.timedelta(days=n) for n in range(366))
    return [day for day in days if calendar.works(day)]


def period_summary(period):
    """Return what a form says of a saved period: {count of sessions, dates open, units}: three queries at most."""
    calendar = Calendar.of(period.activity.facility)
    return {
        "sessions": period.sessions.count(),
        "dates": len(open_dates(period, calendar)),
        "units": Unit.objects.filter(activity=period.activity_id).count(),
    }

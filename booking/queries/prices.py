"""Prices of a family's days: everything is read once, then asked for as often as a planning has cells."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from django.db.models import F, Q

from accounts.enums import ChildState
from accounts.models import FamilyQuotient, Guardianship
from theme.kept import kept

from ..models import BookingSettings, SiblingReduction, TariffBand, TariffVersion
from ..prices import Situation, price_of, version_on
from ..territory import in_territory

MINUTES = Decimal(60)


def booking_settings():
    """Return the settings of bookings, their defaults when nobody has saved them; never writes. One query."""
    return BookingSettings.objects.first() or BookingSettings()


def is_resident(profile, settings=None):
    """Return whether the household lives in the territory, by its postcode and town. One query without `settings`."""
    settings = settings or booking_settings()
    return in_territory(settings.territory, postcode=profile.postcode, town=profile.town)


class Prices:
    """What each day costs a household. Build it with `Prices.of`; `price` makes no query."""

    def __init__(self, *, versions, quotients, resident, births):
        self._versions = versions
        self._quotients = quotients
        self.resident = resident
        self._births = births
        self._known = {}

    @classmethod
    def of(cls, profile, children, units, dates, *, settings=None):
        """Read what the prices of `units` (with their `tariff_id`) for `children` of `profile` on `dates` depend on.

        Four queries at most, three with `settings`; none at all without units, children or dates.
        """
        units, dates = list(units), list(dates)
        if not units or not dates or not children:
            return cls(versions={}, quotients=[], resident=True, births=[])
        first, last = min(dates), max(dates)
        return cls(
            versions=_kept_versions({unit.tariff_id for unit in units} - {None}),
            quotients=list(
                FamilyQuotient.objects.filter(
                    profile=profile, verified_at__isnull=False, valid_from__lte=last, valid_until__gte=first
                ).order_by("-valid_from", "-pk")
            ),
            resident=is_resident(profile, settings),
            births=_births(profile, first, last),
        )

    def price(self, child, unit, date, start=None, end=None):
        """Return the Price of `unit` for `child` on `date`, or None when no tariff holds then.

        `start` and `end` are the times booked; without them, the unit's own hours count.
        """
        version = version_on(self._versions.get(unit.tariff_id, ()), date)
        if version is None:
            return None
        hours = _hours(start or unit.starts_at, end or unit.ends_at) if version.tariff.per_hour else None
        situation = Situation(
            quotient=self.quotient_on(date),
            resident=self.resident,
            sibling_rank=self.sibling_rank(child, date),
            hours=hours,
        )
        key = (version.pk, situation)
        if key not in self._known:
            self._known[key] = price_of(version, situation)
        return self._known[key]

    def quotient_on(self, date):
        """Return the household's verified quotient on `date` (the last to begin, of several), or None."""
        return next(
            (one.amount for one in self._quotients if one.valid_from <= date <= one.valid_until),
            None,
        )

    def sibling_rank(self, child, date):
        """Return the child's rank among the children of the household on `date`, the eldest being 1."""
        ranked = [pk for pk, started_on, ended_on in self._births if started_on <= date <= (ended_on or dt.date.max)]
        return ranked.index(child.pk) + 1 if child.pk in ranked else 1


def _kept_versions(tariffs):
    """As `_versions`, kept for some seconds: what staff set up, the same for every family."""
    return kept(("booking.tariffs", frozenset(tariffs)), lambda: _versions(tariffs))


def _versions(tariffs):
    """{tariff's id: [TariffVersion, with bands and reductions in memory]}: one query, however many."""
    rows = TariffVersion.objects.filter(tariff__in=tariffs).select_related("tariff")
    bands = ("pk", "label", "quotient_from", "price", "outside_price")
    reductions = ("pk", "rank", "percent")
    # A version has some ten bands and three reductions: their product is small, and spares two queries.
    rows = rows.annotate(
        **{f"band_{name}": F(f"bands__{name}") for name in bands},
        **{f"reduction_{name}": F(f"sibling_reductions__{name}") for name in reductions},
    ).order_by()
    found, version_bands, version_reductions = {}, defaultdict(dict), defaultdict(dict)
    for row in rows:
        version = found.setdefault(row.pk, row)
        if row.band_pk:
            values = {name: getattr(row, f"band_{name}") for name in bands}
            version_bands[version.pk][row.band_pk] = TariffBand(**values)
        if row.reduction_pk:
            values = {name: getattr(row, f"reduction_{name}") for name in reductions}
            version_reductions[version.pk][row.reduction_pk] = SiblingReduction(**values)
    by_tariff = defaultdict(list)
    for pk, version in found.items():
        version.bands = list(version_bands[pk].values())
        version.sibling_reductions = list(version_reductions[pk].values())
        by_tariff[version.tariff_id].append(version)
    return by_tariff


def _births(profile, first, last):
    """[(child's id, guardianship's first day, last day)] from the eldest to the youngest."""
    return list(
        Guardianship.objects.filter(
            Q(ended_on=None) | Q(ended_on__gte=first),
            profile=profile,
            started_on__lte=last,
            child__state=ChildState.ACTIVE,
        )
        .order_by("child__birth_date", "child_id")
        .values_list("child_id", "started_on", "ended_on")
    )


def _hours(start, end):
    minutes = (end.hour - start.hour) * 60 + end.minute - start.minute
    return Decimal(minutes) / MINUTES

"""What readings say of a consumption: pure functions, no database, no clock of their own."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

LITRE = Decimal("0.001")
# A half-year known by fewer days than this says nothing worth a bar.
LEAST_DAYS = 30
# The law's notice: over twice the average of the last three years.
USUAL_HALF_YEARS = 6
LEAST_HISTORY = 2


@dataclass(frozen=True)
class Reading:
    """What a meter showed on a day."""

    read_on: dt.date
    index: Decimal
    estimated: bool = False


@dataclass(frozen=True)
class Consumption:
    """What went through a meter from the evening of `start` to that of `end`; no `volume` when the index went back."""

    start: dt.date
    end: dt.date
    volume: Decimal | None
    estimated: bool = False
    rollover: bool = False

    @property
    def days(self):
        return (self.end - self.start).days

    @property
    def per_day(self):
        """m³ a day, or None when the volume isn't known."""
        return None if self.volume is None else self.volume / self.days


@dataclass(frozen=True)
class HalfYear:
    """The consumption of one half of a year; `days` says how many of them are known."""

    year: int
    half: int
    volume: Decimal
    days: int
    estimated: bool = False
    unusual: bool = False

    @property
    def short_label(self):
        return f"S{self.half} {self.year % 100:02d}"

    @property
    def label(self):
        return f"{'1er' if self.half == 1 else '2e'} semestre {self.year}"

    @property
    def rounded(self):
        """The volume in whole m³, as charts and tables show it."""
        return round(self.volume)

    @property
    def partial(self):
        """Whether some of its days aren't known."""
        return self.days < _length(self.year, self.half)

    @property
    def litres_per_day(self):
        return round(self.volume * 1000 / self.days)


def consumptions(readings, *, digits):
    """Return the Consumption between each two readings that follow, oldest first.

    A meter past its last digit starts again at zero: `digits` says where. An estimate above the reading that follows
    it was too high: it is left out. A true index that went back gives a Consumption without volume.
    """
    kept = []
    for reading in sorted(readings, key=lambda reading: reading.read_on):
        while kept and kept[-1].estimated and _volume(kept[-1], reading, digits) is None:
            kept.pop()
        kept.append(reading)
    return [
        Consumption(
            start=before.read_on,
            end=after.read_on,
            volume=_volume(before, after, digits),
            estimated=before.estimated or after.estimated,
            rollover=after.index < before.index and _volume(before, after, digits) is not None,
        )
        for before, after in zip(kept, kept[1:], strict=False)
    ]


def _volume(before, after, digits):
    """m³ between two readings, or None when the index went back by more than a rollover explains."""
    if after.index >= before.index:
        return after.index - before.index
    span = Decimal(10) ** digits
    volume = after.index + span - before.index
    return volume if 0 <= volume <= span / 2 else None


def half_years(consumptions):
    """Return the HalfYear of each half-year covered, oldest first. A volume that straddles two is split by days.

    The volumes add up to those given.
    """
    volumes, days, estimated = {}, {}, set()
    for consumption in consumptions:
        if not consumption.volume and consumption.volume != 0:
            continue
        left, shares = consumption.volume, list(_shares(consumption))
        for position, (key, share_days) in enumerate(shares, start=1):
            share = (consumption.volume * share_days / consumption.days).quantize(LITRE)
            share = left if position == len(shares) else min(share, left)
            left -= share
            volumes[key] = volumes.get(key, Decimal(0)) + share
            days[key] = days.get(key, 0) + share_days
            if consumption.estimated:
                estimated.add(key)
    return [
        HalfYear(*key, volume=volumes[key], days=min(days[key], _length(*key)), estimated=key in estimated)
        for key in sorted(volumes)
    ]


def _shares(consumption):
    """Yield ((year, half), days) of a consumption, whose first day is the one after `start`."""
    day = consumption.start + dt.timedelta(days=1)
    while day <= consumption.end:
        half = 1 if day.month <= 6 else 2
        last = min(consumption.end, _last_day(day.year, half))
        yield (day.year, half), (last - day).days + 1
        day = last + dt.timedelta(days=1)


def _last_day(year, half):
    return dt.date(year, 6, 30) if half == 1 else dt.date(year, 12, 31)


def _length(year, half):
    first = dt.date(year, 1, 1) if half == 1 else dt.date(year, 7, 1)
    return (_last_day(year, half) - first).days + 1


def notable(history):
    """Return the half-years of `history` known by enough days, those over twice the usual marked `unusual`.

    The usual is the average a day of the three years before; with less than a year before, nothing is said.
    """
    history = [half_year for half_year in history if half_year.days >= LEAST_DAYS]
    marked = []
    for position, half_year in enumerate(history):
        before = history[max(0, position - USUAL_HALF_YEARS) : position]
        usual = usual_per_day(before) if len(before) >= LEAST_HISTORY else None
        unusual = bool(usual) and half_year.volume / half_year.days > 2 * usual
        marked.append(replace(half_year, unusual=unusual))
    return marked


def usual_per_day(history):
    """Return the average of `history` in m³ a day, or None without any day."""
    days = sum(half_year.days for half_year in history)
    return sum((half_year.volume for half_year in history), Decimal(0)) / days if days else None

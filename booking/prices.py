"""What a booked day costs: pure functions. By quotient band or effort rate, residence, sibling rank, unit and date.

The order of the formula, which the sentences of a Price say one by one: base price (fixed, of the band, or quotient ×
rate between floor and ceiling), surcharge of those outside the territory, reduction of the sibling rank. The unit
price that comes out is rounded once, to 4 decimals; the amount once, to the cent, halves up ("Money" of the rules).
"""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from billing.rules import round_half_up
from theme.formats import NBSP, money, number

from .enums import PriceMethod
from .words import hours_words, percent_words

UNIT_PRICE = Decimal("0.0001")
QUANTITY = Decimal("0.001")


@dataclass(frozen=True, slots=True)
class Situation:
    """What a price depends on: the family's verified quotient in euros (None: none), whether it lives in the
    territory, the child's rank (1: the eldest), and the hours booked (for a price by the hour)."""

    quotient: Decimal | None = None
    resident: bool = True
    sibling_rank: int = 1
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """`amount` is euros with 2 decimals: `quantity` (1, or hours with 3 decimals) × `unit_price` (4 decimals).

    `steps` say the formula in French; `computed_from` keeps what it was computed from, ready for JSON.
    """

    amount: Decimal
    unit_price: Decimal
    quantity: Decimal
    steps: list[str] = field(default_factory=list)
    computed_from: dict = field(default_factory=dict)


def version_on(versions, date):
    """Return the version of a tariff that holds on `date`: the latest that began by then, or None."""
    return max(
        (version for version in versions if version.valid_from <= date),
        key=lambda version: version.valid_from,
        default=None,
    )


def price_of(version, situation):
    """Return the Price of `version` (a TariffVersion with its bands and reductions) in `situation`.

    Without a verified quotient the highest price holds. Raises ValueError when the version lacks what its method
    needs, or a price by the hour has no hours: the set-up and the planning refuse both before.
    """
    base, band, steps = _BASES[version.method](version, situation)
    unit_price = base
    surcharged = not situation.resident and version.outside_surcharge and not (band and band.outside_price is not None)
    if surcharged:
        unit_price *= 1 + version.outside_surcharge / 100
        steps.append(f"Hors du territoire{NBSP}: majoration de {percent_words(version.outside_surcharge)}.")
    reduction = reduction_for(version, situation.sibling_rank)
    if reduction:
        unit_price *= 1 - reduction.percent / 100
        steps.append(
            f"Enfant n°{NBSP}{situation.sibling_rank} de la famille{NBSP}: "
            f"réduction de {percent_words(reduction.percent)}."
        )
    unit_price = unit_price.quantize(UNIT_PRICE, ROUND_HALF_UP)
    per_hour = version.tariff.per_hour
    if per_hour and situation.hours is None:
        raise ValueError(f"{version.tariff} is by the hour: how many?")
    quantity = (situation.hours if per_hour else Decimal(1)).quantize(QUANTITY, ROUND_HALF_UP)
    amount = round_half_up(quantity * unit_price)
    if per_hour:
        steps.append(f"{hours_words(quantity)} × {unit_words(unit_price)} l’heure = {money(amount)}.")
    elif surcharged or reduction or unit_price != amount:
        steps.append(f"Prix{NBSP}: {money(amount)}.")
    return Price(
        amount=amount,
        unit_price=unit_price,
        quantity=quantity,
        steps=steps,
        computed_from={
            "tariff": version.tariff.name,
            "version": version.pk,
            "valid_from": version.valid_from.isoformat(),
            "method": str(version.method),
            "per_hour": per_hour,
            "base": str(base.quantize(UNIT_PRICE, ROUND_HALF_UP)),
            "band": band.label if band else "",
            "quotient": None if situation.quotient is None else str(situation.quotient),
            "rate": None if version.rate is None else str(version.rate),
            "resident": situation.resident,
            "surcharge": str(version.outside_surcharge) if surcharged else "0",
            "sibling_rank": situation.sibling_rank,
            "reduction": str(reduction.percent) if reduction else "0",
            "quantity": str(quantity),
            "unit_price": str(unit_price),
            "amount": str(amount),
        },
    )


def unit_words(unit_price):
    """Return a price as « 3,10 € », with 3 or 4 decimals only when it has them."""
    places = max(2, -unit_price.normalize().as_tuple().exponent)
    return f"{number(unit_price, places)}{NBSP}€"


def reduction_for(version, sibling_rank):
    """Return the SiblingReduction that holds for the child of that rank: of the highest rank it reaches, or None."""
    reached = [reduction for reduction in version.sibling_reductions.all() if reduction.rank <= sibling_rank]
    return max(reached, key=lambda reduction: reduction.rank, default=None)


def band_for(bands, quotient):
    """Return the band a quotient falls in: the last that begins at it or under it; under all of them, the first."""
    bands = sorted(bands, key=lambda band: band.quotient_from)
    reached = [band for band in bands if band.quotient_from <= quotient]
    return reached[-1] if reached else bands[0]


def _fixed(version, situation):
    if version.price is None:
        raise ValueError(f"{version} has no price")
    return version.price, None, [f"Prix unique{NBSP}: {unit_words(version.price)}{_each(version)}."]


def _banded(version, situation):
    bands = list(version.bands.all())
    if not bands:
        raise ValueError(f"{version} has no band")

    def price_in(band):
        outside = not situation.resident and band.outside_price is not None
        return band.outside_price if outside else band.price

    if situation.quotient is None:
        band = max(bands, key=price_in)
        why = "Sans quotient familial vérifié, le prix le plus haut s’applique"
    else:
        band = band_for(bands, situation.quotient)
        why = f"Quotient familial de {money(situation.quotient)}"
    base = price_in(band)
    where = " hors du territoire" if not situation.resident and band.outside_price is not None else ""
    return base, band, [f"{why}{NBSP}: tranche «{NBSP}{band.label}{NBSP}», {unit_words(base)}{_each(version)}{where}."]


def _effort(version, situation):
    if version.rate is None or version.ceiling is None:
        raise ValueError(f"{version} has no rate or no ceiling")
    if situation.quotient is None:
        why = "Sans quotient familial vérifié, le prix plafond s’applique"
        return version.ceiling, None, [f"{why}{NBSP}: {unit_words(version.ceiling)}{_each(version)}."]
    raw = situation.quotient * version.rate / 100
    steps = [
        f"Quotient familial de {money(situation.quotient)} × taux d’effort de {percent_words(version.rate)} = "
        f"{unit_words(raw.quantize(UNIT_PRICE, ROUND_HALF_UP))}{_each(version)}."
    ]
    if version.floor is not None and raw < version.floor:
        raw = version.floor
        steps.append(f"Prix plancher{NBSP}: {unit_words(raw)}.")
    elif raw > version.ceiling:
        raw = version.ceiling
        steps.append(f"Prix plafond{NBSP}: {unit_words(raw)}.")
    return raw, None, steps


_BASES = {PriceMethod.FIXED: _fixed, PriceMethod.BANDS: _banded, PriceMethod.EFFORT_RATE: _effort}


def _each(version):
    return " l’heure" if version.tariff.per_hour else ""

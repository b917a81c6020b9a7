"""The people of the sample files: the n-th is always the same."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import count as counter
from random import Random

TOWNS = (
    ("00000", "Garance-sur-Lierre"), ("00110", "Octon-le-Vieux"), ("00120", "Saint-Amans"), ("00130", "La Vernède"),
    ("00140", "Brissac-Haut"), ("00150", "Les Mazes-d’Orbe"), ("00160", "Fontclaire"),
)  # fmt: skip
_STREETS = (
    "rue du Lavoir", "rue des Tanneurs", "place de la Halle", "chemin des Oliviers", "impasse du Four",
    "route d’Octon", "avenue de la Gare", "rue de l’Église", "chemin du Moulin", "rue Basse", "montée du Château",
    "allée des Micocouliers", "rue de la Fontaine", "quai de la Lierre", "lotissement Les Genêts",
    "rue du 11-Novembre",
)  # fmt: skip
_SURNAMES = (
    "BERNARD", "THOMAS", "PETIT", "ROBERT", "DURAND", "MOREAU", "LEFÈVRE", "GARCIA", "FOURNIER", "GIRARD", "ANDRÉ",
    "MERCIER", "DUPONT", "LAMBERT", "BONNET", "FRANÇOIS", "MARTINEZ", "LEGRAND", "GARNIER", "FAURE", "ROUSSEL",
    "BLANC", "GUÉRIN", "MULLER", "ROY", "NOËL", "GAUTIER", "D’ALMEIDA", "PELLETIER", "HADDAD", "NGUYEN", "LE GOFF",
    "CASTAN", "VIDAL-ROQUE", "ŒUVRARD",
)  # fmt: skip
_FIRST_NAMES = (
    "Anne", "Bruno", "Chloé", "Denis", "Élise", "Farid", "Gaëlle", "Hugo", "Inès", "Jérôme", "Karima", "Loïc",
    "Maëlle", "Nicolas", "Odile", "Pascal", "Quentin", "Rachel", "Sylvie", "Théo", "Ursule", "Valérie", "Xavier",
    "Yasmine", "Zoé", "Jean-Marc",
)  # fmt: skip
_BODIES = (
    "SCI des Micocouliers", "Mairie de {town}", "GAEC du Moulin", "SARL Boulangerie Centrale",
    "Copropriété Les Genêts", "Association sportive de {town}", "Cave coopérative de {town}",
)  # fmt: skip
_CODE_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
_READ_ON = (
    date(2022, 12, 12), date(2023, 6, 12), date(2023, 12, 11), date(2024, 6, 10), date(2024, 12, 9), date(2025, 6, 11),
    date(2025, 12, 10), date(2026, 6, 10), date(2026, 11, 12),
)  # fmt: skip
_PHONES = ("046571", "063998")  # ranges that no telephone has: they are kept for fiction
_HALVES = ("1er semestre", "2e semestre")


@dataclass(frozen=True)
class Reading:
    """A figure of a meter on a date; `source` is "agent" or "estimated"."""

    read_on: date
    index: int
    source: str = "agent"


@dataclass(frozen=True)
class Invoice:
    """An invoice as the old software knows it."""

    number: str
    label: str
    period_start: date
    period_end: date
    issued_on: date
    due_on: date
    net: Decimal
    vat: Decimal
    gross: Decimal
    paid: Decimal

    @property
    def balance(self) -> Decimal:
        """What is still to pay."""
        return self.gross - self.paid


@dataclass(frozen=True)
class Subscriber:
    """A subscriber with their meter, readings and invoices."""

    reference: str
    holder: str
    address: str
    postcode: str
    town: str
    meter: str
    diameter: int
    subscribed_on: date
    services: tuple[str, ...]
    activation_code: str = ""
    phone: str = ""
    readings: tuple[Reading, ...] = ()
    billed: tuple[Invoice, ...] = ()
    rank: int = -1  # of those who are not known; decides the invoices

    @property
    def invoices(self) -> tuple[Invoice, ...]:
        """The invoices of the last four half-years, computed when asked: a file of readings needs none."""
        return self.billed or tuple(_invoices(self))

    @property
    def consumptions(self) -> list[int]:
        """m³ between two readings, oldest first."""
        indexes = [reading.index for reading in self.readings]
        return [after - before for before, after in zip(indexes, indexes[1:], strict=False)]

    @property
    def unpaid(self) -> list[Invoice]:
        """The invoices with something left to pay."""
        return [invoice for invoice in self.invoices if invoice.balance > 0]


@dataclass(frozen=True)
class Known:
    """The two subscribers that the demonstration and the tests rely on; they come first in every file."""

    camille: Subscriber
    nadia: Subscriber

    def __iter__(self) -> Iterator[Subscriber]:
        return iter((self.camille, self.nadia))


def known() -> Known:
    """Camille Martin and Nadia Benali, as the old software knows them.

    In the demonstration Camille's contract is attached, and her invoice F2026-00107 was paid online, which the old
    software does not know: 2 of her 4 invoices are to pay. Nadia's contract is not attached; her 2 are to pay.
    """
    camille = Subscriber(
        reference="00004512",
        holder="MARTIN Camille",
        address="12 rue du Lavoir",
        postcode="00000",
        town="Garance-sur-Lierre",
        meter="C19FA004512",
        diameter=15,
        subscribed_on=date(2019, 9, 2),
        services=("water", "sewerage"),
        activation_code="A7KQ4MWX9D",
        phone="04 65 71 45 12",
        readings=_readings(412, (38, 41, 36, 44, 47, 92, 40, 39)),
        billed=(
            _invoice("F2025-00388", 2025, 0, date(2025, 7, 3), date(2025, 9, 30), "118.42", paid="118.42"),
            _invoice("F2026-00107", 2025, 1, date(2026, 1, 8), date(2026, 3, 31), "231.40"),
            _invoice("F2026-00287", 2026, 0, date(2026, 9, 28), date(2026, 11, 5), "62.00", domain="Assainissement"),
            _invoice("F2026-00412", 2026, 0, date(2026, 11, 16), date(2026, 12, 31), "84.20"),
        ),
    )
    nadia = Subscriber(
        reference="00007031",
        holder="BENALI Nadia",
        address="3 chemin des Oliviers",
        postcode="00110",
        town="Octon-le-Vieux",
        meter="D21FB007031",
        diameter=15,
        subscribed_on=date(2021, 4, 15),
        services=("water", "sewerage"),
        activation_code="T6HN3RPC7E",
        phone="06 39 98 70 31",
        readings=_readings(188, (29, 33, 31, 30, 34, 36, 32, 35)),
        billed=(
            _invoice("F2026-00288", 2026, 0, date(2026, 9, 28), date(2026, 11, 5), "48.60", domain="Assainissement"),
            _invoice("F2026-00413", 2026, 0, date(2026, 11, 16), date(2026, 12, 31), "71.35"),
        ),
    )
    return Known(camille, nadia)


def subscribers() -> Iterator[Subscriber]:
    """Subscribers without end, the two known ones first; the n-th is always the same person."""
    yield from known()
    for rank in counter():
        yield _subscriber(rank)


def _subscriber(rank: int) -> Subscriber:
    draw = Random(20_261_116 + rank)
    pick = draw.random
    postcode, town = TOWNS[int(pick() * pick() * len(TOWNS))]
    if pick() < 0.06:
        holder = _BODIES[int(pick() * len(_BODIES))].format(town=town)
    else:
        holder = f"{_SURNAMES[int(pick() * len(_SURNAMES))]} {_FIRST_NAMES[int(pick() * len(_FIRST_NAMES))]}"
    suffix = " bis" if pick() < 0.05 else ""
    address = f"{1 + int(pick() * 90)}{suffix} {_STREETS[int(pick() * len(_STREETS))]}"
    year = 1994 + int(pick() * 32)
    subscribed_on = date(year, 1, 1) + timedelta(days=int(pick() * 364))
    services = ("water", "sewerage") if (kind := pick()) < 0.72 else ("water", "on_site") if kind < 0.86 else ("water",)
    usual = 12 + int(pick() * 70)
    readings = _readings(
        int(pick() * 1800), [max(0, int(usual * (0.75 + 0.5 * pick()))) for _half in range(len(_READ_ON) - 1)], pick
    )
    readings = tuple(reading for reading in readings if reading.read_on >= subscribed_on)
    return Subscriber(
        reference=f"{1003 + 37 * rank:08d}",
        holder=holder,
        address=address,
        postcode=postcode,
        town=town,
        meter=f"{'CDEG'[int(pick() * 4)]}{max(year, 2008) % 100:02d}F{'AB'[int(pick() * 2)]}{100_000 + rank:06d}",
        diameter=15 if pick() < 0.88 else 20 if pick() < 0.7 else 40,
        subscribed_on=subscribed_on,
        services=services,
        activation_code="".join(draw.choices(_CODE_ALPHABET, k=10)) if pick() < 0.25 else "",
        phone=f"{_PHONES[int(pick() * 2)]}{rank % 10_000:04d}" if pick() < 0.8 else "",
        readings=readings,
        rank=rank,
    )


def _readings(first: int, consumptions: Iterable[int], pick: Callable[[], float] | None = None) -> tuple[Reading, ...]:
    found, index = [Reading(_READ_ON[0], first)], first
    for read_on, volume in zip(_READ_ON[1:], consumptions, strict=True):
        index += volume
        found.append(Reading(read_on, index, "estimated" if pick and pick() < 0.08 else "agent"))
    return tuple(found)


def _invoices(person: Subscriber) -> Iterator[Invoice]:
    """Four half-years; nearly all is paid but the last one, which has just been issued."""
    pick = Random(77_000_000 + person.rank).random
    used = dict(zip([reading.read_on for reading in person.readings][1:], person.consumptions, strict=False))
    price = Decimal("2.12") + (Decimal("1.48") if "sewerage" in person.services else 0)
    schedule = (
        (2024, 1, _READ_ON[4], date(2025, 1, 9), date(2025, 3, 31), 0.99),
        (2025, 0, _READ_ON[5], date(2025, 7, 3), date(2025, 9, 30), 0.98),
        (2025, 1, _READ_ON[6], date(2026, 1, 8), date(2026, 3, 31), 0.95),
        (2026, 0, _READ_ON[7], date(2026, 11, 16), date(2026, 12, 31), 0.25),
    )
    for year, half, read_on, issued_on, due_on, chance in schedule:
        chosen, part = pick(), pick()
        if read_on not in used:
            continue
        number = f"F{issued_on.year}-{1000 + 2 * person.rank + (issued_on.month > 6):05d}"
        gross = (Decimal("21.50") + used[read_on] * price).quantize(Decimal("0.01"))
        paid = gross if chosen < chance else (gross / 2).quantize(Decimal("0.01")) if part < 0.1 else Decimal(0)
        yield _invoice(number, year, half, issued_on, due_on, gross, paid=paid)


def _invoice(number, year, half, issued_on, due_on, gross, *, paid="0", domain="Eau") -> Invoice:
    gross = Decimal(gross)
    rate = Decimal("1.10") if domain == "Assainissement" else Decimal("1.055")
    net = (gross / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return Invoice(
        number=number,
        label=f"{domain}, {_HALVES[half]} {year}",
        period_start=date(year, 7 if half else 1, 1),
        period_end=date(year, 12, 31) if half else date(year, 6, 30),
        issued_on=issued_on,
        due_on=due_on,
        net=net,
        vat=gross - net,
        gross=gross,
        paid=Decimal(paid),
    )

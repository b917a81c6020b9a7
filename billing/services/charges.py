"""What domains hand to billing: one charge for each thing sold, taken back as long as no invoice has it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils import timezone

from accounts.models import Profile

from ..enums import ChargeState
from ..models import Charge
from ..rules import round_half_up

# What a new hand-over of the same thing may change, as long as no invoice has it.
CHANGEABLE = (
    "label",
    "beneficiary",
    "quantity",
    "unit_price",
    "amount",
    "computed_from",
    "explanation",
    "state",
    "cancelled_at",
    "cancelled_reason",
)


@dataclass(frozen=True, slots=True)
class Sale:
    """One thing to be charged: `source` names it once for all ("booking.day:42"). Prices in euros."""

    source: str
    profile: Profile
    label: str
    service_date: date
    quantity: Decimal
    unit_price: Decimal
    beneficiary: str = ""
    computed_from: dict = field(default_factory=dict)
    explanation: list = field(default_factory=list)


def charge(*, sales, new=False):
    """Write `sales` as charges, two queries however many; returns them. Call it in the transaction of its cause.

    A source already charged is brought up to date, a cancelled one comes back; one that an invoice has stays as it is.
    `new` says that none was ever charged, and spares a query.
    """
    invoiced = set() if new else _invoiced([sale.source for sale in sales])
    charges = [
        Charge(
            source=sale.source,
            profile=sale.profile,
            label=sale.label,
            beneficiary=sale.beneficiary,
            service_date=sale.service_date,
            quantity=sale.quantity,
            unit_price=sale.unit_price,
            amount=round_half_up(sale.quantity * sale.unit_price),
            computed_from=sale.computed_from,
            explanation=sale.explanation,
        )
        for sale in sales
        if sale.source not in invoiced
    ]
    return Charge.objects.bulk_create(
        charges, update_conflicts=True, unique_fields=["source"], update_fields=CHANGEABLE
    )


def _invoiced(sources):
    found = Charge.objects.filter(source__in=sources, state=ChargeState.INVOICED)
    return set(found.values_list("source", flat=True))


def take_back(*, sources, reason):
    """Cancel the charges of `sources` that no invoice has; returns how many. Twice changes nothing."""
    return Charge.objects.filter(source__in=sources, state=ChargeState.PENDING).update(
        state=ChargeState.CANCELLED, cancelled_at=timezone.now(), cancelled_reason=reason
    )


def give_back(*, sources, reason):
    """Bring back the charges of `sources` that were taken back for `reason`, and for no other; returns how many."""
    return Charge.objects.filter(source__in=sources, state=ChargeState.CANCELLED, cancelled_reason=reason).update(
        state=ChargeState.PENDING, cancelled_at=None, cancelled_reason=""
    )

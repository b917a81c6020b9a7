"""What a booked day costs, handed to billing: one charge a day, with what its price was computed from."""

from decimal import Decimal

from billing.services.charges import Sale, charge, take_back


def source_of(day):
    """What a booked day is called in billing."""
    return f"booking.day:{day.pk}"


def sell(days, *, new=False):
    """Charge accepted days to the households that booked them, at the price that was shown: two queries, or none.

    Days need their reservation, child, and session with unit and activity. Those without a tariff cost nothing. `new`
    says that the days were just written: one query.
    """
    sales = [
        Sale(
            source=source_of(day),
            profile=day.reservation.profile,
            label=f"{day.session.unit.activity} – {day.session.unit}",
            beneficiary=str(day.child),
            service_date=day.session.date,
            quantity=Decimal(day.computed_from["quantity"]),
            unit_price=Decimal(day.computed_from["unit_price"]),
            computed_from=day.computed_from,
            explanation=day.explanation,
        )
        for day in days
        if day.price is not None
    ]
    return charge(sales=sales, new=new) if sales else []


def unsell(days):
    """Take back the charges of days cancelled in time; what an invoice has already stays. Returns how many."""
    return take_back(sources=[source_of(day) for day in days], reason="Annulation") if days else 0

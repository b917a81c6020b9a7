"""The laws of money, as pure functions: no database, no clock of their own."""

import re
from decimal import ROUND_HALF_UP, Decimal

from theme.formats import NBSP

from .enums import PAYMENT_TRANSITIONS, CheckoutStatus, InvoiceState, PaymentState

CENT = Decimal("0.01")
# What a card payment may be at the provider.
SMALLEST_PAYMENT = Decimal("0.50")
LARGEST_PAYMENT = Decimal("999999.99")
MOST_INVOICES = 50


def to_cents(amount):
    """Return `amount` euros as an integer number of cents. Raises ValueError when it has fractions of a cent."""
    cents = Decimal(amount) * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} has fractions of a cent")
    return int(cents)


def from_cents(cents):
    """Return `cents` as Decimal euros with two decimals."""
    return (Decimal(int(cents)) / 100).quantize(CENT)


def round_half_up(amount):
    """Return `amount` rounded to the cent, halves away from zero, as an invoice's lines are."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def invoice_state(*, balance, due_on, processing, today):
    """Return the InvoiceState of an invoice with `balance` left to pay, due on `due_on`.

    `processing` says that a payment of it waits for the bank: then it is neither late nor to be paid again.
    """
    if balance <= 0:
        return InvoiceState.PAID
    if processing:
        return InvoiceState.PROCESSING
    return InvoiceState.OVERDUE if due_on < today else InvoiceState.TO_PAY


def allocate(*, amount, given_back, lines):
    """Share what is left of a payment among its invoices.

    `amount` was received, `given_back` is refunded or about to be; `lines` are `(wanted, room)`: what the payment
    was meant to put on an invoice, and what that invoice can still take. Returns the list of amounts put on each, in
    order, and the excess, which belongs to nobody's invoice and is to be refunded. Refunds eat the excess first, then
    the last invoices. The amounts and the excess always add up to `amount - given_back`.
    """
    left = amount - given_back
    applied = []
    for wanted, room in lines:
        put = max(min(wanted, room, left), Decimal("0.00"))
        applied.append(put)
        left -= put
    return applied, left


def payment_state(status, *, declined=False):
    """Return the PaymentState that a provider's CheckoutStatus means; `declined`: a card was refused on its page."""
    match status:
        case CheckoutStatus.PAID:
            return PaymentState.SETTLED
        case CheckoutStatus.PROCESSING:
            return PaymentState.PENDING
        case CheckoutStatus.FAILED:
            return PaymentState.REFUSED
        case CheckoutStatus.EXPIRED:
            return PaymentState.REFUSED if declined else PaymentState.ABANDONED
        case CheckoutStatus.OPEN:
            return PaymentState.REFUSED if declined else PaymentState.STARTED
    raise ValueError(status)


def next_state(current, told):
    """Return the state after the provider told `told` of a payment in `current`: the same one if that can't follow."""
    return told if told in PAYMENT_TRANSITIONS[PaymentState(current)] else PaymentState(current)


def mismatch(*, expected, told):
    """Return the names of what differs between `(amount, currency, reference)` of a payment and of the provider."""
    names = ("montant", "monnaie", "référence")
    return [name for name, mine, theirs in zip(names, expected, told, strict=True) if mine != theirs]


def iban_is_valid(iban):
    """Return whether `iban`, without blanks and in capitals, has the shape and the check digits of an IBAN."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", iban):
        return False
    figures = "".join(str(int(character, 36)) for character in iban[4:] + iban[:4])
    return int(figures) % 97 == 1 and (iban[:2] != "FR" or len(iban) == 27)


def masked_iban(iban):
    """Return what a screen shows of an IBAN: its country and its last four characters."""
    return f"{iban[:2]}••{NBSP}••••{NBSP}{iban[-4:]}"

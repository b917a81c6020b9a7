"""The laws of money, without a database."""

from datetime import date
from decimal import Decimal as D
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.enums import PAYMENT_TRANSITIONS, CheckoutStatus, InvoiceState, PaymentState
from billing.rules import (
    allocate,
    from_cents,
    invoice_state,
    mismatch,
    next_state,
    payment_state,
    round_half_up,
    to_cents,
)

TODAY = date(2026, 11, 22)
amounts = st.decimals(min_value=0, max_value=D("99999.99"), places=2)


@pytest.mark.parametrize(
    ("balance", "due_on", "processing", "state"),
    [
        (D("10"), date(2026, 11, 23), False, InvoiceState.TO_PAY),
        (D("10"), TODAY, False, InvoiceState.TO_PAY),
        (D("10"), date(2026, 11, 21), False, InvoiceState.OVERDUE),
        (D("10"), date(2026, 11, 21), True, InvoiceState.PROCESSING),
        (D("0"), date(2026, 11, 21), False, InvoiceState.PAID),
        (D("0"), date(2026, 11, 21), True, InvoiceState.PAID),
    ],
)
def test_s3_17_state_of_an_invoice(balance, due_on, processing, state):
    assert invoice_state(balance=balance, due_on=due_on, processing=processing, today=TODAY) is state


@given(amounts)
def test_cents_and_back(amount):
    assert from_cents(to_cents(amount)) == amount


def test_cents_of_a_fraction_are_refused():
    with pytest.raises(ValueError, match="fractions"):
        to_cents(D("1.005"))


def test_halves_are_rounded_up():
    assert [round_half_up(D(text)) for text in ("0.005", "2.675", "-0.005")] == [D("0.01"), D("2.68"), D("-0.01")]


@given(amount=amounts, data=st.data(), lines=st.lists(st.tuples(amounts, amounts), max_size=6))
def test_allocation_adds_up_to_what_is_left(amount, data, lines):
    given_back = data.draw(st.decimals(min_value=0, max_value=amount, places=2))
    applied, excess = allocate(amount=amount, given_back=given_back, lines=lines)
    assert sum(applied) + excess == amount - given_back
    assert excess >= 0
    assert all(0 <= put <= min(wanted, room) for put, (wanted, room) in zip(applied, lines, strict=True))


@given(amount=amounts, lines=st.lists(st.tuples(amounts, amounts), max_size=6))
def test_nothing_is_in_excess_while_an_invoice_wants_it(amount, lines):
    applied, excess = allocate(amount=amount, given_back=D(0), lines=lines)
    assert excess == 0 or applied == [min(line) for line in lines]


def test_a_refund_eats_the_excess_first_then_the_last_invoices():
    lines = [(D("30"), D("30")), (D("20"), D("20"))]
    assert allocate(amount=D("60"), given_back=D("10"), lines=lines) == ([D("30"), D("20")], D("0"))
    assert allocate(amount=D("60"), given_back=D("25"), lines=lines) == ([D("30"), D("5")], D("0"))
    assert allocate(amount=D("60"), given_back=D("60"), lines=lines) == ([D("0"), D("0")], D("0"))


@pytest.mark.parametrize(
    ("status", "declined", "state"),
    [
        (CheckoutStatus.OPEN, False, PaymentState.STARTED),
        (CheckoutStatus.OPEN, True, PaymentState.REFUSED),
        (CheckoutStatus.PROCESSING, False, PaymentState.PENDING),
        (CheckoutStatus.PAID, False, PaymentState.SETTLED),
        (CheckoutStatus.PAID, True, PaymentState.SETTLED),
        (CheckoutStatus.FAILED, True, PaymentState.REFUSED),
        (CheckoutStatus.EXPIRED, False, PaymentState.ABANDONED),
        (CheckoutStatus.EXPIRED, True, PaymentState.REFUSED),
    ],
)
def test_s4_17_what_the_provider_says_and_the_state_it_means(status, declined, state):
    assert payment_state(status, declined=declined) is state


def test_every_state_has_its_transitions():
    assert set(PAYMENT_TRANSITIONS) == set(PaymentState)


@pytest.mark.parametrize("state", list(PaymentState))
def test_a_settled_payment_stays_settled_and_nothing_starts_again(state):
    assert next_state(PaymentState.SETTLED, state) is PaymentState.SETTLED
    assert next_state(state, PaymentState.STARTED) is state
    assert next_state(state, PaymentState.SETTLED) is PaymentState.SETTLED


@pytest.mark.parametrize(
    "history",
    [
        (PaymentState.STARTED, PaymentState.PENDING, PaymentState.SETTLED),
        (PaymentState.STARTED, PaymentState.REFUSED, PaymentState.SETTLED),
        (PaymentState.STARTED, PaymentState.ABANDONED, PaymentState.SETTLED),
        (PaymentState.STARTED, PaymentState.PENDING, PaymentState.REFUSED),
    ],
)
def test_answers_applied_in_any_order_end_where_the_last_one_does(history):
    """Two readers may apply their answers in the wrong order: the newest must win, whichever comes first."""
    for order in permutations(history):
        state = PaymentState.STARTED
        for told in order:
            state = next_state(state, told)
        assert state is history[-1] or (history[-1] is PaymentState.REFUSED and state is not PaymentState.STARTED)


def test_what_differs_is_named():
    expected = (D("84.20"), "EUR", "abc")
    assert mismatch(expected=expected, told=expected) == []
    assert mismatch(expected=expected, told=(D("84.2"), "EUR", "abc")) == []
    assert mismatch(expected=expected, told=(D("8.42"), "USD", "")) == ["montant", "monnaie", "référence"]

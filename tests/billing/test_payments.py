"""From the ticked invoices to the settled payment, at the stand-in over real HTTP."""

import uuid
from datetime import timedelta
from decimal import Decimal as D

import pytest
import requests
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import Role
from accounts.models import Membership, OutgoingMail
from billing.enums import InvoiceState, PaymentState
from billing.models import Counter, Invoice, Payment
from billing.queries import amount_to_pay, invoices_of
from billing.services import (
    abandon_payment,
    reconcile_pending,
    refresh_payment,
    resume_payment,
    start_payment,
)
from billing.services.ledger import next_number
from tests.factories.billing import InvoiceFactory

pytestmark = pytest.mark.django_db


def sentence(error):
    return " ".join(error.value.messages)


def test_s4_16_one_payment_settles_several_invoices(bank, begin, alice):
    profile = alice.profiles.get()
    first, second = InvoiceFactory(profile=profile), InvoiceFactory(profile=profile, gross=D("62.00"))
    payment = begin(second, first)
    assert (payment.amount, payment.state) == (D("146.20"), PaymentState.STARTED)
    answer = bank.choose(payment, "payer")
    assert answer.headers["Location"] == payment.return_url
    payment = refresh_payment(payment_id=payment.pk)
    assert payment.state == PaymentState.SETTLED
    assert payment.receipt_number == f"R{timezone.localdate().year}-000001"
    for invoice in (first, second):
        invoice.refresh_from_db()
        assert (invoice.balance, invoice.paid_online, invoice.state) == (0, invoice.gross, InvoiceState.PAID)
    assert amount_to_pay(profile).count == 0
    actions = ModelLogEntry.objects.for_instance(payment).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["billing.payment.start", "billing.payment.settle"]


def test_the_payment_page_says_what_is_paid(bank, begin, invoice):
    payment = begin(invoice)
    page = requests.get(f"{bank.address}/_stripe/payer/{payment.provider_session}/", timeout=10)
    page.encoding = "utf-8"
    assert page.status_code == 200
    for shown in (f"Facture {invoice.number}", "84,20", "Carte refusée", "Validation différée", "Abandonner"):
        assert shown in page.text


def test_the_same_key_gives_the_same_payment_and_page(begin, invoice, bank, alice):
    key = uuid.uuid4()
    options = {
        "by": alice,
        "profile": alice.profiles.get(),
        "invoices": [invoice],
        "idempotency_key": key,
        "return_url": f"{bank.address}/{{payment}}/",
    }
    assert start_payment(**options) == start_payment(**options)
    assert Payment.objects.count() == 1


def test_a_provider_that_does_not_answer_costs_nothing_and_the_same_form_resumes(bank, alice, invoice):
    options = {"by": alice, "profile": alice.profiles.get(), "invoices": [invoice], "idempotency_key": uuid.uuid4()}
    with pytest.raises(ValidationError) as error:
        start_payment(**options, return_url="http://127.0.0.1:9/{payment}/")
    assert "ne répond pas" in sentence(error)
    payment = Payment.objects.get()
    assert (payment.state, payment.provider_session) == (PaymentState.STARTED, "")
    Payment.objects.update(return_url=f"{bank.address}/{payment.public_id}/")
    resumed, url = start_payment(**options, return_url="unused")
    assert resumed.pk == payment.pk
    assert url.startswith(bank.address)


def test_a_payment_whose_page_was_never_made_does_not_stand_in_the_way(bank, begin, alice, invoice):
    with pytest.raises(ValidationError):
        start_payment(
            by=alice,
            profile=alice.profiles.get(),
            invoices=[invoice],
            idempotency_key=uuid.uuid4(),
            return_url="http://127.0.0.1:9/{payment}/",
        )
    dead = Payment.objects.get()
    assert begin(invoice).pk != dead.pk
    dead.refresh_from_db()
    assert dead.state == PaymentState.ABANDONED
    with pytest.raises(ValidationError, match="terminé"):
        Payment.objects.filter(pk=dead.pk).update(return_url=bank.address)
        resume_payment(by=alice, payment=Payment.objects.get(pk=dead.pk))


def test_coming_back_to_pay_closes_the_page_left_open(bank, begin, invoice):
    left = begin(invoice)
    payment = begin(invoice)
    left.refresh_from_db()
    assert left.state == PaymentState.ABANDONED
    bank.choose(left, "payer")
    assert refresh_payment(payment_id=left.pk).state == PaymentState.ABANDONED
    bank.choose(payment, "payer")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.SETTLED


def test_another_member_who_is_paying_is_not_cut_off(begin, bob, invoice):
    begin(invoice)
    with pytest.raises(ValidationError, match="Une autre personne de votre profil"):
        begin(invoice, by=bob)
    assert Payment.objects.count() == 1


def test_a_page_left_open_by_another_member_is_closed_after_its_life(bank, begin, bob, invoice):
    left = begin(invoice)
    Payment.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    assert begin(invoice, by=bob).state == PaymentState.STARTED
    left.refresh_from_db()
    assert left.state == PaymentState.ABANDONED


def test_an_invoice_paid_meanwhile_is_found_paid_when_paying_again(bank, begin, invoice):
    first = begin(invoice)
    bank.choose(first, "perdre")
    with pytest.raises(ValidationError, match="Déjà réglée"):
        begin(invoice)
    first.refresh_from_db()
    assert first.state == PaymentState.SETTLED


def test_s4_17_a_bank_that_takes_its_time(bank, begin, invoice, alice):
    payment = begin(invoice)
    bank.choose(payment, "differer")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.PENDING
    found = invoices_of(alice.profiles.get()).get()
    assert (found.state, found.payable) == (InvoiceState.PROCESSING, False)
    with pytest.raises(ValidationError, match="attend déjà la validation"):
        begin(invoice)
    bank.order(payment, "valider")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.SETTLED


def test_s4_17_a_bank_that_refuses_later_is_mailed(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "differer")
    refresh_payment(payment_id=payment.pk)
    bank.order(payment, "refuser")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.REFUSED
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("billing/payment_refused", "alice@example.test")
    assert "Rien n’a été débité" in mail.text and invoice.number in mail.text
    invoice.refresh_from_db()
    assert invoice.balance == D("84.20")
    assert begin(invoice).state == PaymentState.STARTED


def test_s4_17_a_refused_card_can_be_followed_by_a_good_one(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "refuser")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.REFUSED
    assert OutgoingMail.objects.count() == 0, "the payer saw it on the page"
    bank.choose(payment, "payer")
    assert refresh_payment(payment_id=payment.pk).state == PaymentState.SETTLED


def test_paying_again_after_a_refused_card_closes_its_page(bank, begin, invoice):
    refused = begin(invoice)
    bank.choose(refused, "refuser")
    refresh_payment(payment_id=refused.pk)
    begin(invoice)
    bank.choose(refused, "payer")
    assert refresh_payment(payment_id=refused.pk).state == PaymentState.REFUSED


def test_giving_up(bank, begin, alice, invoice):
    payment = begin(invoice)
    assert abandon_payment(by=alice, payment=payment).state == PaymentState.ABANDONED
    page = requests.get(f"{bank.address}/_stripe/payer/{payment.provider_session}/", timeout=10)
    assert page.status_code == 410


def test_giving_up_too_late(bank, begin, alice, invoice):
    payment = begin(invoice)
    bank.choose(payment, "payer")
    assert abandon_payment(by=alice, payment=payment).state == PaymentState.SETTLED


def test_resuming_leads_to_the_same_page(bank, begin, alice, invoice):
    payment = begin(invoice)
    payment.refresh_from_db()
    assert payment.provider_session in resume_payment(by=alice, payment=payment)


# What is refused -----------------------------------------------------------------------------------------------------


def test_a_stranger_cannot_pay(begin, charlie, invoice):
    with pytest.raises(PermissionDenied):
        begin(invoice, by=charlie)


def test_a_member_who_only_reads_cannot_pay(begin, bob, invoice):
    Membership.objects.filter(user=bob).update(role=Role.READ_ONLY)
    with pytest.raises(PermissionDenied):
        begin(invoice, by=bob)


def test_a_former_member_cannot_pay(begin, bob, invoice):
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    with pytest.raises(PermissionDenied):
        begin(invoice, by=bob)


def test_somebody_elses_invoice_cannot_be_paid(begin, charlie):
    with pytest.raises(ValidationError, match="n’est plus dans votre espace"):
        begin(InvoiceFactory(profile=charlie.profiles.get()))


def test_nothing_ticked(begin):
    with pytest.raises(ValidationError, match="au moins une facture"):
        begin()


def test_a_paid_invoice(begin, alice):
    paid = InvoiceFactory(profile=alice.profiles.get(), paid_at_source=D("84.20"))
    with pytest.raises(ValidationError, match="Déjà réglée"):
        begin(paid)


def test_an_amount_that_changed_since_it_was_shown(begin, invoice):
    Invoice.objects.update(paid_at_source=D("10"))
    with pytest.raises(ValidationError, match="a changé"):
        begin(invoice, total=D("84.20"))
    assert begin(invoice, total=D("74.20")).amount == D("74.20")


def test_less_than_a_card_can_pay(begin, alice):
    with pytest.raises(ValidationError, match="0,50"):
        begin(InvoiceFactory(profile=alice.profiles.get(), gross=D("0.49")))


def test_too_many_invoices_at_once(begin, alice):
    with pytest.raises(ValidationError) as error:
        begin(*InvoiceFactory.create_batch(51, profile=alice.profiles.get()))
    assert "50 factures" in sentence(error)


def test_without_keys_nothing_is_paid_online(begin, invoice, settings):
    settings.STRIPE_STAND_IN = False
    with pytest.raises(ValidationError, match="pas disponible"):
        begin(invoice)


# What does not match -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lie", "named"),
    [
        ({"amount_total": 1}, "montant"),
        ({"currency": "usd"}, "monnaie"),
        ({"client_reference_id": "another"}, "référence"),
    ],
)
def test_what_does_not_match_is_flagged_and_never_paid(bank, begin, invoice, lie, named):
    payment = begin(invoice)
    bank.falsify(payment.provider_session or Payment.objects.get().provider_session, **lie)
    bank.choose(payment, "payer")
    payment = refresh_payment(payment_id=payment.pk)
    assert (payment.state, payment.receipt_number) == (PaymentState.STARTED, None)
    assert named in payment.anomaly
    invoice.refresh_from_db()
    assert invoice.balance == D("84.20")
    refresh_payment(payment_id=payment.pk)
    entries = ModelLogEntry.objects.for_instance(payment).filter(action="billing.payment.anomaly")
    assert entries.count() == 1, "said once, not at each check"


def test_less_money_received_than_asked_is_flagged(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "payer")
    [intent] = [event["data"]["object"] for event in bank.events() if event["type"] == "payment_intent.succeeded"]
    bank.falsify(intent["id"], amount_received=1)
    payment = refresh_payment(payment_id=payment.pk)
    assert (payment.state, "montant" in payment.anomaly) == (PaymentState.STARTED, True)


def test_money_for_an_invoice_paid_otherwise_is_kept_and_flagged_for_refund(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "payer")
    Invoice.objects.update(paid_at_source=D("84.20"))
    payment = refresh_payment(payment_id=payment.pk)
    assert (payment.state, payment.excess) == (PaymentState.SETTLED, D("84.20"))
    assert payment.receipt_number
    assert payment.allocations.get().applied == 0
    invoice.refresh_from_db()
    assert invoice.paid_online == 0


def test_money_for_an_invoice_partly_paid_otherwise(bank, begin, invoice):
    payment = begin(invoice)
    bank.choose(payment, "payer")
    Invoice.objects.update(paid_at_source=D("60.00"))
    payment = refresh_payment(payment_id=payment.pk)
    assert (payment.allocations.get().applied, payment.excess) == (D("24.20"), D("60.00"))
    invoice.refresh_from_db()
    assert invoice.balance == 0


# What nobody told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        (["perdre"], PaymentState.SETTLED),
        (["refuser"], PaymentState.REFUSED),
        (["refuser", "perdre"], PaymentState.SETTLED),
        ([], PaymentState.STARTED),
    ],
)
def test_the_scheduled_job_settles_what_nobody_told(bank, begin, invoice, acts, state):
    payment = begin(invoice)
    for act in acts:
        bank.choose(payment, act)
    assert reconcile_pending() == 1
    payment.refresh_from_db()
    assert payment.state == state


def test_the_scheduled_job_closes_pages_after_their_life(bank, begin, invoice):
    payment = begin(invoice)
    reconcile_pending(now=timezone.now() + timedelta(minutes=66))
    payment.refresh_from_db()
    assert payment.state == PaymentState.ABANDONED
    assert reconcile_pending() == 0, "what is over is not asked about again"


def test_one_payment_that_cannot_be_checked_does_not_stop_the_others(bank, begin, alice, invoice):
    lost = begin(InvoiceFactory(profile=alice.profiles.get()))
    Payment.objects.filter(pk=lost.pk).update(provider_session="cs_test_unknown")
    payment = begin(invoice)
    bank.choose(payment, "perdre")
    assert reconcile_pending() == 1
    payment.refresh_from_db()
    assert payment.state == PaymentState.SETTLED


# Numbers -------------------------------------------------------------------------------------------------------------


def test_numbers_follow_each_other_and_a_failure_leaves_no_gap():
    assert [next_number("R", 2026) for _ in range(2)] == ["R2026-000001", "R2026-000002"]
    with pytest.raises(RuntimeError), transaction.atomic():
        next_number("R", 2026)
        raise RuntimeError
    assert next_number("R", 2026) == "R2026-000003"
    assert next_number("R", 2027) == "R2027-000001"
    assert Counter.objects.count() == 2


def test_asking_twice_about_a_settled_payment_changes_nothing(settled, invoice):
    payment = settled(invoice)
    again = refresh_payment(payment_id=payment.pk)
    assert (again.receipt_number, again.settled_at) == (payment.receipt_number, payment.settled_at)
    invoice.refresh_from_db()
    assert invoice.paid_online == D("84.20")

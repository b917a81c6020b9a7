"""The back office of money: registers to read, two acts on a payment, and who may do what."""

import re
from decimal import Decimal as D

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from billing.enums import PaymentState, RefundState
from billing.models import Invoice, Payment, PaymentEvent, Refund
from billing.services import refresh_payment
from tests.factories.billing import AllocationFactory, InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


def address(model, name, *args):
    return reverse(f"wagtailsnippets_billing_{model}:{name}", args=args)


def text(response):
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def excess(bank, begin, invoice):
    """A payment of an invoice that was paid at the desk meanwhile."""
    payment = begin(invoice)
    bank.choose(payment, "payer")
    Invoice.objects.update(paid_at_source=D("84.20"))
    return refresh_payment(payment_id=payment.pk)


def test_the_revenue_officer_reads_payments_invoices_and_refunds(excess, staff, client, bank, run_queue):
    bank.notify(bank.events()[-1])
    run_queue()
    staff("Régisseur")
    for url, shown in [
        (address("payment", "list"), [excess.receipt_number, "84,20 €", "Règlement validé"]),
        (address("payment", "list") + "?look=refund", [excess.receipt_number]),
        (
            address("payment", "inspect", excess.pk),
            ["Trop-perçu", "checkout.session.completed", "Règlement commencé", excess.provider_session, "Rembourser"],
        ),
        (address("invoice", "list"), ["84,20 €", "Payée"]),
        (address("invoice", "inspect", Invoice.objects.get().pk), ["79,81 €", excess.receipt_number]),
        (address("refund", "list"), ["Remboursements"]),
        (reverse("billing_paymentevent_modeladmin_index"), ["checkout.session.completed"]),
        (
            reverse("wagtailadmin_home"),
            ["Ce qui vous attend", '>Trop-perçus à rembourser</span> <b class="office-count">1</b>'],
        ),
    ]:
        answer = client.get(url)
        assert answer.status_code == 200, url
        for words in shown:
            assert words in text(answer), (url, words)


def test_lists_cost_the_same_with_one_and_three_rows(staff, client, sql_count):
    staff("Régisseur")

    def add():
        allocation = AllocationFactory()
        Refund.objects.create(payment=allocation.payment, amount=D("1"), reason="x")
        PaymentEvent.objects.create(
            provider="stripe", event_id=str(allocation.pk), kind="x", payment=allocation.payment
        )

    def cost():
        urls = [address(model, "list") for model in ("payment", "invoice", "refund")]
        urls.append(reverse("billing_paymentevent_modeladmin_index"))
        return [sql_count(lambda url=url: client.get(url)) for url in urls]

    add()
    cost()
    one = cost()
    add()
    add()
    assert cost() == one


def test_filters(staff, client):
    staff("Régisseur")
    refused = PaymentFactory(state=PaymentState.REFUSED)
    odd = PaymentFactory(anomaly="montant")
    slow = PaymentFactory(state=PaymentState.PENDING)
    Payment.objects.filter(pk=slow.pk).update(created_at=timezone.now() - timezone.timedelta(days=8))
    failed = PaymentFactory(
        state=PaymentState.SETTLED, receipt_number="R1", settled_at=timezone.now(), excess=D("84.20")
    )
    Refund.objects.create(payment=failed, amount=D("84.20"), reason="x", state=RefundState.FAILED)
    everyone = {refused, odd, slow, failed}
    for query, found in [
        ("state=refused", {refused}),
        ("look=look", {odd, slow}),
        ("look=refund", {failed}),
        ("look=failed", {failed}),
        ("", everyone),
    ]:
        page = text(client.get(f"{address('payment', 'list')}?{query}"))
        assert {payment for payment in everyone if address("payment", "inspect", payment.pk) in page} == found, query
    assert text(client.get(address("payment", "list") + "?q=R1")).count(address("payment", "inspect", failed.pk))
    InvoiceFactory(number="PAID", paid_at_source=D("84.20"), profile=None)
    InvoiceFactory(number="OWED")
    for query, shown, hidden in [
        ("paid=no", "OWED", "PAID"),
        ("attached=no", "PAID", "OWED"),
        ("q=OWED", "OWED", "PAID"),
    ]:
        page = text(client.get(f"{address('invoice', 'list')}?{query}"))
        assert shown in page and hidden not in page, query


def refund(client, payment, **fields):
    url = address("payment", "refund", payment.pk)
    key = re.search(r'name="key" value="([^"]+)"', text(client.get(url)))[1]
    return client.post(url, {"key": key, "reason": "Payé au guichet", **fields}, follow=True)


def test_a_refund_is_confirmed_with_a_reason(excess, staff, client, run_queue):
    officer = staff("Régisseur")
    page = text(client.get(address("payment", "refund", excess.pk)))
    assert "84,20 €" in page and "ne peut pas être annulé" in page
    assert "Champ requis." in text(refund(client, excess, what="excess", reason=""))
    assert Refund.objects.count() == 0
    assert "demandé au prestataire" in text(refund(client, excess, what="excess"))
    made = Refund.objects.get()
    assert (made.amount, made.requested_by, made.reason) == (D("84.20"), officer, "Payé au guichet")
    run_queue()
    page = text(client.get(address("payment", "inspect", excess.pk)))
    assert "Remboursé" in page and "Remboursement demandé" in page
    assert "déjà remboursé" in text(client.get(address("payment", "refund", excess.pk)))


def test_a_confirmation_sent_twice_refunds_once(settled, invoice, staff, client):
    payment = settled(invoice)
    staff("Régisseur")
    url = address("payment", "refund", payment.pk)
    key = re.search(r'name="key" value="([^"]+)"', text(client.get(url)))[1]
    for _ in range(2):
        client.post(url, {"key": key, "what": "whole", "reason": "Erreur"})
    assert Refund.objects.count() == 1


def test_the_provider_is_asked_from_the_sheet(bank, begin, invoice, staff, client):
    payment = begin(invoice)
    bank.choose(payment, "perdre")
    staff("Régisseur")
    url = address("payment", "verify", payment.pk)
    assert client.get(url).status_code == 405
    assert "Réponse du prestataire : Règlement validé" in text(client.post(url, follow=True))
    payment.refresh_from_db()
    assert payment.state == PaymentState.SETTLED
    Payment.objects.update(provider_session="cs_test_unknown")
    assert "ne connaît pas" in text(client.post(url, follow=True))
    Payment.objects.update(return_url="http://127.0.0.1:9/")
    assert "ne répond pas" in text(client.post(url, follow=True))


@pytest.fixture
def urls(settled, invoice, run_queue):
    """Addresses of the back office, by the right they ask for."""
    payment = settled(invoice)
    run_queue()
    invoice.pdf.save("scan.pdf", ContentFile(b"%PDF"))
    return {
        "invoice": [
            address("invoice", "list"),
            address("invoice", "inspect", invoice.pk),
            address("invoice", "pdf", invoice.pk),
        ],
        "payment": [
            address("payment", "list"),
            address("payment", "inspect", payment.pk),
            address("payment", "receipt", payment.pk),
            address("refund", "list"),
            reverse("billing_paymentevent_modeladmin_index"),
        ],
        "refund": [address("payment", "refund", payment.pk)],
        "verify": [address("payment", "verify", payment.pk)],
        "never": [
            address(model, name, *args)
            for model, pk in (("invoice", invoice.pk), ("payment", payment.pk))
            for name, args in (("add", []), ("edit", [pk]), ("delete", [pk]))
        ],
    }


RIGHTS = {
    "Régisseur": {"invoice", "payment", "refund", "verify"},
    "Administrateur": {"invoice", "payment"},
    "Gestionnaire de données": {"invoice"},
    "Communication": set(),
    "Instructeur": set(),
    "Responsable enfance": set(),
}


@pytest.mark.parametrize("group", RIGHTS)
def test_each_role_opens_what_it_may_and_nothing_else(urls, staff, client, group):
    staff(group)
    for right, addresses in urls.items():
        for url in addresses:
            answer = client.post(url) if right == "verify" else client.get(url)
            # Wagtail answers a page without the right by a redirection to its home, with a message.
            home = answer.status_code == 302 and answer["Location"] == reverse("wagtailadmin_home")
            opened = answer.status_code in (200, 302) and not home
            assert opened == (right in RIGHTS[group]), (group, url, answer.status_code)


def test_a_superuser_neither_adds_nor_changes_nor_deletes(urls, staff, client):
    staff(is_superuser=True)
    for url in urls["never"]:
        for answer in (client.get(url), client.post(url, {})):
            assert answer.status_code in (302, 403, 404), url
    assert Invoice.objects.count() == 1


def test_residents_and_visitors_stay_out(urls, login, alice, client):
    login(alice)
    for url in [url for addresses in urls.values() for url in addresses]:
        assert client.get(url).status_code in (302, 403), url
    client.logout()
    for url in [url for addresses in urls.values() for url in addresses]:
        assert client.get(url)["Location"].startswith("/connexion/"), url

"""« Mes factures » through HTTP: the lists, the payment of several at once, its return, the receipts; who sees what."""

import re
import uuid
from decimal import Decimal as D
from urllib.parse import urlsplit

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership
from billing.enums import PaymentState
from billing.models import Invoice, Payment
from billing.services import reconcile_pending, refresh_payment
from tests.bank import bank, bank_address, begin, invoice, settled  # noqa: F401
from tests.factories.billing import AllocationFactory, InvoiceFactory, PaymentFactory

pytestmark = pytest.mark.django_db
URL = "/mon-compte/factures/"


@pytest.fixture(autouse=True)
def pages(dashboard, settings, tmp_path):
    """The pages of the space, and an empty private storage."""
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def resident(login, alice):
    return login(alice)


def text(response):
    return " ".join(response.content.decode().split())


def hidden(response, name):
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())


# Lists ---------------------------------------------------------------------------------------------------------------


def test_s0_13_the_tab_to_pay_lists_the_unpaid_with_a_way_to_pay(resident, invoice):  # noqa: F811
    paid = InvoiceFactory(profile=invoice.profile, paid_at_source=D("84.20"))
    page = text(resident.get(URL))
    assert invoice.number in page and paid.number not in page
    assert "Régler la facture" in page and "Régler les factures cochées" in page
    assert re.search(r'aria-current="page">À payer \(1\)', page)
    assert "84,20 €" in page and "1 facture" in page


def test_s3_17_the_tab_of_all_invoices_shows_each_state_with_its_legend(resident, alice):
    profile = alice.profiles.get()
    InvoiceFactory(profile=profile, number="PAID", paid_at_source=D("84.20"))
    InvoiceFactory(profile=profile, number="LATE", due_on="2026-08-01")
    page = text(resident.get(URL, {"onglet": "toutes"}))
    for shown in ("PAID", "LATE", "Payée", "En retard", "Légende", "Paiement en cours"):
        assert shown in page
    assert re.search(r'aria-current="page">Toutes', page)


def test_the_menu_counts_what_is_to_pay(resident, invoice):  # noqa: F811
    assert re.search(r'class="count">\D*1', text(resident.get("/mon-compte/")))


def test_nothing_to_pay_says_so(resident):
    assert "Vous n’avez rien à payer" in text(resident.get(URL))
    assert "Aucune facture pour le moment" in text(resident.get(URL, {"onglet": "toutes"}))
    assert "Aucun règlement en ligne" in text(resident.get(f"{URL}reglements/"))


def test_twenty_five_a_page(resident, alice):
    InvoiceFactory.create_batch(26, profile=alice.profiles.get())
    assert len(re.findall(r'name="facture"', text(resident.get(URL)))) == 25
    assert len(re.findall(r'name="facture"', text(resident.get(URL, {"page": 2})))) == 1


def test_lists_cost_the_same_with_one_and_three_rows(resident, alice, sql_count):
    profile = alice.profiles.get()

    def cost():
        urls = [URL, f"{URL}?onglet=toutes", f"{URL}reglements/", f"{URL}payer/?toutes"]
        return [sql_count(lambda url=url: resident.get(url)) for url in urls]

    def add():
        found = InvoiceFactory(profile=profile)
        AllocationFactory(invoice=found, payment=PaymentFactory(profile=profile, state=PaymentState.REFUSED))

    add()
    cost()  # what Wagtail and contenttypes keep in memory
    one = cost()
    add()
    add()
    assert cost() == one
    # Eleven of them read the pages of the rail, one for each type, which are kept outside the tests.
    assert max(one) <= 31


def test_s3_17_the_detail_shows_amounts_and_what_was_paid(resident, invoice):  # noqa: F811
    Invoice.objects.update(paid_at_source=D("10"))
    page = text(resident.get(f"{URL}{invoice.number}/"))
    for shown in (
        "79,81 €",
        "4,39 €",
        "84,20 €",
        "10,00 €",
        "74,20 €",
        "00004512",
        "1er janv. 2026",
        "Régler la facture",
    ):
        assert shown in page


def test_s3_17_the_pdf_of_an_invoice(resident, invoice):  # noqa: F811
    url = f"{URL}{invoice.number}/pdf/"
    assert resident.get(url).status_code == 404
    invoice.pdf.save("scan.pdf", ContentFile(b"%PDF-1.7 invoice"))
    answer = resident.get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 invoice"
    assert answer["Content-Disposition"] == f'attachment; filename="facture-{invoice.number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_a_pdf_whose_file_is_gone_is_not_found(resident, invoice):  # noqa: F811
    invoice.pdf.save("scan.pdf", ContentFile(b"%PDF"))
    invoice.pdf.storage.delete(invoice.pdf.name)
    assert resident.get(f"{URL}{invoice.number}/pdf/").status_code == 404


def test_the_name_of_a_pdf_is_safe(resident, alice):
    strange = InvoiceFactory(profile=alice.profiles.get(), number='2019/12 "x"\r\n')
    strange.pdf.save("scan.pdf", ContentFile(b"%PDF"))
    answer = resident.get(f"{URL}{strange.slug}/pdf/")
    assert answer["Content-Disposition"] == 'attachment; filename="facture-2019-12-x.pdf"'


# Paying --------------------------------------------------------------------------------------------------------------


def confirm(client, *invoices, **changes):
    """Tick, read the summary, confirm: returns the answer to the confirmation."""
    summary = client.get(f"{URL}payer/", {"facture": [found.slug for found in invoices]})
    fields = {name: hidden(summary, name) for name in ("key", "total", "facture")}
    return client.post(f"{URL}payer/", {**fields, **changes})


def test_s4_16_tick_summary_pay_return_receipt(resident, bank, alice, run_queue):  # noqa: F811
    profile = alice.profiles.get()
    first, second = InvoiceFactory(profile=profile), InvoiceFactory(profile=profile, gross=D("62.00"))
    summary = resident.get(f"{URL}payer/", {"facture": [first.slug, second.slug]})
    for shown in (first.number, second.number, "Montant total à débiter", "Retour", "Payer 146,20 € par carte"):
        assert shown in text(summary)
    answer = confirm(resident, first, second)
    payment = Payment.objects.get()
    assert answer["Location"] == f"{bank.address}/_stripe/payer/{payment.provider_session}/"

    back = urlsplit(bank.choose(payment, "payer").headers["Location"]).path
    assert back == f"{URL}paiement/{payment.public_id}/retour/"
    waiting = resident.get(back)
    assert "Nous vérifions votre paiement" in text(waiting)
    assert Payment.objects.get().state == PaymentState.STARTED, "a GET never writes"
    assert resident.post(f"{URL}paiement/{payment.public_id}/verifier/")["Location"] == back
    run_queue()
    page = text(resident.get(back))
    payment.refresh_from_db()
    for shown in ("Votre règlement est validé", "146,20 €", payment.receipt_number, first.number, second.number):
        assert shown in page
    receipt = resident.get(f"{URL}reglements/{payment.public_id}/recu/")
    assert b"".join(receipt.streaming_content).startswith(b"%PDF-")
    assert receipt["Content-Disposition"] == f'attachment; filename="recu-{payment.receipt_number}.pdf"'
    assert "Vous n’avez rien à payer" in text(resident.get(URL))
    assert payment.receipt_number in text(resident.get(f"{URL}reglements/"))
    assert "Règlement validé" in text(resident.get(f"{URL}{first.number}/"))


def test_everything_at_once(resident, invoice):  # noqa: F811
    InvoiceFactory(profile=invoice.profile, gross=D("10"))
    assert "94,20 €" in text(resident.get(f"{URL}payer/?toutes"))


def test_a_double_click_is_one_payment(resident, bank, invoice):  # noqa: F811
    summary = resident.get(f"{URL}payer/", {"facture": invoice.slug})
    fields = {name: hidden(summary, name) for name in ("key", "total", "facture")}
    first, second = (resident.post(f"{URL}payer/", fields) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Payment.objects.count() == 1


def test_nothing_ticked_is_said_on_the_list(resident, invoice):  # noqa: F811
    page = text(resident.get(f"{URL}payer/"))
    assert "Cochez au moins une facture à régler." in page
    assert "<title>Erreur : " in page


def test_an_invoice_already_paid_is_left_out_of_the_summary(resident, invoice):  # noqa: F811
    paid = InvoiceFactory(profile=invoice.profile, paid_at_source=D("84.20"))
    page = text(resident.get(f"{URL}payer/", {"facture": [invoice.slug, paid.slug]}))
    assert f"La facture {paid.number} est déjà réglée" in page
    assert "Payer 84,20 € par carte" in page
    assert "Rien à régler" in text(resident.get(f"{URL}payer/", {"facture": paid.slug}))


def test_an_amount_that_changed_is_shown_again_before_paying(resident, bank, invoice):  # noqa: F811
    summary = resident.get(f"{URL}payer/", {"facture": invoice.slug})
    fields = {name: hidden(summary, name) for name in ("key", "total", "facture")}
    Invoice.objects.update(paid_at_source=D("4.20"))
    page = resident.post(f"{URL}payer/", fields)
    assert "Le montant à régler a changé" in text(page)
    assert "Payer 80,00 € par carte" in text(page)
    assert "<title>Erreur : " in text(page)
    assert Payment.objects.count() == 0


@pytest.mark.parametrize("changes", [{"key": ""}, {"key": "x"}, {"total": ""}, {"total": "x"}, {"total": "NaN"}])
def test_a_form_that_was_tampered_with_pays_nothing(resident, bank, invoice, changes):  # noqa: F811
    answer = confirm(resident, invoice, **changes)
    assert answer.status_code == 200
    assert Payment.objects.count() == 0


def test_extra_fields_change_nothing(resident, bank, invoice):  # noqa: F811
    confirm(resident, invoice, amount="1", state="settled", currency="USD", profile="1")
    payment = Payment.objects.get()
    assert (payment.amount, payment.state, payment.currency) == (D("84.20"), PaymentState.STARTED, "EUR")


def test_without_keys_the_page_says_so_and_offers_no_payment(resident, invoice, settings):  # noqa: F811
    settings.STRIPE_STAND_IN = False
    page = text(resident.get(URL))
    assert "Le paiement en ligne n’est pas disponible pour le moment" in page
    assert "Régler" not in page.replace("Réglez", "")
    assert resident.get(f"{URL}payer/", {"facture": invoice.slug}).status_code == 404


# Coming back ---------------------------------------------------------------------------------------------------------


def test_leaving_the_payment_page_offers_to_resume_or_to_give_up(resident, bank, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    page = text(resident.get(f"{URL}paiement/{payment.public_id}/retour/?annule=1"))
    assert "Rien n’a été débité" in page and "Reprendre le paiement" in page and "Abandonner ce paiement" in page
    assert payment.provider_session in resident.post(f"{URL}paiement/{payment.public_id}/reprendre/")["Location"]
    assert resident.post(f"{URL}paiement/{payment.public_id}/abandonner/")["Location"] == URL
    payment.refresh_from_db()
    assert payment.state == PaymentState.ABANDONED
    assert "Paiement abandonné" in text(resident.get(URL))
    assert "Vous avez abandonné ce paiement" in text(resident.get(f"{URL}paiement/{payment.public_id}/retour/"))


def test_resuming_a_payment_that_is_over_says_so(resident, settled, invoice):  # noqa: F811
    payment = settled(invoice)
    answer = resident.post(f"{URL}paiement/{payment.public_id}/reprendre/", follow=True)
    assert "Ce règlement est terminé" in text(answer)


def test_s4_17_a_refused_payment_says_so_and_can_be_made_again(resident, bank, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    bank.choose(payment, "refuser")
    refresh_payment(payment_id=payment.pk)
    page = text(resident.get(f"{URL}paiement/{payment.public_id}/retour/"))
    assert "Votre règlement a été refusé" in page and "Rien n’a été débité" in page
    again = re.search(r'href="([^"]*payer/\?facture=[^"]*)"', page)[1]
    assert "Payer 84,20 € par carte" in text(resident.get(again))
    assert "Règlement refusé par la banque" in text(resident.get(f"{URL}reglements/"))


def test_s4_17_the_three_states_and_their_legend(resident, alice):
    profile = alice.profiles.get()
    for state in (PaymentState.PENDING, PaymentState.REFUSED):
        AllocationFactory(invoice__profile=profile, payment=PaymentFactory(profile=profile, state=state))
    AllocationFactory(
        invoice__profile=profile,
        payment=PaymentFactory(
            profile=profile, state=PaymentState.SETTLED, receipt_number="R2026-000001", settled_at=timezone.now()
        ),
    )
    page = text(resident.get(f"{URL}reglements/"))
    for label in (
        "Règlement en attente de validation par la banque",
        "Règlement validé",
        "Règlement refusé par la banque",
    ):
        assert page.count(label) == 2, "in its row and in the legend"


def test_s4_17_a_payment_the_bank_is_looking_at_is_not_to_be_paid_again(resident, bank, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    bank.choose(payment, "differer")
    refresh_payment(payment_id=payment.pk)
    assert "Ne payez pas une seconde fois" in text(resident.get(f"{URL}paiement/{payment.public_id}/retour/"))
    page = text(resident.get(URL))
    assert "Paiement en cours" in page and 'name="facture"' not in page


def test_the_return_asks_by_itself_and_stops(resident, bank, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    back, verify = (f"{URL}paiement/{payment.public_id}/{step}/" for step in ("retour", "verifier"))
    assert 'hx-trigger="load delay:1s"' in text(resident.get(back))
    htmx = {"HX-Request": "true"}
    assert 'hx-trigger="load delay:3s"' in text(resident.post(verify, {"checks": "1"}, headers=htmx))
    for checks in ("6", "999", "x", "-1", ""):
        assert "hx-trigger" not in text(resident.post(verify, {"checks": checks}, headers=htmx))
    bank.choose(payment, "perdre")
    assert "Votre règlement est validé" in text(resident.post(verify, {"checks": "1"}, headers=htmx))


def test_a_provider_that_does_not_answer_the_check_is_said(resident, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    Payment.objects.update(return_url="http://127.0.0.1:9/")
    answer = resident.post(f"{URL}paiement/{payment.public_id}/verifier/", follow=True)
    assert "Le service de paiement ne répond pas" in text(answer)
    assert reconcile_pending() == 0


def test_a_payment_that_does_not_match_asks_not_to_pay_again(resident, begin, invoice):  # noqa: F811
    payment = begin(invoice)
    Payment.objects.update(anomaly="Le prestataire annonce autre chose.")
    page = text(resident.get(f"{URL}paiement/{payment.public_id}/retour/"))
    assert "Ne payez pas une seconde fois" in page and "Reprendre" not in page


@pytest.mark.parametrize("step", ["verifier", "reprendre", "abandonner"])
def test_what_acts_is_a_post(resident, begin, invoice, step):  # noqa: F811
    payment = begin(invoice)
    assert resident.get(f"{URL}paiement/{payment.public_id}/{step}/").status_code == 405


def test_a_form_without_its_token_is_refused(bank, begin, alice, invoice, client):  # noqa: F811
    payment = begin(invoice)
    client.handler.enforce_csrf_checks = True
    client.force_login(alice)
    for address in (f"{URL}payer/", f"{URL}paiement/{payment.public_id}/abandonner/"):
        assert client.post(address).status_code == 403


# Who -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def private_urls(settled, run_queue, alice):  # noqa: F811
    """Addresses of Alice's money: (address, whether it takes a POST)."""
    invoice = InvoiceFactory(profile=alice.profiles.get())  # noqa: F811
    invoice.pdf.save("scan.pdf", ContentFile(b"%PDF"))
    payment = settled(InvoiceFactory(profile=alice.profiles.get()))
    run_queue()
    return [
        (f"{URL}{invoice.slug}/", False),
        (f"{URL}{invoice.slug}/pdf/", False),
        (f"{URL}payer/?facture={invoice.slug}", False),
        (f"{URL}paiement/{payment.public_id}/retour/", False),
        (f"{URL}reglements/{payment.public_id}/recu/", False),
        (f"{URL}paiement/{payment.public_id}/verifier/", True),
        (f"{URL}paiement/{payment.public_id}/reprendre/", True),
        (f"{URL}paiement/{payment.public_id}/abandonner/", True),
    ]


def statuses(client, urls):
    return {(client.post if post else client.get)(url).status_code for url, post in urls}


def test_what_alice_owns_alice_and_bob_see(private_urls, login, alice, bob):
    for user in (alice, bob):
        assert statuses(login(user), private_urls) == {200, 302}


def test_what_alice_owns_nobody_else_finds(private_urls, login, charlie):
    assert statuses(login(charlie), private_urls) == {404}


def test_a_former_member_finds_nothing(private_urls, login, bob):
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    assert statuses(login(bob), private_urls) == {403}, "no profile left"


def test_a_visitor_is_asked_to_log_in(private_urls, client):
    client.logout()
    for url, _post in private_urls:
        answer = client.get(url)
        assert answer.status_code == 302 and answer["Location"].startswith("/connexion/"), url


def test_staff_without_a_profile_see_nothing_here(private_urls, client, staff):
    staff("Régisseur")
    assert statuses(client, private_urls) == {403}


def test_a_stranger_cannot_confirm_with_alices_invoice(login, charlie, invoice, bank):  # noqa: F811
    fields = {"facture": invoice.slug, "key": str(uuid.uuid4()), "total": "84.20"}
    assert login(charlie).post(f"{URL}payer/", fields).status_code == 404
    assert Payment.objects.count() == 0


def test_who_only_reads_sees_and_does_not_pay(login, bob, invoice, begin):  # noqa: F811
    payment = begin(invoice)
    Membership.objects.filter(user=bob).update(role=Role.READ_ONLY)
    client = login(bob)
    page = text(client.get(URL))
    assert invoice.number in page and "lecture seule" in page
    assert 'name="facture"' not in page and "Régler" not in page
    assert "Régler la facture" not in text(client.get(f"{URL}{invoice.slug}/"))
    assert client.get(f"{URL}payer/", {"facture": invoice.slug}).status_code == 403
    assert client.post(f"{URL}payer/", {"facture": invoice.slug}).status_code == 403
    back = f"{URL}paiement/{payment.public_id}/"
    assert "Vérifier" not in text(client.get(f"{back}retour/"))
    assert {client.post(f"{back}{step}/").status_code for step in ("verifier", "reprendre", "abandonner")} == {403}


@pytest.mark.parametrize("slug", ["F9999-1", "_1", "_99999999999999999999", "é", "a/b"])
def test_an_unknown_invoice_is_not_found(resident, slug):
    assert resident.get(f"{URL}{slug}/").status_code == 404

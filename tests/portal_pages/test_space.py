"""The resident's space: who enters, what the dashboard and the rail show, and at what cost."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Page

from accounts.models import Membership
from billing.models import Invoice
from portal_pages.models import ConsumptionPage, DashboardPage
from tests.factories.water import AttachedContractFactory, CodeRequestFactory, MeterFactory, readings

pytestmark = pytest.mark.django_db
PAGES = ["/mon-compte/", "/mon-compte/contrats/", "/mon-compte/consommations/", "/mon-compte/profil/"]


def invoices(profile, count, **fields):
    amounts = {"net": Decimal(80), "vat": Decimal("4.20"), "gross": Decimal("84.20")}
    dates = {"issued_on": dt.date(2020, 1, 1), "due_on": dt.date(2099, 1, 1)}
    start = Invoice.objects.count()
    return [
        Invoice.objects.create(
            number=f"F{start + number}",
            profile=profile,
            **(amounts | dates | {"label": "Eau", "customer_reference": "00004512"} | fields),
        )
        for number in range(count)
    ]


@pytest.fixture
def contract(alice):
    """Alice's contract, with four years of readings and a leak in the second half of 2025."""
    contract = AttachedContractFactory(
        reference="00004512", profile=alice.profiles.get(), subscribed_on=dt.date(2022, 12, 31)
    )
    index, rows = 1200, [(dt.date(2022, 12, 31), 1200)]
    for position, volume in enumerate([38, 41, 36, 44, 47, 92, 40]):
        index += volume
        year, first_half = 2023 + position // 2, position % 2 == 0
        rows.append((dt.date(year, 6, 30) if first_half else dt.date(year, 12, 31), index))
    readings(MeterFactory(delivery_point=contract.delivery_point), *rows)
    return contract


# Who enters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [*PAGES, "/mon-compte/contrats/associer/", "/mon-compte/contrats/demander-un-code/"])
def test_the_space_asks_for_a_login(dashboard, client, url):
    response = client.get(url)
    assert (response.status_code, response.url) == (302, f"/connexion/?next={url}")


@pytest.mark.parametrize("url", PAGES)
def test_each_page_answers_and_is_never_cached(dashboard, login, alice, url):
    response = login(alice).get(url)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"] and "private" in response["Cache-Control"]


def test_a_staff_member_without_profile_reads_where_to_go(dashboard, staff, client):
    staff("Communication")
    response = client.get("/mon-compte/")
    assert response.status_code == 403
    assert "Cet espace est celui des usagers" in response.content.decode()
    assert 'href="/admin/"' in response.content.decode()


def test_a_former_member_without_any_profile_is_told_so(dashboard, login, bob):
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    response = login(bob).get("/mon-compte/")
    assert response.status_code == 403
    assert "ne fait plus partie d’aucun profil" in response.content.decode()


def test_a_get_of_the_space_writes_nothing(dashboard, login, alice, contract):
    invoices(alice.profiles.get(), 2)
    client = login(alice)
    with CaptureQueriesContext(connection) as queries:
        for url in [*PAGES, "/mon-compte/contrats/00004512/"]:
            client.get(url)
    written = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert written == []


# The rail ------------------------------------------------------------------------------------------------------------


def test_s0_7_the_rail_names_the_entries_and_what_waits(dashboard, login, alice):
    invoices(alice.profiles.get(), 2)
    page = login(alice).get("/mon-compte/contrats/")
    entries = page.context["space_menu"]
    assert [(entry["title"], entry["url"], entry["count"]) for entry in entries] == [
        ("Tableau de bord", "/mon-compte/", 0),
        ("Mes contrats", "/mon-compte/contrats/", 0),
        ("Mes factures", "/mon-compte/factures/", 2),
        ("Mes consommations et mes relèves", "/mon-compte/consommations/", 0),
        ("Ma famille", "/mon-compte/famille/", 0),
        ("Mes réservations", "/mon-compte/reservations/", 0),
        ("Mes inscriptions", "/mon-compte/inscriptions/", 0),
        ("Mes démarches", "/mon-compte/demarches/", 0),
        ("Mes documents", "/mon-compte/documents/", 0),
        ("Mes données personnelles", "/mon-compte/profil/", 0),
        ("Mes notifications", "/mon-compte/notifications/", 0),
    ]
    assert [entry["title"] for entry in entries if entry["current"]] == ["Mes contrats"]
    assert 'aria-current="page"' in page.content.decode()


def test_staff_reorder_rename_and_hide_the_pages(dashboard, login, alice):
    consumption = ConsumptionPage.objects.get()
    consumption.title = "Ma consommation"
    consumption.save_revision().publish()
    consumption.move(Page.objects.get(pk=dashboard.pk), pos="first-child")
    hidden = Page.objects.get(slug="contrats")
    hidden.show_in_menus = False
    hidden.save()
    Page.objects.get(slug="profil").unpublish()
    client = login(alice)
    titles = [entry["title"] for entry in client.get("/mon-compte/").context["space_menu"]]
    assert titles[:3] == ["Tableau de bord", "Ma consommation", "Mes factures"]
    assert {"Mes contrats", "Mes données personnelles"}.isdisjoint(titles)
    assert client.get("/mon-compte/contrats/").status_code == 200
    assert client.get("/mon-compte/profil/").status_code == 404
    # The dashboard offers no link to a page that is gone.
    assert "/mon-compte/profil/" not in client.get("/mon-compte/").content.decode().split("<main")[1]


def test_only_pages_of_the_space_stand_under_the_dashboard(dashboard):
    names = {model.__name__ for model in DashboardPage.allowed_subpage_models()}
    assert {"ContractsPage", "ConsumptionPage", "InvoicesPage", "PersonalDataPage"} <= names
    assert not names & {"StandardPage", "NewsPage", "HelpPage"}


def test_the_demo_pages_are_added_once(dashboard):
    from cms.demo.space import load_space

    before = Page.objects.count()
    assert load_space() == dashboard
    assert Page.objects.count() == before


# The dashboard -------------------------------------------------------------------------------------------------------


def test_s1_2_a_resident_with_nothing_yet_sees_what_to_do_first(dashboard, login, alice):
    profile = alice.profiles.get()
    page = login(alice).get("/mon-compte/").content.decode()
    assert "Bonjour Alice" in page
    assert "Compte abonné eau" in page
    assert 'href="/mon-compte/contrats/associer/"' in page
    assert 'href="/mon-compte/contrats/demander-un-code/"' in page
    assert 'href="/mon-compte/profil/"' in page
    assert "À payer" not in page and "Consommation d’eau" not in page
    CodeRequestFactory(profile=profile, requested_by=alice, reference="00004599")
    page = login(alice).get("/mon-compte/").content.decode()
    assert "Un agent examine votre demande pour la référence client 00004599" in page


def test_s0_1_the_dashboard_tells_what_to_pay_what_was_used_and_the_last_invoices(dashboard, login, alice, contract):
    profile = alice.profiles.get()
    invoices(profile, 2)
    invoices(profile, 1, gross=Decimal("62.00"), due_on=dt.date(2020, 2, 1))
    page = login(alice).get("/mon-compte/").content.decode()
    assert "230,40\u00a0€" in page
    assert "3 factures, dont une en retard" in page
    assert "Voir le contrat 00004512" in page
    assert "plus du double de votre consommation habituelle" in page
    assert "Consommation par semestre, en m³. Plus du double de l’habitude : 2e semestre 2025." in page
    assert "Bienvenue. Par où commencer" not in page
    assert "En retard" in page


def test_a_tile_without_anything_to_say_is_not_shown(dashboard, login, alice):
    AttachedContractFactory(profile=alice.profiles.get())
    page = login(alice).get("/mon-compte/").content.decode()
    for label in ("À payer", "Dernière facture", "Consommation d’eau", "Dernière consommation"):
        assert label not in page


def test_staff_compose_the_dashboard(dashboard, login, alice):
    dashboard.tiles = [
        ("text", {"label": "Travaux", "text": "<p>Coupure d’eau <b>mardi</b>.</p>"}),
        ("links", {"label": "Liens", "links": [{"page": None, "url": "https://www.eaufrance.fr", "label": "L’eau"}]}),
        ("procedures", {"label": "Démarches", "pages": [Page.objects.get(slug="contrats")]}),
    ]
    dashboard.save_revision().publish()
    page = login(alice).get("/mon-compte/").content.decode()
    assert "Coupure d’eau <b>mardi</b>" in page
    assert '<a href="https://www.eaufrance.fr">L’eau</a>' in page
    assert page.index("Travaux") < page.index("Liens") < page.index("Démarches")


def test_the_dashboard_can_be_previewed_without_a_profile(dashboard, client, staff):
    staff(is_superuser=True)
    response = client.get(f"/admin/pages/{dashboard.pk}/view_draft/")
    assert response.status_code == 200
    assert "Bonjour" in response.content.decode()


def test_the_dashboard_costs_the_same_with_one_contract_and_invoice_and_with_many(
    dashboard, login, alice, contract, sql_count
):
    profile = alice.profiles.get()
    invoices(profile, 1)
    client = login(alice)
    client.get("/mon-compte/")
    few = sql_count(lambda: client.get("/mon-compte/"))
    AttachedContractFactory.create_batch(2, profile=profile)
    invoices(profile, 300)
    readings(contract.delivery_point.meters.get(), (dt.date(2026, 12, 31), 2000), (dt.date(2027, 6, 30), 2100))
    assert sql_count(lambda: client.get("/mon-compte/")) == few


def test_another_resident_sees_nothing_of_alices_dashboard(dashboard, login, alice, charlie, contract):
    invoices(alice.profiles.get(), 1)
    page = login(charlie).get("/mon-compte/").content.decode()
    assert "00004512" not in page and "84,20" not in page


def test_who_shares_the_profile_sees_the_same(dashboard, login, bob, contract):
    assert "Voir le contrat 00004512" in login(bob).get("/mon-compte/").content.decode()


def test_the_space_is_found_by_no_public_search_and_no_sitemap(dashboard, client):
    assert "/mon-compte/" not in client.get("/sitemap.xml").content.decode()
    assert "mon-compte" not in client.get("/api/v2/pages/").content.decode()


def test_a_resident_without_first_name_is_greeted_all_the_same(dashboard, login, alice):
    from accounts.models import User

    User.objects.filter(pk=alice.pk).update(first_name="")
    assert "<h1>Bonjour</h1>" in login(User.objects.get(pk=alice.pk)).get("/mon-compte/").content.decode()

"""« Mes contrats » : the list, a contract in detail (s0.9), the history of consumption (s0.14, s1.11)."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Membership
from portal_pages.models import DocumentsPage
from tests.factories.families import FiledDocumentFactory
from tests.factories.procedures import ProcedureIndexPageFactory, ProcedurePageFactory
from tests.factories.water import (
    AttachedContractFactory,
    CodeRequestFactory,
    DeliveryPointFactory,
    MeterFactory,
    WaterContractFactory,
    readings,
)
from water.enums import ReadingSource, ReadingState
from water.models import WaterContract

from .test_space import contract, invoices  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
LIST = "/mon-compte/contrats/"
URL = "/mon-compte/contrats/00004512/"


def test_s0_9_the_list_shows_each_contract_one_click_from_its_detail(dashboard, login, alice, contract):  # noqa: F811
    WaterContractFactory(reference="NOBODYS")
    page = login(alice).get(LIST).content.decode()
    assert f'<a href="{URL}">00004512</a>' in page
    assert "12 rue des Tilleuls, 49000 Vallon-sur-Loire" in page
    assert "1\u202f538\u00a0m³" in page and "30 juin 2026" in page
    assert "En cours" in page and "Légende" in page
    assert "NOBODYS" not in page


def test_s0_9_a_contract_shows_its_readings_its_consumption_and_a_chart_of_it(dashboard, login, alice, contract):  # noqa: F811
    response = login(alice).get(URL)
    page = response.content.decode()
    assert [row["period"] for row in response.context["half_years"]["rows"]][:2] == [
        "1er semestre 2026",
        "2e semestre 2025",
    ]
    assert [bar["value"] for bar in response.context["history"].chart] == [38, 41, 36, 44, 47, 92, 40]
    assert [bar["tone"] for bar in response.context["history"].chart] == ["", "", "", "", "", "warning", ""]
    assert page.count('<rect class="bar"') == 7
    # The same figures as a table.
    for volume in (38, 41, 36, 44, 47, 92, 40):
        assert f"{volume}\u00a0m³" in page
    assert "Plus du double de l’habitude" in page
    assert "Eau potable, Assainissement collectif" in page
    assert "diamètre 15 mm" in page
    assert "Relève par un agent" in page


def test_s1_12_a_contract_shows_its_own_invoices(dashboard, login, alice, contract):  # noqa: F811
    profile = alice.profiles.get()
    (mine,) = invoices(profile, 1, label="Eau 2026")
    invoices(profile, 1, label="Cantine", customer_reference="FAMILLE")
    page = login(alice).get(URL).content.decode()
    assert f'<a href="/mon-compte/factures/{mine.slug}/">' in page
    assert "Cantine" not in page


def test_a_contract_leads_to_its_own_documents(dashboard, login, alice, contract):  # noqa: F811
    FiledDocumentFactory(profile=alice.profiles.get(), title="Attestation", contract_reference="00004512")
    FiledDocumentFactory(profile=alice.profiles.get(), title="Autre chose")
    client = login(alice)
    address = "/mon-compte/documents/?contract=00004512"
    assert f'href="{address}"' in client.get(URL).text
    page = client.get(address).text
    assert "Attestation" in page and "Autre chose" not in page
    DocumentsPage.objects.get().unpublish()
    cache.clear()
    assert "Documents du contrat" not in client.get(URL).text


def test_a_contract_leads_to_the_procedures_for_its_holder(dashboard, login, alice, contract):  # noqa: F811
    index = ProcedureIndexPageFactory(parent=dashboard.get_parent())
    leave = ProcedurePageFactory(parent=index, title="Je déménage", needs_contract=True)
    ProcedurePageFactory(parent=index, title="Poser une question")
    ProcedurePageFactory(parent=index, title="En préparation", needs_contract=True).unpublish()
    client = login(alice)
    page = client.get(URL).text
    assert "Démarches pour ce contrat" in page and f'<a href="{leave.get_url()}">Je déménage</a>' in page
    assert "Poser une question" not in page and "En préparation" not in page
    WaterContract.objects.update(terminated_on=dt.date(2026, 6, 30))
    assert "Démarches pour ce contrat" not in client.get(URL).text


def test_another_profiles_contract_is_not_found(dashboard, login, charlie, contract):  # noqa: F811
    assert login(charlie).get(URL).status_code == 404
    assert login(charlie).get("/mon-compte/contrats/NOTHING/").status_code == 404


def test_a_former_member_finds_no_contract_any_more(dashboard, login, bob, contract):  # noqa: F811
    client = login(bob)
    assert client.get(URL).status_code == 200
    Membership.objects.filter(user=bob).update(ended_at=timezone.now())
    assert client.get(URL).status_code == 403


def test_a_contract_of_nobody_is_found_by_nobody(dashboard, login, alice):
    WaterContractFactory(reference="00004512")
    assert login(alice).get(URL).status_code == 404


def test_the_readings_of_the_former_subscriber_are_not_shown(dashboard, login, alice):
    place = DeliveryPointFactory()
    WaterContractFactory(
        reference="FORMER",
        delivery_point=place,
        subscribed_on=dt.date(2015, 1, 1),
        terminated_on=dt.date(2024, 6, 30),
    )
    AttachedContractFactory(
        reference="00004512", profile=alice.profiles.get(), delivery_point=place, subscribed_on=None
    )
    AttachedContractFactory(
        reference="DATED", profile=alice.profiles.get(), delivery_point=place, subscribed_on=dt.date(2024, 7, 1)
    )
    readings(
        MeterFactory(delivery_point=place),
        (dt.date(2023, 1, 1), "1111"),
        (dt.date(2024, 6, 30), "2222"),
        (dt.date(2025, 1, 1), "3333"),
    )
    client = login(alice)
    for url, shown in ((URL, {"2222", "3333"}), ("/mon-compte/contrats/DATED/", {"3333"})):
        rows = client.get(url).context["history"].readings
        assert {str(int(row.index)) for row in rows} == shown


def test_a_reference_with_a_slash_opens(dashboard, login, alice):
    AttachedContractFactory(reference="2019/0042", profile=alice.profiles.get())
    client = login(alice)
    assert "/mon-compte/contrats/2019/0042/" in client.get(LIST).content.decode()
    assert client.get("/mon-compte/contrats/2019/0042/").status_code == 200


def test_estimates_held_readings_and_rollovers_are_told(dashboard, login, alice):
    contract = AttachedContractFactory(  # noqa: F811
        reference="00004512", profile=alice.profiles.get(), subscribed_on=dt.date(2024, 1, 1)
    )
    meter = MeterFactory(delivery_point=contract.delivery_point)
    rows = readings(
        meter,
        (dt.date(2024, 1, 1), "99990"),
        (dt.date(2024, 7, 1), "15"),
        (dt.date(2025, 1, 1), "60", ReadingSource.ESTIMATED),
        (dt.date(2025, 7, 1), "777"),
        (dt.date(2025, 8, 1), "888"),
    )
    rows[3].state, rows[4].state = ReadingState.HELD, ReadingState.REFUSED
    rows[3].save()
    rows[4].save()
    page = login(alice).get(URL).content.decode()
    assert "25\u00a0m³ (retour à zéro)" in page
    assert "Estimation" in page and "Estimée en partie" in page
    assert "777" in page and "À vérifier" in page
    assert "888" not in page


def test_empty_states_say_what_to_do(dashboard, login, alice):
    client = login(alice)
    page = client.get(LIST).content.decode()
    assert "Aucun contrat pour le moment" in page
    assert "J’ai une référence client mais je ne connais pas mon code d’activation" in page
    assert "Associez d’abord votre référence client" in client.get("/mon-compte/consommations/").content.decode()
    AttachedContractFactory(reference="00004512", profile=alice.profiles.get())
    detail = client.get(URL).content.decode()
    for sentence in (
        "Pas encore de consommation à montrer",
        "Aucune relève enregistrée",
        "Aucune facture pour ce contrat",
    ):
        assert sentence in detail


def test_s1_4_a_request_that_waits_stands_above_the_list(dashboard, login, alice):
    CodeRequestFactory(profile=alice.profiles.get(), requested_by=alice, reference="00004599")
    assert "en cours de vérification" in login(alice).get(LIST).content.decode()


def test_s0_14_the_history_opens_the_contract_or_lets_choose(dashboard, login, alice):
    profile = alice.profiles.get()
    AttachedContractFactory(reference="00004512", profile=profile)
    client = login(alice)
    response = client.get("/mon-compte/consommations/")
    assert (response.status_code, response.url) == (302, f"{URL}#consommation")
    AttachedContractFactory(reference="00004513", profile=profile)
    page = client.get("/mon-compte/consommations/").content.decode()
    assert f"{URL}#consommation" in page and "/mon-compte/contrats/00004513/#consommation" in page


def test_long_histories_are_paged(dashboard, login, alice, contract):  # noqa: F811
    day = dt.timedelta(days=1)
    meter = contract.delivery_point.meters.get()
    readings(meter, *((dt.date(2026, 7, 1) + day * n, str(1600 + n)) for n in range(20)))
    client = login(alice)
    assert len(client.get(URL).context["readings"]) == 12
    assert len(client.get(f"{URL}?page=3").context["readings"]) == 4


def test_the_list_and_the_detail_cost_the_same_with_one_and_three_rows(dashboard, login, alice, sql_count):
    profile = alice.profiles.get()

    def add(reference):
        one = AttachedContractFactory(reference=reference, profile=profile)
        readings(
            MeterFactory(delivery_point=one.delivery_point), (dt.date(2024, 1, 1), "1"), (dt.date(2025, 1, 1), "9")
        )
        return one

    first = add("00004512")
    invoices(profile, 1)
    client = login(alice)
    client.get(LIST)
    one = [sql_count(lambda: client.get(LIST)), sql_count(lambda: client.get(URL))]
    add("00004513")
    add("00004514")
    invoices(profile, 2)
    readings(first.delivery_point.meters.get(), (dt.date(2026, 1, 1), "20"), (dt.date(2026, 6, 1), "30"))
    assert [sql_count(lambda: client.get(LIST)), sql_count(lambda: client.get(URL))] == one

"""Who may open what. Every address of the portal stands in one of these tables; a new one that does not fails here.

Another profile's object is a 404 (rules of the trade, "Accounts"): a resident never learns that it exists.
"""

import uuid
from dataclasses import dataclass, field
from functools import cache

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Page, Site

from accounts.models import OutgoingMail
from accounts.services import end_membership
from billing.enums import PaymentState
from imports.models import ImportBatch
from portal_pages.models import DashboardPage, ResidentPage

from .factories.accounts import MembershipFactory, UserFactory
from .factories.billing import AllocationFactory, InvoiceFactory, PaymentFactory
from .factories.water import (
    CodeBatchFactory,
    CodeRequestFactory,
    MeterFactory,
    MeterReadingFactory,
    WaterContractFactory,
)

pytestmark = pytest.mark.django_db
OURS = {
    config.label for config in apps.get_app_configs() if config.path.startswith(str(settings.BASE_DIR / config.label))
}

# Open to everyone: the public site, logging in, health, what the payment provider and search engines call.
PUBLIC = {
    "accounts:activate",
    "accounts:login",
    "accounts:logout",
    "accounts:password_link",
    "accounts:password_reset",
    "accounts:password_sent",
    "accounts:register",
    "accounts:register_sent",
    "billing:stripe_notification",
    "healthz",
    "readyz",
    "robots",
    "search",
    "sitemap",
    "theme:brand_css",
    "theme:brand_mark",
    "theme:favicon",
    *(
        f"api:{endpoint}:{view}"
        for endpoint in ("alerts", "opening-hours", "pages")
        for view in ("detail", "find", "listing")
    ),
}
# Open to everyone in the demonstration, 404 elsewhere.
DEMONSTRATION = {"accounts:outbox", "accounts:outbox_html", "theme:style_guide", "theme:style_guide_page"}
# Asked of every member of staff who logs in: about one's own second factor only.
OWN_SECOND_FACTOR = {
    "accounts:second_factor",
    "accounts:second_factor_codes",
    "accounts:second_factor_download",
    "accounts:second_factor_set_up",
}
CLERK, OFFICER, CASEWORKER = "Gestionnaire de données", "Régisseur", "Instructeur"
EDITOR, CHILDCARE, ADMINISTRATOR = "Communication", "Responsable enfance", "Administrateur"
READERS_OF_WATER = {CLERK, CASEWORKER, OFFICER}
# The back office: who enters each part, administrators apart. All others are kept out of all its addresses.
BACK_OFFICE = {
    "imports": {CLERK},
    "wagtailsnippets_water_watercontract": READERS_OF_WATER,
    "wagtailsnippets_water_deliverypoint": READERS_OF_WATER,
    "wagtailsnippets_water_meter": READERS_OF_WATER,
    "wagtailsnippets_water_meterreading": READERS_OF_WATER,
    "wagtailsnippets_water_coderequest": {CLERK, CASEWORKER},
    "wagtailsnippets_water_codebatch": {CLERK},
    "wagtailsnippets_billing_invoice": {OFFICER, CLERK},
    "wagtailsnippets_billing_payment": {OFFICER},
    "wagtailsnippets_billing_refund": {OFFICER},
    "billing_paymentevent_modeladmin": {OFFICER},
    "accounts_outgoingmail_modeladmin": {ADMINISTRATOR},
    "accounts:second_factor_reset": {ADMINISTRATOR},
    "wagtailusers_users": {ADMINISTRATOR},
    "wagtailsnippets_cms_alertbanner": {EDITOR},
    "wagtailsnippets_cms_contactpoint": {EDITOR},
    "wagtailsnippets_cms_footermenu": {EDITOR},
    "wagtailsnippets_cms_headermenu": {EDITOR},
    "wagtailsnippets_cms_helpsubject": {EDITOR},
    "wagtailsnippets_cms_openinghours": {EDITOR},
    "wagtailsnippets_cms_publicholiday": {EDITOR},
    "wagtailsnippets_procedures_proceduretheme": {EDITOR},
    "wagtailsnippets_procedures_situation": {EDITOR},
}
# Acts that fewer people may do than look.
ACTS = {
    "wagtailsnippets_water_watercontract:reissue": {CLERK},
    "wagtailsnippets_water_watercontract:detach": {CLERK},
}
# Nobody writes these by hand: imports and services do.
NEVER = ("add", "edit", "delete", "copy", "create")
WRITTEN_BY_HAND = ("wagtailsnippets_cms_", "wagtailsnippets_procedures_", "wagtailusers_")


@dataclass
class Route:
    """A route of the space: its method, its arguments for something of Alice's, and what each person gets."""

    method: str = "get"
    arguments: dict = field(default_factory=dict)  # name → attribute of `Things`
    data: str = ""
    mine: int = 200
    stranger: int = 404


OWN = {"mine": 200, "stranger": 200}  # the same address shows each profile its own
RESIDENT = {
    ("DashboardPage", "index_route"): Route(**OWN),
    ("ConsumptionPage", "consumption"): Route(mine=302, stranger=200),
    ("ContractsPage", "contracts"): Route(**OWN),
    ("ContractsPage", "attach"): Route(**OWN),
    ("ContractsPage", "request_code"): Route(**OWN),
    ("ContractsPage", "contract"): Route(arguments={"reference": "contract"}),
    ("InvoicesPage", "invoices"): Route(**OWN),
    ("InvoicesPage", "payments"): Route(**OWN),
    ("InvoicesPage", "pay"): Route("post", data="invoice", **OWN),
    ("InvoicesPage", "invoice"): Route(arguments={"slug": "invoice"}),
    ("InvoicesPage", "pdf"): Route(arguments={"slug": "invoice"}),
    ("InvoicesPage", "receipt"): Route(arguments={"public_id": "payment"}),
    ("InvoicesPage", "back"): Route(arguments={"public_id": "payment"}),
    ("InvoicesPage", "verify"): Route("post", arguments={"public_id": "payment"}, mine=302),
    ("InvoicesPage", "resume"): Route("post", arguments={"public_id": "payment"}, mine=302),
    ("InvoicesPage", "give_up"): Route("post", arguments={"public_id": "payment"}, mine=302),
    ("PersonalDataPage", "personal_data"): Route(**OWN),
    ("PersonalDataPage", "change"): Route(arguments={"group": "group"}, **OWN),
}
# What is no page of the space but answers residents only.
RESIDENT_VIEWS = {"accounts:password_change", "accounts:current_profile"}


@cache
def addresses():
    """Every address that we declare: {name: URLPattern}; Wagtail's own are Wagtail's to test."""

    def walk(patterns, namespace=""):
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
                yield from walk(pattern.url_patterns, inner)
                continue
            name = f"{namespace}{pattern.name}"
            module = pattern.callback.__module__.split(".")[0]
            registered = any(f"wagtailsnippets_{app}_" in name or name.startswith(f"{app}_") for app in OURS)
            if module in OURS or registered:
                yield name, pattern

    return {name: pattern for name, pattern in walk(get_resolver().url_patterns) if not name.startswith("standin:")}


def routes():
    """Every route of the pages of the resident's space: {(page type, route)}."""
    found = set()
    for page_type in apps.get_models():
        if issubclass(page_type, ResidentPage):
            # The first route of an address answers: a page's own list hides Wagtail's `index_route`.
            by_address = {str(pattern.pattern): pattern.name for pattern in reversed(page_type.get_subpage_urls())}
            found |= {(page_type.__name__, name) for name in by_address.values()}
    return found


def part_of(name):
    """The line of BACK_OFFICE that an address belongs to, or None."""
    parts = (part for part in BACK_OFFICE if name == part or name.startswith((f"{part}:", f"{part}_")))
    return next(parts, None)


def test_every_address_stands_in_a_table():
    known = PUBLIC | DEMONSTRATION | OWN_SECOND_FACTOR | RESIDENT_VIEWS
    assert {name for name in addresses() if name not in known and part_of(name) is None} == set()
    assert known <= set(addresses())
    assert {part_of(name) for name in addresses()} - {None} == set(BACK_OFFICE)


def test_every_route_of_the_space_stands_in_the_table():
    assert routes() == set(RESIDENT)


# The resident's space ---------------------------------------------------------------------------------------------


@dataclass
class Things:
    """What Alice has."""

    contract: str
    invoice: str
    payment: uuid.UUID
    group: str = "adresse"


@pytest.fixture
def space(db):
    """The pages of the resident's space: {page type's name: page}."""
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    load_skeleton()
    dashboard = load_space()
    pages = [dashboard, *Page.objects.child_of(dashboard).specific()]
    return {type(page).__name__: page for page in pages}


@pytest.fixture
def things(alice):
    profile = alice.profiles.get()
    contract = WaterContractFactory(reference="00004512", profile=profile)
    invoice = InvoiceFactory(number="F2026-00412", profile=profile, customer_reference=contract.reference)
    invoice.pdf.save("facture.pdf", ContentFile(b"%PDF-1.7 facture"), save=True)
    payment = PaymentFactory(
        profile=profile,
        paid_by=alice,
        state=PaymentState.SETTLED,
        receipt_number="R2026-000001",
        settled_at=timezone.now(),
    )
    payment.receipt_pdf.save("recu.pdf", ContentFile(b"%PDF-1.7 recu"), save=True)
    AllocationFactory(payment=payment, invoice=InvoiceFactory(profile=profile, number="F2026-00107"))
    return Things(contract.reference, invoice.number, payment.public_id)


def call(client, space, things, key):
    page_type, name = key
    route = RESIDENT[key]
    page = space[page_type]
    arguments = {argument: getattr(things, attribute) for argument, attribute in route.arguments.items()}
    address = page.url + page.reverse_subpage(name, kwargs=arguments)
    data = {"invoice": getattr(things, route.data)} if route.data else None
    return getattr(client, route.method)(address, data)


def test_a_member_opens_what_is_theirs(space, things, alice, bob, login):
    for person in (alice, bob):
        client = login(person)
        answers = {key: call(client, space, things, key).status_code for key in RESIDENT}
        assert answers == {key: route.mine for key, route in RESIDENT.items()}


def test_a_stranger_learns_nothing(space, things, charlie, login):
    client = login(charlie)
    answers = {key: call(client, space, things, key) for key in RESIDENT}
    assert {key: answer.status_code for key, answer in answers.items()} == {
        key: route.stranger for key, route in RESIDENT.items()
    }
    for key, answer in answers.items():
        assert [mark for mark in (things.contract, "F2026-00107", "R2026-000001") if mark in answer.text] == [], key


def test_a_former_member_sees_nothing_at_once(space, things, alice, bob, client):
    """In a session opened before: the right is checked at each request."""
    client.force_login(bob)
    assert call(client, space, things, ("InvoicesPage", "invoice")).status_code == 200
    end_membership(by=alice, membership=bob.memberships.get())
    answers = {key: call(client, space, things, key) for key in RESIDENT}
    assert {answer.status_code for answer in answers.values()} == {403}
    assert not any(things.contract in answer.text for answer in answers.values())


def test_a_former_member_with_another_profile_is_a_stranger(space, things, alice, bob, client):
    MembershipFactory(user=bob)
    client.force_login(bob)
    end_membership(by=alice, membership=bob.memberships.get(profile=alice.profiles.get()))
    assert {key: call(client, space, things, key).status_code for key in RESIDENT} == {
        key: route.stranger for key, route in RESIDENT.items()
    }


def test_a_staff_member_without_a_profile_has_no_resident_space(space, things, staff, client):
    staff(OFFICER)
    assert {call(client, space, things, key).status_code for key in RESIDENT} == {403}


def test_a_visitor_is_sent_to_the_login(space, things, client):
    for key in RESIDENT:
        answer = call(client, space, things, key)
        assert answer.status_code == 302, key
        assert answer["Location"].startswith(reverse("accounts:login")), key
    assert client.get(reverse("accounts:password_change")).status_code == 302
    assert client.post(reverse("accounts:current_profile")).status_code == 302


def test_nothing_of_the_space_is_cached_or_public(space, things, alice, login, client):
    assert "no-store" in call(login(alice), space, things, ("DashboardPage", "index_route"))["Cache-Control"]
    client.logout()
    site = Site.objects.get(is_default_site=True)
    assert DashboardPage.objects.descendant_of(site.root_page).exists()
    assert "mon-compte" not in client.get("/sitemap.xml").text
    found = client.get("/api/v2/pages/", {"limit": 50}).json()["items"]
    assert len(found) > 3
    assert [page for page in found if page["meta"]["type"].startswith("portal_pages.")] == []


def test_nobody_takes_another_s_profile_as_the_current_one(alice, charlie, login):
    client = login(charlie)
    foreign = {"profile": str(alice.profiles.get().public_id)}
    assert client.post(reverse("accounts:current_profile"), foreign).status_code == 404


# The back office --------------------------------------------------------------------------------------------------


@pytest.fixture
def records(db):
    """One record of each kind that the back office shows: {model's label: primary key}."""
    contract = WaterContractFactory(reference="00009001")
    meter = MeterFactory(delivery_point=contract.delivery_point)
    batch = ImportBatch.objects.create(
        kind="subscribers", original_name="abonnes.csv", sha256="0" * 64, created_by=UserFactory(is_staff=True)
    )
    mail = OutgoingMail.objects.create(kind="billing/receipt", to="alice@example.test", subject="Votre reçu")
    return {
        "imports": batch.pk,
        "water_watercontract": contract.pk,
        "water_deliverypoint": contract.delivery_point.pk,
        "water_meter": meter.pk,
        "water_meterreading": MeterReadingFactory(meter=meter).pk,
        "water_coderequest": CodeRequestFactory(reference=contract.reference).pk,
        "water_codebatch": CodeBatchFactory().pk,
        "billing_invoice": InvoiceFactory().pk,
        "billing_payment": PaymentFactory().pk,
        "accounts_outgoingmail": mail.pk,
        "user": UserFactory(is_staff=True).pk,
    }


def back_office(records):
    """Every address of the back office, with arguments that exist: {name: address}."""
    found = {}
    for name, pattern in addresses().items():
        part = part_of(name)
        if part is None:
            continue
        label = next((label for label in records if label in part), None)
        values = {"kind": "subscribers", "format": "csv", "user_id": records["user"]}
        wanted = {*pattern.pattern.converters, *pattern.pattern.regex.groupindex}
        arguments = {key: values.get(key, records.get(label, 1)) for key in wanted}
        found[name] = reverse(name, kwargs=arguments)
    return found


def test_the_back_office_is_closed_to_visitors_and_residents(records, alice, client):
    doors = back_office(records)
    assert len(doors) > 100
    for name, address in doors.items():
        for method in (client.get, client.post):
            answer = method(address)
            assert answer.status_code == 302, name
            assert answer["Location"].startswith((reverse("accounts:login"), reverse("accounts:second_factor"))), name
    client.force_login(alice)
    for name, address in doors.items():
        for method in (client.get, client.post):
            assert method(address).status_code in (302, 403, 404), name


def may_open(group, name):
    part = part_of(name)
    by_hand = name.startswith(WRITTEN_BY_HAND) or not name.endswith(NEVER)
    return by_hand and group in ACTS.get(name, BACK_OFFICE[part])


@pytest.mark.parametrize("group", [CASEWORKER, CHILDCARE, EDITOR, CLERK, OFFICER])
def test_each_group_opens_its_own_part_and_no_other(group, records, staff, client):
    """GET and POST of every list, sheet, form, history, usage and action."""
    staff(group)
    refused = (reverse("wagtailadmin_home"), reverse("accounts:login"))
    closed = {name: address for name, address in back_office(records).items() if not may_open(group, name)}
    assert len(closed) > 30
    for name, address in closed.items():
        for method in (client.get, client.post):
            answer = method(address)
            kept_out = answer.status_code in (403, 404, 405) or (
                answer.status_code == 302 and answer["Location"].split("?")[0] in refused
            )
            assert kept_out, (name, answer.status_code)


@pytest.mark.parametrize("part", BACK_OFFICE)
def test_each_part_opens_for_its_groups(part, records, staff, client):
    doors = back_office(records)
    door = next(name for name in (f"{part}:list", f"{part}:index", f"{part}_index", part) if name in doors)
    for group in BACK_OFFICE[part]:
        staff(group)
        assert client.get(doors[door]).status_code == 200, group


def test_staff_without_a_second_factor_enter_nothing(records, client):
    from django.contrib.auth.models import Group

    user = UserFactory(is_staff=True, is_superuser=True)
    user.groups.set(Group.objects.all())
    client.force_login(user)
    for name, address in {**back_office(records), "home": reverse("wagtailadmin_home")}.items():
        answer = client.get(address)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("accounts:second_factor")), name


def test_the_aids_of_the_demonstration_are_nowhere_else(settings, client):
    arguments = {"accounts:outbox_html": {"mail_id": 1}, "theme:style_guide_page": {"name": "espace"}}
    doors = {name: reverse(name, kwargs=arguments.get(name)) for name in DEMONSTRATION}
    assert client.get(doors["accounts:outbox"]).status_code == 200
    settings.DEMONSTRATION = False
    assert {name: client.get(address).status_code for name, address in doors.items()} == dict.fromkeys(doors, 404)

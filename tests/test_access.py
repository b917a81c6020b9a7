"""Who may open what. Every address of the portal stands in one of these tables; a new one that does not fails here.

Another profile's object is a 404 (rules of the trade, "Accounts"): a resident never learns that it exists.
"""

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from wagtail.models import Page, Site

from accounts.enums import ProfileKind
from accounts.models import HealthAccess, Notification, OutgoingMail
from accounts.services import end_membership
from billing.enums import PaymentState
from booking.enums import Act, EnrolmentState
from booking.models import CalendarFeed, PlanningDraft
from documents.models import Folder
from imports.models import ImportBatch
from portal_pages.models import DashboardPage, ResidentPage

from .factories.accounts import MembershipFactory, UserFactory
from .factories.billing import (
    AllocationFactory,
    ChargeFactory,
    InvoiceFactory,
    PaymentFactory,
    SepaMandateFactory,
)
from .factories.booking import (
    ActivityFactory,
    BookingPeriodFactory,
    EnrolmentFactory,
    FacilityFactory,
    ReservationDayFactory,
    ReservationFactory,
    SessionFactory,
    TariffFactory,
)
from .factories.cases import (
    AppointmentKindFactory,
    CaseFactory,
    DepartmentFactory,
    LetterTemplateFactory,
    OnlineProcedureFactory,
)
from .factories.families import (
    ChangeRequestFactory,
    ChildFactory,
    ConsentTypeFactory,
    DietFactory,
    DocumentRequirementFactory,
    EmergencyContactFactory,
    FamilyFileFactory,
    FamilyQuotientFactory,
    FiledDocumentFactory,
    GuardianFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)
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
    "accounts:login_link",
    "accounts:logout",
    "accounts:password_link",
    "accounts:password_reset",
    "accounts:password_sent",
    "accounts:register",
    "accounts:register_sent",
    "accounts:towns",
    "billing:stripe_notification",
    "booking:calendar_feed",  # by its secret
    "procedures:code_sent",
    "procedures:confirm",  # by its token
    "procedures:follow_up",
    "procedures:link_sent",
    "procedures:lost_code",
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
# Open to the session that proved a case to be its own: `test_access_cases` walks what stands under them.
BY_GRANT = {"procedures:case", "procedures:case_part"}
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
    "wagtailsnippets_documents_documentrequirement": {CHILDCARE},
    "wagtailsnippets_documents_supportingdocument": {CHILDCARE},
    "wagtailsnippets_water_codebatch": {CLERK},
    "wagtailsnippets_billing_invoice": {OFFICER, CLERK},
    "wagtailsnippets_billing_payment": {OFFICER},
    "wagtailsnippets_billing_refund": {OFFICER},
    "wagtailsnippets_billing_charge": {OFFICER, CHILDCARE},
    "billing_paymentevent_modeladmin": {OFFICER},
    "childcare:day": {CHILDCARE},
    "childcare:sheet": {CHILDCARE},
    "childcare:attendance": {CHILDCARE},
    "childcare:requests": {CHILDCARE},
    "childcare:enrolments": {CHILDCARE},
    "childcare:occupancy": {CHILDCARE},
    "childcare:export": {CHILDCARE},
    "wagtailsnippets_booking_enrolment": {CHILDCARE},
    "wagtailsnippets_booking_reservation": {CHILDCARE, OFFICER},
    "wagtailsnippets_booking_facility": {CHILDCARE},
    "wagtailsnippets_booking_activity": {CHILDCARE},
    "wagtailsnippets_booking_bookingperiod": {CHILDCARE},
    "wagtailsnippets_booking_session": {CHILDCARE},
    "wagtailsnippets_booking_tariff": {CHILDCARE, OFFICER},
    "wagtailsnippets_booking_tariffversion": {CHILDCARE, OFFICER},
    "accounts_outgoingmail_modeladmin": {ADMINISTRATOR},
    "wagtailsnippets_accounts_changerequest": {CHILDCARE},
    "wagtailsnippets_accounts_familyfile": {CHILDCARE, OFFICER},
    "wagtailsnippets_accounts_familyquotient": {CHILDCARE, OFFICER},
    "wagtailsnippets_accounts_fieldrule": {CHILDCARE},
    "wagtailsnippets_accounts_acceptancetext": {CHILDCARE},
    "accounts_healthaccess_modeladmin": {ADMINISTRATOR},
    "wagtailsnippets_accounts_child": {CHILDCARE},
    "wagtailsnippets_accounts_consenttype": {CHILDCARE},
    "wagtailsnippets_accounts_diet": {CHILDCARE},
    "accounts:second_factor_reset": {ADMINISTRATOR},
    "wagtailusers_users": {ADMINISTRATOR},
    "wagtailsnippets_cms_alertbanner": {EDITOR},
    "wagtailsnippets_cms_contactpoint": {EDITOR},
    "wagtailsnippets_cms_footermenu": {EDITOR},
    "wagtailsnippets_cms_headermenu": {EDITOR},
    "wagtailsnippets_cms_helpsubject": {EDITOR},
    "wagtailsnippets_cms_openinghours": {EDITOR},
    "wagtailsnippets_cms_publicholiday": {EDITOR},
    "cases": {CASEWORKER},  # of the case's department: `test_access_cases`
    "procedure_building": {EDITOR},
    "wagtailsnippets_accounts_department": {EDITOR},
    "wagtailsnippets_billing_sepamandate": {OFFICER},
    "wagtailsnippets_documents_folder": {EDITOR},
    "wagtailsnippets_procedures_appointmentkind": {EDITOR},
    "wagtailsnippets_procedures_lettertemplate": {EDITOR},
    "wagtailsnippets_procedures_proceduretheme": {EDITOR},
    "wagtailsnippets_procedures_situation": {EDITOR},
}
# Acts that fewer people may do than look.
ACTS = {
    "wagtailsnippets_accounts_familyfile:record_quotient": {CHILDCARE},
    "wagtailsnippets_accounts_familyquotient:refuse": {CHILDCARE},
    "wagtailsnippets_accounts_familyquotient:verify": {CHILDCARE},
    "wagtailsnippets_water_watercontract:reissue": {CLERK},
    "wagtailsnippets_water_watercontract:detach": {CLERK},
}
# Nobody writes these by hand: imports and services do.
NEVER = ("add", "edit", "delete", "copy", "create")
WRITTEN_BY_HAND = (
    "wagtailsnippets_cms_",
    "wagtailsnippets_procedures_",
    "wagtailsnippets_documents_documentrequirement",
    "wagtailsnippets_documents_folder",
    "wagtailsnippets_accounts_consenttype",
    "wagtailsnippets_accounts_diet",
    "wagtailsnippets_booking_facility",
    "wagtailsnippets_booking_activity",
    "wagtailsnippets_booking_bookingperiod",
    "wagtailsnippets_booking_tariff",
    "wagtailusers_",
)


@dataclass
class Route:
    """A route of the space: its method, its arguments for something of Alice's, and what each person gets."""

    method: str = "get"
    arguments: dict = field(default_factory=dict)  # name → attribute of `Things`
    data: str = ""
    mine: int = 200
    stranger: int = 404


OWN = {"mine": 200, "stranger": 200}  # the same address shows each profile its own
A_CONTACT = {"public_id": "child", "block": "contacts_block", "person_id": "contact"}
RESIDENT = {
    ("DashboardPage", "index_route"): Route(**OWN),
    ("CasesPage", "cases"): Route(**OWN),
    ("CasesPage", "case"): Route(arguments={"public_id": "case", "rest": "nothing"}),
    ("ConsumptionPage", "consumption"): Route(mine=302, stranger=200),
    ("ContractsPage", "contracts"): Route(**OWN),
    ("ContractsPage", "attach"): Route(**OWN),
    ("ContractsPage", "request_code"): Route(**OWN),
    ("ContractsPage", "contract"): Route(arguments={"reference": "contract"}),
    ("EnrolmentsPage", "enrolments"): Route(**OWN),
    ("EnrolmentsPage", "ask"): Route(**OWN),
    ("EnrolmentsPage", "ask_activities"): Route(mine=404),  # without the answers of the first step
    ("EnrolmentsPage", "ask_review"): Route(mine=404),
    ("EnrolmentsPage", "enrolment"): Route(arguments={"public_id": "enrolment"}),
    ("EnrolmentsPage", "withdraw"): Route(arguments={"public_id": "enrolment"}),
    ("EnrolmentsPage", "calendars"): Route(**OWN),
    ("EnrolmentsPage", "revoke_calendar"): Route(arguments={"pk": "calendar"}),
    ("FamilyPage", "family"): Route(**OWN),
    ("FamilyPage", "open_household"): Route(**OWN),
    ("FamilyPage", "change_file"): Route(stranger=403),
    ("FamilyPage", "add_guardian"): Route(stranger=403),
    ("FamilyPage", "change_guardian"): Route(arguments={"public_id": "guardian"}),
    ("FamilyPage", "remove_guardian"): Route(arguments={"public_id": "guardian"}),
    ("FamilyPage", "declare_quotient"): Route(stranger=403),
    ("FamilyPage", "child_add"): Route(stranger=302),
    ("FamilyPage", "child"): Route(arguments={"public_id": "child"}),
    ("FamilyPage", "child_form"): Route(arguments={"public_id": "child"}),
    ("FamilyPage", "child_block"): Route(arguments={"public_id": "child", "block": "health_block"}),
    ("FamilyPage", "child_health_log"): Route(arguments={"public_id": "child"}),
    ("FamilyPage", "person_add"): Route(arguments={"public_id": "child", "block": "contacts_block"}),
    ("FamilyPage", "person_pick"): Route(arguments={"public_id": "child", "block": "pickups_block"}),
    ("FamilyPage", "person_edit"): Route(arguments=A_CONTACT),
    ("FamilyPage", "person_remove"): Route(arguments=A_CONTACT),
    ("FamilyPage", "change_requests"): Route(**OWN),
    ("FamilyPage", "withdraw"): Route(arguments={"public_id": "change_request"}),
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
    ("DocumentsPage", "documents"): Route(**OWN),
    ("DocumentsPage", "send"): Route(stranger=302),  # nothing is asked of who has no family
    ("DocumentsPage", "file"): Route(arguments={"public_id": "file"}),
    ("DocumentsPage", "folder"): Route(arguments={"slug": "folder"}, **OWN),
    ("DocumentsPage", "add"): Route(**OWN),
    ("DocumentsPage", "document"): Route(arguments={"public_id": "document"}),
    ("DocumentsPage", "open_document"): Route("post", arguments={"public_id": "document"}, mine=302),
    ("DocumentsPage", "delete_document"): Route(arguments={"public_id": "document"}),
    ("DocumentsPage", "seen"): Route("post", mine=302, stranger=302),
    ("NotificationsPage", "notifications"): Route(**OWN),
    ("NotificationsPage", "read_all"): Route("post", mine=302, stranger=302),
    ("NotificationsPage", "open_one"): Route("post", arguments={"pk": "notification"}, mine=404),  # somebody else's
    ("ReservationsPage", "reservations"): Route(**OWN),
    ("ReservationsPage", "new"): Route(**OWN),
    ("ReservationsPage", "cancel"): Route(**OWN),
    ("ReservationsPage", "family_week"): Route(**OWN),
    ("ReservationsPage", "planning"): Route(arguments={"public_id": "draft"}),
    ("ReservationsPage", "review"): Route(arguments={"public_id": "draft"}),
    ("ReservationsPage", "recap"): Route(arguments={"public_id": "draft"}, mine=302),  # not confirmed
    ("ReservationsPage", "drop"): Route(arguments={"public_id": "draft"}, mine=405),
    ("ReservationsPage", "answer"): Route(arguments={"day_id": "day"}, mine=405),
    ("ReservationsPage", "reservation"): Route(arguments={"public_id": "reservation"}),
    ("PersonalDataPage", "personal_data"): Route(**OWN),
    ("PersonalDataPage", "change"): Route(arguments={"group": "group"}, **OWN),
}
# What is no page of the space but answers residents only.
RESIDENT_VIEWS = {"accounts:login_change", "accounts:password_change", "accounts:current_profile"}


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
    known = PUBLIC | BY_GRANT | DEMONSTRATION | OWN_SECOND_FACTOR | RESIDENT_VIEWS
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
    guardian: uuid.UUID
    change_request: uuid.UUID
    child: uuid.UUID
    contact: uuid.UUID
    file: uuid.UUID
    enrolment: uuid.UUID
    calendar: int
    draft: uuid.UUID
    day: int
    reservation: uuid.UUID
    case: uuid.UUID
    document: uuid.UUID
    notification: int
    nothing: str = ""
    folder: str = "recus"
    group: str = "identite"
    health_block: str = "sante"
    contacts_block: str = "contacts"
    pickups_block: str = "autorisees"


@pytest.fixture(scope="module")
def standing_space(standing):
    from cms.demo.skeleton import load_skeleton
    from cms.demo.space import load_space

    standing(lambda: (load_skeleton(), load_space()))


@pytest.fixture
def space(dashboard):
    """The pages of the resident's space: {page type's name: page}."""
    pages = [dashboard, *Page.objects.child_of(dashboard).specific()]
    return {type(page).__name__: page for page in pages}


@pytest.fixture
def things(alice):
    profile = alice.profiles.get()
    profile.kind = ProfileKind.HOUSEHOLD
    profile.save()
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
    child = ChildFactory(profile=profile)
    DocumentRequirementFactory()
    today = timezone.localdate()
    period = BookingPeriodFactory(starts_on=today, ends_on=today + timedelta(days=30), window=False)
    session = SessionFactory(period=period, date=period.ends_on)
    reservation = ReservationFactory(profile=profile, child=child, period=period)
    draft = PlanningDraft.objects.create(
        profile=profile, user=alice, period=period, act=Act.ADD, days={str(child.public_id): {str(session.pk): ""}}
    )
    return Things(
        contract.reference,
        invoice.number,
        payment.public_id,
        guardian=GuardianFactory(profile=profile).public_id,
        change_request=ChangeRequestFactory(profile=profile).public_id,
        child=child.public_id,
        contact=EmergencyContactFactory(child=child).public_id,
        file=StoredFileFactory(profile=profile).public_id,
        enrolment=EnrolmentFactory(child=child, profile=profile, state=EnrolmentState.REQUESTED).public_id,
        calendar=CalendarFeed.objects.create(child=child, profile=profile, digest="0" * 64, created_by=alice).pk,
        draft=draft.public_id,
        day=ReservationDayFactory(reservation=reservation, session=SessionFactory(period=period, date=today)).pk,
        reservation=reservation.public_id,
        case=CaseFactory(profile=profile).public_id,
        document=FiledDocumentFactory(profile=profile).public_id,
        notification=Notification.objects.create(
            user=UserFactory(), profile=profile, title="Pour un seul membre", source="test"
        ).pk,
    )


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
        "billing_charge": ChargeFactory().pk,
        "booking_reservation": ReservationFactory().pk,
        "booking_facility": FacilityFactory().pk,
        "booking_activity": ActivityFactory().pk,
        "booking_bookingperiod": BookingPeriodFactory().pk,
        "booking_session": SessionFactory().pk,
        "booking_tariffversion": TariffFactory().versions.get().pk,
        "booking_tariff": TariffFactory().pk,
        "childcare": ActivityFactory().pk,
        "accounts_outgoingmail": mail.pk,
        "accounts_changerequest": ChangeRequestFactory().pk,
        "accounts_familyfile": FamilyFileFactory().pk,
        "accounts_familyquotient": FamilyQuotientFactory().pk,
        "accounts_child": ChildFactory().pk,
        "accounts_consenttype": ConsentTypeFactory().pk,
        "accounts_diet": DietFactory().pk,
        "accounts_healthaccess": HealthAccess.objects.create(child=ChildFactory(), reader_name="A", where="B").pk,
        "documents_documentrequirement": DocumentRequirementFactory().pk,
        "documents_supportingdocument": SupportingDocumentFactory().pk,
        "cases": CaseFactory().pk,
        "procedure_building": OnlineProcedureFactory().pk,
        "accounts_department": DepartmentFactory().pk,
        "billing_sepamandate": SepaMandateFactory().pk,
        "documents_folder": Folder.objects.first().pk,
        "procedures_appointmentkind": AppointmentKindFactory().pk,
        "procedures_lettertemplate": LetterTemplateFactory().pk,
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
        values |= {"public_id": uuid.uuid4(), "rest": "formulaire/", "status": "accepte"}
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


def doors_of(part):
    """The names that the first screen of a part of the back office may have."""
    return [f"{part}:list", f"{part}:index", f"{part}:worklist", f"{part}:try", f"{part}_index", part]


@pytest.mark.parametrize("part", BACK_OFFICE)
def test_each_part_opens_for_its_groups(part, records, staff, client):
    doors = back_office(records)
    door = next(name for name in doors_of(part) if name in doors)
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

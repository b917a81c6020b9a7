"""Supporting documents: sent by the family, decided by an agent, expired by time (s4.14, s4.15)."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.enums import ChildState, Role
from accounts.models import FamilyQuotient, Membership, Notification, OutgoingMail
from documents import queries, rules
from documents.enums import DocumentState, RequirementScope, ScanState
from documents.models import StoredFile, SupportingDocument
from documents.services import supporting
from documents.services.uploads import receive
from tests.factories.accounts import MembershipFactory
from tests.factories.families import (
    ChildFactory,
    DocumentRequirementFactory,
    FamilyQuotientFactory,
    GuardianshipFactory,
    HouseholdFactory,
    StoredFileFactory,
    SupportingDocumentFactory,
)

from . import files
from .files import upload

pytestmark = pytest.mark.django_db
ACCEPTED, SENT, REFUSED = DocumentState.ACCEPTED, DocumentState.SENT, DocumentState.REFUSED
TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def manager(staff):
    return staff("Responsable enfance")


@pytest.fixture
def proof(household):
    return DocumentRequirementFactory(name="Justificatif de domicile", validity_months=12)


@pytest.fixture
def insurance(db):
    return DocumentRequirementFactory(name="Attestation d’assurance", scope=RequirementScope.CHILD)


@pytest.fixture
def stored(household):
    return StoredFileFactory(profile=household)


def send(alice, household, stored, *answers):
    return supporting.send(by=alice, profile=household, file=stored, answers=answers)


# Sending -------------------------------------------------------------------------------------------------------------


def test_s4_14_one_file_answers_several_requirements_at_once(alice, household, child, proof, insurance, stored):
    documents = send(alice, household, stored, (proof, None), (insurance, child))
    assert [(d.requirement, d.child, d.file, d.state, d.sent_by) for d in documents] == [
        (proof, None, stored, SENT, alice),
        (insurance, child, stored, SENT, alice),
    ]
    stored.refresh_from_db()
    assert stored.filed_at is not None
    actions = ModelLogEntry.objects.filter(action="documents.supporting.send")
    assert [entry.data for entry in actions] == [{}, {}], "no personal data in the log"


def test_a_form_sent_twice_is_sent_once(alice, household, proof, stored):
    assert send(alice, household, stored, (proof, None)) == send(alice, household, stored, (proof, None), (proof, None))
    assert SupportingDocument.objects.count() == 1


def test_what_still_waited_is_replaced(alice, household, proof, stored):
    (first,) = send(alice, household, stored, (proof, None))
    (second,) = send(alice, household, StoredFileFactory(profile=household), (proof, None))
    first.refresh_from_db()
    assert (first.state, second.state) == (DocumentState.REPLACED, SENT)


@pytest.mark.parametrize(
    "wrong", ["nothing", "inactive", "child for a family", "family for a child", "stranger's child"]
)
def test_only_what_is_asked_of_this_family_can_be_answered(alice, household, child, proof, insurance, stored, wrong):
    answers = {
        "nothing": [],
        "inactive": [(DocumentRequirementFactory(active=False), None)],
        "child for a family": [(proof, child)],
        "family for a child": [(insurance, None)],
        "stranger's child": [(proof, None), (insurance, ChildFactory(profile=HouseholdFactory()))],
    }[wrong]
    with pytest.raises(ValidationError):
        send(alice, household, stored, *answers)
    assert not SupportingDocument.objects.exists()


def test_a_child_who_left_the_household_or_was_archived_is_asked_nothing(alice, household, insurance, stored):
    gone = ChildFactory()
    GuardianshipFactory(child=gone, profile=household, ended_on=timezone.localdate() - dt.timedelta(days=1))
    archived = ChildFactory(profile=household, state=ChildState.ARCHIVED)
    for child in (gone, archived):
        with pytest.raises(ValidationError):
            send(alice, household, stored, (insurance, child))


def test_another_profile_s_file_and_a_dangerous_one_are_not_there(alice, household, proof):
    for file in (StoredFileFactory(), StoredFileFactory(profile=household, scan=ScanState.INFECTED)):
        with pytest.raises(ValidationError):
            send(alice, household, file, (proof, None))


def test_strangers_and_those_who_only_read_send_nothing(bob, charlie, household, proof, stored):
    Membership.objects.create(user=bob, profile=household, role=Role.READ_ONLY)
    for person in (bob, charlie):
        with pytest.raises(PermissionDenied):
            send(person, household, stored, (proof, None))


def test_reading_for_many_answers_costs_the_same(alice, household, child, stored, sql_count):
    def answered(count):
        answers = [(DocumentRequirementFactory(), None) for _n in range(count)]
        return sql_count(lambda: send(alice, household, StoredFileFactory(profile=household), *answers))

    answered(1)
    one, six = answered(1), answered(6)
    # What is left is the entry of the audit log.
    assert six - one <= 5 * 3


# Deciding ------------------------------------------------------------------------------------------------------------


def test_an_accepted_document_is_valid_as_long_as_its_requirement_says(manager, alice, household, child, run_queue):
    certificate = DocumentRequirementFactory(name="Certificat", scope=RequirementScope.CHILD, validity_months=12)
    document = SupportingDocumentFactory(requirement=certificate, profile=household, child=child, sent_by=alice)
    supporting.decide(by=manager, document=document, accept=True)
    document.refresh_from_db()
    today = timezone.localdate()
    assert (document.state, document.decided_by) == (ACCEPTED, manager)
    assert document.valid_until == rules.months_later(today, 12) - dt.timedelta(days=1)
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "Certificat de Léo : pièce validée")
    assert "Léo Durand" in mail.text and "Elle est valable jusqu’au" in mail.text


def test_a_date_written_on_the_document_wins(manager, household, proof):
    document = SupportingDocumentFactory(requirement=proof, profile=household)
    end = timezone.localdate() + dt.timedelta(days=40)
    assert supporting.decide(by=manager, document=document, accept=True, valid_until=end).valid_until == end


def test_a_refusal_says_why_and_the_family_reads_it(manager, alice, household, proof):
    document = SupportingDocumentFactory(requirement=proof, profile=household, sent_by=alice)
    with pytest.raises(ValidationError):
        supporting.decide(by=manager, document=document, accept=False, reason="  ")
    supporting.decide(by=manager, document=document, accept=False, reason=" Il manque l’année & le nom. ")
    document.refresh_from_db()
    assert (document.state, document.reason, document.valid_until) == (REFUSED, "Il manque l’année & le nom.", None)
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Justificatif de domicile : pièce refusée"
    told = Notification.objects.get()
    assert (told.user, told.title, told.text) == (alice, mail.subject, "Il manque l’année & le nom.")
    assert told.url == "/mon-compte/documents/?onglet=pieces"
    assert "Il manque l’année & le nom." in mail.text and "Il manque l’année &amp; le nom." in mail.html


def test_who_left_the_family_is_told_nothing_any_more(manager, alice, household, child, insurance):
    document = SupportingDocumentFactory(requirement=insurance, profile=household, child=child, sent_by=alice)
    other = MembershipFactory(profile=household).user
    Membership.objects.filter(user=alice, profile=household).update(ended_at=timezone.now())
    supporting.decide(by=manager, document=document, accept=True)
    assert [mail.to for mail in OutgoingMail.objects.all()] == [other.email]


def test_nothing_is_decided_twice_nor_before_the_antivirus_nor_into_the_past(manager, household, proof):
    document = SupportingDocumentFactory(requirement=proof, profile=household)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    with pytest.raises(ValidationError):
        supporting.decide(by=manager, document=document, accept=True, valid_until=yesterday)
    StoredFile.objects.update(scan=ScanState.PENDING)
    with pytest.raises(ValidationError):
        supporting.decide(by=manager, document=document, accept=True)
    StoredFile.objects.update(scan=ScanState.CLEAN)
    supporting.decide(by=manager, document=document, accept=True)
    with pytest.raises(ValidationError):
        supporting.decide(by=manager, document=document, accept=False, reason="Trop tard.")


@pytest.mark.parametrize("group", ["Administrateur", "Régisseur", "Communication"])
def test_only_those_with_the_right_decide(staff, alice, household, proof, group):
    document = SupportingDocumentFactory(requirement=proof, profile=household)
    for person in (staff(group), alice):
        with pytest.raises(PermissionDenied):
            supporting.decide(by=person, document=document, accept=True)


def test_the_new_one_takes_the_place_of_the_one_in_force(manager, household, proof):
    old = SupportingDocumentFactory(
        requirement=proof, profile=household, state=ACCEPTED, valid_until=dt.date(2027, 1, 1)
    )
    new = SupportingDocumentFactory(requirement=proof, profile=household)
    other = SupportingDocumentFactory(requirement=proof, state=ACCEPTED)
    supporting.decide(by=manager, document=new, accept=True)
    old.refresh_from_db()
    other.refresh_from_db()
    assert (old.state, other.state) == (DocumentState.REPLACED, ACCEPTED)


def test_a_refused_renewal_leaves_the_one_in_force(manager, household, proof):
    old = SupportingDocumentFactory(requirement=proof, profile=household, state=ACCEPTED)
    new = SupportingDocumentFactory(requirement=proof, profile=household)
    supporting.decide(by=manager, document=new, accept=False, reason="Illisible.")
    (wanted,) = queries.wanted_of(household, [])
    assert (wanted.document, wanted.state) == (old, ACCEPTED)


def test_the_proof_of_a_quotient_verifies_it(manager, alice, household, stored):
    notice = DocumentRequirementFactory(name="Attestation CAF", proves_quotient=True)
    verified = FamilyQuotientFactory(profile=household)
    declared = FamilyQuotientFactory(profile=household, verified_at=None)
    (document,) = send(alice, household, stored, (notice, None))
    assert document.quotient == declared
    supporting.decide(by=manager, document=document, accept=False, reason="Illisible.")
    declared.refresh_from_db()
    assert (declared.verified_at, declared.refused_reason) == (None, ""), "it waits for another proof"
    (document,) = send(alice, household, StoredFileFactory(profile=household), (notice, None))
    supporting.decide(by=manager, document=document, accept=True)
    declared.refresh_from_db()
    assert declared.verified_at and declared.verified_by == manager
    assert verified.verified_by is None


def test_a_quotient_declared_anew_is_not_verified_with_the_proof_of_the_one_before(manager, alice, household, stored):
    notice = DocumentRequirementFactory(name="Attestation CAF", proves_quotient=True)
    declared = FamilyQuotientFactory(profile=household, verified_at=None, amount="900")
    declared.refresh_from_db()
    (document,) = send(alice, household, stored, (notice, None))
    seen = declared.fingerprint
    FamilyQuotient.objects.filter(pk=declared.pk).update(amount="100")
    with pytest.raises(ValidationError, match="un autre quotient"):
        supporting.decide(by=manager, document=document, accept=True, quotient_seen=seen)
    declared.refresh_from_db()
    document.refresh_from_db()
    assert (declared.verified_at, document.state) == (None, SENT)


# What is wanted ------------------------------------------------------------------------------------------------------


def states(household, children, extra=None, today=None):
    return [
        (wanted.requirement.name, wanted.child and wanted.child.first_name, wanted.state)
        for wanted in queries.wanted_of(household, children, extra, today)
    ]


def test_s4_14_what_is_wanted_of_the_family_and_of_each_child(household, child, proof, insurance):
    mia = ChildFactory(first_name="Mia", profile=household)
    swimming = DocumentRequirementFactory(name="Test nautique", scope=RequirementScope.ACTIVITY)
    income = DocumentRequirementFactory(name="Avis d’imposition", scope=RequirementScope.FAMILY, position=9)
    DocumentRequirementFactory(active=False)
    SupportingDocumentFactory(profile=household, requirement=insurance, child=mia, state=REFUSED)
    assert states(household, [child, mia], {child.pk: [swimming, insurance, income]}) == [
        ("Justificatif de domicile", None, DocumentState.MISSING),
        ("Avis d’imposition", None, DocumentState.MISSING),
        ("Attestation d’assurance", "Léo", DocumentState.MISSING),
        ("Test nautique", "Léo", DocumentState.MISSING),
        ("Attestation d’assurance", "Mia", REFUSED),
    ]


def test_nothing_is_wanted_of_who_has_no_family(alice, household, proof):
    assert queries.wanted_of(alice.profiles.exclude(pk=household.pk).get(), []) == []
    assert len(queries.wanted_of(household, [])) == 1


def test_what_is_over_is_expired_even_before_the_nightly_task(household, proof):
    SupportingDocumentFactory(profile=household, requirement=proof, state=ACCEPTED, valid_until=TODAY)
    assert states(household, [], today=TODAY)[0][2] == ACCEPTED
    assert states(household, [], today=TODAY + dt.timedelta(days=1))[0][2] == DocumentState.EXPIRED


def test_what_ends_soon_can_be_renewed_before(household, proof):
    SupportingDocumentFactory(profile=household, requirement=proof, state=ACCEPTED, valid_until=dt.date(2026, 12, 31))

    def wanted(today):
        return queries.wanted_of(household, [], today=today)[0]

    assert not wanted(dt.date(2026, 11, 30)).to_send
    assert wanted(dt.date(2026, 12, 1)).to_send and not wanted(dt.date(2026, 12, 1)).missing
    renewal = SupportingDocumentFactory(profile=household, requirement=proof)
    assert wanted(dt.date(2026, 12, 1)).renewal == renewal and not wanted(dt.date(2026, 12, 1)).to_send
    after = wanted(dt.date(2027, 1, 1))
    assert (after.document, after.state) == (renewal, SENT)


def test_the_other_household_s_document_counts_once_accepted_and_is_not_told_before(household, child, insurance):
    other = HouseholdFactory()
    GuardianshipFactory(child=child, profile=other)
    document = SupportingDocumentFactory(profile=other, requirement=insurance, child=child)
    (wanted,) = queries.wanted_of(household, [child])
    assert (wanted.document, wanted.state) == (None, DocumentState.MISSING)
    SupportingDocument.objects.update(state=ACCEPTED)
    (wanted,) = queries.wanted_of(household, [child])
    assert (wanted.document, wanted.state) == (document, ACCEPTED)
    assert list(queries.sent_by(household)) == []


def test_reading_what_is_wanted_costs_the_same_with_one_and_with_thirty(household, child, proof, insurance, sql_count):
    one = sql_count(lambda: queries.wanted_of(household, [child]))
    children = [child, *(ChildFactory(profile=household) for _n in range(4))]
    requirements = [DocumentRequirementFactory(scope=RequirementScope.CHILD) for _n in range(5)]
    for owner in children:
        for requirement in requirements:
            SupportingDocumentFactory(profile=household, requirement=requirement, child=owner)
    assert sql_count(lambda: queries.wanted_of(household, children)) == one == 2


# Time passes ---------------------------------------------------------------------------------------------------------


def held(household, requirement, valid_until, **fields):
    return SupportingDocumentFactory(
        profile=household, requirement=requirement, state=ACCEPTED, valid_until=valid_until, **fields
    )


def test_what_expired_is_said_once_to_those_who_can_act(alice, bob, household, child, proof, insurance):
    Membership.objects.create(user=bob, profile=household, role=Role.READ_ONLY)
    father = MembershipFactory(profile=household).user
    over = held(household, proof, TODAY - dt.timedelta(days=1))
    of_leo = held(household, insurance, TODAY - dt.timedelta(days=3), child=child)
    lasts = held(HouseholdFactory(), proof, TODAY)
    assert supporting.expire(TODAY) == 2
    assert supporting.expire(TODAY) == 0
    states = {d.pk: d.state for d in SupportingDocument.objects.all()}
    assert states == {over.pk: DocumentState.EXPIRED, of_leo.pk: DocumentState.EXPIRED, lasts.pk: ACCEPTED}
    mails = OutgoingMail.objects.order_by("pk")
    assert [mail.to for mail in mails] == [alice.email, father.email]
    assert mails[0].subject == "Des pièces de votre dossier ne sont plus valables"
    assert sorted(Notification.objects.filter(user=father).values_list("title", flat=True)) == [
        f"{insurance.name} de Léo : n’est plus valable",
        f"{proof.name} : n’est plus valable",
    ]
    assert "- Attestation d’assurance de Léo Durand : jusqu’au 19 novembre 2026" in mails[0].text


def test_a_reminder_comes_once_at_the_days_that_staff_chose(alice, household, proof):
    document = held(household, proof, dt.date(2026, 12, 31))
    held(household, DocumentRequirementFactory(remind_days=0), dt.date(2026, 12, 31))
    assert supporting.remind(dt.date(2026, 11, 30)) == 0
    assert supporting.remind(dt.date(2026, 12, 1)) == 1
    assert supporting.remind(dt.date(2026, 12, 2)) == 0
    document.refresh_from_db()
    assert document.reminded_at is not None
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.subject) == (alice.email, "Une pièce de votre dossier arrive à échéance")
    assert "Justificatif de domicile : jusqu’au 31 décembre 2026" in mail.text
    assert "/mon-compte/documents/" in mail.text


def test_nobody_is_reminded_of_what_was_sent_again_is_no_longer_asked_or_of_a_child_who_left(household, proof):
    gone = ChildFactory()
    GuardianshipFactory(child=gone, profile=household, ended_on=dt.date(2021, 1, 1))
    soon = dt.date(2026, 12, 1)
    held(household, proof, soon)
    SupportingDocumentFactory(profile=household, requirement=proof)
    held(household, DocumentRequirementFactory(active=False), soon)
    held(household, DocumentRequirementFactory(scope=RequirementScope.CHILD), soon, child=gone)
    assert supporting.remind(TODAY) == 3
    assert not OutgoingMail.objects.exists()


def test_what_is_no_longer_in_force_is_erased_after_a_year(
    alice, household, proof, stored_names, django_capture_on_commit_callbacks
):
    now = timezone.now()
    shared = receive(by=alice, profile=household, upload=upload(files.pdf(), "avis.pdf"))
    old = {"profile": household, "requirement": proof, "decided_at": now}
    SupportingDocumentFactory(**old, state=REFUSED)
    SupportingDocumentFactory(**old, state=REFUSED, file=shared)
    kept = SupportingDocumentFactory(**old, state=ACCEPTED, file=shared)
    assert len(stored_names()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert supporting.purge(now + dt.timedelta(days=364)) == 0
        assert supporting.purge(now + dt.timedelta(days=366)) == 2
    assert list(SupportingDocument.objects.all()) == [kept]
    assert list(StoredFile.objects.all()) == [shared] and len(stored_names()) == 1


# Pure rules ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
        (dt.date(2027, 1, 31), 13, dt.date(2028, 2, 29)),
        (dt.date(2028, 2, 29), 12, dt.date(2029, 2, 28)),
        (dt.date(2026, 12, 31), 12, dt.date(2027, 12, 31)),
        (dt.date(2026, 12, 1), 1, dt.date(2027, 1, 1)),
    ],
)
def test_months_later(day, months, later):
    assert rules.months_later(day, months) == later


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1\xa0Ko"),
        (250_000, "245\xa0Ko"),
        (1024 * 1024, "1\xa0Mo"),
        (1_258_300, "1,3\xa0Mo"),
        (209_715_200, "200\xa0Mo"),
    ],
)
def test_sizes_as_people_read_them(size, text):
    assert rules.size_text(size) == text

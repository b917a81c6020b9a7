"""Cases begun and filed at the same moment, on PostgreSQL. Each race has its control: it fails without the lock."""

import datetime as dt
import threading
import time

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.db.models.signals import pre_save
from django.utils import timezone
from wagtail.models import Locale, Page

from accounts.models import OutgoingMail, Profile
from billing import conflicts
from billing.models import SepaMandate
from procedures.enums import CaseState, EventKind
from procedures.models import Case, CaseEvent, ErasedCase
from procedures.services import drafts, filing, review
from tests.factories.accounts import MembershipFactory, UserFactory
from tests.factories.cases import CaseFactory, OnlineProcedureFactory, field, step
from tests.factories.water import AttachedContractFactory

from .test_booking import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
RESIDENTS, CLICKS = 40, 8
ANSWERS = {"objet": "Un banc cassé", "urgent": "no"}


@pytest.fixture
def page(transactional_db):
    # The flush of the test before gave the content types other keys.
    ContentType.objects.clear_cache()
    if not Page.objects.exists():  # flushed by the test before
        Locale.objects.get_or_create(language_code="fr")
        Page.add_root(title="Racine")
    return OnlineProcedureFactory()


@pytest.fixture
def resident(page):
    return MembershipFactory()


@pytest.fixture
def unlocked(monkeypatch):
    """Return `unlocked(*models)`: their rows are no longer locked; what the database reports is not tried again."""
    lock = QuerySet.select_for_update

    def take_out(*models):
        def select(self, *args, **kwargs):
            return self if self.model in models else lock(self, *args, **kwargs)

        monkeypatch.setattr(QuerySet, "select_for_update", select)
        monkeypatch.setattr(conflicts, "ATTEMPTS", 1)

    return take_out


@pytest.fixture
def slow_mirror(monkeypatch):
    """Stretch the time between what is read under the lock and what is written."""
    mirror = drafts.mirror_files

    def slow(case):
        time.sleep(1)
        return mirror(case)

    monkeypatch.setattr(drafts, "mirror_files", slow)
    monkeypatch.setattr(filing, "mirror_files", slow)


def begin(resident, page):
    return drafts.start(by=resident.user, page=page, profile=resident.profile)


def ready(resident, page):
    draft = begin(resident, page)
    Case.objects.filter(pk=draft.pk).update(answers=ANSWERS)
    return draft


# Begun at once -------------------------------------------------------------------------------------------------------


def test_a_draft_begun_in_eight_tabs_is_one(resident, page, slow_mirror):
    outcomes = at_once([lambda: begin(resident, page).pk for _n in range(CLICKS)])
    assert len(outcomes) == 1 and Case.objects.count() == 1


def test_control_without_the_lock_there_are_several_drafts(resident, page, slow_mirror, unlocked):
    unlocked(Profile)
    at_once([lambda: begin(resident, page).pk for _n in range(CLICKS)])
    assert Case.objects.count() > 1


# Filed at once -------------------------------------------------------------------------------------------------------


def test_a_draft_sent_eight_times_is_filed_once(resident, page, slow_mirror):
    draft = ready(resident, page)
    outcomes = at_once([lambda: filing.submit(by=resident.user, case=draft).number for _n in range(CLICKS)])
    assert len(outcomes) == 1
    assert CaseEvent.objects.count() == OutgoingMail.objects.filter(kind="procedures/receipt").count() == 1


def test_control_without_the_locks_it_is_filed_several_times(resident, page, slow_mirror, unlocked):
    draft = ready(resident, page)
    unlocked(Case, Profile)
    at_once([lambda: filing.submit(by=resident.user, case=draft).number for _n in range(CLICKS)])
    assert CaseEvent.objects.count() > 1


def test_forty_residents_are_numbered_without_a_gap(page):
    pairs = [(resident, ready(resident, page)) for resident in MembershipFactory.create_batch(RESIDENTS)]
    outcomes = at_once(
        [lambda pair=pair: filing.submit(by=pair[0].user, case=pair[1]).number for pair in pairs],
    )
    assert sorted(int(number[-6:]) for number in outcomes) == list(range(1, RESIDENTS + 1))
    assert set(outcomes.values()) == {1}


def test_one_at_a_time_holds_when_two_members_file_two_drafts(resident, page):
    """An agent at the desk and the resident at home: two drafts of one profile, one case."""
    page.one_at_a_time = True
    page.save()
    other = ready(resident, page)
    Case.objects.filter(pk=other.pk).update(entered_by=resident.user)
    draft = ready(resident, page)
    Case.objects.filter(pk=other.pk).update(entered_by=None)
    outcomes = at_once(
        [lambda case=case: filing.submit(by=resident.user, case=case).number and "filed" for case in (other, draft)]
    )
    assert outcomes == {"filed": 1, "refused": 1}


# Decided at once -----------------------------------------------------------------------------------------------------

DEBIT = [
    step(
        "Compte",
        field("contract", "Contrat", key="contract"),
        field("short_text", "Titulaire", key="holder"),
        field("iban", "IBAN", key="iban"),
        field("agreement", "Accord", key="agreement"),
    )
]


@pytest.fixture
def slow_status(monkeypatch):
    """Stretch the time between what an agent's act checks and what it writes."""
    give = review.give

    def slow(*args, **kwargs):
        time.sleep(1)
        return give(*args, **kwargs)

    monkeypatch.setattr(review, "give", slow)
    monkeypatch.setattr(filing, "give", slow)


@pytest.fixture
def debit(page, resident):
    """A case whose acceptance creates a mandate."""
    page = OnlineProcedureFactory(
        department=page.department,
        form=DEBIT,
        handler="create_mandate",
        inputs=[
            {"type": "input", "value": {"name": name, "field": name}}
            for name in ("contract", "holder", "iban", "agreement")
        ],
    )
    contract = AttachedContractFactory(profile=resident.profile)
    answers = {"contract": contract.reference, "holder": "Alice", "iban": "FR1420041010050500013M02606"}
    return CaseFactory(
        page=page, profile=resident.profile, filed_by=resident.user, answers={**answers, "agreement": True}
    )


def decided_by_two(case, statuses, revision):
    """Two agents give `case` their statuses at the same moment; how often each outcome came."""
    agents = UserFactory.create_batch(2, is_staff=True, is_superuser=True)

    def decide(agent, status):
        review.decide(by=agent, case=case, status=status, revision=revision)
        return "decided"

    return at_once([lambda pair=pair: decide(*pair) for pair in zip(agents, statuses, strict=True)])


# From the sheet, which says what it showed; from the list, which doesn't.
@pytest.mark.parametrize("revision", [1, None])
@pytest.mark.parametrize("statuses", [("accepte", "accepte"), ("accepte", "refuse")])
def test_of_two_agents_who_decide_at_once_one_decides_and_the_other_is_told(debit, slow_status, statuses, revision):
    assert decided_by_two(debit, statuses, revision) == {"decided": 1, "refused": 1}
    debit.refresh_from_db()
    accepted = int(debit.state == CaseState.ACCEPTED)
    kinds = list(CaseEvent.objects.order_by("kind").values_list("kind", flat=True))
    assert kinds == [EventKind.HANDLED] * accepted + [EventKind.STATUS]
    assert SepaMandate.objects.count() == accepted == bool(debit.outcome)
    assert OutgoingMail.objects.filter(kind="procedures/status_changed").count() == 1


def test_control_without_the_lock_both_decide(debit, slow_status, unlocked):
    unlocked(Case)
    assert decided_by_two(debit, ("accepte", "accepte"), 1) == {"decided": 2}
    assert CaseEvent.objects.filter(kind=EventKind.HANDLED).count() == 2
    assert OutgoingMail.objects.filter(kind="procedures/status_changed").count() == 2


# An agent and the resident at once -----------------------------------------------------------------------------------


def decided_and_corrected(resident, page):
    """An agent refuses a case at the moment its resident sends back the correction; how often each outcome came."""
    agent = UserFactory(is_staff=True, is_superuser=True)
    case = CaseFactory(
        page=page,
        profile=resident.profile,
        state=CaseState.TO_CORRECT,
        correction={"fields": ["objet"], "answers": {**ANSWERS, "objet": "Deux bancs"}},
    )
    return case, at_once(
        [
            lambda: review.decide(by=agent, case=case, status="refuse", revision=1) and "decided",
            lambda: filing.resubmit(by=resident.user, case=case, revision=1) and "corrected",
        ]
    )


def test_a_correction_sent_while_an_agent_decides_is_taken_or_refused_never_lost(resident, page, slow_status):
    case, outcomes = decided_and_corrected(resident, page)
    case.refresh_from_db()
    assert outcomes["refused"] == 1
    if outcomes["corrected"]:
        assert (case.state, case.answers["objet"]) == (CaseState.RECEIVED, "Deux bancs")
    else:
        assert (case.state, case.answers["objet"]) == (CaseState.REFUSED, "Un banc cassé")


def test_control_without_the_lock_it_is_both_decided_and_corrected(resident, page, slow_status, unlocked):
    unlocked(Case)
    assert decided_and_corrected(resident, page)[1] == {"decided": 1, "corrected": 1}


# Erased while it is filed --------------------------------------------------------------------------------------------


def filed_and_erased(resident, page):
    """A draft is filed at the last moment, while the nightly task erases it; how often each outcome came."""
    draft, now, under_way = ready(resident, page), timezone.now(), threading.Event()
    Case.objects.filter(pk=draft.pk).update(
        touched_at=now - dt.timedelta(days=120), expiry_told_at=now - dt.timedelta(days=20)
    )

    def begins(sender, instance, **kwargs):
        # Its row is locked and still a draft to everybody else.
        under_way.set()
        time.sleep(0.5)

    def erase():
        under_way.wait(timeout=30)
        return f"{drafts.erase_expired()} erased"

    pre_save.connect(begins, sender=Case)
    try:
        return at_once([lambda: filing.submit(by=resident.user, case=draft) and "filed", erase])
    finally:
        pre_save.disconnect(begins, sender=Case)


def test_a_draft_filed_while_it_is_erased_is_a_case(resident, page):
    assert filed_and_erased(resident, page) == {"filed": 1, "0 erased": 1}
    assert Case.objects.get().state == CaseState.RECEIVED and not ErasedCase.objects.exists()


def test_control_without_the_lock_it_is_erased_while_it_is_filed(resident, page, unlocked):
    unlocked(Case)
    assert filed_and_erased(resident, page)["1 erased"] == 1

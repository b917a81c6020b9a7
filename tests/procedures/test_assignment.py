"""Who has a case: taken, given, given back, passed on; who may, and what is written of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from procedures.enums import CaseState, EventKind
from procedures.models import CaseEvent
from procedures.perms import reviewable_cases
from procedures.queries.worklist import agents_for
from procedures.services import assignment
from tests.factories.accounts import UserFactory
from tests.factories.cases import DepartmentFactory

from .agents import caseworker, filed, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(colleague):
    """The colleague, without the right to give cases to others."""
    group = colleague.groups.get()
    right = group.permissions.get(codename="assign_case")
    others = group.permissions.exclude(pk=right.pk)
    colleague.groups.clear()
    colleague.user_permissions.set(others)
    return colleague


def test_taking_a_case_says_so_in_its_history_and_in_the_log(agent, water):
    case = filed(water)
    assert assignment.take(by=agent, cases=[case]) == [case]
    case.refresh_from_db()
    assert case.assigned_to == agent
    event = case.events.get()
    assert (event.kind, event.by, event.public) == (EventKind.ASSIGNED, agent, False)
    entry = ModelLogEntry.objects.get(action="procedures.case.assign")
    assert (entry.user, entry.data) == (agent, {"agent": agent.pk})
    # Once more changes nothing.
    assert assignment.take(by=agent, cases=[case]) == []
    assert case.events.count() == 1


def test_a_case_that_somebody_has_is_not_taken(agent, colleague, water):
    case = filed(water, assigned_to=colleague)
    with pytest.raises(ValidationError, match="Un autre agent"):
        assignment.take(by=agent, cases=[case])
    free = filed(water)
    assert assignment.take(by=agent, cases=[case, free]) == [free]
    case.refresh_from_db()
    assert case.assigned_to == colleague


def test_giving_a_case_disturbs_nobody_who_is_deciding_it(agent, colleague, water):
    case = filed(water)
    assignment.assign(by=agent, cases=[case], to=colleague)
    former = case.revision
    case.refresh_from_db()
    assert case.assigned_to == colleague and case.revision == former


def test_giving_to_others_asks_for_the_right(agent, helper, water):
    case = filed(water)
    with pytest.raises(PermissionDenied):
        assignment.assign(by=helper, cases=[case], to=agent)
    assignment.assign(by=helper, cases=[case], to=helper)
    assignment.assign(by=helper, cases=[case], to=None)
    case.assigned_to = agent
    case.save()
    with pytest.raises(PermissionDenied):
        assignment.assign(by=helper, cases=[case], to=None)
    with pytest.raises(PermissionDenied):
        assignment.pass_on(by=helper, case=case, department=DepartmentFactory())


def test_only_an_agent_of_its_department_is_given_a_case(agent, water, other):
    case = filed(water)
    stranger, clerk = caseworker(other.department), UserFactory(is_staff=True, last_name="Roux")
    with pytest.raises(ValidationError, match="n’est pas du service"):
        assignment.assign(by=agent, cases=[case], to=stranger)
    with pytest.raises(ValidationError, match="n’instruit pas"):
        assignment.assign(by=agent, cases=[case], to=clerk)
    assert list(agents_for(case)) == [agent]
    boss = UserFactory(is_staff=True, is_superuser=True)
    assignment.assign(by=agent, cases=[case], to=boss)
    case.refresh_from_db()
    assert case.assigned_to == boss


def test_all_or_nothing(agent, colleague, water, other):
    mine, over, elsewhere = filed(water), filed(water, state=CaseState.ACCEPTED), filed(other)
    with pytest.raises(ValidationError, match=over.number):
        assignment.assign(by=agent, cases=[mine, over], to=colleague)
    with pytest.raises(ValidationError, match="ne sont plus de vos services"):
        assignment.assign(by=agent, cases=[mine, elsewhere], to=colleague)
    mine.refresh_from_db()
    assert mine.assigned_to is None and not CaseEvent.objects.exists()


@pytest.mark.parametrize("who", ["alice", "inactive", "clerk"])
def test_residents_and_other_staff_give_nothing(who, alice, department, water):
    case = filed(water)
    inactive = caseworker(department, is_active=False)
    by = {"alice": alice, "inactive": inactive, "clerk": UserFactory(is_staff=True)}[who]
    for act in (
        lambda: assignment.take(by=by, cases=[case]),
        lambda: assignment.assign(by=by, cases=[case], to=by),
        lambda: assignment.pass_on(by=by, case=case, department=DepartmentFactory()),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_passing_on_tells_the_applicant_who_has_it_and_the_department(agent, water, mailoutbox, run_queue):
    target = DepartmentFactory(name="Accueil", email="accueil@example.test")
    case = filed(water, assigned_to=agent)
    passed = assignment.pass_on(by=agent, case=case, department=target, text=" C’est pour vous. ")
    assert (passed.department, passed.assigned_to, passed.revision) == (target, None, case.revision + 1)
    public, note = passed.events.order_by("pk")
    assert public.public and "Accueil" in public.title and not public.text
    assert not note.public and note.text == "C’est pour vous."
    # The agent is not of that department: it is no longer the agent's.
    assert not reviewable_cases(agent).filter(pk=case.pk).exists()
    run_queue()
    assert [mail.to for mail in mailoutbox] == [["accueil@example.test"]]
    assert case.number in mailoutbox[0].subject and f"/admin/demarches/{case.pk}/" in mailoutbox[0].body
    assert "C’est pour vous" not in mailoutbox[0].body


def test_a_case_is_passed_on_to_another_department_that_works(agent, department, water, other):
    case = filed(water)
    closed = DepartmentFactory(active=False)
    with pytest.raises(ValidationError, match="a déjà le dossier"):
        assignment.pass_on(by=agent, case=case, department=department)
    with pytest.raises(ValidationError, match="plus en activité"):
        assignment.pass_on(by=agent, case=case, department=closed)
    with pytest.raises(ValidationError, match="terminé"):
        assignment.pass_on(by=agent, case=filed(water, state=CaseState.REFUSED), department=other.department)
    with pytest.raises(ValidationError, match="n’est pas du service"):
        assignment.pass_on(by=agent, case=case, department=other.department, to=agent)


# The screen -----------------------------------------------------------------------------------------------------------


def address(case):
    return reverse("cases:assign", args=[case.pk])


def test_a_case_is_taken_given_and_passed_on_from_its_screen(client, agent, colleague, water, other):
    case = filed(water)
    page = text_of(client.get(address(case)))
    assert "Prendre ce dossier" in page and "Paul Girard" in page and "État civil" in page
    assert client.post(address(case), {"action": "prendre"}).url == reverse("cases:case", args=[case.pk])
    client.post(address(case), {"action": "attribuer", "agent": colleague.pk})
    case.refresh_from_db()
    assert case.assigned_to == colleague
    posted = {"action": "transmettre", "service": other.department_id, "note": "À voir"}
    assert client.post(address(case), posted).url == reverse("cases:worklist")
    assert client.get(address(case)).status_code == 404


@pytest.mark.parametrize(("action", "sentence"), [("transmettre", "Choisissez le service"), ("attribuer", "agent")])
def test_a_mistake_is_told_and_the_note_stays(client, agent, water, other, action, sentence):
    case = filed(water)
    answer = client.post(address(case), {"action": action, "note": "Un mot", "service": "x"})
    assert answer.status_code == 422 and sentence in text_of(answer) and "Un mot" in answer.text


def test_another_department_s_case_is_not_there(client, agent, other):
    case = filed(other)
    assert client.get(address(case)).status_code == 404
    assert client.post(address(case), {"action": "prendre"}).status_code == 404


def test_a_case_that_is_over_is_given_to_nobody(client, agent, water):
    case = filed(water, state=CaseState.CLOSED)
    assert "Ce dossier est terminé" in text_of(client.get(address(case)))
    assert client.post(address(case), {"action": "prendre"}).status_code == 422


def test_who_takes_a_case_from_a_colleague_reads_whose_it_was(client, agent, colleague, water):
    """Two agents see that nobody has a case: the second who takes it is told of the first."""
    case = filed(water)
    assignment.take(by=colleague, cases=[case])
    assert "Paul Girard l’avait" in text_of(client.post(address(case), {"action": "prendre"}, follow=True))
    assert "l’avait" not in text_of(client.post(address(case), {"action": "prendre"}, follow=True))

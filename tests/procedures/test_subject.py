"""By contract and by child (s0.11): what comes of a case stands in « Mes documents » beside what it is about."""

import pytest

from documents.models import FiledDocument
from procedures.enums import CaseState
from procedures.models import CaseFile
from procedures.services import filing, letters, resident
from procedures.services.receipts import make_receipt
from procedures.subject import subject_of
from tests.factories.accounts import MembershipFactory
from tests.factories.cases import CaseFactory, LetterTemplateFactory, OnlineProcedureFactory, field, step
from tests.factories.families import ChildFactory, HouseholdFactory, StoredFileFactory
from tests.factories.water import WaterContractFactory

pytestmark = pytest.mark.django_db
FORM = [
    step(
        "La demande",
        field("contract", "Contrat", key="contrat", required=False),
        field("contract", "Autre contrat", key="autre", required=False),
        field("child", "Enfant", key="enfant", required=False),
        field("files", "Pièce", key="piece", required=False),
        key="demande",
    )
]


@pytest.fixture
def page(procedure_index):
    return OnlineProcedureFactory(parent=procedure_index, form=FORM)


def test_what_is_sent_received_and_written_goes_with_the_contract_and_the_child(page, alice, agent):
    page.department.members.add(agent)
    profile = MembershipFactory(user=alice, profile=HouseholdFactory()).profile
    child = ChildFactory(profile=profile)
    reference = WaterContractFactory(profile=profile).reference
    sent, joined = StoredFileFactory.create_batch(2, profile=profile)
    answers = {"contrat": reference, "enfant": str(child.public_id), "piece": [str(sent.public_id)]}
    case = CaseFactory(page=page, profile=profile, state=CaseState.DRAFT, answers=answers)
    CaseFile.objects.create(case=case, file=sent)
    case = filing.submit(by=alice, case=case)
    make_receipt(case_id=case.pk)
    resident.send_message(by=alice, case=case, text="Voici.", files=[joined])
    template = LetterTemplateFactory()
    letters.produce_letter(by=agent, case=case, template=template, title="Réponse", text="Bonjour,\n\nC’est fait.")
    found = list(FiledDocument.objects.filter(profile=profile).values_list("contract_reference", "child"))
    assert found == [(reference, child.pk)] * 4


def test_a_case_about_several_contracts_or_another_s_child_is_about_none(page, alice):
    profile = alice.profiles.get()
    answers = {"contrat": "1", "autre": "2", "enfant": str(ChildFactory().public_id)}
    case = CaseFactory(page=page, profile=profile, answers=answers)
    assert subject_of(case) == {"child": None, "contract_reference": ""}
    assert subject_of(CaseFactory(page=page, profile=None, answers=answers)) == {}

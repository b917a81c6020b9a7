"""The procedures that the demonstration ships: built with the editor's means, they pass its check."""

import datetime as dt
import re

import pytest

from accounts.models import Department
from cms.demo.forms import FORMS, LETTERS
from cms.demo.procedures import load_procedures
from procedures import handlers
from procedures.building.checks_form import check
from procedures.enums import ACCOUNT_ONLY, Access, FieldKind
from procedures.forms import FormContext
from procedures.forms.kinds import kind_of
from procedures.models import AppointmentKind, LetterTemplate, ProcedurePage
from procedures.queries.appointments import open_slots
from tests.factories.cms import ContactPointFactory
from tests.factories.procedures import ProcedurePageFactory


@pytest.fixture
def shipped(procedure_index):
    """The catalogue's nine pages, put online: {slug: page}."""
    ContactPointFactory(name="Eau et assainissement")
    for slug in FORMS:
        ProcedurePageFactory(parent=procedure_index, slug=slug, title=slug)
    load_procedures()
    return {page.slug: page for page in ProcedurePage.objects.all()}


def test_the_nine_procedures_pass_the_check_and_have_a_version(shipped):
    assert len(shipped) == 9
    for slug, page in shipped.items():
        assert [str(problem) for problem in check(page) if problem.is_error] == [], slug
        assert page.versions.count() == 1, slug
        assert page.department and page.what_next


def test_a_year_is_written_as_a_year(shipped):
    received = shipped["demander-une-subvention"].versions.get().definition.fields["subventions-passees"]
    year = received.fields[0]
    kind, context = kind_of(year), FormContext(today=dt.date(2026, 11, 22))
    assert kind.problems("2025", year, context) == []
    assert kind.problems("25", year, context) == ["Une année s’écrit avec quatre chiffres, par exemple 2025."]
    assert kind.words("2025", year, context) == "2025"


def test_loading_again_changes_nothing(shipped):
    counts = (Department.objects.count(), AppointmentKind.objects.count(), LetterTemplate.objects.count())
    revisions = {slug: page.latest_revision_id for slug, page in shipped.items()}
    load_procedures()
    assert (Department.objects.count(), AppointmentKind.objects.count(), LetterTemplate.objects.count()) == counts
    again = ProcedurePage.objects.all()
    assert {page.slug: page.latest_revision_id for page in again} == revisions
    assert {page.versions.count() for page in again} == {1}


def test_what_acceptance_does_has_its_answers(shipped):
    found = {slug: page.handler for slug, page in shipped.items() if page.handler}
    assert found == {
        "j-emmenage": "open_contract",
        "je-demenage": "terminate_contract",
        "je-releve-mon-compteur": "record_reading",
        "prelevement-automatique": "create_mandate",
    }
    for slug in found:
        version = shipped[slug].versions.get()
        inputs, fields = version.handling["inputs"], version.definition.fields
        for one in handlers.get(version.handling["handler"]).inputs:
            if one.name in inputs:
                assert fields[inputs[one.name]].kind in one.kinds, (slug, one.name)
            else:
                assert not one.required, (slug, one.name)


def test_anybody_may_file_three_of_them(shipped):
    anyone = {slug for slug, page in shipped.items() if page.access == Access.ANYONE}
    assert anyone == {"prendre-rendez-vous", "signaler-un-probleme", "poser-une-question"}
    for slug in anyone:
        kinds = {field.kind for field in shipped[slug].versions.get().definition.fields.values()}
        assert kinds.isdisjoint(ACCOUNT_ONLY)


def test_the_forms_use_each_kind_of_field(shipped):
    kinds = set()
    for page in shipped.values():
        for field in page.versions.get().definition.fields.values():
            kinds |= {field.kind, *(inner.kind for inner in field.fields)}
    assert set(FieldKind) - kinds == {FieldKind.CHILD}


def test_s1_9_slots_are_open_for_each_kind_of_appointment(shipped):
    for kind in AppointmentKind.objects.all():
        assert open_slots(kind), kind


def test_the_letters_name_answers_that_exist(shipped):
    for letter in LETTERS:
        for slug in letter["procedures"]:
            fields = shipped[slug].versions.get().definition.fields
            for key in re.findall(r"{reponse:([\w-]+)}", letter["title"] + letter["body"]):
                assert key in fields, (letter["name"], key)

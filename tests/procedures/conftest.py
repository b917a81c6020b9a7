import pytest

from tests.factories.cases import CaseFactory, DepartmentFactory, OnlineProcedureFactory
from tests.factories.cms import HomePageFactory
from tests.factories.procedures import ProcedureIndexPageFactory

from .agents import caseworker


@pytest.fixture
def procedure_index(db):
    """The catalogue of an otherwise empty site."""
    return ProcedureIndexPageFactory(parent=HomePageFactory())


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    """An empty private storage for each test."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT


@pytest.fixture
def department(db):
    """A team with a mailbox."""
    return DepartmentFactory(name="Vie associative", email="vie-associative@example.test")


@pytest.fixture
def agent(staff, department):
    """A caseworker of the department, logged in."""
    user = staff("Instructeur", first_name="Ines", last_name="Leroy", email="ines@example.test")
    department.members.add(user)
    return user


@pytest.fixture
def procedure(procedure_index, department):
    """A procedure that can be filed, of that department."""
    return OnlineProcedureFactory(parent=procedure_index, title="Signaler un problème", department=department)


@pytest.fixture
def case(procedure, alice):
    """A case that Alice filed."""
    return CaseFactory(page=procedure, profile=alice.profiles.get(), filed_by=alice, email=alice.email)


@pytest.fixture
def water(procedure_index, department):
    """Another procedure of that department."""
    return OnlineProcedureFactory(parent=procedure_index, title="J’emménage", department=department)


@pytest.fixture
def other(procedure_index):
    """A procedure of another department."""
    elsewhere = DepartmentFactory(name="État civil")
    return OnlineProcedureFactory(parent=procedure_index, title="Demande de subvention", department=elsewhere)


@pytest.fixture
def colleague(department):
    """Another caseworker of the department, not logged in."""
    return caseworker(department, first_name="Paul", last_name="Girard")

import pytest

from tests.factories.cms import HomePageFactory
from tests.factories.procedures import ProcedureIndexPageFactory


@pytest.fixture
def procedure_index(db):
    """The catalogue of an otherwise empty site."""
    return ProcedureIndexPageFactory(parent=HomePageFactory())

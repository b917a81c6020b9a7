import pytest

from tests.factories.accounts import MembershipFactory
from tests.factories.families import ChildFactory, HouseholdFactory

# Nobody answers on this port.
NOWHERE = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def private_root(settings, tmp_path):
    """An empty private storage for each test."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT


@pytest.fixture
def household(alice):
    """Alice's household, without children."""
    profile = HouseholdFactory(name="Foyer d’Alice")
    MembershipFactory(user=alice, profile=profile)
    return profile


@pytest.fixture
def child(household):
    """Léo, a child of Alice's household."""
    return ChildFactory(first_name="Léo", profile=household)


@pytest.fixture
def stored_names(private_root):
    """Return `stored_names()`: the files that the private storage holds."""
    return lambda: sorted(path.name for path in private_root.rglob("*") if path.is_file())

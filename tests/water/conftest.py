import pytest


@pytest.fixture
def dashboard(db):
    """The pages of the resident's space, as the demonstration and a new portal have them."""
    from cms.demo.space import load_space

    return load_space()

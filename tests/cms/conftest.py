import pytest

from tests.factories.cms import HelpIndexPageFactory, HomePageFactory, NewsIndexPageFactory
from tests.factories.procedures import ProcedureIndexPageFactory


@pytest.fixture
def home(db):
    """The home page of an otherwise empty site."""
    return HomePageFactory()


@pytest.fixture
def news_index(home):
    return NewsIndexPageFactory(parent=home)


@pytest.fixture
def help_index(home):
    return HelpIndexPageFactory(parent=home)


@pytest.fixture
def procedure_index(home):
    return ProcedureIndexPageFactory(parent=home)


@pytest.fixture
def portal_image(db):
    """Return `portal_image(**fields)`: a published image, its file in the tests' own folder."""
    from django.core.files.base import ContentFile

    from cms.demo.pictures import _gradient, _jpeg
    from cms.models import PortalImage

    def make(**fields):
        content = _jpeg(_gradient((15, 95, 99), (224, 161, 47), (320, 180)))
        fields = {"title": "Rivière", "description": "Une rivière", **fields}
        return PortalImage.objects.create(file=ContentFile(content, "riviere.jpg"), **fields)

    return make

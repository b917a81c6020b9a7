"""The receipt of a filed case: what it says, made once, whatever a name holds."""

import datetime as dt
import io
from zoneinfo import ZoneInfo

import pypdf
import pytest

from documents.models import FiledDocument, StoredFile
from procedures.enums import CaseState, Channel, Silence
from procedures.receipts import facts_of, render_receipt, silence_of
from procedures.services.receipts import make_receipt
from procedures.tasks import make_receipt as task
from tests.factories.cases import CaseFactory, DepartmentFactory
from tests.factories.cms import ContactPointFactory

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
def filed(alice, procedure):
    contact = ContactPointFactory(name="Accueil", address="4 place du Lavoir", email="accueil@ville.test")
    return CaseFactory(
        page=procedure,
        profile=alice.profiles.get(),
        filed_by=alice,
        email=alice.email,
        number="DOS2026-000012",
        department=DepartmentFactory(name="Vie pratique", contact=contact),
        # In UTC it is still the day before.
        filed_at=dt.datetime(2026, 12, 2, 0, 30, tzinfo=PARIS),
        due_on=dt.date(2027, 2, 1),
    )


def words(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_what_it_says(filed, alice):
    found = words(render_receipt(filed))
    for text in (
        "Accusé de réception",
        "DOS2026-000012",
        "2 décembre 2026 à 0 h 30",
        "Signaler un problème",
        alice.get_full_name(),
        filed.profile.name,
        "Vie pratique",
        "4 place du Lavoir",
        "accueil@ville.test",
        "avant le 1er février 2027",
    ):
        assert text in found
    assert "À l’accueil" not in found


def test_a_name_is_data_and_never_markup(filed):
    filed.profile.name = '#strong[x] "$ \\'
    assert '#strong[x] "$ \\' in words(render_receipt(filed))


def test_what_the_font_lacks_never_keeps_a_receipt_from_being_made(filed):
    """A PDF/A that can't show a character is refused whole."""
    filed.profile.name = "Zoé 😀 漢字 \U0001d5d5\u2011C Ж"
    assert "Zoé ? ?? B-C Ж" in words(render_receipt(filed))


def test_without_an_account_nor_a_department(procedure):
    case = CaseFactory(page=procedure, profile=None, department=None, applicant="Jeanne Petit", channel=Channel.DESK)
    found = words(render_receipt(case))
    assert "Jeanne Petit" in found and "À l’accueil" in found and "le code reçu par courriel" in found
    assert facts_of(case)["department"] == ""


@pytest.mark.parametrize(
    ("silence", "text"),
    [
        (Silence.ACCEPTED, "considérée comme acceptée"),
        (Silence.REFUSED, "considérée comme refusée"),
        (Silence.NOTHING, "notre possible"),
    ],
)
def test_what_silence_means(silence, text):
    assert text in silence_of(silence, dt.date(2027, 2, 1))
    assert silence_of(silence, None) == ""


def test_made_twice_it_is_one_file(filed):
    make_receipt(case_id=filed.pk)
    task(filed.pk)
    assert StoredFile.objects.count() == FiledDocument.objects.count() == 1
    filed.refresh_from_db()
    assert filed.receipt.produced and filed.receipt.name == "accuse-de-reception-DOS2026-000012.pdf"


def test_a_draft_has_none(procedure, alice):
    draft = CaseFactory(page=procedure, profile=alice.profiles.get(), state=CaseState.DRAFT)
    assert make_receipt(case_id=draft.pk).receipt is None
    assert not StoredFile.objects.exists()

"""Files of a form (s2.10): several, taken away, replaced, used again; kept whatever else is wrong; one's own only."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.enums import ScanState
from documents.models import StoredFile
from procedures.forms import StepForm, context_of, problems_of
from tests.documents.files import image, pdf, upload
from tests.factories.families import StoredFileFactory

from .forms import K, ask, errors_of, filled, form_of, nobody

pytestmark = pytest.mark.django_db
PHOTOS = form_of(ask(K.FILES, "photo", "Photos", maximum="2"), ask(K.SHORT_TEXT, "nom", "Nom"))


@pytest.fixture(autouse=True)
def private_room(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def context(alice):
    return context_of(user=alice, profile=alice.profiles.get())


def photo(name="banc.png"):
    return upload(image("PNG"), name)


def names(form):
    return [one.name for one in form.context.stored(form.kept.get("photo", []))]


def test_s2_10_a_file_is_joined(context):
    form = filled(PHOTOS, {"q-nom": "Alice"}, files={"q-photo": photo()}, context=context)
    assert form.is_valid()
    [stored] = form.received
    assert form.answers == {"photo": [str(stored.public_id)], "nom": "Alice"}
    assert stored.filed_at is None


def test_s2_10_a_file_stays_joined_when_another_answer_is_wrong(context):
    form = filled(PHOTOS, {}, files={"q-photo": photo()}, context=context)
    assert errors_of(form) == {"q-nom": ["Nom\u00a0: remplissez ce champ."]}
    again = StepForm(step=PHOTOS.steps[0], definition=PHOTOS, answers=form.kept, context=context)
    assert "banc.png" in str(again["photo"])


def test_s2_10_several_files_at_once_and_the_one_refused_is_named(context):
    fake = SimpleUploadedFile("faux.pdf", b"pas un pdf", "application/pdf")
    form = filled(PHOTOS, {"q-nom": "A"}, files={"q-photo": [photo(), fake]}, context=context)
    assert names(form) == ["banc.png"]
    [sentence] = errors_of(form)["q-photo"]
    assert sentence.startswith(
        "Photos\u00a0: «\u00a0faux.pdf\u00a0» : Le contenu de ce fichier n’est pas celui d’un PDF."
    )


def test_no_more_files_than_allowed(context):
    three = [photo("un.png"), upload(pdf(), "deux.pdf"), photo("trois.png")]
    form = filled(PHOTOS, {"q-nom": "A"}, files={"q-photo": three}, context=context)
    assert names(form) == ["un.png", "deux.pdf"]
    assert errors_of(form) == {
        "q-photo": ["Photos\u00a0: «\u00a0trois.png\u00a0» n’est pas joint : 2 fichiers au plus."]
    }
    assert StoredFile.objects.count() == 2


def test_no_more_of_my_documents_than_allowed(context):
    """Else the page said « vous avez joint 2 fichiers » above three."""
    mine = [StoredFileFactory(profile=context.profile, name=f"{n}.pdf") for n in ("un", "deux", "trois")]
    ids = [str(one.public_id) for one in mine]
    form = filled(PHOTOS, {"q-do": "send:q-photo", "q-photo__reuse": ids}, context=context)
    assert names(form) == ["un.pdf", "deux.pdf"]
    assert errors_of(form) == {
        "q-photo": ["Photos\u00a0: «\u00a0trois.pdf\u00a0» n’est pas joint : 2 fichiers au plus."]
    }


def test_the_button_that_sends_a_file_asks_for_nothing_else(context):
    form = filled(PHOTOS, {"q-do": "send:q-photo"}, files={"q-photo": photo()}, context=context)
    assert form.action == "send:q-photo"
    assert form.anchor == "part-q-photo"
    assert names(form) == ["banc.png"]


def test_the_button_that_sends_a_file_says_when_it_is_refused(context):
    fake = SimpleUploadedFile("faux.pdf", b"pas un pdf", "application/pdf")
    form = filled(PHOTOS, {"q-do": "send:q-photo"}, files={"q-photo": fake}, context=context)
    assert form.action == ""
    assert not form.is_valid()
    assert list(errors_of(form)) == ["q-photo"]


def test_a_file_is_taken_away_and_the_others_stay(context):
    first, second = (StoredFileFactory(profile=context.profile, name=name) for name in ("un.pdf", "deux.pdf"))
    ids = [str(first.public_id), str(second.public_id)]
    data = {"q-photo__joined": ids, "q-do": f"unfile:q-photo:{ids[0]}"}
    form = filled(PHOTOS, data, answers={"photo": ids}, context=context)
    assert form.action
    assert names(form) == ["deux.pdf"]


def test_a_file_is_replaced_where_it_stood(context):
    first, second = (StoredFileFactory(profile=context.profile, name=name) for name in ("un.pdf", "deux.pdf"))
    ids = [str(first.public_id), str(second.public_id)]
    form = filled(
        PHOTOS,
        {"q-photo__joined": ids, "q-nom": "A"},
        files={f"q-photo__replace_{ids[0]}": photo("neuf.png")},
        answers={"photo": ids},
        context=context,
    )
    assert form.is_valid()
    assert names(form) == ["neuf.png", "deux.pdf"]


def test_s2_10_one_of_my_documents_is_used_again(context):
    mine = StoredFileFactory(profile=context.profile, name="domicile.pdf")
    form = filled(PHOTOS, {"q-photo__reuse": str(mine.public_id), "q-nom": "A"}, context=context)
    assert form.is_valid()
    assert names(form) == ["domicile.pdf"]
    assert form.received == []


def test_another_profile_s_file_can_t_be_named(context, charlie):
    theirs = StoredFileFactory(profile=charlie.profiles.get(), sent_by=charlie)
    for name in ("q-photo__joined", "q-photo__reuse"):
        form = filled(PHOTOS, {name: [str(theirs.public_id), str(uuid.uuid4()), "x"], "q-nom": "A"}, context=context)
        assert form.kept == {"nom": "A"}
        assert errors_of(form) == {"q-photo": ["Photos\u00a0: joignez un fichier."]}


def test_a_file_that_the_antivirus_removed_is_told(context):
    gone = StoredFileFactory(profile=context.profile, scan=ScanState.INFECTED)
    StoredFile.objects.filter(pk=gone.pk).update(file="")
    answers = {"photo": [str(gone.public_id)], "nom": "A"}
    assert [str(one) for one in problems_of(PHOTOS, answers, context)["un"]] == [
        "Photos\u00a0: un fichier n’est plus là : retirez-le, puis envoyez-en un autre."
    ]


def test_a_trial_checks_a_file_and_forgets_it():
    context = nobody(trial=True)
    assert filled(PHOTOS, {"q-nom": "A"}, files={"q-photo": photo()}, context=context).is_valid()
    fake = SimpleUploadedFile("faux.pdf", b"pas un pdf", "application/pdf")
    assert not filled(PHOTOS, {"q-nom": "A"}, files={"q-photo": fake}, context=context).is_valid()
    assert not StoredFile.objects.exists()


def test_files_of_rows_are_joined_to_their_row(context):
    definition = form_of(ask(K.GROUP, "g", "Aides", fields=(ask(K.FILES, "lettre", "Lettre", maximum="1"),)))
    form = filled(
        definition,
        {"q-g": "2"},
        files={"q-g__0-lettre": photo("a.png"), "q-g__1-lettre": upload(pdf(), "b.pdf")},
        context=context,
    )
    assert form.is_valid()
    assert [[one.name for one in context.stored(row["lettre"])] for row in form.answers["g"]] == [["a.png"], ["b.pdf"]]
    assert len(form.received) == 2

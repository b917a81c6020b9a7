"""Towns and postcodes (s4.6): completed from the first digits or letters, in the browser or by the server."""

import gzip
import io
import json
import tarfile

import pytest
from django.core.management import CommandError, call_command

from accounts import towns
from accounts.contact_fields import SEVERAL, AddressFields, PhoneField, RelationshipField
from accounts.towns import Town


def test_s4_6_a_town_is_found_by_the_first_digits_or_letters():
    assert Town("60400", "Noyon") in towns.find("604")
    assert towns.find("clermont-l")[0] == Town("34800", "Clermont-l'Hérault")
    assert towns.find("CLERMONT L HER") == (Town("34800", "Clermont-l'Hérault"),)
    assert towns.find("st herb") == (Town("44800", "Saint-Herblain"),)
    assert towns.find("hérault")[0].name == "Clermont-l'Hérault"


def test_the_most_populous_come_first_and_not_too_many():
    assert towns.find("350")[0] == Town("35000", "Rennes")
    assert len(towns.find("3")) == 0 and len(towns.find("35")) == towns.MOST
    assert len(towns.find("34800")) == len(towns.names_of("34800")) == 17
    assert len(towns.find("51300")) > towns.MOST  # a whole postcode gives all its towns
    assert towns.find("") == towns.find("%%%") == towns.find("99999") == ()


@pytest.mark.parametrize(
    "postcode, names", [("60400", "Noyon"), ("44 800", "Saint-Herblain"), ("75116", "Paris"), ("B-1000", ""), ("", "")]
)
def test_the_towns_of_a_postcode(postcode, names):
    assert (towns.names_of(postcode) or [""])[0] == names


def test_the_spelling_is_the_official_one_where_the_town_is_known():
    assert towns.spelling("34800", "clermont l’hérault") == "Clermont-l'Hérault"
    assert towns.spelling("49000", "Vallon-sur-Loire") == "Vallon-sur-Loire"


def test_the_addresses_for_the_browser_are_public_and_cached(client, db, sql_count):
    answer = client.get("/communes/", {"q": "44800"})
    assert answer.json() == {"towns": [{"postcode": "44800", "town": "Saint-Herblain"}]}
    assert "public" in answer["Cache-Control"]
    assert client.get("/communes/").json() == {"towns": []}
    assert client.post("/communes/", {"q": "44800"}).status_code == 405
    assert sql_count(lambda: client.get("/communes/", {"q": "nant"})) == 0


def test_s4_6_without_javascript_a_postcode_with_one_town_gives_it():
    form = AddressFields({"postcode": "44800"})
    form.fields["town"].required = True
    assert form.is_valid() and form.cleaned_data["town"] == "Saint-Herblain"


def test_s4_6_without_javascript_a_postcode_with_several_towns_offers_them():
    form = AddressFields({"postcode": "34800"})
    assert not form.is_valid() and form.errors["town"] == [str(SEVERAL)]
    html = str(form["town"])
    assert html.startswith("<select") and "Nébian" in html
    assert AddressFields({"postcode": "34800", "town": "Nébian"}).is_valid()


def test_a_town_with_one_postcode_gives_it_and_an_unknown_place_is_taken_as_it_is():
    form = AddressFields({"town": "noyon"})
    form.fields["postcode"].required = True
    assert form.is_valid() and form.cleaned_data["postcode"] == "60400"
    abroad = AddressFields({"postcode": "B-1000", "town": "Bruxelles"})
    assert abroad.is_valid() and abroad.cleaned_data["town"] == "Bruxelles"
    assert AddressFields({}).is_valid()
    assert not AddressFields({"postcode": "!", "town": "X"}).is_valid()


def test_telephones_get_one_spelling_and_relationships_are_free():
    assert PhoneField().clean("+33 6.12.34.56.78") == "06 12 34 56 78"
    field = RelationshipField(label="Lien")
    assert field.clean("Voisine du dessus") == "Voisine du dessus"
    html = field.widget.render("relationship", "", {"id": "id_relationship"})
    assert 'list="id_relationship_list"' in html and '<option value="Mère">' in html


def archive(tmp_path, rows):
    path, content = tmp_path / "package.tgz", json.dumps(rows).encode()
    with tarfile.open(path, "w:gz") as files:
        member = tarfile.TarInfo("package/data/communes.json")
        member.size = len(content)
        files.addfile(member, io.BytesIO(content))
    return path


def test_the_extract_is_made_again_from_the_package(tmp_path):
    rows = [
        {"code": "1", "nom": "Petite", "type": "commune-actuelle", "codesPostaux": ["01000"], "population": 3},
        {"code": "2", "nom": "Grande", "type": "commune-actuelle", "codesPostaux": ["02000", "02100"], "population": 9},
        {"code": "3", "nom": "Ancienne", "type": "commune-deleguee"},
        {"code": "4", "nom": "Déserte", "type": "commune-actuelle"},
    ]
    target = tmp_path / "communes.tsv.gz"
    call_command("refresh_towns", archive(tmp_path, rows), to=target, stdout=io.StringIO())
    assert gzip.decompress(target.read_bytes()).decode() == "Grande\t02000 02100\nPetite\t01000\n"
    first = target.read_bytes()
    call_command("refresh_towns", archive(tmp_path, rows), to=target, stdout=io.StringIO())
    assert target.read_bytes() == first


def test_another_package_is_refused_and_the_extract_stays(tmp_path):
    (tmp_path / "other.tgz").write_bytes(b"no archive")
    target = tmp_path / "communes.tsv.gz"
    with pytest.raises(CommandError):
        call_command("refresh_towns", tmp_path / "other.tgz", to=target)
    with pytest.raises(CommandError):
        call_command("refresh_towns", archive(tmp_path, []), to=target)
    assert not target.exists()

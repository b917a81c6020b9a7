"""Which column holds which field, and what is asked."""

import pytest

from imports.reading import CERTAIN, Column, Field, match_columns, normalise, shape

FIELDS = [
    Field("reference", "Référence client", ("réf client", "n° abonné", "code client", "n° contrat"), required=True),
    Field("holder_name", "Titulaire", ("nom", "nom abonné", "nom du titulaire", "client")),
    Field("address", "Adresse de livraison", ("adresse", "adresse de desserte")),
    Field("town", "Commune", ("ville",)),
    Field("meter", "Numéro de compteur", ("compteur", "n° compteur")),
    Field("subscribed_on", "Date d’abonnement", ("date abonnement", "date d’entrée")),
    Field("index", "Dernier index", ("index",)),
    Field("read_on", "Date de relève", ("date relève", "date dernier index")),
]


def columns(*labels):
    return [Column(position, "", label, []) for position, label in enumerate(labels)]


def matched(*labels):
    return {
        name: match for name, match in match_columns(columns(*labels), FIELDS).items() if match.position is not None
    }


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Référence client", "reference"), ("REFERENCE_CLIENT", "reference"), ("Réf. client", "reference"),
        ("réf client ", "reference"), ("N° Abonné", "reference"), ("No abonné", "reference"),
        ("num abonne", "reference"),
        ("CODE CLIENT", "reference"), ("reference", "reference"), ("Nom du titulaire", "holder_name"),
        ("NOM", "holder_name"),
        ("Nom de l’abonné", "holder_name"), ("Adr. de desserte", "address"), ("ADRESSE_LIVRAISON", "address"),
        ("Numero compteur", "meter"), ("N° de compteur", "meter"), ("Date abonnement", "subscribed_on"),
        ("dt abonnement", "subscribed_on"), ("DATE_RELEVE", "read_on"), ("Date de la relève", "read_on"),
    ],
)  # fmt: skip
def test_usual_labels_are_certain(label, field):
    found = matched(label)
    assert list(found) == [field]
    assert found[field].certain and found[field].certainty >= CERTAIN


@pytest.mark.parametrize("label", ["Reference du client n", "Addresse", "Comune", "Titulaires 2"])
def test_near_labels_are_proposed_and_asked(label):
    (match,) = matched(label).values()
    assert match.position == 0
    assert not match.certain


@pytest.mark.parametrize("label", ["Couleur", "Colonne C", "Solde", "Observations"])
def test_unknown_labels_are_not_proposed(label):
    assert matched(label) == {}


def test_every_field_has_an_answer_and_a_column_serves_once():
    found = match_columns(columns("Nom", "Nom", "Référence client"), FIELDS)
    assert set(found) == {field.name for field in FIELDS}
    assert found["reference"].position == 2
    positions = [match.position for match in found.values() if match.position is not None]
    assert len(positions) == len(set(positions))


def test_two_columns_of_the_same_name_are_asked():
    assert not matched("Référence client", "Date de relève", "Date de relève")["read_on"].certain


def test_the_exact_name_wins_over_a_synonym():
    found = matched("Index", "Dernier index", "Référence client")
    assert (found["index"].position, found["index"].certain) == (1, True)


def test_a_whole_header_in_any_order():
    labels = ["Commune", "N° compteur", "Réf. client", "Dernier index", "Date de relève", "Nom de l’abonné",
    "Téléphone",
              "Adresse de desserte", "Date d’abonnement"]  # fmt: skip
    found = matched(*labels)
    assert {name: labels[match.position] for name, match in found.items()} == {
        "reference": "Réf. client", "holder_name": "Nom de l’abonné", "address": "Adresse de desserte",
        "town": "Commune",
        "meter": "N° compteur", "subscribed_on": "Date d’abonnement", "index": "Dernier index",
        "read_on": "Date de relève",
    }  # fmt: skip
    assert all(match.certain for match in found.values())


def test_shape_knows_the_next_file_of_the_same_software():
    assert shape(columns("Réf. client", "Nom")) == shape(columns("REF CLIENT", " nom "))
    assert shape(columns("Réf. client", "Nom")) != shape(columns("Nom", "Réf. client"))
    assert shape(columns("Réf. client", "Nom")) != shape(columns("Réf. client", "Nom", "Ville"))
    assert shape(columns("a b", "c")) != shape(columns("a", "b c"))


@pytest.mark.parametrize(
    ("text", "plain"),
    [("N° de Compteur_", "no de compteur"), ("  Œuvre  d’ÉTÉ ", "oeuvre d ete"), ("Index (m³)", "index m3"),
     ("ﬁn", "fin"), ("—", "")],
)  # fmt: skip
def test_normalise(text, plain):
    assert normalise(text) == plain

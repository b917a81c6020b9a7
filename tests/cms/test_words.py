"""The words of the search and of the screens, as pure functions."""

import pytest

from cms.addresses import is_address
from cms.search import excerpt, highlight, plain, query_of, stems
from cms.typography import french_spaces


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("releve", "Je relève mon compteur"),
        ("RELEVER", "relève"),
        ("factures", "Payer une facture"),
        ("demenagement", "déménagement"),
        ("emmenager", "J’emménage"),
        ("prelevements", "Prélèvement"),
        ("coeur", "cœur"),
        ("canaux", "canal"),
        ("eau", "les eaux usées"),
        ("noirs", "noir"),
        ("annuelle", "annuel"),
    ],
)
def test_words_match_whatever_the_accent_plural_or_ending(typed, written):
    assert set(stems(typed)) <= set(stems(written))


def test_little_words_do_not_count():
    assert query_of("Comment payer ma facture ?") == query_of("payer facture")
    assert query_of("le la les de à") == ""


def test_a_long_query_is_cut():
    assert len(query_of(" ".join(f"mot{i}" for i in range(200))).split()) == 12


def test_highlight_escapes_what_editors_wrote():
    assert highlight("<b>Factures</b> & avoirs", "facture") == "&lt;b&gt;<mark>Factures</mark>&lt;/b&gt; &amp; avoirs"


def test_excerpt_is_cut_around_the_first_match():
    text = "mot " * 200 + "la fuite est ici " + "fin " * 200
    shown = excerpt(text, "fuites")
    assert shown.startswith("… ")
    assert "<mark>fuite</mark>" in shown
    assert len(shown) < 300


def test_plain_keeps_blocks_apart():
    assert plain("<p>Un</p><p>deux</p><ul><li>trois</li></ul>") == "Un deux trois"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Comment faire ?", "Comment faire\u00a0?"),
        ("« Connexion »", "«\u00a0Connexion\u00a0»"),
        ("120 m³ et 18 200 abonnés", "120\u00a0m³ et 18\u00a0200 abonnés"),
        ("Déjà\u00a0: bien", "Déjà\u00a0: bien"),
        ('<a href="https://exemple.fr/a?b">a</a>', '<a href="https://exemple.fr/a?b">a</a>'),
    ],
)
def test_french_spaces_and_running_twice_changes_nothing(typed, shown):
    assert french_spaces(typed) == shown
    assert french_spaces(shown) == shown


@pytest.mark.parametrize("address", ["https://exemple.fr", "/contact/", "/", "mailto:a@b.fr", "tel:+33199004520"])
def test_addresses_that_editors_may_type(address):
    is_address(address)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//pirate.example", "data:text/html,x", "contact", "/ a"])
def test_addresses_that_are_refused(address):
    with pytest.raises(Exception, match="Écrivez une adresse complète"):
        is_address(address)

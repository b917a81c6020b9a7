"""Cells as people and old software write them, and what is refused."""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.cleaning import (
    SERVICES,
    Refused,
    shown,
    to_choice_list,
    to_date,
    to_decimal,
    to_email,
    to_int,
    to_phone,
    to_reference,
    to_text,
)

NBSP, THIN, NARROW = "\u00a0", "\u2009", "\u202f"
CELLS = st.one_of(
    st.none(), st.booleans(), st.text(max_size=60), st.integers(), st.floats(), st.dates(), st.datetimes(),
    st.text(alphabet="0123456789 .,-/()€eE+'\u00a0\u202fdéc@", max_size=20),
)  # fmt: skip
CONVERTERS = [
    to_text, to_reference, to_decimal, to_int, to_date, to_phone, to_email, lambda cell: to_choice_list(cell, SERVICES),
]  # fmt: skip


@pytest.mark.parametrize("convert", CONVERTERS, ids=lambda f: getattr(f, "__name__", "choices"))
@settings(deadline=None)  # a busy machine is no failure
@given(cell=CELLS)
def test_any_cell_is_converted_or_refused_with_a_sentence(convert, cell):
    try:
        convert(cell)
    except Refused as refusal:
        sentence = str(refusal)
        assert sentence.startswith("« ") and sentence.endswith(".")
        assert len(sentence) < 260


@pytest.mark.parametrize("convert", CONVERTERS, ids=lambda f: getattr(f, "__name__", "choices"))
@pytest.mark.parametrize("cell", [None, "", "   ", NBSP])
def test_an_empty_cell_is_nothing(convert, cell):
    assert convert(cell) in (None, "", [])


# --- Texts and references ---


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("  12  rue\n du Lavoir ", "12 rue du Lavoir"),
        (f"Garance{NBSP}sur{NARROW}Lierre", "Garance sur Lierre"),
        ("a\u200bb\x00c\ufeff", "abc"),
        ('="00004512"', "00004512"),
        (4512, "4512"),
        (4512.0, "4512"),
        (84.2, "84,2"),
        (True, "VRAI"),
        (date(2025, 12, 31), "31/12/2025"),
        (datetime(2025, 12, 31, 10, 5), "31/12/2025 10:05"),
    ],
)
def test_texts(cell, text):
    assert to_text(cell) == text


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#NOM?"])
def test_an_error_of_the_spreadsheet_is_refused(cell):
    with pytest.raises(Refused, match="erreur de calcul"):
        to_text(cell)


def test_a_text_too_long_is_refused():
    assert to_text("a" * 20, max_length=20) == "a" * 20
    with pytest.raises(Refused, match="20 caractères au plus"):
        to_text("a" * 21, max_length=20)


@pytest.mark.parametrize(
    ("cell", "width", "reference"),
    [
        (4512, 8, "00004512"),
        (4512.0, 8, "00004512"),
        ("4512", 8, "00004512"),
        ("4512", None, "4512"),
        ("00004512", None, "00004512"),
        ("00004512", 5, "00004512"),
        ("'00004512", None, "00004512"),
        ('="00004512"', None, "00004512"),
        ("c19 fa 004512", 8, "C19FA004512"),
        (f"0000{NBSP}4512", 8, "00004512"),
        (0, 5, "00000"),
        ("F2026-00412", 8, "F2026-00412"),
    ],
)
def test_references(cell, width, reference):
    assert to_reference(cell, width=width) == reference


@pytest.mark.parametrize(
    "cell", ["4,51E+03", "1.23457E+11", 4512.5, -3, True, date(2025, 1, 2), 10**16, 1e20, "x" * 41]
)
def test_a_damaged_reference_is_refused(cell):
    with pytest.raises(Refused):
        to_reference(cell)


@settings(deadline=None)
@given(number=st.integers(0, 10**8 - 1))
def test_a_reference_that_lost_its_zeros_gets_them_back(number):
    assert to_reference(number, width=8) == to_reference(float(number), width=8) == f"{number:08d}"
    assert to_reference(str(number), width=8) == f"{number:08d}"


# --- Numbers ---


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1 234,56 €", "1234.56"),
        (f"1{NARROW}234,56{NBSP}€", "1234.56"),
        (f"1{THIN}234{THIN}567,8", "1234567.8"),
        ("1'234,50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1.234.567,89", "1234567.89"),
        ("84,20", "84.20"),
        ("84.20", "84.20"),
        ("84,", "84"),
        (",5", "0.5"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("(12,00)", "-12.00"),
        ("(12,00 €)", "-12.00"),
        ("12,00-", "-12.00"),
        ("-12,00", "-12.00"),
        ("\u221212", "-12"),
        ("- 12", "-12"),
        ("+12", "12"),
        ("€ 12,50", "12.50"),
        ("12,50 EUR", "12.50"),
        ("42 m³", "42"),
        ("42 m3", "42"),
        ("15 mm", "15"),
        (84.2, "84.2"),
        (0.1 + 0.2, "0.3"),
        (12, "12"),
        ("-0", "0"),
    ],
)
def test_decimals(cell, number):
    assert to_decimal(cell) == Decimal(number)
    assert not to_decimal(cell).is_signed() or Decimal(number) < 0


@pytest.mark.parametrize(
    "cell",
    ["abc", "12 34", "1 23,5", "1,2,3", "1.2.3", "1,23.456,7", "12%", "--5", "1.234", "12/05", "1e5", "1,5E+03", "٣",
     "€", "-", "()", "12,5,", ".", "1 234 56", math.nan, math.inf, True, date(2025, 1, 2), "9" * 16, 1e300],
)  # fmt: skip
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(Refused):
        to_decimal(cell)


def test_money_has_two_decimals():
    assert to_decimal(84.204, places=2) == Decimal("84.20")
    assert to_decimal(84.205, places=2) == Decimal("84.21")
    assert str(to_decimal("84,2", places=2)) == "84.20"
    assert str(to_decimal("84,2000", places=2)) == "84.20"
    assert to_decimal("1 234,000", places=2) == 1234
    with pytest.raises(Refused, match="2 au plus"):
        to_decimal("84,2041", places=2)
    for ambiguous in ("1,234", "1.234", "12.345"):
        with pytest.raises(Refused, match="peut se lire"):
            to_decimal(ambiguous, places=2)
    with pytest.raises(Refused, match="minimum est 0"):
        to_decimal("-1", places=2, minimum=0)


def test_a_volume_has_three_decimals():
    assert to_decimal("1,234", places=3) == Decimal("1.234")
    with pytest.raises(Refused, match="peut se lire 1234 ou 1,234"):
        to_decimal("1.234", places=3)


def _grouped(whole, separator):
    return f"{whole:,}".replace(",", separator)


@settings(deadline=None)
@given(cents=st.integers(-(10**11), 10**11), data=st.data())
def test_an_amount_written_in_any_usual_way_is_read_back(cents, data):
    amount = Decimal(cents) / 100
    whole, rest = divmod(abs(cents), 100)
    text = data.draw(
        st.sampled_from(
            [
                *(f"{_grouped(whole, space)},{rest:02d}" for space in (" ", NBSP, THIN, NARROW, "'", "", ".")),
                f"{_grouped(whole, ',')}.{rest:02d}",
                f"{whole}.{rest:02d}",
            ]
        )
    )
    if cents < 0:
        text = data.draw(st.sampled_from([f"-{text}", f"({text})", f"{text}-", f"\u2212{text}", f"- {text}"]))
    text += data.draw(st.sampled_from(["", " €", f"{NBSP}€", "€", " EUR"]))
    assert to_decimal(text, places=2) == amount
    assert to_decimal(float(amount), places=2) == amount


@pytest.mark.parametrize(
    ("cell", "number"), [("1 234", 1234), ("12,00", 12), (12.0, 12), ("1.234.567", 1234567), ("45 m3", 45), (0, 0)]
)
def test_integers(cell, number):
    assert to_int(cell) == number


@pytest.mark.parametrize("cell", ["12,5", 12.5, "douze", "1.234", "1,234"])
def test_what_is_no_integer_is_refused(cell):
    with pytest.raises(Refused):
        to_int(cell)


# --- Dates ---


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        *((cell, date(2025, 12, 31)) for cell in (
            "31/12/2025", "31/12/25", "31-12-2025", "31.12.2025", "31 12 2025", "31 / 12 / 2025", "31 déc. 2025",
            "31 décembre 2025", "31-déc-25", "31-déc.-2025", "mercredi 31 décembre 2025", "31 DECEMBRE 2025",
            "31-Dec-25", "2025-12-31", "2025/12/31", "2025-12-31T00:00:00", "2025-12-31 10:05:00.000",
            "2025-12-31T10:05:00Z",
            "2025-12-31T10:05:00+01:00", "31/12/2025 10:05", "31/12/2025 à 10h05", "31/12/2025 10:05:33", "20251231",
            "31122025", "311225", "46022", 46022, 46022.5, 20251231, 31122025, date(2025, 12, 31),
            datetime(2025, 12, 31, 23, 59), f"31{NBSP}décembre{NBSP}2025",
        )),
        ("1er janvier 2026", date(2026, 1, 1)), ("1/2/2026", date(2026, 2, 1)), ("29/02/2024", date(2024, 2, 29)),
        ("15 août 2019", date(2019, 8, 15)), ("3 févr. 99", date(1999, 2, 3)), ("01/01/50", date(1950, 1, 1)),
        ("01/01/49", date(2049, 1, 1)), (1, date(1900, 1, 1)), (59, date(1900, 2, 28)), (61, date(1900, 3, 1)),
        (1022026, date(2026, 2, 1)),
    ],
)  # fmt: skip
def test_dates(cell, found):
    assert to_date(cell) == found


@pytest.mark.parametrize("cell", ["00/00/0000", "0000-00-00", "0", 0, 0.0, "00000000", "  /  /    ", "-"])
def test_old_software_s_way_to_say_no_date(cell):
    assert to_date(cell) is None


@pytest.mark.parametrize(
    ("cell", "words"),
    [("31/02/2019", "calendrier"), ("29/02/2023", "calendrier"), ("12/31/2025", "le jour vient avant le mois"),
     ("bientôt", "31/12/2025"), ("32 janvier 2025", "calendrier"), ("12 brumaire 2025", "31/12/2025"), (60, "date"),
     ("31/12/1825", "année"), ("31/12/2225", "année"), (2025, "année"), (True, "date"), (-5, "date"), (123456, "date"),
     (math.nan, "date"), ("12/2025", "date"), ("2025", "date"), (99999999, "calendrier")],
)  # fmt: skip
def test_what_is_no_date_is_refused(cell, words):
    with pytest.raises(Refused, match=words):
        to_date(cell)


def test_serial_numbers_of_1904():
    assert to_date(44560, epoch_1904=True) == date(2025, 12, 31)


MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


@settings(deadline=None)
@given(day=st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_a_date_written_in_any_usual_way_is_read_back(day):
    month = MONTHS[day.month - 1]
    for text in (
        f"{day:%d/%m/%Y}", f"{day:%d/%m/%y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d-%m-%Y}", f"{day:%d.%m.%Y}",
        day.isoformat(), f"{day:%Y%m%d}", f"{day.day} {month} {day.year}", f"{day.day} {month.upper()} {day:%y}",
        f"{day:%d/%m/%Y} 00:00:00", f"{day.isoformat()}T00:00:00",
    ):  # fmt: skip
        assert to_date(text) == day, text
    assert to_date((day - date(1899, 12, 30)).days) == day
    assert to_date((day - date(1904, 1, 1)).days, epoch_1904=True) == day
    assert to_date(datetime(day.year, day.month, day.day) + timedelta(hours=23)) == day


# --- Telephone, e-mail, choices ---


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        *((cell, "04 65 71 45 12") for cell in (
            "04 65 71 45 12", "0465714512", "04.65.71.45.12", "04-65-71-45-12", "04/65/71/45/12", "465714512",
            465714512, 465714512.0, "+33 4 65 71 45 12", "+33465714512", "+33 (0)4 65 71 45 12",
            "0033 4 65 71 45 12", "33465714512",
            "(04) 65 71 45 12", "Tél : 04 65 71 45 12", "tel. 04 65 71 45 12", "'0465714512",
            f"04{NBSP}65{NBSP}71{NBSP}45{NBSP}12", "04 657 145 12",
        )),
        ("+32 470 12 34 56", "+32470123456"), ("0032470123456", "+32470123456"), ("00 00 00 00 00", ""),
        ("0", ""), ("-", ""),
    ],
)  # fmt: skip
def test_phones(cell, phone):
    assert to_phone(cell) == phone


@pytest.mark.parametrize("cell", ["04 65 71 45", "12", "liste rouge", "04 65 71 45 12 99", True, 12.5, "+33 12"])
def test_what_is_no_phone_is_refused(cell):
    with pytest.raises(Refused):
        to_phone(cell)


def test_two_phones_are_refused():
    with pytest.raises(Refused, match="deux numéros"):
        to_phone("04 65 71 45 12 / 06 39 98 45 12")


@settings(deadline=None)
@given(
    digits=st.from_regex(r"0[1-9][0-9]{8}", fullmatch=True), separator=st.sampled_from(["", " ", ".", "-", NBSP, "/"])
)
def test_a_phone_written_in_any_usual_way_is_read_back(digits, separator):
    pairs = [digits[i : i + 2] for i in range(0, 10, 2)]
    wanted = " ".join(pairs)
    assert to_phone(separator.join(pairs)) == wanted
    assert to_phone(int(digits)) == wanted
    assert to_phone(f"+33 (0){digits[1:]}") == wanted
    assert to_phone(to_phone(digits)) == wanted


@pytest.mark.parametrize(
    ("cell", "email"),
    [
        (" Camille.Martin@Exemple.FR ", "camille.martin@exemple.fr"),
        ("Camille MARTIN <c.martin@exemple.fr>", "c.martin@exemple.fr"),
        ("mailto:c.martin@exemple.fr", "c.martin@exemple.fr"),
        ("c.martin@exemple.fr;", "c.martin@exemple.fr"),
        ("c+eau@sous.domaine.exemple.fr", "c+eau@sous.domaine.exemple.fr"),
    ],
)
def test_emails(cell, email):
    assert to_email(cell) == email


@pytest.mark.parametrize(
    "cell",
    [
        "c.martin",
        "c.martin@",
        "@exemple.fr",
        "c martin@exemple.fr",
        "a@b.fr, c@d.fr",
        "é@exemple.fr",
        "a@exemple",
        12,
        "a..b@c.fr",
    ],
)
def test_what_is_no_email_is_refused(cell):
    with pytest.raises(Refused):
        to_email(cell)


@pytest.mark.parametrize(
    ("cell", "services"),
    [
        ("EAU", ["water"]), ("Eau potable", ["water"]), ("AEP", ["water"]), ("E", ["water"]), ("water", ["water"]),
        ("EAU+ASS", ["water", "sewerage"]), ("ass + eau", ["water", "sewerage"]), ("AEP / AC", ["water", "sewerage"]),
        ("Eau potable / Assainissement", ["water", "sewerage"]), ("Eau et assainissement", ["water", "sewerage"]),
        ("EAU ASS", ["water", "sewerage"]), ("Eau potable + Assainissement collectif", ["water", "sewerage"]),
        ("EAU+ANC", ["water", "on_site"]), ("Eau potable; Assainissement non collectif", ["water", "on_site"]),
        ("ANC", ["on_site"]), ("Assainissement", ["sewerage"]), ("EAU+EAU", ["water"]), ("-", []),
    ],
)  # fmt: skip
def test_services(cell, services):
    assert to_choice_list(cell, SERVICES) == services


@pytest.mark.parametrize("cell", ["gaz", "EAU+gaz", "Eau chaude", "???", 12])
def test_an_unknown_service_is_refused_with_the_known_ones(cell):
    with pytest.raises(Refused, match="Valeurs acceptées : eau, assainissement, assainissement non collectif"):
        to_choice_list(cell, SERVICES)


def test_the_services_are_those_of_the_contracts():
    from water.enums import Service

    assert list(SERVICES) == Service.values


def test_a_long_value_is_cut_in_the_sentence():
    assert shown("x" * 200) == "x" * 57 + "…"

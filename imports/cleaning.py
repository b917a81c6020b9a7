"""From the cell of a legacy file to a clean value: pure functions, that refuse in French what they do not understand.

Each converter takes a cell as the reader gives it (text, number, date, boolean or None) and returns a clean value; an
empty cell gives None ("" for texts). `Refused` carries one sentence: the value, and what to do. Nothing is guessed: a
value that can be read in two ways is refused.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from .reading import Cell, normalise


class Refused(ValueError):
    """A cell that cannot be understood. `str(error)` is a French sentence with the value and what to do."""

    def __init__(self, value: Cell, sentence: str):
        self.value = value
        super().__init__(f"« {shown(value)} » {sentence}")


# The names under which old software writes the services of a contract, by `water.enums.Service` value.
SERVICES = {
    "water": (
        "eau", "eau potable", "aep", "ep", "e", "eaupot", "distribution", "distribution d eau", "adduction",
        "adduction d eau potable", "water",
    ),
    "sewerage": (
        "assainissement", "assainissement collectif", "ass", "asst", "assain", "ac", "a", "ass coll", "assain coll",
        "tout a l egout", "egout", "eaux usees", "eu", "collectif", "sewerage",
    ),
    "on_site": (
        "assainissement non collectif", "anc", "spanc", "non collectif", "assainissement autonome", "autonome",
        "ass non coll", "ass autonome", "fosse", "fosse septique", "on site",
    ),
}  # fmt: skip


def shown(value: Cell) -> str:
    """A cell as the clerk sees it, cut to a length that fits in a sentence."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "VRAI" if value else "FAUX"
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}" if value.time() != value.min.time() else f"{value:%d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float):
        return f"{value:.12g}".replace(".", ",")
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


# --- Texts ---

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe]")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"')
_ERRORS = frozenset(
    ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!")
)


def to_text(value: Cell, *, max_length: int | None = None) -> str:
    """One line of text: single spaces, no invisible characters. Numbers without `.0`, dates as 31/12/2025."""
    if not isinstance(value, str):
        return shown(value)
    text = _CONTROLS.sub("", value)
    if text.startswith('="') and (quoted := _QUOTED_FORMULA.fullmatch(text.strip())):
        text = quoted[1]  # the way some software keeps the leading zeros in Excel
    text = " ".join(text.split())
    if text in _ERRORS:
        raise Refused(value, "est une erreur de calcul du tableur. Corrigez la formule, ou saisissez la valeur.")
    if max_length is not None and len(text) > max_length:
        raise Refused(value, f"est trop long : {max_length} caractères au plus. Raccourcissez-le.")
    return text


_SCIENTIFIC = re.compile(r"\d[.,]?\d*E[+-]?\d+", re.IGNORECASE)


def to_reference(value: Cell, *, width: int | None = None, max_length: int = 40) -> str:
    """A reference without spaces, in capitals. `width` gives back the leading zeros of one made of digits only."""
    if isinstance(value, bool | date):
        raise Refused(value, "n’est pas une référence : le tableur l’a transformée. Mettez la colonne au format Texte.")
    if isinstance(value, float):
        if not value.is_integer():
            raise Refused(value, "n’est pas une référence. Écrivez-la sans virgule, dans une colonne au format Texte.")
        value = int(value)
    if isinstance(value, int):
        if value < 0:
            raise Refused(value, "n’est pas une référence : elle ne peut pas être négative.")
        if value >= 10**15:
            raise Refused(value, "a perdu ses derniers chiffres dans le tableur. Mettez la colonne au format Texte.")
        text = str(value)
    else:
        text = "".join(to_text(value).lstrip("'’").split()).upper()
        if _SCIENTIFIC.fullmatch(text) and ("+" in text or "," in text or "." in text):
            raise Refused(
                value, "a perdu des chiffres dans le tableur. Mettez la colonne au format Texte, et ressaisissez."
            )
    if len(text) > max_length:
        raise Refused(
            value, f"est trop long pour une référence : {max_length} caractères au plus. Vérifiez la colonne."
        )
    if width and text.isascii() and text.isdigit():
        text = text.zfill(width)
    return text


# --- Numbers ---

_SPACES = re.compile(r"(?<=\d)[\s'’_](?=\d)")
_UNIT = re.compile(r"(?:€|EUROS?|EUR|M3|M³|MM)\.?$", re.IGNORECASE)
_LEADING_UNIT = re.compile(r"^(?:€|EUR)\s*", re.IGNORECASE)
_NUMBER_HINT = "Écrivez un nombre, par exemple 1234,56."


def to_decimal(value: Cell, *, places: int | None = None, minimum: Decimal | int | None = None) -> Decimal | None:
    """A number as people write them: `1 234,56 €`, `1.234,56`, `1,234.56`, `(12,00)`, `12,00-`.

    With `places`, the result has that many decimals: a number computed by a spreadsheet is rounded half up, a text with
    more decimals is refused, and so is `1.234`, which can be read in two ways. `minimum` is the least value accepted.
    """
    if value is None or isinstance(value, str) and not value.strip():
        return None
    if isinstance(value, bool | date):
        raise Refused(value, f"n’est pas un nombre. {_NUMBER_HINT}")
    if isinstance(value, int):
        number = Decimal(value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Refused(value, f"n’est pas un nombre. {_NUMBER_HINT}")
        number = Decimal(f"{value:.15g}")  # 15 digits: what a spreadsheet shows, without the noise of binary numbers
    else:
        text = to_text(value)
        if not text:
            return None
        number = _parse_number(value, text, places)
    if abs(number) >= Decimal(10) ** 15:
        raise Refused(value, "est un nombre démesuré. Vérifiez la colonne.")
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if minimum is not None and number < minimum:
        least = f"{minimum}".replace(".", ",")
        raise Refused(value, f"est trop petit : le minimum est {least}. Vérifiez la valeur.")
    return number + 0  # no negative zero


def to_int(value: Cell, *, minimum: int | None = None) -> int | None:
    """A whole number; `1 234,00` is one. `1.234`, which can be read in two ways, is refused."""
    number = to_decimal(value, minimum=minimum)
    if number is None:
        return None
    if number != number.to_integral_value():
        raise Refused(value, "n’est pas un nombre entier. Retirez les décimales.")
    return int(number)


def _parse_number(value: str, text: str, places: int | None) -> Decimal:
    negative = False
    digits = text.replace("\u2212", "-").replace("\u2013", "-")
    if digits.startswith("(") and digits.endswith(")"):
        negative, digits = True, digits[1:-1].strip()
    digits = _LEADING_UNIT.sub("", _UNIT.sub("", digits.strip()).strip())
    if digits.startswith("(") and digits.endswith(")"):
        negative, digits = True, digits[1:-1].strip()
    if digits[:1] in "+-" and digits:
        negative, digits = negative ^ (digits[0] == "-"), digits[1:].strip()
    elif digits[-1:] == "-":
        negative, digits = not negative, digits[:-1].strip()
    digits = _LEADING_UNIT.sub("", digits)
    if _SCIENTIFIC.fullmatch(digits):
        raise Refused(
            value, "a perdu des chiffres dans le tableur. Mettez la colonne au format Nombre, et ressaisissez."
        )
    if not re.fullmatch(r"[.,]?\d(?:[\d.,\s'’_]*\d)?[.,]?", digits) or not digits.isprintable():
        raise Refused(value, f"n’est pas un nombre. {_NUMBER_HINT}")
    if _SPACES.search(digits):
        whole = re.split(r"[.,]", digits)[0] if digits.count(",") + digits.count(".") <= 1 else digits
        if not re.fullmatch(r"\d{1,3}(?:[\s'’_]\d{3})*(?:[.,]\d*)?", whole):
            raise Refused(value, "a des espaces mal placées. Écrivez le nombre sans espace, par exemple 1234,56.")
        digits = _SPACES.sub("", digits)
        grouped = True
    else:
        grouped = False
    whole, decimals = _split_number(value, digits, places, grouped)
    if places is not None and len(decimals.rstrip("0")) > places:
        raise Refused(value, f"a trop de décimales : {places} au plus. Arrondissez la valeur.")
    if not (whole + decimals).isascii() or not (whole + decimals).isdigit():
        raise Refused(value, f"n’est pas un nombre. {_NUMBER_HINT}")
    number = Decimal(f"{whole or '0'}.{decimals or '0'}")
    return -number if negative else number


def _split_number(value: str, digits: str, places: int | None, grouped: bool) -> tuple[str, str]:
    """The whole part and the decimals. The last separator is the decimal one, unless it can only group thousands."""
    commas, dots = digits.count(","), digits.count(".")
    if not commas and not dots:
        return digits, ""
    if commas and dots:
        mark, group = (",", ".") if digits.rfind(",") > digits.rfind(".") else (".", ",")
        whole, _mark, decimals = digits.rpartition(mark)
        if mark in whole or not re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+", whole) or grouped:
            raise Refused(value, f"a des séparateurs mal placés. {_NUMBER_HINT}")
        return whole.replace(group, ""), decimals
    mark = "," if commas else "."
    if commas + dots > 1:
        if grouped or not re.fullmatch(rf"\d{{1,3}}(?:\{mark}\d{{3}})+", digits):
            raise Refused(value, f"a des séparateurs mal placés. {_NUMBER_HINT}")
        return digits.replace(mark, ""), ""
    whole, _mark, decimals = digits.partition(mark)
    looks_grouped = len(decimals) == 3 and 1 <= len(whole) <= 3 and not grouped and not whole.startswith("0")
    if looks_grouped and (mark == "." or (places is not None and places < 3)):
        raise Refused(
            value,
            f"peut se lire {whole}{decimals} ou {whole},{decimals}. Écrivez le nombre sans séparateur de milliers.",
        )
    return whole, decimals


# --- Dates ---

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier janv jan january", "fevrier fevr fev february feb", "mars mar march", "avril avr april apr",
            "mai may", "juin jun june", "juillet juil jul july", "aout aou august aug",
            "septembre sept sep september", "octobre oct october", "novembre nov november",
            "decembre dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_DAY_FIRST = re.compile(r"(\d{1,2})\s?[/.\-\s]\s?(\d{1,2})\s?[/.\-\s]\s?(\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_TIME = re.compile(r"(?:[T\s]|\sà\s)\s?\d{1,2}[:h]\d{2}(?::\d{2}(?:[.,]\d+)?)?\s?(?:Z|[+-]\d{2}:?\d{2})?$")
_IN_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2}|1er) ([a-z]+) (\d{4}|\d{2})")
_EARLIEST, _LATEST = 1900, 2100
_DATE_HINT = "Écrivez-la sous la forme 31/12/2025."


def to_date(value: Cell, *, epoch_1904: bool = False) -> date | None:
    """A date: French (`31/12/2025`, `31/12/25`, `31 déc. 2025`), ISO, compact (`20251231`), or an Excel serial number.

    A year of two digits is between 1950 and 2049. `00/00/0000` and 0 are old software's way to say "none".
    """
    if value is None:
        return None
    if isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, date):
        found = value
    elif isinstance(value, bool):
        raise Refused(value, f"n’est pas une date. {_DATE_HINT}")
    elif isinstance(value, int | float):
        found = _from_number(value, value, epoch_1904)
    else:
        text = to_text(value)
        if not text or not text.strip("0/.- :"):
            return None
        found = _from_text(value, text, epoch_1904)
    if found is not None and not _EARLIEST <= found.year <= _LATEST:
        raise Refused(value, "n’est pas une date plausible. Vérifiez l’année.")
    return found


def _from_text(value: str, text: str, epoch_1904: bool) -> date:
    text = _TIME.sub("", text).strip()
    if match := _ISO.fullmatch(text):
        return _date(value, int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.fullmatch(text):
        return _date(value, _year(match[3]), int(match[2]), int(match[1]))
    if text.isascii() and text.isdigit():
        if len(text) in (5, 8):
            return _from_number(value, int(text), epoch_1904, text)
        if len(text) == 6:
            return _date(value, _year(text[4:]), int(text[2:4]), int(text[:2]))
    elif (match := _IN_WORDS.fullmatch(normalise(text))) and match[2] in _MONTHS:
        return _date(value, _year(match[3]), _MONTHS[match[2]], int(match[1].removesuffix("er")))
    raise Refused(value, f"n’est pas une date. {_DATE_HINT}")


def _from_number(value: Cell, number: float, epoch_1904: bool, text: str | None = None) -> date | None:
    """An Excel serial number, or a date written as one number."""
    if number == 0:
        return None
    if isinstance(number, float) and not math.isfinite(number):
        raise Refused(value, f"n’est pas une date. {_DATE_HINT}")
    day = int(number)
    if _EARLIEST <= number <= _LATEST:  # as a serial number, a day of 1905: nobody means that
        raise Refused(value, f"est une année, pas une date. {_DATE_HINT}")
    if 1 <= day <= 73_415:  # 31 December 2100
        if epoch_1904:
            return date(1904, 1, 1) + timedelta(days=day)
        if day == 60:  # 29 February 1900, a day that exists only in Excel
            raise Refused(value, f"n’est pas une date. {_DATE_HINT}")
        return date(1899, 12, 31 if day < 60 else 30) + timedelta(days=day)
    text = text or f"{day:08d}"
    if len(text) == 8:
        if _EARLIEST <= int(text[:4]) <= _LATEST:
            return _date(value, int(text[:4]), int(text[4:6]), int(text[6:]))
        return _date(value, int(text[4:]), int(text[2:4]), int(text[:2]))
    raise Refused(value, f"n’est pas une date. {_DATE_HINT}")


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 50 else 1900)


def _date(value: Cell, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        pass
    if 1 <= day <= 12 < month <= 31:
        raise Refused(value, f"n’est pas une date : le jour vient avant le mois. {_DATE_HINT}")
    raise Refused(value, f"n’est pas une date du calendrier. {_DATE_HINT}")


# --- Telephone and e-mail ---

_PHONE_NOISE = re.compile(
    r"[\s.\-–/()_·]|^(?:t[eé]l(?:[eé]phone)?|port(?:able)?|mob(?:ile)?|fixe)\s*\.?\s*:?", re.IGNORECASE
)
_PHONE_HINT = "Écrivez-le avec 10 chiffres, par exemple 04 65 71 00 00."


def to_phone(value: Cell) -> str:
    """A telephone number as `04 67 12 34 56`, a foreign one as `+32470123456`. A lost leading zero is given back."""
    if value is None:
        return ""
    if isinstance(value, bool | date):
        raise Refused(value, f"n’est pas un numéro de téléphone. {_PHONE_HINT}")
    if isinstance(value, float):
        if not value.is_integer():
            raise Refused(value, f"n’est pas un numéro de téléphone. {_PHONE_HINT}")
        value = int(value)
    text = to_text(value)
    if not text.strip("0 .-/"):
        return ""
    digits = _PHONE_NOISE.sub("", text.replace("(0)", "")).lstrip("'")
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if digits.startswith("+33"):
        digits = f"0{digits[3:].removeprefix('0')}"
    elif digits.startswith("33") and len(digits) == 11:
        digits = f"0{digits[2:]}"
    if not (digits.removeprefix("+").isascii() and digits.removeprefix("+").isdigit()):
        raise Refused(value, f"n’est pas un numéro de téléphone. {_PHONE_HINT}")
    if digits.startswith("+"):
        if 8 <= len(digits) - 1 <= 15:
            return digits
    elif len(digits) == 9 and digits[0] != "0":
        digits = f"0{digits}"
    if len(digits) == 20 and digits[0] == digits[10] == "0":
        raise Refused(value, "contient deux numéros de téléphone. Gardez-en un seul.")
    if len(digits) != 10 or digits[0] != "0" or digits[1] == "0":
        raise Refused(value, f"n’est pas un numéro de téléphone. {_PHONE_HINT}")
    return " ".join(digits[i : i + 2] for i in range(0, 10, 2))


_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r".*<([^<>]+)>")


def to_email(value: Cell) -> str:
    """An e-mail address in lower case; `Nom <adresse>` and `mailto:` are understood."""
    text = to_text(value)
    if match := _IN_BRACKETS.fullmatch(text):
        text = match[1]
    text = re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).strip(" ;,<>").lower()
    if not text:
        return ""
    if text.count("@") > 1:
        raise Refused(value, "contient plusieurs adresses e-mail. Gardez-en une seule.")
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise Refused(value, "n’est pas une adresse e-mail. Écrivez-la sous la forme nom@exemple.fr.")
    return text


# --- Choices ---

_LIST_SEPARATORS = re.compile(r"[+/,;&|\n\r]|\s-\s|\bet\b", re.IGNORECASE)


def to_choice_list(value: Cell, synonyms: Mapping[str, Iterable[str]]) -> list[str]:
    """The choices named in a cell, in the order of `synonyms` (choice → the words for it): `EAU+ASS`, `AEP / AC`."""
    if isinstance(value, str) and len(value) > 500:
        raise Refused(value, "est trop long. Vérifiez la colonne.")
    text = value if isinstance(value, str) else to_text(value)
    known = tuple((choice, tuple(names)) for choice, names in synonyms.items())
    found = _choices(text, known)
    if found is None:
        raise Refused(value, _unknown(synonyms))
    return list(found)


@lru_cache(maxsize=1024)  # a column has few different values, and thousands of rows
def _choices(text: str, known: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[str, ...] | None:
    words = {}
    for choice, names in known:
        for name in (str(choice), *names):
            words.setdefault(normalise(str(name)), choice)
    if not normalise(text):
        return None if "".join(text.split()).strip("-/.+") else ()
    found = set()
    for part in [text] if normalise(text) in words else _LIST_SEPARATORS.split(text):
        name = normalise(part)
        tokens = [name] if name in words else name.split()
        if not all(token in words for token in tokens):
            return None
        found |= {words[token] for token in tokens}
    return tuple(choice for choice, _names in known if choice in found)


def _unknown(synonyms: Mapping[str, Iterable[str]]) -> str:
    accepted = ", ".join(next((str(name) for name in names), str(choice)) for choice, names in synonyms.items())
    return f"n’est pas reconnu. Valeurs acceptées : {accepted}."

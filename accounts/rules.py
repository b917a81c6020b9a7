"""Pure rules of accounts."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def normalise_phone(text):
    """Return a telephone number in one spelling: “06 12 34 56 78”, or “+32 2345678” for a foreign one; "" for nothing.

    Raises ValidationError for what can't be a number.
    """
    if not (text or "").strip():
        return ""
    digits = re.sub(r"[\s.\-/()\u00a0\u202f]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    digits = re.sub(r"^\+330?", "0", digits)
    if re.fullmatch(r"0[1-9]\d{8}", digits):
        return " ".join(digits[i : i + 2] for i in range(0, 10, 2))
    if re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        return digits
    raise ValidationError(_("Écrivez un numéro à dix chiffres, par exemple 06 12 34 56 78."))


def name_key(text):
    """Return what stays of a name once accents, case, hyphens and spaces are forgotten: “Zoé-Anne” → “zoeanne”."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())


def same_name(one, other):
    """Return whether two spellings may be of one name."""
    return name_key(one) == name_key(other)

"""Which families live in the territory: for prices and for windows of booking. Pure functions."""

import re
import unicodedata

_LINE = re.compile(r"^(\d{5})?\s*(.*)$")
_SHORT = {"st": "saint", "ste": "sainte"}


def in_territory(territory, *, postcode, town):
    """Return whether an address is in `territory`: lines « 34800 Octon », or only a postcode, or only a town's name.

    An empty territory has everybody in it. Case, accents, hyphens and « St » for « Saint » don't count. An address
    without postcode nor town is in no territory.
    """
    lines = [line for line in map(str.strip, territory.splitlines()) if line]
    if not lines:
        return True
    postcode, town = postcode.strip(), _plain(town)
    return bool(postcode or town) and any(_matches(line, postcode, town) for line in lines)


def _matches(line, postcode, town):
    line_postcode, line_town = _LINE.match(line).groups()
    return (not line_postcode or line_postcode == postcode) and (not line_town or _plain(line_town) == town)


def _plain(name):
    plain = "".join(c for c in unicodedata.normalize("NFD", name.lower()) if not unicodedata.combining(c))
    return " ".join(_SHORT.get(word, word) for word in re.findall(r"[a-z0-9]+", plain.replace("œ", "oe")))

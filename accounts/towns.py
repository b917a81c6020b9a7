"""French towns and their postcodes: a compact extract that ships with the project, looked up in memory (s4.6).

`accounts/data/communes.tsv.gz` has a line for each town, the most populous first: its name, a tab, its postcodes with
spaces between. `manage.py refresh_towns` writes it again from @etalab/decoupage-administratif (INSEE and La Poste,
Licence Ouverte).
"""

import gzip
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import nsmallest
from pathlib import Path

DATA = Path(__file__).parent / "data" / "communes.tsv.gz"
MOST = 20
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Town:
    postcode: str
    name: str


def fold(text):
    """Return `text` as it is compared: no accents, no case, no punctuation, "St" spelt out."""
    text = text.lower().replace("œ", "oe").replace("æ", "ae")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    words = re.sub(r"[^a-z0-9]+", " ", text).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


@cache
def _index():
    """Return the towns by rank as (folded name, name, postcodes), and the sorted (postcode, rank) pairs."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    towns = [(fold(name), name, postcodes.split()) for name, postcodes in rows]
    pairs = [(postcode, rank) for rank, (folded, name, postcodes) in enumerate(towns) for postcode in postcodes]
    return towns, sorted(pairs)


@lru_cache(maxsize=2_000)
def find(text, most=MOST):
    """Return the Towns whose postcode begins with `text`, or whose name does: the most populous first, `most` at most.

    A whole postcode gives all its towns; less than two characters, none. Names that begin with `text` come before those
    that have a word that does.
    """
    wanted = fold(text[:100])
    if len(wanted) < SHORTEST:
        return ()
    towns, pairs = _index()
    if wanted.isdigit():
        within = pairs[bisect_left(pairs, (wanted,)) : bisect_left(pairs, (wanted + ":",))]
        most = len(within) if len(wanted) == 5 else most
        return tuple(Town(postcode, towns[rank][1]) for postcode, rank in nsmallest(most, within, key=lambda p: p[1]))
    first = (town for town in towns if town[0].startswith(wanted))
    inside = (town for town in towns if f" {wanted}" in town[0])
    found = []
    for _folded, name, postcodes in (*first, *inside):
        found += [Town(postcode, name) for postcode in postcodes]
        if len(found) >= most:
            break
    return tuple(found[:most])


def names_of(postcode):
    """Return the names of the towns of `postcode`, the most populous first; [] for one that France has not."""
    towns, pairs = _index()
    postcode = postcode.replace(" ", "")
    within = pairs[bisect_left(pairs, (postcode,)) : bisect_left(pairs, (postcode + " ",))]
    return [towns[rank][1] for found, rank in within if found == postcode]


def postcodes_of(name):
    """Return the postcodes of the towns called `name`, however it is spelt."""
    wanted = fold(name)
    return [postcode for folded, _name, postcodes in _index()[0] if folded == wanted for postcode in postcodes]


def spelling(postcode, name):
    """Return the official spelling of the town `name` of `postcode`; `name` itself when it is not known there."""
    return next((town for town in names_of(postcode) if fold(town) == fold(name)), name)

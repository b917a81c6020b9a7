"""Words compared without case, accents or punctuation."""

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "°": "o", "º": "o", "³": "3", "²": "2", "€": " eur "})


def normalise(text: str) -> str:
    """`N° de Compteur_` → `no de compteur`: lower case, no accents, single spaces."""
    text = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return _NOT_A_WORD.sub(" ", "".join(c for c in text if not unicodedata.combining(c))).strip()

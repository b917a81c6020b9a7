"""French typography that editors should not have to think of: no-break spaces before « ? » and around guillemets."""

import re

NBSP = "\u00a0"
_RULES = [
    (re.compile(r"(?<=\S) (?=[?!:;»])"), NBSP),
    (re.compile(r"« (?=\S)"), f"«{NBSP}"),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), NBSP),
    (re.compile(r"(?<=\d) (?=(?:m³|km|kg|h|€|%|°)(?!\w))"), NBSP),
]


def french_spaces(text):
    """Return `text` with no-break spaces where French typography wants them; safe on HTML, and to run twice."""
    for rule, replacement in _RULES:
        text = rule.sub(replacement, text)
    return text

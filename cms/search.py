"""How residents' words are matched: without accents, plural marks or the little words, alike on every database."""

import re
import unicodedata

from django.utils.html import format_html, mark_safe, strip_tags
from django.utils.text import Truncator

# PostgreSQL's French dictionary drops these; SQLite has none. Said once here, both databases answer alike.
_LITTLE_WORDS = """
a ai au aux avec c ce ces comment d dans de des du elle en est et eux il ils j je l la le les leur lui m ma mais me mes
moi mon n ne nos notre nous on ou par pas pour puis qu que qui quoi s sa se ses si son sur t ta te tes toi ton tu un
une vos votre vous y
"""
STOP_WORDS = frozenset(_LITTLE_WORDS.split())
WORD = re.compile(r"[^\W_]+")
MAX_WORDS = 12
_BLOCK_TAG = re.compile(r"(</?(?:p|li|h\d|br|ul|ol|td|th|div)[^>]*>)")


def fold(text):
    """Return `text` in lower case, without accents, ligatures spelled out."""
    text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "Oe").replace("æ", "ae"))
    return "".join(character for character in text if not unicodedata.combining(character)).lower()


def stem(word):
    """Return the stem of a folded French word, after Savoy's minimal stemmer: plural, then infinitive and feminine."""
    if len(word) < 4:
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux"):
        return f"{word[:-2]}l"
    word = word[:-1] if word[-1] in "sx" else word
    for letter in "re":
        if len(word) > 4 and word[-1] == letter:
            word = word[:-1]
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] else word


def stems(text):
    """Return the stems of the words of `text` that mean something, in order."""
    return [stem(word) for word in WORD.findall(fold(text)) if word not in STOP_WORDS]


def query_of(text):
    """Return what to hand to Wagtail's search for what a resident typed; empty when no word means something."""
    return " ".join(stems(text)[:MAX_WORDS])


def plain(html):
    """Return the text of a piece of HTML or of rich text, blocks separated by a space."""
    return " ".join(strip_tags(_BLOCK_TAG.sub(r" \1", html or "")).split())


def excerpt(text, query, length=220):
    """Return the part of plain `text` around the first match of `query`, escaped, its matches in `<mark>`."""
    wanted = set(stems(query))
    matches = [match for match in WORD.finditer(text) if stem(fold(match.group())) in wanted]
    start = 0
    if matches and matches[0].start() > length // 2:
        start = text.rfind(" ", 0, matches[0].start() - length // 3) + 1
    shown = Truncator(text[start:]).chars(length, truncate="…")
    return highlight(("… " if start else "") + shown, query)


def highlight(text, query):
    """Return plain `text`, escaped, with the words that match `query` in `<mark>`."""
    wanted = set(stems(query))
    parts, end = [], 0
    for match in WORD.finditer(text):
        if stem(fold(match.group())) in wanted:
            parts.append(format_html("{}<mark>{}</mark>", text[end : match.start()], match.group()))
            end = match.end()
    parts.append(format_html("{}", text[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped above

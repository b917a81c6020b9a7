"""Conditions, routing and inputs name questions and answers by key; editors may write their words instead."""

from ..bounds import MEASURED, kept_bound
from ..enums import FieldKind

YES_NO = {"oui": "yes", "non": "no"}


def settle_references(form, routing=(), inputs=()):
    """Write the key wherever the words of a question, or of one of its answers, were written for it; in place.

    « Est-ce urgent ? » « Oui » becomes `urgent` `yes`; a number or a date becomes what conditions compare. Words that
    name nothing, or several questions, are left: the check says so.
    """
    fields = [child for step in form for child in step.value["fields"]]
    known = _known(fields)
    for step in form:
        _settle_condition(step.value, known)
        for child in step.value["fields"]:
            _settle_condition(child.value, known)
            if child.block.kind == FieldKind.GROUP:
                inner = list(child.value["fields"])
                for one in inner:
                    _settle_condition(one.value, {**known, **_known(inner)})
    for child in routing:
        _settle(child.value, known)
    for child in inputs:
        _settle(child.value, known)


def folded(text):
    """What two writings of the same words have in common."""
    return " ".join(str(text or "").replace("’", "'").replace("\u00a0", " ").split()).casefold()


def _known(fields):
    """{folded words or key: child}; None for words that two questions share."""
    found = {}
    for child in fields:
        words = folded(child.value.get("label"))
        if words:
            found[words] = None if words in found else child
    # A key wins over words.
    return {**found, **{child.value["key"]: child for child in fields if child.value.get("key")}}


def _settle_condition(value, known):
    condition = value.get("condition")
    for rule in (condition or {}).get("rules") or ():
        _settle(rule, known)


def _settle(value, known):
    written = value.get("field") or ""
    child = known.get(written) or known.get(folded(written))
    if child is None:
        return
    value["field"] = child.value["key"]
    if value.get("value"):
        value["value"] = _answer(child, value["value"])


def _answer(child, written):
    options = child.value.get("options")
    # As limits are written: « 1 500,50 », « 31/01/2026 ».
    if child.block.kind in MEASURED or child.block.kind == FieldKind.METER_INDEX:
        return kept_bound(FieldKind.NUMBER, written) or written
    if child.block.kind == FieldKind.DATE:
        return kept_bound(FieldKind.DATE, written) or written
    if child.block.kind == FieldKind.YES_NO:
        return YES_NO.get(folded(written), written)
    if child.block.kind == FieldKind.AGREEMENT:
        return "yes" if folded(written) == "oui" else written
    if options is None or any(option.get("key") == written for option in options):
        return written
    return next((option["key"] for option in options if folded(option.get("label")) == folded(written)), written)

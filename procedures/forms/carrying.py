"""A draft follows the newest version of its form: its answers are carried by key, where they still make sense. Pure."""

from ..conditions import is_empty
from ..enums import NO_ANSWER, FieldKind

TEXTS = {FieldKind.SHORT_TEXT, FieldKind.LONG_TEXT}
FIGURES = {FieldKind.NUMBER, FieldKind.AMOUNT}
# What reads as a text: staff who ask for it with fewer rules get what was typed.
READ_AS_TEXT = {*TEXTS, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.NUMBER}


def migrate(answers, old, new):
    """Return (the `answers` to the form `old` as the form `new` takes them, labels of the questions whose answer is
    lost). An answer to nothing that either form asks is dropped without a word."""
    carried, lost = _carry(answers, old.fields, new.fields)
    return carried, lost


def _carry(answers, old, new):
    carried, lost = {}, []
    for key, answer in answers.items():
        before, after = old.get(key), new.get(key)
        if before is None and after is None:
            continue
        if before is None:
            before = after
        value = None if after is None else _value(answer, before, after)
        if not is_empty(value):
            carried[key] = value
        if not is_empty(answer) and (is_empty(value) or _poorer(answer, value)):
            lost.append((after or before).label)
    return carried, lost


def _poorer(before, after):
    """Whether something of a list of answers was left behind."""
    if not isinstance(before, list):
        return False
    if not isinstance(after, list):
        return len(before) > 1
    if len(after) < len(before):
        return True
    rows = [(one, other) for one, other in zip(before, after, strict=False) if isinstance(one, dict)]
    return any(len([v for v in one.values() if not is_empty(v)]) > len(other) for one, other in rows)


def _value(answer, before, after):
    """Return `answer` to the field `before` as the field `after` takes it; None when it means nothing there."""
    if after.kind in NO_ANSWER or before.kind in NO_ANSWER:
        return None
    if before.kind == after.kind:
        return _same_kind(answer, before, after)
    if after.kind in TEXTS and before.kind in READ_AS_TEXT:
        return answer if isinstance(answer, str) else None
    if {before.kind, after.kind} <= FIGURES:
        return answer
    if before.kind == FieldKind.CHOICE and after.kind == FieldKind.CHOICES:
        return _options([answer], after)
    if before.kind == FieldKind.CHOICES and after.kind == FieldKind.CHOICE:
        kept = _options(answer, after)
        return kept[0] if len(kept) == 1 and len(answer) == 1 else None
    return None


def _same_kind(answer, before, after):
    if after.kind == FieldKind.CHOICE:
        return next(iter(_options([answer], after)), None)
    if after.kind == FieldKind.CHOICES:
        return _options(answer, after)
    if after.kind == FieldKind.APPOINTMENT:
        return answer if before.appointment == after.appointment else None
    if after.kind == FieldKind.GROUP and isinstance(answer, list):
        own, theirs = ({one.key: one for one in field.fields} for field in (before, after))
        return [_carry(row, own, theirs)[0] for row in answer if isinstance(row, dict)]
    return answer


def _options(answer, after):
    known = {option.key for option in after.options}
    return [key for key in answer if isinstance(key, str) and key in known] if isinstance(answer, list) else []

"""The keys of steps, fields, answers and statuses: made from the words once, then kept whatever the words become.

A key names an answer in conditions, in letters and in the drafts of residents: it must not move when a question is
reworded. Editors read them, may write them, and need not.
"""

from django.utils.text import slugify

from ..enums import FieldKind

LENGTH = 60
LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def key_of(written, text):
    """Return the key that staff wrote, else one made from `text`: a letter, then letters, digits and hyphens."""
    if written:
        return written
    key = slugify((text or "").translate(LIGATURES))[:LENGTH].strip("-_").replace("_", "-")
    if key and not key[0].isalpha():
        key = f"champ-{key}"[:LENGTH].strip("-")
    return key or "champ"


def fill_keys(form, *, earlier=None):
    """Write the missing keys of the StreamField `form`, in place. `earlier`: {block id: key} of what was saved."""
    earlier = earlier or {}
    steps = list(form)
    _fill([(step.value, step.id, step.value.get("title")) for step in steps], earlier)
    fields = [child for step in steps for child in step.value["fields"]]
    _fill_fields(fields, earlier)
    for child in fields:
        if child.block.kind == FieldKind.GROUP:
            _fill_fields(list(child.value["fields"]), earlier)


def fill_status_keys(statuses, *, earlier=None):
    """Write the missing keys of the StreamField `statuses`, in place."""
    _fill([(child.value, child.id, child.value.get("label")) for child in statuses], earlier or {})


def saved_keys(data):
    """Return {block id: key} of what StreamFields keep, JSON already read: what `fill_keys` takes as `earlier`."""
    if isinstance(data, list):
        return {identity: key for one in data for identity, key in saved_keys(one).items()}
    if not isinstance(data, dict):
        return {}
    found = {identity: key for one in data.values() for identity, key in saved_keys(one).items()}
    value = data.get("value")
    if data.get("id") and isinstance(value, dict) and value.get("key"):
        found[data["id"]] = value["key"]
    return found


def lacks_keys(form, statuses=()):
    """Return whether a key is missing."""
    return any(not value.get("key") for value in _all_keyed(form)) or any(
        not child.value.get("key") for child in statuses
    )


def _all_keyed(form):
    for step in form:
        yield step.value
        for child in step.value["fields"]:
            yield from _keyed(child)


def _keyed(child):
    yield child.value
    for option in _options(child):
        yield option.value
    if child.block.kind == FieldKind.GROUP:
        for inner in child.value["fields"]:
            yield from _keyed(inner)


def _options(child):
    options = child.value.get("options")
    return options.bound_blocks if options is not None else ()


def _fill_fields(fields, earlier):
    _fill([(child.value, child.id, _words(child)) for child in fields], earlier)
    for child in fields:
        _fill([(option.value, option.id, option.value.get("label")) for option in _options(child)], earlier)


def _words(child):
    # What only informs has no question to take words from.
    return f"info-{child.id or ''}"[:13] if child.block.kind == FieldKind.INFO else child.value.get("label")


def _fill(items, earlier):
    """Give a key of its own to each (value, block id, words) without one."""
    taken = {value.get("key") for value, _identity, _words in items if value.get("key")}
    for value, identity, words in items:
        if value.get("key"):
            continue
        wanted = earlier.get(identity) or key_of("", words)
        key, rank = wanted, 2
        while key in taken:
            key, rank = f"{wanted[: LENGTH - 4]}-{rank}", rank + 1
        value["key"] = key
        taken.add(key)

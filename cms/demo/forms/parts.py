"""What the forms of the demonstration are written with: the values that the editor's StreamField keeps."""


def field(kind, label, key, **values):
    """Return a field of a form; answering is required unless told."""
    return {"type": kind, "value": {"label": label, "key": key, "required": True, **values}}


def options(*pairs):
    """Return the answers of a choice, of (key, label)."""
    return [{"key": key, "label": label} for key, label in pairs]


def info(key, text, **values):
    """Return a text between fields."""
    return {"type": "info", "value": {"key": key, "text": f"<p>{text}</p>", **values}}


def step(title, key, *fields, **values):
    """Return a step, as `put` wants the blocks of a stream."""
    return "step", {"title": title, "key": key, "fields": list(fields), **values}


def when(key, value="", operator="is"):
    """Return `condition=` of a field or a step: shown only if the answer to `key` is `value`."""
    return {"rules": [{"field": key, "operator": operator, "value": value}], "any_of": False}


def when_any(key, *values):
    """Return `condition=`: shown if the answer to `key` is one of `values`."""
    return {"rules": [{"field": key, "operator": "is", "value": value} for value in values], "any_of": True}


def status(label, state, explanation, tone="info", mail="", key=""):
    """Return a status, as `put` wants the blocks of a stream."""
    return "status", {
        "label": label,
        "key": key,
        "state": state,
        "explanation": explanation,
        "tone": tone,
        "mail": mail,
    }


def inputs(**fields):
    """Return the inputs of the handler: `inputs(name="key-of-the-field")`."""
    return [("input", {"name": name, "field": key}) for name, key in fields.items()]


TO_CORRECT = status(
    "À compléter",
    "to_correct",
    "Il manque quelque chose : ouvrez votre dossier pour le compléter.",
    "warning",
    key="a-completer",
)
FULL_NAME = field("short_text", "Prénom et nom", "nom", prefill="full_name", maximum="120")
EMAIL = field("email", "Courriel", "courriel", prefill="email")
PHONE = field("phone", "Téléphone", "telephone", prefill="phone", help="Pour vous joindre en journée.")

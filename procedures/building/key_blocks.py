"""Texts of the editor for which its script proposes keys, questions and answers. They are stored as plain text."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

KEY = RegexValidator(
    r"^[a-z][a-z0-9-]*\Z", _("Commencez par une lettre ; puis lettres sans accent, chiffres et tirets.")
)


class ProposingBlock(blocks.CharBlock):
    """A text for which the editor's script (`form-builder.js`) proposes what there is; without it, one types."""

    proposes = ""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        if self.proposes:
            self.field.widget.attrs.update({"data-proposes": self.proposes, "autocomplete": "off"})


class KeyBlock(ProposingBlock):
    """A key; `keys.fill_keys` makes it from the words when it is left empty, and it stays."""

    proposes = "key"

    def __init__(self, **kwargs):
        super().__init__(**{"required": False, "max_length": 60, "validators": [KEY], "label": _("Clé"), **kwargs})

    class Meta:
        help_text = _(
            "Le nom de la réponse dans les conditions et les courriers. Vide : tirée de la question. "
            "Elle ne change plus ensuite, même si la question change."
        )


class EarlierQuestionBlock(ProposingBlock):
    """A question placed before, by its key or its words (`references.settle_references` writes the key)."""

    proposes = "earlier-question"


class QuestionBlock(ProposingBlock):
    """Any question of the form, by its key or its words."""

    proposes = "question"


class AnswerBlock(ProposingBlock):
    """An answer to the question beside, by its key or its words."""

    proposes = "answer"


class InputNameBlock(ProposingBlock):
    """What the page's handler asks for."""

    proposes = "input"

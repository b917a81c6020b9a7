"""What a kind of field is: its control, how what was typed is read, checked and shown again.

A kind has no state. An answer is JSON; `None`, `""`, `[]` and `False` are no answer. Reading raises ValidationError
with a French sentence that says what to type; whether an answer is mandatory is the form's business.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from theme.formats import number as figure

from ..conditions import is_empty
from ..enums import Prefill
from . import reading

# What a draft keeps of a text that can't be read.
LONGEST = 5000
# What the browser may fill in for the person (WCAG 1.3.5), by what the field asks of the account.
AUTOCOMPLETE = {
    Prefill.FIRST_NAME: "given-name",
    Prefill.LAST_NAME: "family-name",
    Prefill.FULL_NAME: "name",
    Prefill.PROFILE_NAME: "organization",
    Prefill.FUNCTION: "organization-title",
}


def named(label, sentence):
    """Return `sentence` after the question it is about: « Nom : remplissez ce champ. », « Où ? Choisissez … »."""
    if label.rstrip()[-1:] in ("?", "!", "…"):
        return f"{label} {sentence[:1].upper()}{sentence[1:]}"
    # An acronym keeps its capital.
    first = sentence[:1].lower() if sentence[1:2].islower() or sentence[1:2] in ("’", "'") else sentence[:1]
    return f"{label}\u00a0: {first}{sentence[1:]}"


def several(count, one, many):
    """Return `one` or `many`, as `count` is."""
    return ngettext(one, many, count) % {"count": figure(count)}


class Kind:
    """What most kinds are: one line of text."""

    input_type = "text"
    autocomplete = ""
    inputmode = ""
    # Whether a draft keeps a text that can't be read: it is shown again as it was typed.
    keeps_unread = True

    # The control --------------------------------------------------------------------------------------------------

    def widget(self, field, context):
        widget = forms.TextInput(attrs=self.attrs(field, context))
        widget.input_type = self.input_type
        return widget

    def attrs(self, field, context):
        attrs = {"autocomplete": AUTOCOMPLETE.get(field.prefill, self.autocomplete), "inputmode": self.inputmode}
        return {name: value for name, value in attrs.items() if value}

    def label(self, field):
        """The question, with the unit that the answer is in."""
        return field.label

    def hint(self, field, context):
        """What the bounds ask, said before one types."""
        return ""

    # The answer ---------------------------------------------------------------------------------------------------

    def read(self, raw, field, context):
        """Return the answer that `raw`, what the control sent, means. Raises ValidationError."""
        return reading.text(raw).strip()

    def check(self, answer, field, context):
        """Raise ValidationError when an answer, not empty, is out of what staff allow."""

    def kept(self, raw, field, context):
        """Return what a draft keeps of `raw`: the answer; the text as it was typed when it can't be read."""
        try:
            return self.read(raw, field, context)
        except ValidationError:
            return reading.text(raw)[:LONGEST] if self.keeps_unread else None

    def typed(self, answer, field, context):
        """Return what the control shows for `answer`."""
        return "" if answer is None else str(answer)

    def words(self, answer, field, context):
        """Return `answer` as people read it: plain text."""
        return self.typed(answer, field, context)

    def problems(self, answer, field, context):
        """Return the sentences that say what is wrong with a stored `answer`, not empty."""
        try:
            read = self.read(self.typed(answer, field, context), field, context)
            if is_empty(read):
                return [self.required(field.label)] if field.required else []
            self.check(read, field, context)
        except ValidationError as error:
            return list(error.messages)
        return []

    def required(self, label):
        """Return what is said when an answer is missing."""
        return named(label, _("remplissez ce champ."))

"""Kinds that are ticked or chosen."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .base_kind import Kind, named, several
from .bounds import bounds_of

# More options than this make a list to open.
MOST_RADIOS = 7


class Agreement(Kind):
    keeps_unread = False

    def widget(self, field, context):
        return forms.CheckboxInput()

    def read(self, raw, field, context):
        return raw is True or raw in ("on", "true", "True")

    def typed(self, answer, field, context):
        return answer is True

    def words(self, answer, field, context):
        return _("Oui") if answer is True else ""

    def required(self, label):
        return named(label, _("cochez cette case."))


class Choice(Kind):
    """One answer among `options`: what others choose among (a contract, a child) is a subclass."""

    keeps_unread = False

    def options(self, field, context):
        """Return the [(key, label)] to choose among."""
        return [(option.key, option.label) for option in field.options]

    def widget(self, field, context):
        options = self.options(field, context)
        if len(options) > MOST_RADIOS:
            return forms.Select(choices=[("", _("Choisissez une réponse")), *options])
        # A radio button can't be unticked: whoever may leave the question finds how to.
        blank = [] if field.required or not options else [("", _("Sans réponse"))]
        return forms.RadioSelect(choices=[*options, *blank])

    def read(self, raw, field, context):
        text = super().read(raw, field, context)
        if text and text not in dict(self.options(field, context)):
            raise ValidationError(_("Choisissez une réponse de la liste."))
        return text

    def words(self, answer, field, context):
        key = self.typed(answer, field, context)
        return str(dict(self.options(field, context)).get(key, key))

    def required(self, label):
        return named(label, _("choisissez une réponse."))


class YesNo(Choice):
    def options(self, field, context):
        return [("yes", _("Oui")), ("no", _("Non"))]


class Choices(Choice):
    def widget(self, field, context):
        return forms.CheckboxSelectMultiple(choices=self.options(field, context))

    def read(self, raw, field, context):
        ticked = [raw] if isinstance(raw, str) and raw else list(raw or ())
        options = dict(self.options(field, context))
        if any(key not in options for key in ticked):
            raise ValidationError(_("Choisissez des réponses de la liste."))
        return [key for key in options if key in ticked]

    def kept(self, raw, field, context):
        options = dict(self.options(field, context))
        return [key for key in options if key in (raw or ())]

    def hint(self, field, context):
        least, most = bounds_of(field, context.today)
        if least and most:
            return _("Cochez entre %(least)s et %(most)s réponses.") % {"least": least, "most": most}
        if most:
            return several(most, "Cochez %(count)s réponse au plus.", "Cochez %(count)s réponses au plus.")
        return (
            several(least, "Cochez au moins %(count)s réponse.", "Cochez au moins %(count)s réponses.") if least else ""
        )

    def check(self, answer, field, context):
        least, most = bounds_of(field, context.today)
        if least and len(answer) < least:
            raise ValidationError(
                several(least, "Cochez au moins %(count)s réponse.", "Cochez au moins %(count)s réponses.")
            )
        if most is not None and len(answer) > most:
            raise ValidationError(
                several(most, "Cochez %(count)s réponse au plus.", "Cochez %(count)s réponses au plus.")
            )

    def typed(self, answer, field, context):
        return [str(key) for key in answer] if isinstance(answer, list | tuple) else ([str(answer)] if answer else [])

    def words(self, answer, field, context):
        options = dict(self.options(field, context))
        return "\n".join(str(options.get(key, key)) for key in self.typed(answer, field, context))

    def required(self, label):
        return named(label, _("choisissez au moins une réponse."))

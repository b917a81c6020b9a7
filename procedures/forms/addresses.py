"""The sub-form of an address: four controls, completed as everywhere in the portal (s4.6)."""

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.contact_fields import AddressFields

from . import reading
from .base_kind import named
from .composed_kinds import PARTS

_SAID = {
    "address": gettext_lazy("Écrivez le numéro et le nom de la rue."),
    "postcode": gettext_lazy("Écrivez le code postal."),
    "town": gettext_lazy("Écrivez la commune."),
}


class AddressForm(AddressFields):
    """The address of the field `field` of a form; whole, or empty when it may be."""

    # The legend of the whole says whether it may be left.
    show_optional = False

    def __init__(self, data=None, *, field=None, name="", prefix=None, answer=None):
        initial = {name: str(answer.get(name) or "") for name in PARTS} if isinstance(answer, dict) else {}
        super().__init__(data, prefix=prefix, initial=initial)
        # What the sentences begin with: a page may ask for several addresses.
        self.name = name
        self.mandatory = field is None or field.required
        # Not mandatory as long as it does not appear, which the page can't say without JavaScript.
        self.use_required_attribute = field is None or not field.condition
        self.fields["address_complement"].label = format_html(
            '{} <span class="optional">{}</span>', _("Complément d’adresse"), _("(facultatif)")
        )
        for name, sentence in _SAID.items():
            self.fields[name].required = self.mandatory
            self.fields[name].error_messages["required"] = sentence

    def clean(self):
        values = super().clean()
        if not self.mandatory and any(self.typed.values()):
            # Begun, it is finished: an address without a town can't be written to.
            for name, sentence in _SAID.items():
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return values

    def full_clean(self):
        super().full_clean()
        for errors in self._errors.values():
            for error in errors.data if self.name else ():
                error.message, error.params = named(self.name, next(iter(error))), None

    @property
    def typed(self):
        """What was typed, tidied no more than a draft needs."""
        return {name: reading.text(self[name].data).strip()[:200] for name in PARTS} if self.is_bound else {}

    @property
    def answer(self):
        """The address once valid; {} when nothing was typed."""
        values = {name: self.cleaned_data.get(name) or "" for name in PARTS}
        return values if any(values.values()) else {}

    def silence(self):
        """Forget the errors of an address that does not appear, or that is not finished."""
        self._errors = type(self.errors)()

    keep_refused = silence

"""Amounts as people type them."""

from django import forms
from django.utils.translation import gettext_lazy as _


class EurosField(forms.DecimalField):
    """An amount in euros, copied from a letter as it stands there: `1 234,56 €`, whatever its spaces."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**{"decimal_places": 2, "min_value": 0, "localize": True, **kwargs})
        self.error_messages["invalid"] = _("Écrivez un montant, par exemple 720,00.")

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).removesuffix("€")
        return super().to_python(value)

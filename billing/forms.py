"""Input to clean values; no writes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PaymentForm(forms.Form):
    """What the summary page sends back: the amount it showed, and the key that makes a double click one payment."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    total = forms.DecimalField(max_digits=12, decimal_places=2, localize=False, widget=forms.HiddenInput)


class RefundForm(forms.Form):
    """What a revenue officer says of a refund."""

    EXCESS, WHOLE = "excess", "whole"

    key = forms.UUIDField(widget=forms.HiddenInput)
    what = forms.ChoiceField(label=_("Que rembourser ?"), widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Motif"),
        max_length=300,
        help_text=_("Il est écrit dans le courriel que reçoit l’usager."),
    )

    def __init__(self, *args, choices, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = choices

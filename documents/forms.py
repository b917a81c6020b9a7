"""Input of the back office to clean values; the services write."""

from django import forms
from django.utils.translation import gettext_lazy as _

from theme.forms import DateInput


class AcceptForm(forms.Form):
    """A document is validated, until a date when it has one."""

    valid_until = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        widget=DateInput,
        help_text=_("La date écrite sur le document, quand il en porte une. Vide : la durée prévue pour cette pièce."),
    )
    # The quotient that the agent has before their eyes.
    quotient_seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_quotient_seen(self):
        return self.cleaned_data["quotient_seen"] or None


class RefuseForm(forms.Form):
    """A document is refused; the reasons given most often are proposed while one types."""

    REASONS = [
        _("Le document est illisible."),
        _("Il manque des pages."),
        _("Ce n’est pas le document demandé."),
        _("Le document n’est plus valable."),
        _("Le nom ne correspond pas à celui du dossier."),
    ]
    reason = forms.CharField(
        label=_("Motif du refus"),
        max_length=300,
        widget=forms.TextInput(attrs={"list": "refusal-reasons", "autocomplete": "off"}),
        help_text=_("La famille lira cette phrase dans un courriel et dans « Mes documents »."),
    )

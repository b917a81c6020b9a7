"""Input to clean values; the services write."""

from django import forms
from django.utils.translation import gettext_lazy as _

from .services.sealing import normalise_reference


class AttachForm(forms.Form):
    """« Associer une référence client » (s1.3). Nothing is judged here: one sentence answers all."""

    email = forms.EmailField(label=_("Courriel"), help_text=_("Celui de votre compte sur ce portail."))
    code = forms.CharField(
        label=_("Code d’activation"),
        max_length=40,
        help_text=_("Il est imprimé en haut à gauche de votre contrat. Les espaces et les tirets sont facultatifs."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    reference = forms.CharField(
        label=_("Référence client"),
        max_length=40,
        help_text=_("Elle figure sur votre contrat et sur chacune de vos factures d’eau. Gardez les zéros du début."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CodeRequestForm(forms.Form):
    """« Je ne connais pas mon code d’activation » (s1.4). The code is mailed to the account's address, no other."""

    email = forms.EmailField(label=_("Courriel"), help_text=_("Celui de votre compte : le code y sera envoyé."))
    reference = forms.CharField(
        label=_("Référence client"),
        max_length=40,
        help_text=_("Elle figure sur votre contrat et sur chacune de vos factures d’eau. Gardez les zéros du début."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        email = self.cleaned_data["email"]
        if email.casefold() != self.user.email.casefold():
            raise forms.ValidationError(
                _("Saisissez le courriel de votre compte, %(email)s."), params={"email": self.user.email}
            )
        return email

    def clean_reference(self):
        return normalise_reference(self.cleaned_data["reference"])


class RefusalForm(forms.Form):
    """Why an agent refuses a request for a code."""

    reason = forms.CharField(
        label=_("Motif du refus"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("L’usager lira cette phrase dans le courriel qui lui sera envoyé."),
    )

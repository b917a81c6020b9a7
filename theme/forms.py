"""How forms are drawn on the portal's pages. Wagtail's back office draws its own."""

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

# WCAG 1.3.5: what the browser may fill in for the person, by the names our forms give their fields.
AUTOCOMPLETE = {
    "email": "email",
    "first_name": "given-name",
    "last_name": "family-name",
    "phone": "tel",
    "address": "address-line1",
    "address_complement": "address-line2",
    "postcode": "postal-code",
    "town": "address-level2",
    "new_password1": "new-password",
    "new_password2": "new-password",
    "old_password": "current-password",
}


# Said instead of Django's "required", which names nothing: seven of them in a summary help nobody.
_REQUIRED = {
    "checkbox": _("%(label)s : cochez cette case."),
    "file": _("%(label)s : choisissez un fichier."),
    "clearablefile": _("%(label)s : choisissez un fichier."),
    "select": _("%(label)s : choisissez une réponse."),
    "radioselect": _("%(label)s : choisissez une réponse."),
    "checkboxselectmultiple": _("%(label)s : choisissez au moins une réponse."),
    "date": _("%(label)s : indiquez une date."),
}


def errors_of(field):
    """Return the errors of a bound field: the same words beside it and in the summary. A "required" that the form
    did not word itself names its field."""
    messages = []
    for error in field.errors.as_data():
        for message in error:
            default = getattr(error, "code", "") == "required" and str(message) == str(
                forms.Field.default_error_messages["required"]
            )
            wording = _REQUIRED.get(field.widget_type, _("%(label)s : remplissez ce champ."))
            messages.append(str(wording) % {"label": field.label} if default else str(message))
    return messages


class ThemeRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` in the portal's clothes; widgets keep Django's templates."""

    form_template_name = "theme/forms/form.html"
    field_template_name = "theme/forms/field.html"


class DateInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ColourInput(forms.TextInput):
    """A colour of the back office: typed as `#0f5f63`, as graphic charters give it, or picked beside it."""

    template_name = "theme/forms/colour_input.html"

    class Media:
        js = ["theme/js/colour-input.js"]

    def __init__(self, attrs=None):
        super().__init__({"maxlength": 7, "spellcheck": "false", **(attrs or {})})

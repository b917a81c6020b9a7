"""How forms are drawn on the portal's pages. Wagtail's back office draws its own."""

from django import forms
from django.forms.renderers import TemplatesSetting

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


class ThemeRenderer(TemplatesSetting):
    """`{{ form }}` and `{{ field.as_field_group }}` in the portal's clothes; widgets keep Django's templates."""

    form_template_name = "theme/forms/form.html"
    field_template_name = "theme/forms/field.html"


class DateInput(forms.DateInput):
    """The browser's own date picker, which wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")

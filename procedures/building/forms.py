"""The editor's form of a procedure: it completes what was typed, and checks before publishing."""

from types import SimpleNamespace

from django import forms
from django.utils.functional import cached_property
from wagtail.admin.forms.pages import WagtailAdminPageForm

from .problems import errors, field_errors
from .saving import settle

# What the check reads of a page.
CHECKED = (
    "form",
    "statuses",
    "routing",
    "inputs",
    "handler",
    "access",
    "for_individuals",
    "for_households",
    "for_organisations",
    "needs_contract",
    "needs_child",
    "opens_on",
    "closes_on",
    "department",
    "time_limit_days",
    "warning_days",
    "silence",
    "retention_months",
    "online_page",
    "online_url",
    "legal_notice",
)


class ProcedurePageForm(WagtailAdminPageForm):
    """Errors of the check block a publication and stand in their block; a draft is saved with them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "handler" in self.fields:
            self.fields["handler"].widget = forms.Select(choices=self._handlers())

    def _handlers(self):
        from .. import handlers

        choices, chosen = handlers.choices(), self.instance.handler
        return choices if handlers.known(chosen) else [*choices, (chosen, f"Effet inconnu : {chosen}")]

    def clean(self):
        cleaned = super().clean()
        self.checked_problems = None
        if self.errors.keys() & set(CHECKED):
            # What can't be read can't be checked: its own errors come first.
            return cleaned
        page = SimpleNamespace(**{name: cleaned.get(name, getattr(self.instance, name, None)) for name in CHECKED})
        settle(page, revision=self.instance.latest_revision if self.instance.pk else None)
        if not self.is_deferred_validation:
            self._check(page)
        return cleaned

    def _check(self, page):
        from .checks_form import check

        self.checked_problems = check(page)
        for name, error in field_errors(self.checked_problems, self._blocks).items():
            self.add_error(name if name in self.fields else None, error)

    @cached_property
    def _blocks(self):
        """{field: the top block of its StreamField}."""
        return {name: self.fields[name].block for name in ("form", "statuses", "routing", "inputs")}

    @property
    def is_refused(self):
        """Whether a publication was tried and the check refused it."""
        return bool(self.is_bound and getattr(self, "checked_problems", None) and errors(self.checked_problems))

"""What the editor of a procedure shows beside its fields: the check, the versions, what the effect expects."""

from django.urls import reverse
from wagtail.admin.panels import Panel


class CheckPanel(Panel):
    """What is wrong with the procedure as it was last saved, or as it was refused; its trial; its versions."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "procedures/admin/build_check_panel.html"

        class Media:
            css = {"all": ["procedures/admin/building.css"]}
            js = ["procedures/admin/form-builder.js"]

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            page = self.instance
            # A form that was refused says what it found in what was typed.
            found = self.form.checked_problems if getattr(self.form, "is_refused", False) else None
            context.update(check_context(page, problems=found))
            if page.pk:
                context["trial_url"] = reverse("procedure_building:try", args=[page.pk])
                context["check_url"] = reverse("procedure_building:check", args=[page.pk])
                context["versions"] = versions_of(page)
            return context


class HandlerPanel(Panel):
    """What each effect does and asks for, beside its choice; also read by the editor's script."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "procedures/admin/build_handlers_panel.html"

        def get_context_data(self, parent_context=None):
            from .. import handlers
            from ..enums import FieldKind

            context = super().get_context_data(parent_context)
            context["handlers"] = [
                {
                    "key": key,
                    "label": str(label),
                    "explanation": str(handlers.get(key).explanation),
                    "inputs": [
                        {
                            "name": one.name,
                            "label": str(one.label),
                            "required": one.required,
                            "kinds": [str(FieldKind(kind).label) for kind in sorted(one.kinds)],
                        }
                        for one in handlers.get(key).inputs
                    ],
                }
                for key, label in handlers.choices()
                if key
            ]
            return context


def check_context(page, *, problems=None):
    """Return the context of the list of problems: `problems`, or those of `page`."""
    from .checks_form import check

    found = check(page) if problems is None else problems
    return {
        "has_form": bool(page.form) or problems is not None,
        "refused": problems is not None,
        "errors": [problem for problem in found if problem.is_error],
        "warnings": [problem for problem in found if not problem.is_error],
    }


def versions_of(page, limit=5):
    """Return [(version, sentences of what it changed)] of the newest versions of `page`."""
    from .changes import changes

    newest = list(page.versions.select_related("published_by").order_by("-number")[: limit + 1])
    older = [*newest[1:], None]
    return [
        (version, changes(before.definition if before else None, version.definition) if before else [])
        for version, before in zip(newest[:limit], older, strict=False)
    ]

"""What the set-up screens of bookings share: the forms of `accounts.set_up`, and what a set-up gives."""

from wagtail.admin.panels import Panel

from accounts.set_up import SetUpDeleteView, SetUpIndexView, SetUpViewSet

__all__ = ["ResultPanel", "SetUpDeleteView", "SetUpIndexView", "SetUpViewSet"]


class ResultPanel(Panel):
    """What the saved set-up gives, beside its form: `read(instance)` returns the context of `template`.

    Not shown while adding: there is nothing to show yet.
    """

    def __init__(self, template, read, **kwargs):
        super().__init__(**kwargs)
        self.template = template
        self.read = read

    def clone_kwargs(self):
        return {**super().clone_kwargs(), "template": self.template, "read": self.read}

    class BoundPanel(Panel.BoundPanel):
        class Media:
            css = {"all": ["booking/set_up.css"]}

        @property
        def template_name(self):
            return self.panel.template

        def is_shown(self):
            return bool(self.instance.pk) and super().is_shown()

        def get_context_data(self, parent_context=None):
            # What is saved, not what a form that has errors holds in memory.
            saved = type(self.instance)._default_manager.get(pk=self.instance.pk)
            return {**super().get_context_data(parent_context), **self.panel.read(saved)}

"""The back office of what imports and services write: lists and sheets to read, and actions that call a service."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets.button import HeaderButton, ListingButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from .office import OfficeView


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Nobody adds, edits or deletes here, not even an administrator: imports and services write."""

    def user_has_permission(self, user, action):
        return action == "view" and super().user_has_permission(user, action)


class ReadOnlyIndexView(IndexView):
    """A list whose lines lead to a sheet to read, never to a form.

    `actions` are (label, url name, icon, allowed of a user, wanted of an instance).
    """

    actions = ()

    @cached_property
    def columns(self):
        # Nothing can be done to many lines at once: no boxes to tick.
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]

    def get_edit_url(self, instance):
        return None

    def get_list_more_buttons(self, instance):
        buttons = [
            ListingButton(label, url=reverse(url_name, args=[instance.pk]), icon_name=icon, priority=30)
            for label, url_name, icon, allowed, wanted in self.actions
            if allowed(self.request.user) and wanted(instance)
        ]
        if url := self.get_inspect_url(instance):
            label = _("Consulter « %(name)s »") % {"name": instance}
            buttons.append(
                ListingButton(
                    _("Consulter"), url=url, icon_name="info-circle", attrs={"aria-label": label}, priority=90
                )
            )
        return buttons


class SheetView(InspectView):
    """A sheet to read, with the same actions in its header."""

    page_title = gettext_lazy("Fiche")
    template_name = "theme/office/sheet.html"
    actions = ()

    @cached_property
    def header_buttons(self):
        return [
            HeaderButton(label, url=reverse(url_name, args=[self.object.pk]), icon_name=icon)
            for label, url_name, icon, allowed, wanted in self.actions
            if allowed(self.request.user) and wanted(self.object)
        ]

    def get_edit_url(self):
        return None

    def get_delete_url(self):
        return None


class ReadOnlyViewSet(SnippetViewSet):
    """A list, and a sheet for each line. `action_paths` are (route, subclass of ActionView, name)."""

    index_view_class = ReadOnlyIndexView
    inspect_view_class = SheetView
    inspect_view_enabled = True
    copy_view_enabled = False
    search_backend_name = None
    list_per_page = 50
    action_paths = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        register_permission_policy(self.model, ReadOnlyPolicy(self.model), exact_class=True)

    def _action(self, route, view_class, name):
        view = view_class.as_view(
            model=self.model,
            index_url_name=self.get_url_name("list"),
            inspect_url_name=self.get_url_name("inspect"),
        )
        return path(route, view, name=name)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), *(self._action(*action) for action in self.action_paths)]


class StateColumn(Column):
    """A member of `theme.states.State`, as a chip."""

    cell_template_name = "accounts/admin/state_cell.html"


class ActionView(OfficeView):
    """A confirmation (GET) and an act (POST). Subclasses set the texts, `allowed`, and `act()`."""

    # What the viewset says of the neighbours.
    model = None
    index_url_name = ""
    inspect_url_name = ""
    template_name = "accounts/admin/action.html"
    header_icon = "warning"
    button = ""
    serious = False
    form_class = None
    success = ""

    @cached_property
    def object(self):
        return get_object_or_404(self.model, pk=self.kwargs["pk"]) if "pk" in self.kwargs else None

    @cached_property
    def form(self):
        return self.form_class(self.request.POST or None) if self.form_class else None

    def explanation(self):
        """What will happen, as paragraphs."""
        return []

    def act(self):
        """Call the service and return the address to go to, or a response."""
        raise NotImplementedError

    def get(self, request, *args, **kwargs):
        return self.show()

    def post(self, request, *args, **kwargs):
        if self.form is not None and not self.form.is_valid():
            return self.get(request, *args, **kwargs)
        try:
            result = self.act()
        except ValidationError as error:
            if self.takes_back(error):
                return self.get(request, *args, **kwargs)
            for sentence in error.messages:
                messages.error(request, sentence)
            return redirect(self.back_url)
        if isinstance(result, HttpResponse):
            return result
        if self.success:
            messages.success(request, self.success)
        return redirect(result)

    def takes_back(self, error):
        """Whether what the service refused is about fields of the form: said beside them, over what was typed."""
        named = getattr(error, "error_dict", {})
        if self.form is None or not named or named.keys() - self.form.fields.keys():
            return False
        self.form.add_error(None, error)
        return True

    @property
    def back_url(self):
        if self.object is not None and self.inspect_url_name:
            return reverse(self.inspect_url_name, args=[self.object.pk])
        return reverse(self.index_url_name)

    def get_page_subtitle(self):
        return str(self.object) if self.object is not None else ""

    def get_breadcrumbs_items(self):
        label = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": label},
            {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            explanation=self.explanation(),
            form=self.form,
            button=self.button,
            serious=self.serious,
            back_url=self.back_url,
            object=self.object,
            **kwargs,
        )

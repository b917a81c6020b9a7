"""Staff accounts in the back office: the administrator sees staff, not residents, and hands out no password."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, BulkActionsCheckboxColumn, Column
from wagtail.admin.widgets.button import Button
from wagtail.users.views import users as wagtail_users

from .forms import StaffUserCreationForm, StaffUserEditForm
from .models import User
from .second_factor import can_reset, device_of
from .services import invite_staff, update_staff


class StaffOnly:
    """A view on one account answers 404 for a resident's, and 403 for a superuser's unless one is a superuser."""

    def get_object(self, queryset=None):
        user = get_object_or_404(User, pk=self.kwargs["pk"], is_staff=True)
        if user.is_superuser and not self.request.user.is_superuser:
            raise PermissionDenied
        return user


class IndexView(wagtail_users.IndexView):
    """The list of staff."""

    page_title = _("Agents")
    add_item_label = _("Ajouter un agent")

    def get_base_queryset(self):
        return super().get_base_queryset().filter(is_staff=True).prefetch_related("groups", "totpdevice_set")

    @cached_property
    def columns(self):
        dropped = (BulkActionsCheckboxColumn,)
        kept = [c for c in super().columns if not isinstance(c, dropped) and c.name != "is_superuser"]
        return [
            *kept,
            Column("groups", label=_("Groupes"), accessor=lambda user: ", ".join(str(g) for g in user.groups.all())),
            BooleanColumn(
                "second_factor",
                label=_("Second facteur"),
                accessor=lambda user: any(device.confirmed for device in user.totpdevice_set.all()),
            ),
        ]


class CreateView(wagtail_users.CreateView):
    """A new staff member gets a link by mail."""

    page_title = _("Ajouter un agent")
    success_message = _("« %(object)s » reçoit un courriel pour choisir son mot de passe.")

    def save_instance(self):
        return invite_staff(by=self.request.user, save=super().save_instance)


class EditView(StaffOnly, wagtail_users.EditView):
    """A staff member's page, from which the second factor can be taken away."""

    def save_instance(self):
        return update_staff(by=self.request.user, user=self.object, save=super().save_instance)

    @cached_property
    def header_more_buttons(self):
        buttons = list(super().header_more_buttons)
        if can_reset(self.request.user, self.object) and device_of(self.object):
            url = reverse("accounts:second_factor_reset", args=[self.object.pk])
            buttons.append(Button(_("Retirer le second facteur"), url=url, icon_name="key", priority=40))
        return buttons


class DeleteView(StaffOnly, wagtail_users.DeleteView):
    pass


class HistoryView(StaffOnly, wagtail_users.HistoryView):
    pass


class StaffUserViewSet(wagtail_users.UserViewSet):
    """Wagtail's screens of users, for staff only (named by `accounts.apps.StaffUsersConfig`)."""

    menu_label = _("Agents")
    index_view_class = IndexView
    add_view_class = CreateView
    edit_view_class = EditView
    delete_view_class = DeleteView
    history_view_class = HistoryView
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    index_template_name = "wagtailadmin/generic/index.html"

    def get_form_class(self, for_update=False):
        return StaffUserEditForm if for_update else StaffUserCreationForm

"""Plain read-only registers of the back office."""

from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin

from .models import HealthAccess, OutgoingMail


class ReadOnly(PermissionHelper):
    """Rows that are looked at, never written, by those with the model's `view` permission."""

    def user_can_list(self, user):
        return self.user_has_specific_permission(user, "view_" + self.opts.model_name)

    def user_can_inspect_obj(self, user, obj):
        return self.inspect_view_enabled and self.user_can_list(user)

    def user_can_create(self, user):
        return False

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return False


class Register(ModelAdmin):
    """A register: a list, and a sheet for each row."""

    permission_helper_class = ReadOnly
    inspect_view_enabled = True
    # Its view asks for no permission, and a register has no history of its own.
    history_view_enabled = False


class OutgoingMailAdmin(Register):
    """The journal of mails. Their texts are not shown: they hold links that open an account."""

    model = OutgoingMail
    menu_label = _("Courriels envoyés")
    menu_icon = "mail"
    menu_order = 650
    add_to_settings_menu = True
    list_display = ["created_at", "to", "subject", "state", "attempts", "sent_at"]
    list_filter = ["state", "kind"]
    search_fields = ["to", "subject"]
    inspect_view_fields = ["kind", "to", "subject", "state", "attempts", "error", "created_at", "due_at", "sent_at"]


class HealthAccessAdmin(Register):
    """Who read which child's health data: what the parents are shown, for the administrator to watch over."""

    model = HealthAccess
    menu_label = _("Accès aux données de santé")
    menu_icon = "view"
    menu_order = 660
    add_to_settings_menu = True
    list_display = ["read_at", "reader_name", "child", "where"]
    list_select_related = ["child"]
    list_filter = ["where"]
    search_fields = ["reader_name", "child__first_name", "child__last_name"]
    inspect_view_fields = ["read_at", "reader_name", "child", "where"]

"""Departments in the back office: who handles what, and who is in which team."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column

from .models import Department
from .set_up import SetUpViewSet


class DepartmentViewSet(SetUpViewSet):
    """A line of « Réglages »: the administrator changes them, who builds procedures reads them."""

    model = Department
    icon = "group"
    menu_label = _("Services")
    menu_name = "departments"
    add_to_settings_menu = True
    list_display = [
        "name",
        Column(
            "members",
            label=_("Agents"),
            accessor=lambda department: ", ".join(str(user) for user in department.members.all()) or "–",
        ),
        Column("email", label=_("Courriel de l’équipe")),
        Column("contact", label=_("Coordonnées")),
        BooleanColumn("active", label=_("En activité")),
    ]
    search_fields = ["name"]
    ordering = ["name"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("email")]),
            FieldPanel("contact"),
            FieldPanel(
                "members",
                widget=CheckboxSelectMultiple,
                help_text=_("Ils voient et instruisent les dossiers du service. Un agent peut être dans plusieurs."),
            ),
            FieldPanel(
                "active", help_text=_("Décochée, plus aucune démarche ne peut lui être confiée. Ses dossiers restent.")
            ),
        ]
    )

    def get_queryset(self, request):
        return Department.objects.select_related("contact").prefetch_related("members")

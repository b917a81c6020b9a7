"""Facilities, with the dates on which they are closed."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.snippets.views.snippets import EditView

from ..models import Facility
from .base import SetUpViewSet


class FacilityEditView(EditView):
    """Closures added later change no session by themselves: say so."""

    def get_success_message(self):
        message = super().get_success_message()
        closures = self.form.formsets["closures"]
        if closures.has_changed() or "zone" in self.form.changed_data:
            message += " " + str(
                _(
                    "Les séances déjà créées n’ont pas changé : ouvrez chaque période concernée, et lancez « Créer ou "
                    "mettre à jour les séances »."
                )
            )
        return message


class FacilityViewSet(SetUpViewSet):
    model = Facility
    icon = "site"
    menu_label = _("Établissements")
    edit_view_class = FacilityEditView
    list_display = [
        "name",
        "town",
        Column("get_zone_display", label=_("Vacances scolaires")),
        BooleanColumn("active", label=_("Ouvert")),
    ]
    search_fields = ["name", "town"]
    ordering = "name"
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            MultiFieldPanel(
                [
                    FieldPanel("address"),
                    FieldRowPanel([FieldPanel("postcode"), FieldPanel("town")]),
                    FieldRowPanel([FieldPanel("phone"), FieldPanel("email")]),
                ],
                heading=_("Coordonnées"),
            ),
            FieldPanel(
                "zone",
                help_text=_("Les séances se créent sur les jours d’école ou de vacances de cette zone."),
            ),
            FieldPanel("active", help_text=_("Décoché, les familles n’y réservent plus.")),
            InlinePanel(
                "closures",
                heading=_("Fermetures"),
                label=_("fermeture"),
                help_text=_(
                    "Les jours fériés sont connus : n’indiquez que les ponts, travaux, journées pédagogiques et autres."
                ),
                panels=[
                    FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
                    FieldPanel("reason"),
                ],
            ),
        ]
    )

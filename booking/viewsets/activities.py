"""Activities with their units, groups and deadlines: all the rules of booking on one form."""

from django.forms import CheckboxSelectMultiple, Select
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.ui.tables import BooleanColumn, Column

from ..models import Activity
from ..queries.set_up_examples import acts_without_deadline, deadline_examples
from ..set_up_forms import ActivityForm
from .base import ResultPanel, SetUpViewSet


def deadline_results(activity):
    """The context of the examples beside the deadlines."""
    heads, rows = deadline_examples(activity, today=timezone.localdate())
    return {"heads": heads, "rows": rows, "free_acts": acts_without_deadline(activity)}


UNITS = InlinePanel(
    "units",
    heading=_("Unités de réservation"),
    label=_("unité"),
    min_num=1,
    help_text=_(
        "Ce que l’on réserve un jour donné : journée, matinée, repas… Deux unités aux mêmes heures s’excluent. "
        "Pour la petite enfance, une seule unité : ses heures sont celles d’ouverture."
    ),
    panels=[
        FieldRowPanel([FieldPanel("name"), FieldPanel("kind")]),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldRowPanel([FieldPanel("tariff", widget=Select), FieldPanel("capacity")]),
    ],
)
GROUPS = InlinePanel(
    "groups",
    heading=_("Groupes"),
    label=_("groupe"),
    help_text=_(
        "Facultatif. Chaque groupe a ses places : par âge le jour venu, par niveau scolaire, ou les deux. "
        "Sans groupe, tous les enfants se partagent les places de l’unité."
    ),
    panels=[
        FieldPanel("name"),
        FieldRowPanel([FieldPanel("min_age"), FieldPanel("max_age")]),
        FieldRowPanel([FieldPanel("from_level"), FieldPanel("to_level")]),
        FieldPanel("capacity"),
    ],
)
DEADLINES = InlinePanel(
    "deadlines",
    heading=_("Délais"),
    label=_("délai"),
    help_text=_(
        "Jusqu’à quand un jour se réserve ou s’annule. Le premier délai qui n’est pas passé s’applique : d’abord "
        "« accepté tout de suite », puis « sur demande ». Après le dernier, le jour est fermé."
    ),
    panels=[
        FieldRowPanel([FieldPanel("act"), FieldPanel("outcome")]),
        FieldRowPanel([FieldPanel("kind"), FieldPanel("at_time")]),
        FieldRowPanel(
            [
                FieldPanel("count", help_text=_("Pour un délai en jours ; 0 : le jour même.")),
                FieldPanel("weekday", help_text=_("Pour un délai en jour de la semaine d’avant.")),
            ]
        ),
    ],
)


class ActivityViewSet(SetUpViewSet):
    model = Activity
    icon = "group"
    menu_label = _("Activités")
    list_display = [
        "name",
        Column("facility", label=_("Établissement"), sort_key="facility__name"),
        Column("get_kind_display", label=_("Nature"), sort_key="kind"),
        BooleanColumn("waiting_list", label=_("Liste d’attente")),
        BooleanColumn("active", label=_("Proposée")),
    ]
    list_filter = ["facility", "kind", "active"]
    search_fields = ["name", "facility__name"]
    ordering = ["facility__name", "name"]
    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("name"), FieldPanel("facility", widget=Select)]),
                    FieldPanel("kind"),
                    FieldPanel("description"),
                    FieldPanel("active", help_text=_("Décochée, les familles ne la voient plus.")),
                    MultiFieldPanel(
                        [
                            FieldPanel("needs_enrolment"),
                            FieldPanel("enrolment_open"),
                            FieldPanel("requirements", widget=CheckboxSelectMultiple),
                            FieldRowPanel([FieldPanel("min_age_months"), FieldPanel("max_age_months")]),
                        ],
                        heading=_("Inscription"),
                    ),
                ],
                heading=_("Activité"),
            ),
            ObjectList([UNITS, GROUPS], heading=_("Unités et groupes")),
            ObjectList(
                [
                    ResultPanel(
                        "booking/set_up/deadlines.html", deadline_results, heading=_("Ce que donnent ces délais")
                    ),
                    DEADLINES,
                ],
                heading=_("Délais"),
            ),
            ObjectList(
                [
                    MultiFieldPanel(
                        [FieldPanel("waiting_list"), FieldPanel("offer_hours")], heading=_("Jours complets")
                    ),
                    FieldPanel("absence_rule"),
                ],
                heading=_("Liste d’attente et absences"),
            ),
        ],
        base_form_class=ActivityForm,
    )

    def get_queryset(self, request):
        return Activity.objects.select_related("facility")

"""Tariffs and their versions: dated, shown with what families pay, never rewritten once they served."""

from django.forms import Select
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import CreateView, EditView

from ..models import Tariff, TariffVersion
from ..queries.set_up_examples import is_applied, price_examples, versions_of
from ..set_up_forms import TariffVersionForm
from .base import ResultPanel, SetUpDeleteView, SetUpViewSet

FORMULA = ("method", "price", "rate", "floor", "ceiling", "outside_surcharge")


def tariff_results(tariff):
    """The context of the versions beside a tariff."""
    return {
        "versions": versions_of(tariff),
        "edit_url_name": "wagtailsnippets_booking_tariffversion:edit",
        "add_url": f"{reverse('wagtailsnippets_booking_tariffversion:add')}?tariff={tariff.pk}",
    }


def version_results(version):
    """The context of the examples beside a version."""
    heads, rows = price_examples(version)
    return {"heads": heads, "rows": rows, "per_hour": version.tariff.per_hour, "applied": is_applied(version)}


class TariffCreateView(CreateView):
    """A tariff without a version has no price yet: the next page is its first version."""

    def get_success_url(self):
        return f"{reverse('wagtailsnippets_booking_tariffversion:add')}?tariff={self.object.pk}"


class TariffViewSet(SetUpViewSet):
    model = Tariff
    icon = "tag"
    menu_label = _("Tarifs")
    add_view_class = TariffCreateView
    list_display = ["name", BooleanColumn("per_hour", label=_("À l’heure"))]
    search_fields = ["name"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("per_hour"),
            ResultPanel("booking/set_up/versions.html", tariff_results, heading=_("Versions")),
        ]
    )


class VersionCreateView(CreateView):
    """A version of the tariff that the address names (`?tariff=3`), or one that starts from another (`?from=12`)."""

    def get_initial_form_instance(self):
        if self.request.method == "POST":
            return None
        model, tariff = self.request.GET.get("from", ""), self.request.GET.get("tariff", "")
        if model.isdecimal():
            return copy_of(get_object_or_404(TariffVersion.objects.select_related("tariff"), pk=model))
        return TariffVersion(tariff_id=tariff) if tariff.isdecimal() else None

    def get_success_url(self):
        return reverse("wagtailsnippets_booking_tariff:edit", args=[self.object.tariff_id])


def copy_of(version):
    """Return an unsaved version with the same formula, bands and reductions, its date left to choose."""
    children = ("bands", "sibling_reductions")
    copy = TariffVersion(tariff=version.tariff, **{name: getattr(version, name) for name in FORMULA})
    for relation in children:
        rows = list(getattr(version, relation).all())
        for row in rows:
            row.pk, row.version = None, None
        setattr(copy, relation, rows)
    return copy


class VersionEditView(EditView):
    @cached_property
    def header_more_buttons(self):
        url = f"{reverse('wagtailsnippets_booking_tariffversion:add')}?from={self.object.pk}"
        return [
            Button(_("Nouvelle version à partir de celle-ci"), url=url, icon_name="copy"),
            *super().header_more_buttons,
        ]


class VersionDeleteView(SetUpDeleteView):
    def why_not(self):
        if is_applied(self.object):
            return _("Des jours ont été réservés à ce prix : cette version reste.")
        return super().why_not()


class TariffVersionViewSet(SetUpViewSet):
    """Reached from its tariff; next year's prices start from this year's."""

    model = TariffVersion
    icon = "tag"
    menu_label = _("Versions de tarif")
    add_to_admin_menu = False
    add_view_class = VersionCreateView
    edit_view_class = VersionEditView
    delete_view_class = VersionDeleteView
    list_display = [
        "__str__",
        Column("get_method_display", label=_("Calcul")),
        Column("valid_from", label=_("À partir du"), sort_key="valid_from"),
    ]
    list_filter = ["tariff"]
    ordering = ["tariff__name", "-valid_from"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("tariff", widget=Select), FieldPanel("valid_from")]),
            ResultPanel("booking/set_up/prices.html", version_results, heading=_("Ce que paient les familles")),
            FieldPanel("method"),
            FieldPanel("price"),
            InlinePanel(
                "bands",
                heading=_("Tranches de quotient familial"),
                label=_("tranche"),
                help_text=_("Chaque tranche va jusqu’à la suivante. La première part de 0."),
                panels=[
                    FieldRowPanel([FieldPanel("label"), FieldPanel("quotient_from")]),
                    FieldRowPanel([FieldPanel("price"), FieldPanel("outside_price")]),
                ],
            ),
            MultiFieldPanel(
                [FieldPanel("rate"), FieldRowPanel([FieldPanel("floor"), FieldPanel("ceiling")])],
                heading=_("Taux d’effort"),
            ),
            FieldPanel("outside_surcharge"),
            InlinePanel(
                "sibling_reductions",
                heading=_("Réductions pour fratrie"),
                label=_("réduction"),
                help_text=_(
                    "La réduction du rang le plus haut qu’atteint l’enfant s’applique ; elles ne s’ajoutent pas."
                ),
                panels=[FieldRowPanel([FieldPanel("rank"), FieldPanel("percent")])],
            ),
        ],
        base_form_class=TariffVersionForm,
    )

    def get_queryset(self, request):
        return TariffVersion.objects.select_related("tariff")

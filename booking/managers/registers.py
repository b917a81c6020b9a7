"""The register of reservations: a list and a sheet to read. What changes goes by the queue of requests."""

import django_filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from accounts.back_office import ReadOnlyViewSet, SheetView, StateColumn

from ..enums import Act, ReservationState
from ..models import Activity, Facility, Reservation


class ReservationFilterSet(WagtailFilterSet):
    act = django_filters.ChoiceFilter(label=_("Nature"), choices=Act.choices)
    state = django_filters.ChoiceFilter(label=_("État"), choices=ReservationState.choices)
    facility = django_filters.ModelChoiceFilter(
        label=_("Établissement"), field_name="period__activity__facility", queryset=Facility.objects.all()
    )
    activity = django_filters.ModelChoiceFilter(
        label=_("Activité"),
        field_name="period__activity",
        queryset=Activity.objects.all(),
    )

    class Meta:
        model = Reservation
        fields = []


class ReservationSheetView(SheetView):
    template_name = "booking/managers/reservation.html"

    def get_object(self, queryset=None):
        found = Reservation.objects.select_related("child", "profile", "period__activity__facility", "made_by")
        return get_object_or_404(found, pk=self.pk)

    def get_context_data(self, **kwargs):
        days = self.object.days.select_related("session__unit", "session__group", "attendance", "decided_by")
        return super().get_context_data(days=days, **kwargs)


class ReservationViewSet(ReadOnlyViewSet):
    model = Reservation
    icon = "list-ul"
    menu_label = _("Registre des réservations")
    inspect_view_class = ReservationSheetView
    filterset_class = ReservationFilterSet
    search_fields = ["number", "child__first_name", "child__last_name", "profile__name"]
    list_display = [
        "number",
        Column("child", label=_("Enfant")),
        Column("profile", label=_("Foyer")),
        Column("period.activity", label=_("Activité")),
        Column("get_act_display", label=_("Nature")),
        "made_at",
        StateColumn("state_enum", label=_("État")),
    ]
    ordering = "-made_at"

    def get_queryset(self, request):
        return Reservation.objects.select_related("child", "profile", "period__activity")

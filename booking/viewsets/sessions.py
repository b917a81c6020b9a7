"""Sessions: a list to read, and actions on one of them, or on all that a few criteria choose."""

import django_filters
from django.db.models import F, Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from accounts.back_office import ReadOnlyIndexView, ReadOnlyViewSet, SheetView

from .. import perms
from ..enums import ACTIVE_DAYS
from ..models import Activity, BookingPeriod, Facility, ReservationDay, Session
from ..words import day_words
from .session_actions import CapacityView, ChangeManyView, CloseView, ReopenView

STATES = [
    ("open", _("Ouvertes")),
    ("closed", _("Fermées")),
    ("full", _("Complètes")),
    ("taken", _("Avec des réservations")),
]


class SessionFilterSet(WagtailFilterSet):
    facility = django_filters.ModelChoiceFilter(
        label=_("Établissement"), field_name="period__activity__facility", queryset=Facility.objects.all()
    )
    activity = django_filters.ModelChoiceFilter(
        label=_("Activité"), field_name="period__activity", queryset=Activity.objects.all()
    )
    period = django_filters.ModelChoiceFilter(label=_("Période"), queryset=BookingPeriod.objects.all())
    date = django_filters.DateFromToRangeFilter(label=_("Dates"), widget=DateRangePickerWidget)
    state = django_filters.ChoiceFilter(label=_("État"), method="filter_state", choices=STATES)

    class Meta:
        model = Session
        fields = []

    def filter_state(self, queryset, name, value):
        match value:
            case "open":
                return queryset.filter(closed_reason="")
            case "closed":
                return queryset.exclude(closed_reason="")
            case "full":
                return queryset.filter(closed_reason="", taken__gte=F("capacity"))
            case _:
                return queryset.filter(taken__gt=0)


def date_words(session):
    return day_words(session.date)


def state_words(session):
    """Say what a session's state is: closed and why, full, or how many places are left."""
    if session.closed_reason:
        return f"Fermée : {session.closed_reason}"
    if session.free <= 0:
        return "Complète"
    return "1 place libre" if session.free == 1 else f"{session.free} places libres"


# (label, name of the address, icon, who may, on which sessions)
ACTIONS = (
    (
        _("Changer les places"),
        "wagtailsnippets_booking_session:capacity",
        "group",
        perms.can_change_sessions,
        lambda session: True,
    ),
    (
        _("Fermer"),
        "wagtailsnippets_booking_session:close",
        "lock",
        perms.can_change_sessions,
        lambda session: not session.closed_reason,
    ),
    (
        _("Rouvrir"),
        "wagtailsnippets_booking_session:reopen",
        "lock-open",
        perms.can_change_sessions,
        lambda session: bool(session.closed_reason),
    ),
)


class SessionIndexView(ReadOnlyIndexView):
    actions = ACTIONS

    @cached_property
    def columns(self):
        title = self._get_title_column_class(TitleColumn)
        date = title("date", label=_("Date"), accessor=date_words, get_url=self.get_inspect_url, sort_key="date")
        return [date, *super().columns]

    @cached_property
    def header_buttons(self):
        if not perms.can_change_sessions(self.request.user):
            return super().header_buttons
        url = reverse("wagtailsnippets_booking_session:many")
        period = self.request.GET.get("period", "")
        if period.isdecimal():
            url += f"?period={period}"
        return [*super().header_buttons, HeaderButton(_("Modifier plusieurs séances"), url=url, icon_name="edit")]


class SessionSheetView(SheetView):
    """A session, its places and who hangs on it: numbers only, names are the managers' screens'."""

    actions = ACTIONS
    template_name = "booking/set_up/session.html"

    def get_object(self, queryset=None):
        active = ReservationDay.objects.filter(cancels=None, state__in=ACTIVE_DAYS)
        found = Session.objects.select_related("period__activity__facility", "unit", "group")
        return get_object_or_404(found.prefetch_related(Prefetch("days", active, to_attr="active_days")), pk=self.pk)

    def get_page_subtitle(self):
        return f"{self.object.unit}, {day_words(self.object.date)}"

    def get_context_data(self, **kwargs):
        counts = {}
        for day in self.object.active_days:
            counts[day.state_enum] = counts.get(day.state_enum, 0) + 1
        return super().get_context_data(
            session=self.object,
            state=state_words(self.object),
            date=day_words(self.object.date),
            counts=sorted((str(state.label), count) for state, count in counts.items()),
            **kwargs,
        )


class SessionViewSet(ReadOnlyViewSet):
    model = Session
    icon = "list-ul"
    menu_label = _("Séances")
    index_view_class = SessionIndexView
    inspect_view_class = SessionSheetView
    filterset_class = SessionFilterSet
    search_fields = ["unit__name", "unit__activity__name"]
    list_display = [
        Column("unit", label=_("Unité")),
        Column("group", label=_("Groupe"), accessor=lambda session: session.group or "–"),
        Column("unit.activity", label=_("Activité")),
        Column("unit.activity.facility", label=_("Établissement")),
        Column("places", label=_("Places prises"), accessor=lambda session: f"{session.taken} sur {session.capacity}"),
        Column("state", label=_("État"), accessor=state_words),
    ]
    ordering = ["date", "unit__position", "pk"]
    action_paths = [
        ("modifier/", ChangeManyView, "many"),
        ("places/<int:pk>/", CapacityView, "capacity"),
        ("fermer/<int:pk>/", CloseView, "close"),
        ("rouvrir/<int:pk>/", ReopenView, "reopen"),
    ]

    def get_queryset(self, request):
        return Session.objects.select_related("unit__activity__facility", "group")

"""Periods with their windows, and « Créer les séances » after a page that says what it will do."""

from django import forms
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, ListingButton
from wagtail.snippets.views.snippets import CreateView, EditView

from accounts.back_office import ActionView

from .. import perms
from ..models import BookingPeriod
from ..queries.sessions import plan_of
from ..queries.set_up_examples import period_summary
from ..services import sessions
from ..set_up_forms import BookingPeriodForm
from ..words import day_words
from .base import ResultPanel, SetUpIndexView, SetUpViewSet

GENERATE = _("Créer ou mettre à jour les séances")


def generate_url(period):
    return reverse("wagtailsnippets_booking_bookingperiod:generate", args=[period.pk])


def sessions_url(period):
    return f"{reverse('wagtailsnippets_booking_session:list')}?period={period.pk}"


def period_results(period):
    """The context of the sessions beside a period."""
    return {
        "period": period,
        "summary": period_summary(period),
        "generate_url": generate_url(period),
        "sessions_url": sessions_url(period),
    }


class GenerateForm(forms.Form):
    resize = forms.BooleanField(
        label=_("Remettre les places par défaut aux séances sans réservation"),
        help_text=_("Les places que vous avez changées à la main sur ces séances sont perdues."),
        required=False,
    )


class GenerateView(ActionView):
    """Create the sessions of a period, and take away those that it no longer wants; says how many first."""

    page_title = GENERATE
    header_icon = "calendar-alt"
    template_name = "booking/set_up/generate.html"
    button = GENERATE
    form_class = GenerateForm
    allowed = staticmethod(perms.can_generate_sessions)

    @property
    def back_url(self):
        return reverse("wagtailsnippets_booking_bookingperiod:edit", args=[self.object.pk])

    def act(self):
        plan = sessions.generate(by=self.request.user, period=self.object, resize=self.form.cleaned_data["resize"])
        messages.success(
            self.request,
            f"Séances créées : {len(plan.create)}, supprimées : {len(plan.remove)}, "
            f"places remises par défaut : {len(plan.resize)}, gardées telles quelles : {plan.keep - len(plan.resize)}.",
        )
        if plan.stuck:
            messages.warning(
                self.request,
                f"{len(plan.stuck)} séances ont des réservations et n’ont pas été touchées. Fermez-les si besoin.",
            )
        return sessions_url(self.object)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            plan=plan_of(self.object),
            activity=self.object.activity,
            units=self.object.activity.units.all(),
            sessions_url=sessions_url(self.object),
            **kwargs,
        )


class PeriodButtons:
    """After saving, the next thing to do is one click away."""

    def get_success_buttons(self):
        return [messages.button(generate_url(self.object), GENERATE), *super().get_success_buttons()]


class PeriodCreateView(PeriodButtons, CreateView):
    def get_success_url(self):
        return reverse("wagtailsnippets_booking_bookingperiod:edit", args=[self.object.pk])


class PeriodEditView(PeriodButtons, EditView):
    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons
        if perms.can_generate_sessions(self.request.user):
            buttons.append(Button(GENERATE, url=generate_url(self.object), icon_name="calendar-alt", priority=5))
        return buttons


class PeriodIndexView(SetUpIndexView):
    def get_list_more_buttons(self, instance):
        buttons = super().get_list_more_buttons(instance)
        if perms.can_generate_sessions(self.request.user):
            buttons.append(ListingButton(GENERATE, url=generate_url(instance), icon_name="calendar-alt", priority=15))
        buttons.append(
            ListingButton(_("Voir les séances"), url=sessions_url(instance), icon_name="list-ul", priority=16)
        )
        return buttons


class BookingPeriodViewSet(SetUpViewSet):
    model = BookingPeriod
    icon = "calendar-alt"
    menu_label = _("Périodes")
    index_view_class = PeriodIndexView
    add_view_class = PeriodCreateView
    edit_view_class = PeriodEditView
    list_display = [
        "name",
        Column("activity", label=_("Activité"), sort_key="activity__name"),
        Column("activity.facility", label=_("Établissement")),
        Column(
            "dates",
            label=_("Dates"),
            accessor=lambda period: f"{date_format(period.starts_on)} – {date_format(period.ends_on)}",
            sort_key="starts_on",
        ),
        Column(
            "generated_at",
            label=_("Séances créées le"),
            accessor=lambda period: (
                day_words(localtime(period.generated_at).date()) if period.generated_at else _("Pas encore")
            ),
        ),
    ]
    list_filter = ["activity__facility", "activity"]
    search_fields = ["name", "activity__name"]
    ordering = ["-starts_on", "name"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("activity", widget=forms.Select)]),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
            FieldPanel("days_kind"),
            FieldPanel("weekdays"),
            ResultPanel("booking/set_up/period.html", period_results, heading=_("Séances")),
            InlinePanel(
                "windows",
                heading=_("Ouvertures des réservations"),
                label=_("ouverture"),
                help_text=_(
                    "Quand les familles peuvent réserver. Ouvrez d’abord aux familles du territoire, puis à toutes, "
                    "si vous le souhaitez. Sans ouverture, la période reste fermée."
                ),
                panels=[
                    FieldPanel("audience"),
                    FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
                ],
            ),
        ],
        base_form_class=BookingPeriodForm,
    )

    def get_queryset(self, request):
        return BookingPeriod.objects.select_related("activity__facility")

    def get_urlpatterns(self):
        generate = GenerateView.as_view(
            model=self.model,
            index_url_name=self.get_url_name("list"),
            inspect_url_name="",
        )
        return [*super().get_urlpatterns(), path("seances/<int:pk>/", generate, name="generate")]

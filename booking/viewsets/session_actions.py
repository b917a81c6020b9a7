"""What agents do to sessions: close, open again, change places. One session, or all that criteria choose."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateInput

from accounts.back_office import ActionView

from .. import perms
from ..enums import ACTIVE_DAYS
from ..models import BookingPeriod, Group, Session, Unit
from ..services import sessions
from ..set_up_forms import WeekdaysField
from ..words import day_words


class CapacityForm(forms.Form):
    capacity = forms.IntegerField(
        label=_("Places"),
        min_value=0,
        max_value=999,
        help_text=_("Les places ajoutées vont d’abord à la liste d’attente."),
    )


class CloseForm(forms.Form):
    reason = forms.CharField(
        label=_("Motif"), max_length=100, help_text=_("Lu par les familles, par exemple : Sortie scolaire.")
    )
    cancel_days = forms.BooleanField(
        label=_("Annuler les réservations de ces séances et prévenir les familles"),
        help_text=_("Rien ne leur est facturé, quels que soient les délais."),
        required=False,
    )


class SessionActionView(ActionView):
    """An action on one session."""

    allowed = staticmethod(perms.can_change_sessions)

    def get_page_subtitle(self):
        return f"{self.object.unit}, {day_words(self.object.date)}"


class CapacityView(SessionActionView):
    page_title = _("Changer les places")
    header_icon = "group"
    button = _("Enregistrer")
    form_class = CapacityForm
    success = _("Les places de la séance sont changées.")

    def explanation(self):
        return [f"La séance a {self.object.capacity} places, dont {self.object.taken} prises."]

    def act(self):
        sessions.set_capacity(by=self.request.user, sessions=[self.object.pk], **self.form.cleaned_data)
        return self.back_url


class CloseView(SessionActionView):
    page_title = _("Fermer la séance")
    header_icon = "lock"
    button = _("Fermer la séance")
    serious = True
    form_class = CloseForm

    def explanation(self):
        count = self.object.days.filter(cancels=None, state__in=ACTIVE_DAYS).count()
        said = ["Les familles ne pourront plus la réserver."]
        if count:
            said.append(f"Jours réservés, demandés ou en attente sur cette séance : {count}.")
        return said

    def act(self):
        report_closed(
            self.request, sessions.close(by=self.request.user, sessions=[self.object.pk], **self.form.cleaned_data)
        )
        return self.back_url


class ReopenView(SessionActionView):
    page_title = _("Rouvrir la séance")
    header_icon = "lock-open"
    button = _("Rouvrir la séance")
    success = _("La séance est rouverte.")

    def explanation(self):
        return [
            f"Elle est fermée : {self.object.closed_reason}.",
            "Les réservations annulées à la fermeture ne reviennent pas : les familles doivent réserver à nouveau.",
        ]

    def act(self):
        sessions.reopen(by=self.request.user, sessions=[self.object.pk])
        return self.back_url


def report_closed(request, result):
    """Say how many sessions were closed, and how many days went with them."""
    closed, days = result
    said = "La séance est fermée." if len(closed) == 1 else f"{len(closed)} séances sont fermées."
    if days:
        said += f" Jours annulés, familles prévenues : {len(days)}."
    messages.success(request, said)


# Several at once ------------------------------------------------------------------------------------------------------


class CriteriaForm(forms.Form):
    """Which sessions of a period: all, or those of some dates, weekdays, units, groups."""

    period = forms.ModelChoiceField(label=_("Période"), queryset=BookingPeriod.objects.none())
    first = forms.DateField(label=_("Du"), required=False, widget=AdminDateInput)
    last = forms.DateField(label=_("Au"), required=False, widget=AdminDateInput)
    weekdays = WeekdaysField(required=False, help_text=_("Aucun : tous."))
    units = forms.ModelMultipleChoiceField(
        label=_("Unités"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucune : toutes."),
    )
    groups = forms.ModelMultipleChoiceField(
        label=_("Groupes"),
        queryset=Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Aucun : tous."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        periods = BookingPeriod.objects.select_related("activity__facility").order_by("-starts_on", "name")
        self.fields["period"].queryset = periods
        self.fields["period"].label_from_instance = lambda period: (
            f"{period.activity.facility} – {period.activity} – {period}"
        )
        chosen = self.data.get("period", "")
        period = periods.filter(pk=chosen).first() if str(chosen).isdecimal() else None
        for name, model in (("units", Unit), ("groups", Group)):
            queryset = model.objects.filter(activity=period.activity_id) if period else model.objects.none()
            self.fields[name].queryset = queryset
            if not queryset:
                del self.fields[name]

    def sessions(self):
        """Return the queryset of the sessions chosen, once the form is valid."""
        chosen = self.cleaned_data
        found = Session.objects.filter(period=chosen["period"])
        if chosen["first"]:
            found = found.filter(date__gte=chosen["first"])
        if chosen["last"]:
            found = found.filter(date__lte=chosen["last"])
        if chosen.get("units"):
            found = found.filter(unit__in=chosen["units"])
        if chosen.get("groups"):
            found = found.filter(group__in=chosen["groups"])
        if weekdays := chosen["weekdays"]:
            # 1 is Sunday for the database, 0 Monday for us.
            found = found.filter(date__week_day__in=[(weekday + 1) % 7 + 1 for weekday in weekdays])
        return found


class ChangeManyView(ActionView):
    """Criteria in the address (GET), then what they choose in numbers, and three things to do with it (POST)."""

    page_title = _("Modifier plusieurs séances")
    header_icon = "edit"
    template_name = "booking/set_up/many_sessions.html"
    allowed = staticmethod(perms.can_change_sessions)

    @cached_property
    def criteria(self):
        return CriteriaForm(self.request.GET or None)

    @cached_property
    def asked(self):
        """What the button pressed does: close, reopen or capacity; "" before."""
        return self.request.POST.get("act", "")

    @cached_property
    def forms(self):
        data = self.request.POST or None
        return {
            "close": CloseForm(data if self.asked == "close" else None),
            "capacity": CapacityForm(data if self.asked == "capacity" else None),
        }

    def chosen(self):
        return self.criteria.sessions() if self.criteria.is_bound and self.criteria.is_valid() else None

    def post(self, request, *args, **kwargs):
        chosen = self.chosen()
        form = self.forms.get(self.asked)
        if chosen is None or (form and not form.is_valid()):
            return self.get(request, *args, **kwargs)
        try:
            self.do(list(chosen.values_list("pk", flat=True)), form)
        except ValidationError as error:
            for sentence in error.messages:
                messages.error(request, sentence)
            return self.get(request, *args, **kwargs)
        return redirect(request.get_full_path())

    def do(self, ids, form):
        user = self.request.user
        match self.asked:
            case "close":
                report_closed(self.request, sessions.close(by=user, sessions=ids, **form.cleaned_data))
            case "reopen":
                count = len(sessions.reopen(by=user, sessions=ids))
                messages.success(self.request, f"Séances rouvertes : {count}.")
            case "capacity":
                count = len(sessions.set_capacity(by=user, sessions=ids, **form.cleaned_data))
                messages.success(self.request, f"Séances dont les places ont changé : {count}.")
            case _:
                raise ValidationError("Choisissez ce qu’il faut faire de ces séances.")

    def get_context_data(self, **kwargs):
        chosen = self.chosen()
        return super().get_context_data(
            criteria=self.criteria,
            forms=self.forms,
            summary=None if chosen is None else summary_of(chosen),
            list_url=reverse(self.index_url_name),
            **kwargs,
        )


def summary_of(chosen):
    """Return what is said of sessions before anything is done to them: one query."""
    active = Q(days__state__in=ACTIVE_DAYS, days__cancels=None)
    rows = chosen.annotate(active=Count("days", filter=active)).order_by()
    return rows.aggregate(
        count=Count("pk"),
        closed=Count("pk", filter=~Q(closed_reason="")),
        booked=Count("pk", filter=Q(active__gt=0)),
        days=Sum("active", default=0),
    )

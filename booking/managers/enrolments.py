"""Enrolments in the back office: the queue decided one by one or together; the register, with a sheet and its acts."""

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from accounts.back_office import ActionView, ReadOnlyIndexView, ReadOnlyViewSet, SheetView, StateColumn
from accounts.perms import can_read_children

from .. import perms
from ..enums import EnrolmentState
from ..models import Activity, Enrolment
from ..queries import enrolments as queries
from ..screens import ids_of
from ..services import enrolments
from .queue import QueueView

PREFIX = "wagtailsnippets_booking_enrolment"


# The queue ------------------------------------------------------------------------------------------------------------


class EnrolmentRequests(QueueView):
    """The enrolments that families ask for, activity by activity, the oldest first in each."""

    name = "enrolments"
    template_name = "booking/managers/enrolments.html"
    allowed = staticmethod(perms.can_decide_enrolments)

    @cached_property
    def activities(self):
        """The activities for which something waits, with their facility."""
        waiting = queries.pending().order_by().values("activity")
        return list(Activity.objects.filter(pk__in=waiting).select_related("facility"))

    @cached_property
    def activity(self):
        """The one that the address chooses (`activite`), or None for all."""
        wanted = self.request.GET.get("activite", "")
        return next((activity for activity in self.activities if str(activity.pk) == wanted), None)

    def found(self):
        return queries.worklist(self.activity)

    def decide(self, *, one, accept, reason):
        wanted = [one] if one else self.request.POST.getlist("inscription")
        if not wanted:
            raise ValidationError(_("Cochez au moins une inscription à décider."))
        decided = enrolments.decide(by=self.request.user, enrolments=ids_of(wanted), accept=accept, reason=reason)
        if accept:
            text = ngettext("%(count)s inscription acceptée.", "%(count)s inscriptions acceptées.", len(decided))
        else:
            text = ngettext("%(count)s inscription refusée.", "%(count)s inscriptions refusées.", len(decided))
        families = _("Les familles sont prévenues par courriel.")
        messages.success(self.request, f"{text % {'count': len(decided)}} {families}")
        if len(decided) < len(wanted):
            messages.info(self.request, _("Certaines avaient déjà reçu une réponse : elles ne changent pas."))

    def listed(self, page):
        queries.add_papers(page, timezone.localdate())
        return {
            "activities": self.activities,
            "chosen": self.activity,
            "may_read_children": can_read_children(self.request.user),
            "ticked": set(self.request.POST.getlist("inscription")),
        }


# The register ---------------------------------------------------------------------------------------------------------


def _in(state):
    return lambda enrolment: enrolment.state == state


ACTIONS = (
    ("Accepter", f"{PREFIX}:accept", "check", perms.can_decide_enrolments, _in(EnrolmentState.REQUESTED)),
    ("Refuser", f"{PREFIX}:refuse", "cross", perms.can_decide_enrolments, _in(EnrolmentState.REQUESTED)),
    ("Mettre fin", f"{PREFIX}:end", "cross", perms.can_decide_enrolments, _in(EnrolmentState.ACCEPTED)),
)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Motif"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("La famille lira cette phrase dans le courriel qui lui sera envoyé."),
    )


class EnrolmentAction(ActionView):
    """An act on one enrolment; back to its sheet."""

    allowed = staticmethod(perms.can_decide_enrolments)

    @cached_property
    def object(self):
        found = Enrolment.objects.select_related("child", "profile", "activity__facility")
        return get_object_or_404(found, pk=self.kwargs["pk"])


class AcceptEnrolment(EnrolmentAction):
    page_title = gettext_lazy("Accepter l’inscription")
    header_icon = "check"
    button = gettext_lazy("Accepter et prévenir la famille")
    success = gettext_lazy("L’inscription est acceptée. La famille est prévenue par courriel.")

    def explanation(self):
        one = self.object
        return [
            f"{one.child} pourra réserver : {one.activity}, {one.activity.facility}, "
            f"pour l’année scolaire {one.school_year_label}.",
        ]

    def act(self):
        enrolments.decide(by=self.request.user, enrolments=[self.object.pk], accept=True)
        return self.back_url


class RefuseEnrolment(EnrolmentAction):
    page_title = gettext_lazy("Refuser l’inscription")
    header_icon = "cross"
    button = gettext_lazy("Refuser et prévenir la famille")
    serious = True
    form_class = ReasonForm
    success = gettext_lazy("L’inscription est refusée. La famille est prévenue par courriel.")

    def act(self):
        enrolments.decide(by=self.request.user, enrolments=[self.object.pk], accept=False, **self.form.cleaned_data)
        return self.back_url


class EndEnrolment(EnrolmentAction):
    page_title = gettext_lazy("Mettre fin à l’inscription")
    header_icon = "cross"
    button = gettext_lazy("Mettre fin et prévenir la famille")
    serious = True
    form_class = ReasonForm
    success = gettext_lazy("L’inscription est terminée. La famille est prévenue par courriel.")

    def explanation(self):
        booked = queries.booked_days_after(self.object, timezone.localdate())
        days = ngettext(
            "%(count)s jour à venir est réservé : il le reste, jusqu’à ce que la famille l’annule.",
            "%(count)s jours à venir sont réservés : ils le restent, jusqu’à ce que la famille les annule.",
            booked,
        )
        no_more = f"{self.object.child} ne pourra plus réserver cette activité en {self.object.school_year_label}."
        return [no_more, days % {"count": booked}] if booked else [no_more]

    def act(self):
        enrolments.end(by=self.request.user, enrolment=self.object, **self.form.cleaned_data)
        return self.back_url


class EnrolmentFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(label=gettext_lazy("État"), choices=EnrolmentState.choices)
    activity = django_filters.ModelChoiceFilter(label=gettext_lazy("Activité"), queryset=Activity.objects.all())
    school_year = django_filters.AllValuesFilter(label=gettext_lazy("Année scolaire (rentrée)"))

    class Meta:
        model = Enrolment
        fields = []


class EnrolmentIndexView(ReadOnlyIndexView):
    actions = ACTIONS


class EnrolmentSheetView(SheetView):
    template_name = "booking/managers/enrolment.html"
    actions = ACTIONS

    def get_object(self, queryset=None):
        found = Enrolment.objects.select_related("child", "profile", "activity__facility", "requested_by", "decided_by")
        return get_object_or_404(found, pk=self.pk)

    def get_context_data(self, **kwargs):
        queries.add_papers([self.object], timezone.localdate())
        user = self.request.user
        child_url = reverse("wagtailsnippets_accounts_child:inspect", args=[self.object.child_id])
        return super().get_context_data(child_url=child_url if can_read_children(user) else "", **kwargs)


class EnrolmentViewSet(ReadOnlyViewSet):
    model = Enrolment
    icon = "clipboard-list"
    menu_label = gettext_lazy("Registre des inscriptions")
    index_view_class = EnrolmentIndexView
    inspect_view_class = EnrolmentSheetView
    filterset_class = EnrolmentFilterSet
    search_fields = ["child__first_name", "child__last_name", "profile__name"]
    list_display = [
        Column("child", label=gettext_lazy("Enfant")),
        Column("profile", label=gettext_lazy("Foyer")),
        Column("activity", label=gettext_lazy("Activité")),
        Column("activity.facility", label=gettext_lazy("Établissement")),
        Column("school_year_label", label=gettext_lazy("Année scolaire")),
        "requested_at",
        StateColumn("state_enum", label=gettext_lazy("État")),
    ]
    ordering = ("-requested_at", "-pk")
    action_paths = [
        ("accepter/<int:pk>/", AcceptEnrolment, "accept"),
        ("refuser/<int:pk>/", RefuseEnrolment, "refuse"),
        ("terminer/<int:pk>/", EndEnrolment, "end"),
    ]

    def get_queryset(self, request):
        return Enrolment.objects.select_related("child", "profile", "activity__facility")

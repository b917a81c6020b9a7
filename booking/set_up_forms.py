"""Forms of the set-up: what several rows of a form must be to one another. Single rows are checked by their models."""

from datetime import time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from .calendars import Calendar
from .deadlines import useless
from .enums import Act, ActivityKind, Outcome, PriceMethod, UnitKind, Weekday
from .models import Session
from .queries.set_up_examples import is_applied, sample_days


def rows_of(formset):
    """Return the valid forms of `formset` that are kept: neither empty nor deleted."""
    formset.is_valid()
    return [
        form for form in formset.forms if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]


def deleted_of(formset):
    """Return the saved instances that `formset` would delete."""
    formset.is_valid()
    return [form.instance for form in getattr(formset, "deleted_forms", []) if form.instance.pk]


class ActivityForm(WagtailAdminModelForm):
    """An activity with its units, groups and deadlines."""

    def clean(self):
        cleaned = super().clean()
        self._check_units()
        self._check_deletions("units", "unit", _("L’unité « %(name)s » a déjà des séances : elle ne peut pas partir."))
        self._check_deletions(
            "groups", "group", _("Le groupe « %(name)s » a déjà des séances : il ne peut pas partir.")
        )
        if cleaned.get("facility"):
            self._check_deadlines(cleaned["facility"])
        return cleaned

    def _check_units(self):
        by_hours = self.cleaned_data.get("kind") == ActivityKind.NURSERY
        for row in rows_of(self.formsets["units"]):
            kind = row.cleaned_data.get("kind")
            if by_hours and kind != UnitKind.HOURS:
                row.add_error(
                    "kind", _("La petite enfance se réserve par horaires : choisissez « Horaires au choix ».")
                )
            elif not by_hours and kind == UnitKind.HOURS:
                row.add_error("kind", _("Les horaires au choix sont réservés à la petite enfance."))

    def _check_deletions(self, relation, field, message):
        """A session keeps its unit and its group: what families booked must stay readable."""
        gone = deleted_of(self.formsets[relation])
        used = set(Session.objects.filter(**{f"{field}__in": gone}).values_list(field, flat=True)) if gone else set()
        for instance in gone:
            if instance.pk in used:
                self.add_error(None, message % {"name": instance.name})

    def _check_deadlines(self, facility):
        rows = rows_of(self.formsets["deadlines"])
        deadlines = [row.instance for row in rows]
        starts = [row.cleaned_data.get("starts_at") for row in rows_of(self.formsets["units"])]
        starts_at = min((start for start in starts if start), default=time(8))
        calendar = Calendar.of(facility, closures=())
        days = sample_days(calendar, today=timezone.localdate())
        for act in Act:
            if not useless(deadlines, act, calendar.works, days, starts_at):
                continue
            for row in rows:
                if row.instance.act == act and row.instance.outcome == Outcome.ON_REQUEST:
                    row.add_error(
                        "outcome",
                        _(
                            "Ce délai ne servirait jamais : il tombe toujours avant celui des jours acceptés tout de "
                            "suite, ou au même moment. Rapprochez-le du jour."
                        ),
                    )


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Days of the week as boxes to tick; a list of numbers, Monday being 0."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Jours de la semaine"))
        super().__init__(choices=Weekday.choices, coerce=int, **kwargs)


class BookingPeriodForm(WagtailAdminModelForm):
    """A period with its windows. Once it has sessions it stays with its activity."""

    weekdays = WeekdaysField(error_messages={"required": _("Choisissez au moins un jour de la semaine.")})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "activity" in self.fields:
            self.fields["activity"].queryset = self.fields["activity"].queryset.select_related("facility")
            self.fields["activity"].label_from_instance = lambda activity: f"{activity.facility} – {activity}"
            if self.instance.pk and self.instance.sessions.exists():
                self.fields["activity"].disabled = True
                self.fields["activity"].help_text = _("Cette période a des séances : son activité ne change plus.")


class TariffVersionForm(WagtailAdminModelForm):
    """A version of a tariff with its bands and reductions. One at whose price days were booked is not rewritten."""

    def clean(self):
        cleaned = super().clean()
        if is_applied(self.instance) and self.has_changed():
            self.add_error(
                None,
                _(
                    "Des jours ont été réservés à ce prix : cette version ne change plus. Créez une nouvelle version, "
                    "à partir de la date de votre choix."
                ),
            )
        bands = rows_of(self.formsets["bands"])
        if cleaned.get("method") == PriceMethod.BANDS:
            self._check_bands(bands)
        elif bands:
            self.add_error("method", _("Les tranches ne servent qu’au calcul par tranches de quotient familial."))
        return cleaned

    def _check_bands(self, bands):
        if not bands and not self.formsets["bands"].total_error_count():
            self.add_error("method", _("Ajoutez au moins une tranche de quotient familial."))
        starts = [row.cleaned_data["quotient_from"] for row in bands]
        if starts and min(starts) != 0:
            lowest = next(row for row in bands if row.cleaned_data["quotient_from"] == min(starts))
            lowest.add_error("quotient_from", _("La première tranche part d’un quotient de 0."))

    def has_changed(self):
        return super().has_changed() or any(formset.has_changed() for formset in self.formsets.values())

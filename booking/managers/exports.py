"""The bookings of a facility, as a spreadsheet."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.downloads import XLSX, download, private, safe_name
from documents.spreadsheets import to_csv, to_xlsx

from .. import perms
from ..models import Facility
from ..services import exports
from .base import ManagerView

LONGEST = dt.timedelta(days=366)


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self):
        super().__init__(format="%Y-%m-%d")


class ExportForm(forms.Form):
    """What to export: a facility, dates, all the requests or what is booked, and for which software."""

    facility = forms.ModelChoiceField(Facility.objects.all(), label=_("Établissement"), empty_label=_("Choisissez"))
    first = forms.DateField(label=_("Du"), widget=DateInput)
    last = forms.DateField(label=_("Au"), widget=DateInput)
    scope = forms.ChoiceField(
        label=_("Jours à exporter"),
        choices=[
            ("booked", _("Les jours réservés, avec leur pointage")),
            ("all", _("Toutes les demandes et leur état")),
        ],
        widget=forms.RadioSelect,
        initial="booked",
    )
    format = forms.ChoiceField(
        label=_("Fichier"),
        choices=[("xlsx", _("Excel (XLSX)")), ("csv", _("Texte (CSV), pour tous les tableurs"))],
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("La fin ne peut pas précéder le début."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", ValidationError(_("Exportez une année à la fois, au plus.")))
        return cleaned


class Export(ManagerView):
    """Choose, then download: a POST, because each export is written in the audit log."""

    name = "export"
    title = _("Exporter les réservations")
    template_name = "booking/managers/export.html"
    allowed = staticmethod(perms.can_export_days)

    def get(self, request):
        date = self.place.date
        first = date.replace(day=1)
        last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        return self.show(form=ExportForm(initial={"facility": self.place.facility, "first": first, "last": last}))

    def post(self, request):
        form = ExportForm(request.POST)
        if not form.is_valid():
            return self.show(status=422, form=form)
        chosen = form.cleaned_data
        rows = exports.export_days(
            by=request.user,
            facility=chosen["facility"],
            first=chosen["first"],
            last=chosen["last"],
            booked_only=chosen["scope"] == "booked",
        )
        name = safe_name(f"reservations-{chosen['facility']}-{timezone.localdate()}.{chosen['format']}")
        if chosen["format"] == "xlsx":
            return download(to_xlsx(rows, str(chosen["facility"])), name, XLSX)
        response = StreamingHttpResponse(to_csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return private(response)

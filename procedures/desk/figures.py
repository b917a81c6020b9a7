"""Figures by procedure and period: what came, how long an answer took, what is late; on the screen or exported."""

import datetime as dt
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from documents.downloads import XLSX, download, private
from documents.spreadsheets import to_csv, to_xlsx

from .. import perms
from ..figures import by_month, by_page, figures_of, shares_of
from ..queries import figures as queries
from ..queries import worklist
from .base import DeskView
from .worklist import ids_of

LONGEST = dt.timedelta(days=5 * 366)
HEADERS = [
    "Démarche",
    "Reçus",
    "Décidés",
    "Délai médian (jours)",
    "Délai moyen (jours)",
    "Décidés hors délai",
    "En cours aujourd’hui",
    "En retard aujourd’hui",
]


class Figures(DeskView):
    """The figures of a period: twelve months until today, unless the address says otherwise."""

    name = "figures"
    template_name = "procedures/desk/figures.html"
    allowed = staticmethod(perms.can_see_cases)

    @cached_property
    def today(self):
        return timezone.localdate()

    @cached_property
    def period(self):
        """(first, last, what is wrong with what was asked)."""
        get = self.request.GET
        last = _date(get.get("au")) or self.today
        first = _date(get.get("du")) or (last.replace(day=1) - dt.timedelta(days=334)).replace(day=1)
        if first > last:
            return first, last, _("La fin de la période précède son début : corrigez les dates.")
        if last - first > LONGEST:
            return first, last, _("La période est trop longue : choisissez cinq ans au plus.")
        return first, last, ""

    @cached_property
    def departments(self):
        return worklist.departments_for(self.request.user)

    @cached_property
    def department(self):
        wanted = self.request.GET.get("service", "")
        return next((team for team in self.departments if str(team.pk) == wanted), None)

    @cached_property
    def procedure(self):
        return next(iter(ids_of([self.request.GET.get("demarche", "")])), None)

    @cached_property
    def facts(self):
        first, last, problem = self.period
        if problem:
            return []
        team = self.department.pk if self.department else None
        return queries.facts_of(self.request.user, first, last, procedure=self.procedure, department=team)

    @cached_property
    def rows(self):
        """[(procedure's pk, title, Figures)] by title; those without anything in the period are left out."""
        first, last, _problem = self.period
        facts = by_page(self.facts)
        return [
            (pk, title, figures_of(facts[pk], first, last, self.today))
            for pk, title in queries.titles_of(facts).items()
        ]

    @property
    def total(self):
        first, last, _problem = self.period
        return figures_of(self.facts, first, last, self.today)

    def get(self, request):
        if request.GET.get("format") in ("xlsx", "csv") and not self.period[2]:
            return self._spreadsheet(request.GET["format"])
        return self._show()

    def _show(self):
        first, last, problem = self.period
        months = by_month(self.facts, first, last, self.today) if not problem else []
        series = [{"label": f"{start:%m/%y}", "value": figures.received} for start, figures in months]
        query = self.request.GET.copy()
        query.pop("format", None)
        return self.show(
            status=422 if problem else 200,
            first=first,
            last=last,
            problem=problem,
            total=self.total,
            rows=self.rows,
            months=months,
            series=series,
            shares=shares_of(self.facts, first, last, by_label=bool(self.procedure)),
            procedures=worklist.procedures_in(self.cases),
            procedure=self.procedure,
            departments=self.departments,
            department=self.department,
            export_query=f"{query.urlencode()}&" if query else "",
            late_url=f"{reverse('cases:worklist')}?liste=en-retard",
        )

    def _spreadsheet(self, extension):
        """No name of anybody is in it: reading the figures is not written down, downloading them neither."""
        first, last, _problem = self.period
        rows = [HEADERS, *([title, *_cells(figures)] for _pk, title, figures in self.rows)]
        rows.append([_("Total"), *_cells(self.total)])
        name = f"demarches-{first}-{last}.{extension}"
        if extension == "xlsx":
            return download(to_xlsx(rows, _("Chiffres")), name, XLSX)
        response = StreamingHttpResponse(to_csv(rows), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return private(response)


def _cells(figures):
    days = ["" if value is None else value.quantize(Decimal("0.1")) for value in (figures.median, figures.mean)]
    return [figures.received, figures.decided, *days, figures.overdue, figures.open, figures.late]


def _date(text):
    try:
        date = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return date if 2000 <= date.year <= 2100 else None

"""The cases of a list, as a spreadsheet: asked for, followed while the queue makes it, downloaded."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from documents.downloads import XLSX, private_file

from .. import perms
from ..enums import CaseState, Channel, ExportState
from ..filters import ALL, LISTS, ME, NOBODY, filters_of
from ..models import CaseExport, ProcedurePage
from ..queries import worklist as queries
from ..services import exports as service
from .base import DeskView

TYPES = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}
SHOWN = 20


class ExportForm(forms.Form):
    """Whose answers become columns, and for which software."""

    procedure = forms.TypedChoiceField(
        label=gettext_lazy("Réponses au formulaire"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=gettext_lazy("Une démarche choisie : ses dossiers seulement, avec une colonne par question."),
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Fichier"),
        choices=[
            ("xlsx", gettext_lazy("Excel (XLSX)")),
            ("csv", gettext_lazy("Texte (CSV), pour tous les tableurs")),
        ],
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def __init__(self, *args, procedures, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["procedure"].choices = [("", _("Sans les réponses")), *procedures]


class Exports(DeskView):
    """What the list would export, the form that asks for it, and the exports of the day."""

    name = "exports"
    template_name = "procedures/desk/exports.html"
    allowed = staticmethod(perms.can_export)

    @cached_property
    def filters(self):
        """Those of the address; without any, all the cases."""
        return filters_of(self.request.GET if self.request.GET else f"liste={ALL}")

    @cached_property
    def departments(self):
        return queries.departments_for(self.request.user)

    @cached_property
    def procedures(self):
        """Those that may become columns: the one of the filters, else all of the agent's."""
        found = queries.procedures_in(self.cases)
        chosen = self.filters.procedure
        return [one for one in found if one[0] == chosen] if chosen else found

    def get(self, request):
        return self._show(ExportForm(procedures=self.procedures, initial={"procedure": self.filters.procedure}))

    def post(self, request):
        form = ExportForm(request.POST, procedures=self.procedures)
        if form.is_valid():
            pk = form.cleaned_data["procedure"]
            page = ProcedurePage.objects.get(pk=pk) if pk else None
            query = self.filters.to_query()
            try:
                export = service.ask_export(by=request.user, query=query, page=page, format=form.cleaned_data["format"])
            except ValidationError as error:
                form.add_error(None, error)
            else:
                return redirect("cases:export", export.public_id)
        return self._show(form, status=422)

    def _show(self, form, status=200):
        user, filters = self.request.user, self.filters
        scope = {"user": user, "departments": queries.departments_of(user), "today": timezone.localdate()}
        exports = CaseExport.objects.filter(made_by=user, created_at__gte=timezone.now() - service.KEPT)
        return self.show(
            status=status,
            form=form,
            count=queries.found(filters, self.cases, **scope).count(),
            words=self._words(),
            list_url=f"{reverse('cases:worklist')}?{filters.to_query()}",
            exports=exports.select_related("page")[:SHOWN],
        )

    def _words(self):
        """The filters in words: [(what, which)]."""
        filters = self.filters
        agents = {ME: _("Moi"), NOBODY: _("Personne")}
        if filters.agent and filters.agent not in agents:
            agents |= {str(agent.pk): str(agent) for agent in queries.agents_in(self.departments)}
        words = [
            (_("Liste"), LISTS[filters.list]),
            (_("Mots cherchés"), filters.q),
            (_("Démarche"), dict(self.procedures).get(filters.procedure, "")),
            (_("Service"), {team.pk: team.name for team in self.departments}.get(filters.department, "")),
            (_("Étape"), CaseState(filters.state).label if filters.state else ""),
            (_("Statut"), self._status()),
            (_("Instructeur"), agents.get(filters.agent, "")),
            (_("Origine"), Channel(filters.channel).label if filters.channel else ""),
            (_("Déposés à partir du"), f"{filters.first:%d/%m/%Y}" if filters.first else ""),
            (_("Déposés jusqu’au"), f"{filters.last:%d/%m/%Y}" if filters.last else ""),
        ]
        return [(what, which) for what, which in words if which]

    def _status(self):
        filters = self.filters
        if not filters.status:
            return ""
        return dict(queries.statuses_in(self.cases, filters.procedure)).get(filters.status, filters.status)


class ExportPage(DeskView):
    """One export: how far it is, then its file. A part of the page alone for the script that follows it."""

    name = "export"
    tab = "exports"
    title = gettext_lazy("Export de dossiers")
    template_name = "procedures/desk/export.html"
    allowed = staticmethod(perms.can_export)

    def get_crumbs(self):
        return [{"url": reverse("cases:exports"), "label": _("Exports")}]

    def get(self, request, public_id):
        export = get_export(request.user, public_id)
        if request.htmx:
            self.template_name = "procedures/desk/includes/export_state.html"
        running = export.state in (ExportState.WAITING, ExportState.RUNNING)
        return self.show(export=export, running=running)


class ExportFile(DeskView):
    """The file, for who asked for it and still may export; its making is in the audit log."""

    name = "export_file"
    tab = "exports"
    allowed = staticmethod(perms.can_export)

    def get(self, request, public_id):
        export = get_export(request.user, public_id)
        if export.state != ExportState.DONE:
            raise Http404
        name = f"dossiers-{timezone.localtime(export.created_at):%Y-%m-%d-%H%M}.{export.format}"
        return private_file(export.file, name, TYPES[export.format])


def get_export(user, public_id):
    """Return an export that `user` asked for; another's is a 404."""
    return get_object_or_404(CaseExport.objects.select_related("page"), public_id=public_id, made_by=user)
